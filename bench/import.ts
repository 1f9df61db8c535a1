/**
 * The import of a large price sheet beside PostgreSQL's own COPY of the same file, which only
 * stores the columns as texts: what no import can be faster than.
 */
import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stopwatch, systemNow } from "../packages/server/src/foundation/clock.ts";
import {
  type EmbeddedPostgres,
  startEmbedded,
} from "../packages/server/src/foundation/database/embedded/index.ts";
import { migrate } from "../packages/server/src/foundation/database/migrate.ts";
import { type Database, openDatabase } from "../packages/server/src/foundation/database/pool.ts";
import { sql } from "../packages/server/src/foundation/database/sql.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import type { ChildAnswer } from "./import-child.ts";
import { sheetColumns, writeSheet } from "./sheet.ts";

/** The memory that an import of any length may take. */
const peakLimitMiB = 300;

export async function importBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rows = countFlag(flags, "rows", 1_000_000);
  const folder = await mkdtemp(join(tmpdir(), "kontor-bench-"));
  let server: EmbeddedPostgres | undefined;
  try {
    // PostgreSQL may run under another account, and reads the sheet as well.
    await chmod(folder, 0o755);
    const file = join(folder, "sheet.csv");
    say(`Writing a sheet of ${rows} rows`);
    await writeSheet(file, rows);
    server = await startEmbedded({ dataDir: join(folder, "data"), log: () => {} });
    return await measure(server.connection, file, rows);
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  connection: EmbeddedPostgres["connection"],
  file: string,
  rows: number,
): Promise<BenchResult[]> {
  const database = openDatabase(connection, () => {});
  try {
    await migrate(database, systemNow());
    say("COPY");
    const copySeconds = await plainCopy(database, file);
    // Each measurement begins without dirty pages of the one before.
    await database.query(sql`CHECKPOINT`);
    say("Import into an empty catalog");
    const first = await importInChild(connection, file);
    await database.query(sql`CHECKPOINT`);
    say("The same import again");
    const again = await importInChild(connection, file);
    return results(rows, copySeconds, first, again);
  } finally {
    await database.close();
  }
}

/** The server reads the file itself, so that nothing but PostgreSQL is measured. */
async function plainCopy(database: Database, file: string): Promise<number> {
  return database.withClient(async (client) => {
    const columns = sheetColumns.map((name) => `"${name}" text`).join(", ");
    await client.query(`CREATE TABLE sheet_row (${columns})`);
    const elapsed = stopwatch();
    await client.query(`COPY sheet_row FROM '${file.replaceAll("'", "''")}' (FORMAT csv, HEADER)`);
    const seconds = elapsed() / 1000;
    await client.query("DROP TABLE sheet_row");
    return seconds;
  });
}

async function importInChild(connection: object, file: string): Promise<ChildAnswer> {
  const program = join(import.meta.dirname, "import-child.ts");
  const args = [program, JSON.stringify(connection), file];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

function results(
  rows: number,
  copySeconds: number,
  first: ChildAnswer,
  again: ChildAnswer,
): BenchResult[] {
  const peak = Math.max(first.peakMiB, again.peakMiB);
  const made = first.availabilities.made === rows && first.rejectedCount === 0;
  const unchanged = again.availabilities.unchanged === rows;
  return [
    { name: "PostgreSQL's COPY", figure: rows / copySeconds, unit: "rows/s", ok: true },
    { name: "import", figure: rows / first.seconds, unit: "rows/s", ok: made },
    { name: "COPY to import", figure: first.seconds / copySeconds, unit: "times", ok: made },
    {
      name: "import, processor of its process",
      figure: first.processorSeconds,
      unit: "s",
      ok: made,
    },
    {
      name: "import again, unchanged",
      figure: rows / again.seconds,
      unit: "rows/s",
      ok: unchanged,
    },
    {
      name: "peak memory of the importing process",
      figure: peak,
      unit: "MiB",
      limit: peakLimitMiB,
      ok: peak <= peakLimitMiB,
    },
  ];
}
