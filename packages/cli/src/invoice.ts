/** `kontor invoice`: amends published invoices, beside a running server or without one. */
import { amendInvoice, createLog, openForTools, readConfig } from "@kontor/server";
import { Command } from "commander";

interface Options {
  partner?: string;
  reason: string;
  amount?: string;
  dataDir?: string;
  json: boolean;
}

const kinds = {
  void: "take back all that is left of an invoice, by a void note",
  credit: "credit an amount of it, tax included, or all that is left",
  rebill: "void it and bill what is left anew, with the tax of now",
} as const;

export function invoiceCommand(): Command {
  const command = new Command("invoice").description("amend published invoices");
  for (const kind of ["void", "credit", "rebill"] as const) {
    const own = command
      .command(`${kind} <id>`)
      .description(kinds[kind])
      .option("--partner <id or domain>", "whose invoice it is, where there are several partners")
      .option("--reason <text>", "why; kept with the document", "")
      .option("--data-dir <dir>", "folder of the embedded database")
      .option("--json", "print the documents made as one JSON document", false)
      .action((id: string, options: Options) => amend(kind, id, options));
    if (kind === "credit") own.option("--amount <decimal>", "in the invoice's currency");
  }
  return command;
}

async function amend(kind: keyof typeof kinds, id: string, options: Options): Promise<void> {
  const { config } = readConfig({ dataDir: options.dataDir });
  const tools = await openForTools(config, createLog("warn"));
  try {
    const { partner, amount, reason } = options;
    const change = kind === "credit" ? { kind, reason, amount } : { kind, reason };
    const documents = await amendInvoice(tools.database, partner, id, change);
    if (options.json) process.stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
    else for (const document of documents) process.stdout.write(`${line(document)}\n`);
  } finally {
    await tools.close();
  }
}

function line(document: Awaited<ReturnType<typeof amendInvoice>>[number]): string {
  const { id, documentType, totalCharges, currencyCode } = document;
  return `${id} ${documentType} ${totalCharges} ${currencyCode}`;
}
