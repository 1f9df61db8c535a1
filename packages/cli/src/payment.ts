/** `kontor payment`: payments of a partner, recorded by hand. */
import { paymentOperations } from "@kontor/contract";
import {
  asPartner,
  createLog,
  openForTools,
  readAs,
  readConfig,
  recordPayment,
  reversePayment,
} from "@kontor/server";
import { Command } from "commander";

interface CommonOptions {
  reference: string;
  partner?: string;
  dataDir?: string;
  json: boolean;
}

interface RecordOptions extends CommonOptions {
  amount: string;
  currency?: string;
  invoice?: string;
  receivedAt?: string;
}

export function paymentCommand(): Command {
  const command = new Command("payment").description("what a partner has paid");
  const common = (sub: Command) =>
    sub
      .requiredOption("--reference <text>", "what names the payment, e.g. of the bank statement")
      .option("--partner <name>", "id or domain of the partner, where there are several")
      .option("--data-dir <dir>", "folder of the embedded database")
      .option("--json", "print the payment as one JSON document", false);
  common(command.command("record"))
    .description("record a payment; the same reference again records nothing")
    .requiredOption("--amount <decimal>", "more than 0, e.g. 100.50")
    .option("--currency <code>", "ISO 4217; the invoice's or the billing currency when left out")
    .option("--invoice <id>", "the invoice that it pays; the oldest open ones when left out")
    .option("--received-at <instant>", "when it came in; now when left out")
    .addHelpText(
      "after",
      "\nExample:\n  kontor payment record --amount 100.50 --reference 2026-11-02/17 \\\n" +
        "    --invoice G000000001",
    )
    .action(record);
  common(command.command("reverse <payment-id>"))
    .description("take a payment back as a whole; both stay on record")
    .action(reverse);
  return command;
}

async function record(options: RecordOptions): Promise<void> {
  const { amount, reference, currency, invoice, receivedAt } = options;
  const given = { amount, reference, currency, invoiceId: invoice, receivedAt };
  const wanted = readAs(paymentOperations.recordPayment.body, given);
  await work(options, (payer) => recordPayment(payer, wanted));
}

async function reverse(given: string, options: CommonOptions): Promise<void> {
  const { params, body } = paymentOperations.reversePayment;
  const { paymentId } = readAs(params, { paymentId: given });
  const { reference } = readAs(body, { reference: options.reference });
  await work(options, (payer) => reversePayment(payer, paymentId, reference));
}

type Work = Parameters<typeof asPartner<Awaited<ReturnType<typeof recordPayment>>>>[2];

async function work({ partner, dataDir, json }: CommonOptions, does: Work): Promise<void> {
  const { config } = readConfig({ dataDir });
  const tools = await openForTools(config, createLog("warn"));
  try {
    const payment = await asPartner(tools.database, partner, does);
    const { id, amount, currency, reference, receivedAt } = payment;
    process.stdout.write(
      json
        ? `${JSON.stringify(payment, null, 2)}\n`
        : `payment ${id}: ${amount} ${currency} at ${receivedAt}, ${reference}\n`,
    );
  } finally {
    await tools.close();
  }
}
