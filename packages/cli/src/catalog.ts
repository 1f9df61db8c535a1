/** `kontor catalog`: price sheets into the catalog. */
import {
  createLog,
  type ImportProgress,
  type ImportReport,
  importCatalog,
  openForTools,
  readConfig,
} from "@kontor/server";
import { SingleBar } from "cli-progress";
import { Command } from "commander";

export function catalogCommand(): Command {
  const command = new Command("catalog").description("products and prices");
  command
    .command("import <files...>")
    .description("read price sheets and retail price files into the catalog")
    .option("--market <code>", "market of retail price files, which name none", "US")
    .option("--data-dir <dir>", "folder of the embedded database")
    .option("--json", "print the reports as one JSON document", false)
    .addHelpText("after", "\nExample:\n  kontor catalog import sheets/*.csv")
    .action(async (files: string[], options) => {
      process.exitCode = await importSheets(files, options);
    });
  return command;
}

interface ImportOptions {
  market: string;
  dataDir?: string;
  json: boolean;
}

/** Answers 1 when a file was refused whole; rejected rows alone do not fail the command. */
async function importSheets(files: string[], options: ImportOptions): Promise<number> {
  const { config } = readConfig({ dataDir: options.dataDir });
  const tools = await openForTools(config, createLog("warn"));
  const progress = progressBar();
  const reports: ImportReport[] = [];
  let code = 0;
  try {
    for (const file of files) {
      try {
        reports.push(
          ...(await importCatalog(tools.database, [file], {
            market: options.market.toUpperCase(),
            onProgress: progress.update,
          })),
        );
      } catch (error) {
        code = 1;
        process.stderr.write(`${file}: ${error instanceof Error ? error.message : error}\n`);
      } finally {
        progress.end();
      }
    }
  } finally {
    await tools.close();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else for (const report of reports) print(report);
  return code;
}

function print(report: ImportReport): void {
  const { file, rowsRead, products, skus, availabilities, rejected, rejectedCount } = report;
  const { made, changed, unchanged } = availabilities;
  process.stdout.write(
    `${file}\n  rows read       ${rowsRead}\n  products        ${products}\n` +
      `  SKUs            ${skus}\n  availabilities  ${made} made, ${changed} changed, ` +
      `${unchanged} unchanged\n  rejected        ${rejectedCount}\n`,
  );
  for (const { line, reason } of rejected) {
    process.stdout.write(`    ${file}:${line}: ${reason}\n`);
  }
  if (rejectedCount > rejected.length) {
    process.stdout.write(`    and ${rejectedCount - rejected.length} more\n`);
  }
}

/** A bar on a terminal, nothing in a pipe. */
function progressBar() {
  let bar: SingleBar | undefined;
  return {
    update({ file, bytesRead, bytesTotal, rowsRead }: ImportProgress): void {
      if (!process.stderr.isTTY) return;
      if (!bar) {
        bar = new SingleBar({
          format: "{file} {bar} {percentage}% · {rows} rows · {eta_formatted} left",
          stream: process.stderr,
          hideCursor: true,
        });
        bar.start(bytesTotal, 0, { file, rows: 0 });
      }
      bar.update(bytesRead, { file, rows: rowsRead });
    },
    end(): void {
      bar?.stop();
      bar = undefined;
    },
  };
}
