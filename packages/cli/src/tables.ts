/** Importing tables of figures: each file as a whole, or not at all. */
import { readFile } from "node:fs/promises";
import { createLog, type importRates, openForTools, readConfig, type Saved } from "@kontor/server";

/** Answers 1 when a file was refused; the others are taken all the same. */
export async function importTables(
  files: readonly string[],
  options: { dataDir?: string; json: boolean },
  take: typeof importRates,
): Promise<number> {
  const { config } = readConfig({ dataDir: options.dataDir });
  const tools = await openForTools(config, createLog("warn"));
  const reports: (Saved & { file: string })[] = [];
  let code = 0;
  try {
    for (const file of files) {
      try {
        reports.push({ file, ...(await take(tools.database, await readFile(file, "utf8"))) });
      } catch (error) {
        code = 1;
        process.stderr.write(`${file}: ${error instanceof Error ? error.message : error}\n`);
      }
    }
  } finally {
    await tools.close();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else {
    for (const { file, made, changed, unchanged } of reports) {
      process.stdout.write(`${file}: ${made} made, ${changed} changed, ${unchanged} unchanged\n`);
    }
  }
  return code;
}
