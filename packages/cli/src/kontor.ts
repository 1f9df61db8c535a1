#!/usr/bin/env node
import { version } from "@kontor/server";
/** The `kontor` command. Data goes to stdout, progress and hints to stderr. */
import { Command, CommanderError } from "commander";
import { catalogCommand } from "./catalog.ts";
import { clockCommand } from "./clock.ts";
import { runDemo } from "./demo/demo.ts";
import { invoiceCommand } from "./invoice.ts";
import { partnerCommand } from "./partner.ts";
import { paymentCommand } from "./payment.ts";
import { ratesCommand } from "./rates.ts";
import { reconcileCommand } from "./reconcile/command.ts";
import { taxesCommand } from "./taxes.ts";
import { verifyCommand } from "./verify.ts";

/** Exit codes: 0 done, 1 refused or failed, 2 wrong usage. */
const usageError = 2;

const program = new Command("kontor")
  .description("Partner-commerce server that speaks the Partner Center REST API")
  .version(version)
  .showSuggestionAfterError(true)
  .exitOverride()
  .addHelpText(
    "after",
    "\nExamples:\n  kontor demo --once\n  kontor catalog import prices.csv\n  kontor clock advance P45D\n  kontor verify",
  );

program
  .command("demo")
  .description("carry out a one-time purchase from end to end on a fresh database")
  .option("--once", "stop when the purchase is done", false)
  .option("--json", "print one JSON document on stdout", false)
  .option("--catalog <file...>", "sell from these price sheets in place of the default catalog", [])
  .option("--country <code>", "country of the customer (ISO 3166 alpha-2)", "US")
  .option("--port <n>", "port to listen on; 0 picks a free one")
  .action(async (options) => {
    process.exitCode = await runDemo({ ...options, country: options.country.toUpperCase() });
  });
program.addCommand(catalogCommand());
program.addCommand(clockCommand());
program.addCommand(invoiceCommand());
program.addCommand(partnerCommand());
program.addCommand(paymentCommand());
program.addCommand(ratesCommand());
program.addCommand(taxesCommand());
program.addCommand(reconcileCommand());
program.addCommand(verifyCommand());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : usageError;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const next = (error as { nextStep?: unknown }).nextStep;
    if (typeof next === "string") process.stderr.write(`Next: ${next}\n`);
    process.exitCode = 1;
  }
}
