/**
 * The export of a month with very many lines beside PostgreSQL's own COPY of the same
 * lines with the same columns in the same order, which turns nothing into JSON and compresses
 * nothing.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { columnsOf } from "../packages/contract/src/index.ts";
import { stopwatch, systemNow } from "../packages/server/src/foundation/clock.ts";
import { findRunning } from "../packages/server/src/foundation/database/embedded/join.ts";
import { type Database, openDatabase } from "../packages/server/src/foundation/database/pool.ts";
import { signedIn } from "./api.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { type Month, makeCharges } from "./charges.ts";
import type { ChildAnswer } from "./export-child.ts";
import { type Kontor, startKontor } from "./processes.ts";

/** The memory that making an export of any length may take. */
const peakLimitMiB = 200;
/** At least this part of the rate of COPY. */
const rateLimit = 0.25;

export async function exportBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rows = countFlag(flags, "rows", 1_000_000);
  const folder = await mkdtemp(join(tmpdir(), "kontor-bench-"));
  let kontor: Kontor | undefined;
  let database: Database | undefined;
  try {
    kontor = await startKontor(folder);
    const connection = await findRunning(join(folder, "data"));
    if (!connection) throw new Error("the embedded database is not running");
    database = openDatabase({ ...connection, ssl: false }, () => {});
    const month = { partnerId: kontor.partner.id, currency: "EUR", period: lastMonth() };
    say(`Making ${rows} charges`);
    await makeCharges(database, month, rows);
    await database.query({ text: "CHECKPOINT", values: [] });
    say("COPY");
    const copySeconds = await plainCopy(database, month);
    say("Export");
    const measured = await exported(kontor, { ...connection, ssl: false }, month);
    return results(rows, copySeconds, measured);
  } finally {
    await database?.close();
    await kontor?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function lastMonth(): string {
  const now = systemNow();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7);
}

/** The server throws the rows away itself, so that nothing but PostgreSQL is measured. */
async function plainCopy(database: Database, month: Month): Promise<number> {
  const { partnerId, currency, period } = month;
  const elapsed = stopwatch();
  await database.query({
    text: `COPY (
      SELECT c.*, u.company_name, u.domain, u.country, o.alternate_id, o.billing_cycle,
        l.product_id, l.sku_id, l.availability_id, l.product_title, l.sku_title, l.publisher_name,
        l.friendly_name, l.term, l.partner_on_record, l.reservation_order_id, l.subscription_id,
        o.fulfilled_at
      FROM charge c
      JOIN order_line l USING (partner_id, order_id, line_number)
      JOIN purchase_order o USING (partner_id, order_id)
      JOIN customer u ON u.partner_id = c.partner_id AND u.customer_id = c.customer_id
      WHERE c.partner_id = '${partnerId}' AND c.currency = '${currency}' AND c.period = '${period}'
      ORDER BY c.occurred_at, c.order_id, c.line_number, c.charge_id
    ) TO '/dev/null'`,
    values: [],
  });
  return elapsed() / 1000;
}

interface Manifest {
  id: string;
  rootDirectory: string;
  sasToken: string;
  blobs: { name: string }[];
}

interface Exported {
  /** Until the operation has succeeded. */
  startSeconds: number;
  made: ChildAnswer;
  /** Over HTTP, once the files are there. */
  downloadSeconds: number;
  downloadedBytes: number;
  lines: number;
}

async function exported(kontor: Kontor, connection: object, month: Month): Promise<Exported> {
  const api = await signedIn(kontor);
  const elapsed = stopwatch();
  const manifest = await start(kontor.url, api.headers, month);
  const startSeconds = elapsed() / 1000;
  const program = join(import.meta.dirname, "export-child.ts");
  const blobCount = String(manifest.blobs.length);
  const args = [JSON.stringify(connection), month.partnerId, manifest.id, blobCount];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
  const made: ChildAnswer = JSON.parse(stdout);
  const downloading = stopwatch();
  const files: Buffer[] = [];
  for (const { name } of manifest.blobs) {
    const answer = await fetch(`${manifest.rootDirectory}/${name}?${manifest.sasToken}`);
    if (!answer.ok) throw new Error(`${name}: HTTP ${answer.status}`);
    files.push(Buffer.from(await answer.arrayBuffer()));
  }
  const downloadSeconds = downloading() / 1000;
  const downloadedBytes = files.reduce((sum, file) => sum + file.length, 0);
  return { startSeconds, made, downloadSeconds, downloadedBytes, lines: await countLines(files) };
}

async function start(
  url: string,
  headers: Record<string, string>,
  { currency }: Month,
): Promise<Manifest> {
  const asked = await fetch(`${url}/v1.0/reports/partners/billing/reconciliation/unbilled/export`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ currencyCode: currency, billingPeriod: "last" }),
  });
  const operation = await fetch(asked.headers.get("location") ?? "", { headers });
  const body = (await operation.json()) as { status: string; resourceLocation: Manifest };
  if (body.status !== "succeeded") throw new Error(`the export ${body.status}`);
  return body.resourceLocation;
}

async function countLines(files: readonly Buffer[]): Promise<number> {
  let count = 0;
  for (const file of files) {
    const text = createGunzip();
    text.end(file);
    for await (const chunk of text as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1;
    }
  }
  return count;
}

function results(
  rows: number,
  copySeconds: number,
  { startSeconds, made, downloadSeconds, downloadedBytes, lines }: Exported,
): BenchResult[] {
  const ok = lines === rows && downloadedBytes === made.bytes;
  const seconds = startSeconds + made.seconds;
  const ratio = copySeconds / seconds;
  const perSecond = "lines/s";
  const columns = columnsOf("full").length;
  return [
    { name: "PostgreSQL's COPY of the lines", figure: rows / copySeconds, unit: perSecond, ok },
    { name: "start of the export", figure: startSeconds, unit: "s", ok },
    {
      name: `export, ${columns} columns as JSON, gzip`,
      figure: rows / seconds,
      unit: perSecond,
      ok,
    },
    {
      name: "export to COPY",
      figure: ratio,
      unit: "times its rate",
      limit: rateLimit,
      atLeast: true,
      ok: ok && ratio >= rateLimit,
    },
    { name: "download of the files", figure: rows / downloadSeconds, unit: perSecond, ok },
    { name: "size of the files", figure: made.bytes / 1_048_576, unit: "MiB", ok },
    {
      name: "peak memory of the process that makes them",
      figure: made.peakMiB,
      unit: "MiB",
      limit: peakLimitMiB,
      ok: made.peakMiB <= peakLimitMiB,
    },
  ];
}
