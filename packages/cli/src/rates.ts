/** `kontor rates`: exchange rates of the installation. */
import { importRates } from "@kontor/server";
import { Command } from "commander";
import { importTables } from "./tables.ts";

export function ratesCommand(): Command {
  const command = new Command("rates").description("monthly exchange rates");
  command
    .command("import <files...>")
    .description("read rates from CSV or JSON: from, to, month, rate and, if need be, date")
    .option("--data-dir <dir>", "folder of the embedded database")
    .option("--json", "print the reports as one JSON document", false)
    .addHelpText("after", "\nExample:\n  kontor rates import rates.csv")
    .action(async (files: string[], options) => {
      process.exitCode = await importTables(files, options, importRates);
    });
  return command;
}
