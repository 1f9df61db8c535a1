/** `kontor reconcile`: reconciliation files out of a server, and compared with it. */
import { createWriteStream } from "node:fs";
import { exportLines, type WantedLines } from "@kontor/client";
import { type AttributeSet, columnsOf, type ReconciliationLine } from "@kontor/contract";
import { Command, Option } from "commander";
import { cellStyle } from "./cells.ts";
import { checkCommand } from "./check/command.ts";
import { connect, type SignInOptions, withSignIn } from "./connect.ts";
import { writeCsv, writeJsonLines, writeParquet } from "./write.ts";

interface ExportOptions extends SignInOptions {
  invoice?: string;
  unbilled?: string;
  period: "current" | "last";
  format: "csv" | "jsonl" | "parquet";
  attributes: AttributeSet;
  locale?: string;
  out?: string;
}

export function reconcileCommand(): Command {
  const command = new Command("reconcile").description("reconciliation files");
  const exporting = command
    .command("export")
    .description("write the lines of an invoice, or those not invoiced yet, to a file")
    .option("--invoice <id>", "the lines of this invoice")
    .option("--unbilled <currency>", "the lines of a month that have no invoice yet")
    .addOption(choice("--period <month>", "with --unbilled", ["current", "last"], "current"))
    .addOption(choice("--format <format>", "of the file", ["csv", "jsonl", "parquet"], "csv"))
    .addOption(choice("--attributes <set>", "columns", ["full", "basic"], "full"))
    .option("--locale <tag>", "numbers and dates of CSV as there, e.g. de-DE; else ISO 8601")
    .option("--out <file>", "file to write; else stdout")
    .addHelpText("after", "\nExample:\n  kontor reconcile export --invoice G000000001 --out a.csv");
  withSignIn(exporting).action(exportTo);
  return command.addCommand(checkCommand());
}

function choice(flags: string, text: string, values: string[], otherwise: string): Option {
  return new Option(flags, text).choices(values).default(otherwise);
}

async function exportTo(options: ExportOptions): Promise<void> {
  const { format, attributes, out } = options;
  const style = cellStyle(options.locale);
  const columns = columnsOf(attributes);
  const count = { lines: 0 };
  const lines = counted(exportLines(connect(options), wantedOf(options)), count);
  if (format === "parquet") {
    if (out === undefined) throw new Error("Parquet is written to a file: name one with --out");
    await writeParquet(lines, columns, out);
  } else {
    const target = out === undefined ? process.stdout : createWriteStream(out);
    if (format === "csv") await writeCsv(lines, columns, style, target);
    else await writeJsonLines(lines, target);
  }
  process.stderr.write(`${count.lines} line(s)\n`);
}

function wantedOf({ invoice, unbilled, period, attributes }: ExportOptions): WantedLines {
  const attributeSet = attributes;
  if (invoice !== undefined && unbilled === undefined) return { invoiceId: invoice, attributeSet };
  if (unbilled !== undefined && invoice === undefined) {
    return { currencyCode: unbilled, billingPeriod: period, attributeSet };
  }
  throw new Error("Name one of --invoice and --unbilled.");
}

async function* counted(
  lines: AsyncIterable<ReconciliationLine>,
  count: { lines: number },
): AsyncGenerator<ReconciliationLine> {
  for await (const line of lines) {
    count.lines += 1;
    yield line;
  }
}
