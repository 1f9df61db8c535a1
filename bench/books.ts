/** A Kontor with a month of very many purchases of one line, made by PostgreSQL itself. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import type { Database } from "../packages/server/src/foundation/database/pool.ts";
import { sql } from "../packages/server/src/foundation/database/sql.ts";
import { createLog, openForTools } from "../packages/server/src/index.ts";
import {
  closePeriodHandler,
  closePeriodKind,
} from "../packages/server/src/modules/billing/index.ts";
import { loadPartner } from "../packages/server/src/modules/identity/index.ts";
import { say } from "./bench.ts";
import { type Kontor, startKontor } from "./processes.ts";

/** A month long over, in a currency in which nothing else is sold. */
export const month = { currency: "CHF", period: "2024-10" } as const;

const customers = 1_000;

export interface Books {
  kontor: Kontor;
  database: Database;
  dataDir: string;
}

/** Works with a Kontor that has `lines` charges of the month, and removes it. */
export async function withBooks<T>(lines: number, work: (books: Books) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "kontor-bench-"));
  const dataDir = join(folder, "data");
  let kontor: Kontor | undefined;
  try {
    kontor = await startKontor(folder);
    const tools = await openForTools({ dataDir, databaseUrl: undefined }, createLog("warn"));
    try {
      say(`Making ${lines} charges`);
      await fill(tools.database, kontor.partner.id, lines);
      return await work({ kontor, database: tools.database, dataDir });
    } finally {
      await tools.close();
    }
  } finally {
    await kontor?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Closes the month as the server does; answers the seconds that it took. */
export async function closeMonth(database: Database, partnerId: string): Promise<number> {
  const subject = `${month.currency}:${month.period}`;
  const dueAt = new Date("2024-11-08T00:00:00.000Z");
  const elapsed = stopwatch();
  await database.transaction(async (tx) => {
    const partner = await loadPartner(tx, partnerId, "update");
    if (!partner) throw new Error(`no partner ${partnerId}`);
    await closePeriodHandler(tx, partner, { kind: closePeriodKind, subject, dueAt });
  });
  return elapsed() / 1000;
}

/** An order, its line, a charge and two postings for each number; foreign keys are not checked. */
async function fill(database: Database, partnerId: string, lines: number): Promise<void> {
  await database.withClient(async (client) => {
    await client.query("SET session_replication_role = replica");
    for (const statement of statements) {
      const size = statement.includes("FROM generate_series(1, $2)") ? lines : customers;
      await client.query(statement, [partnerId, size]);
    }
    await client.query("RESET session_replication_role");
  });
  await database.query(sql`ANALYZE`);
  await database.query(sql`CHECKPOINT`);
}

const customer = `('00000000-0000-4000-8000-' || lpad((n % ${customers})::text, 12, '0'))::uuid`;
const charge = "('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid";
const when = "'2024-10-01T00:00:00Z'::timestamptz + n * interval '2 seconds'";
const amount = "1000 + n % 5000";
const taxLines = `jsonb_build_array(jsonb_build_object('name', 'Tax', 'rate', '0.1', 'included',
       false, 'minor', ((${amount}) / 10)::text))`;

const statements = [
  `INSERT INTO customer (partner_id, customer_id, commerce_id, domain, company_name, name_key,
     email, first_name, last_name, culture, language, country, address, billing_profile_id,
     created_at)
   SELECT $1::uuid, ${customer}, ${customer}, 'c' || n || '.example.com', 'Customer ' || n,
     'customer ' || n, 'a@b.example', 'Ada', 'Coleman', 'de-CH', 'de', 'CH', '{}', ${customer},
     '2024-09-01T00:00:00Z'
   FROM generate_series(0, $2 - 1) AS n`,
  `INSERT INTO purchase_order (partner_id, order_id, customer_id, alternate_id, country,
     billing_cycle, currency, order_group, created_at, fulfilled_at)
   SELECT $1::uuid, md5(n::text), ${customer}, left(md5(n::text), 12), 'CH', 'one_time', 'CHF',
     '0', ${when}, ${when}
   FROM generate_series(1, $2) AS n`,
  `INSERT INTO order_line (partner_id, order_id, line_number, product_id, sku_id,
     availability_id, kind, product_title, sku_title, publisher_name, friendly_name, quantity,
     unit_price, pricing_currency, unit_minor, cycle_unit_minor)
   SELECT $1::uuid, md5(n::text), 0, 'DG7GMGF0TEST', '0001', 'DG7GMGF0SOLD',
     'perpetual_software', 'Ledger Desk', 'Ledger Desk, one device', 'Tailspin', '', 1,
     (${amount})::numeric / 100, 'CHF', ${amount}, ${amount}
   FROM generate_series(1, $2) AS n`,
  `INSERT INTO charge (partner_id, charge_id, customer_id, order_id, line_number, charge_type,
     reference_id, occurred_at, period, starts_at, ends_at, quantity, unit_price,
     effective_unit_price, pricing_currency, exchange_rate, exchange_rate_date, currency,
     subtotal_minor, tax_minor, tax_lines)
   SELECT $1::uuid, ${charge}, ${customer}, md5(n::text), 0, 'new', ${charge}, ${when},
     '${month.period}', ${when}, ${when}, 1, (${amount})::numeric / 100,
     (${amount})::numeric / 100, 'CHF', 1, '2024-10-01T00:00:00Z', '${month.currency}',
     ${amount}, (${amount}) / 10, ${taxLines}
   FROM generate_series(1, $2) AS n`,
  `INSERT INTO posting (partner_id, transaction_id, account, currency, amount_minor, occurred_at,
     source_kind, source_id)
   SELECT $1::uuid, ${charge}, account, '${month.currency}', sign * (${amount}), ${when},
     'charge', (${charge})::text
   FROM generate_series(1, $2) AS n, (VALUES ('unbilled', 1), ('revenue', -1)) AS a (account, sign)`,
];
