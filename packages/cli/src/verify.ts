/** `kontor verify`: proves the books of every partner on the live database. */
import { createLog, openForTools, readConfig, verifyInstallation } from "@kontor/server";
import { Command } from "commander";

export function verifyCommand(): Command {
  return new Command("verify")
    .description("check that ledger, invoices and lines agree; exits 1 where they do not")
    .option("--data-dir <dir>", "folder of the embedded database")
    .option("--json", "print the findings as one JSON document", false)
    .action(async (options: { dataDir?: string; json: boolean }) => {
      const { config } = readConfig({ dataDir: options.dataDir });
      const tools = await openForTools(config, createLog("warn"));
      try {
        const { partners, findings } = await verifyInstallation(tools.database);
        if (options.json) {
          process.stdout.write(`${JSON.stringify({ partners, findings }, null, 2)}\n`);
        } else {
          for (const { partnerId, rule, subject, detail } of findings) {
            process.stdout.write(`partner ${partnerId}: ${rule}: ${subject}: ${detail}\n`);
          }
          process.stdout.write(`${partners} partner(s) checked, ${findings.length} breach(es)\n`);
        }
        process.exitCode = findings.length === 0 ? 0 : 1;
      } finally {
        await tools.close();
      }
    });
}
