/** `kontor reconcile check`: a file beside what the server says. */
import { type Client, exportLines, ServiceFault } from "@kontor/client";
import type { ReconciliationLine } from "@kontor/contract";
import { exponentOf } from "@kontor/server";
import { Command, InvalidArgumentError, Option } from "commander";
import { cellStyle } from "../cells.ts";
import { connect, type SignInOptions, withSignIn } from "../connect.ts";
import { compare, type Summary, summarize } from "./compare.ts";
import { readLines } from "./read.ts";
import { reportOf, reportText } from "./report.ts";
import { UnreadableFile } from "./values.ts";

interface CheckOptions extends SignInOptions {
  invoice?: string;
  unbilled?: string;
  period: "current" | "last";
  locale?: string;
  show: number;
  json: boolean;
}

/** Exit codes: 0 equal, 1 differences, 2 nothing could be compared. */
const codes = { equal: 0, different: 1, incomparable: 2 };

export function checkCommand(): Command {
  const command = new Command("check")
    .description("compare a reconciliation file with the server, to the cent")
    .argument("<file>", "CSV, JSON lines (either may be .gz) or Parquet")
    .option("--invoice <id>", "compare with this invoice; else with those that the file names")
    .option("--unbilled <currency>", "compare with the lines of a month without an invoice")
    .addOption(
      new Option("--period <month>", "with --unbilled")
        .choices(["current", "last"])
        .default("current"),
    )
    .option("--locale <tag>", "numbers and dates of the CSV as there, e.g. de-DE; else ISO 8601")
    .option("--show <count>", "lines shown for each cause", readCount, 20)
    .option("--json", "print all differences as one JSON document", false)
    .addHelpText(
      "after",
      "\nExits 0 where they are equal, 1 where they differ, 2 where they cannot be compared.\n" +
        "\nExample:\n  kontor reconcile check january.csv",
    );
  return withSignIn(command).action(async (file: string, options: CheckOptions) => {
    try {
      process.exitCode = await check(file, options);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      process.exitCode = codes.incomparable;
    }
  });
}

function readCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

async function check(file: string, options: CheckOptions): Promise<number> {
  const style = cellStyle(options.locale);
  const digits = (currency: string) => exponentOf(currency) ?? 2;
  const summary = await summarize(readLines(file, style));
  const server = linesOf(connect(options), wantedOf(file, summary, options));
  const found = await compare(summary, readLines(file, style), server, digits);
  const report = reportOf(file, found, digits);
  const text = options.json
    ? `${JSON.stringify(report, null, 2)}\n`
    : reportText(report, options.show);
  process.stdout.write(text);
  return report.equal ? codes.equal : codes.different;
}

type Wanted =
  | { invoiceIds: readonly string[]; named: boolean }
  | { currencyCode: string; billingPeriod: "current" | "last" };

function wantedOf(file: string, { invoices }: Summary, options: CheckOptions): Wanted {
  const { invoice, unbilled, period } = options;
  if (invoice !== undefined && unbilled !== undefined) {
    throw new Error("Name one of --invoice and --unbilled.");
  }
  if (unbilled !== undefined) return { currencyCode: unbilled, billingPeriod: period };
  if (invoice !== undefined) return { invoiceIds: [invoice], named: true };
  if (invoices.size === 0 || invoices.has("")) {
    throw new UnreadableFile(
      `${file}: not every line names an invoice: say what to compare with by --invoice or --unbilled`,
    );
  }
  return { invoiceIds: [...invoices], named: false };
}

async function* linesOf(client: Client, wanted: Wanted): AsyncGenerator<ReconciliationLine> {
  if (!("invoiceIds" in wanted)) {
    yield* exportLines(client, wanted);
    return;
  }
  for (const invoiceId of wanted.invoiceIds) {
    try {
      yield* exportLines(client, { invoiceId });
    } catch (error) {
      // An invoice that only the file knows has no lines, and those of the file are too many.
      const isUnknown = error instanceof ServiceFault && error.status === 404;
      if (wanted.named || !isUnknown) throw error;
    }
  }
}
