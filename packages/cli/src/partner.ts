/** `kontor partner`: partners of a database, above all the first one of a live database. */
import { addPartner, createLog, openForTools, readConfig } from "@kontor/server";
import { Command, Option } from "commander";

interface AddOptions {
  tenantId?: string;
  name?: string;
  domain: string;
  country: string;
  currency: string;
  invoiceCurrency: "price" | "partner";
  tax?: string;
  creditLimit?: string;
  dataDir?: string;
  json: boolean;
}

export function partnerCommand(): Command {
  const command = new Command("partner").description("partners of the database");
  command
    .command("add")
    .description("add a partner; in a live database its tenant id is the tid of its tokens")
    .requiredOption("--domain <name>", "domain of the partner, e.g. contoso.example")
    .option("--tenant-id <guid>", "id of the partner; random when left out (sandbox only)")
    .option("--name <name>", "name of the partner; the domain when left out")
    .option("--country <code>", "ISO 3166 alpha-2", "US")
    .option("--currency <code>", "billing currency, ISO 4217", "USD")
    .addOption(
      new Option("--invoice-currency <which>", "that of each price, or the billing currency")
        .choices(["price", "partner"])
        .default("price"),
    )
    .option("--tax <which>", "none, country for imported taxes, or one rate; 0.1 without it")
    .option("--credit-limit <amount>", "most that it may owe, in the billing currency")
    .option("--data-dir <dir>", "folder of the embedded database")
    .option("--json", "print the partner as one JSON document", false)
    .addHelpText(
      "after",
      "\nRoles come with the tokens: AdminAgent, SalesAgent, HelpdeskAgent, BillingAdmin,\n" +
        "GlobalAdmin, UserAdmin, or what roleNames of KONTOR_ISSUERS maps to them.\n" +
        "\nExample:\n  KONTOR_MODE=live kontor partner add --domain contoso.example \\\n" +
        "    --tenant-id 11111111-2222-4333-8444-555555555555 --country DE --currency EUR",
    )
    .action(add);
  return command;
}

async function add(options: AddOptions): Promise<void> {
  const { config } = readConfig({ dataDir: options.dataDir });
  const tools = await openForTools(config, createLog("warn"));
  try {
    const { tenantId, name, tax, creditLimit } = options;
    const made = await addPartner(tools.database, config, {
      domain: options.domain,
      country: options.country,
      billingCurrency: options.currency,
      invoiceCurrency: options.invoiceCurrency,
      ...(tenantId !== undefined && { id: tenantId }),
      ...(name !== undefined && { name }),
      ...(tax !== undefined && { tax }),
      ...(creditLimit !== undefined && { creditLimit }),
    });
    if (options.json) process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
    else print(made);
  } finally {
    await tools.close();
  }
}

function print({ partner, app, user }: Awaited<ReturnType<typeof addPartner>>): void {
  process.stdout.write(`partner   ${partner?.domain} (${partner?.id})\n`);
  if (app)
    process.stdout.write(`app       client id ${app.clientId}, secret ${app.clientSecret}\n`);
  if (user) process.stdout.write(`user      ${user.name}, password ${user.password}\n`);
}
