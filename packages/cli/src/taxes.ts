/** `kontor taxes`: the taxes of countries. */
import { importTaxes } from "@kontor/server";
import { Command } from "commander";
import { importTables } from "./tables.ts";

export function taxesCommand(): Command {
  const command = new Command("taxes").description("taxes by country");
  command
    .command("import <files...>")
    .description("read taxes from CSV or JSON: country, name, rate, from and, if need be, included")
    .option("--data-dir <dir>", "folder of the embedded database")
    .option("--json", "print the reports as one JSON document", false)
    .addHelpText("after", "\nExample:\n  kontor taxes import taxes.csv")
    .action(async (files: string[], options) => {
      process.exitCode = await importTables(files, options, importTaxes);
    });
  return command;
}
