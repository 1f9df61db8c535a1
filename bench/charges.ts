/** Very many charges of one month, made by a few set-based statements. */
import type { Database } from "../packages/server/src/foundation/database/pool.ts";

export interface Month {
  partnerId: string;
  currency: string;
  /** `YYYY-MM`. */
  period: string;
}

const customers = 1000;
const linesPerOrder = 4;

/**
 * `count` charges: orders of four lines, by a thousand customers, over 28 days. Instants are whole
 * milliseconds, as those of Kontor are: pages go on after them.
 */
export async function makeCharges(
  database: Database,
  { partnerId, currency, period }: Month,
  count: number,
): Promise<void> {
  const orders = Math.ceil(count / linesPerOrder);
  const run = (text: string, values: unknown[]) => database.query({ text, values });
  const uuid = (number: string) => `lpad(to_hex(${number}), 32, '0')::uuid`;
  const orderId = (number: string) => `left(translate(encode(sha256(${number}::text::bytea),
    'base64'), '+/=', '-_'), 32) || '1'`;
  await run(
    `INSERT INTO customer (partner_id, customer_id, commerce_id, domain, company_name, email,
      first_name, last_name, culture, language, country, address, billing_profile_id, name_key,
      created_at)
    SELECT $1::uuid, ${uuid("n")}, ${uuid("n")}, 'c' || n || '.example.com', 'Customer ' || n,
      'a@b.example', 'A', 'B', 'en-US', 'en', 'US', '{}', ${uuid("n")}, 'customer ' || n,
      ($2 || '-01')::timestamptz
    FROM generate_series(1, ${customers}) AS n`,
    [partnerId, period],
  );
  await run(
    `INSERT INTO purchase_order (partner_id, order_id, customer_id, alternate_id, country,
      billing_cycle, currency, order_group, created_at, fulfilled_at)
    SELECT $1::uuid, ${orderId("n")}, ${uuid(`n % ${customers} + 1`)}, left(md5(n::text), 12),
      'US', 'one_time', $2, '0', at, at
    FROM generate_series(1, ${orders}) AS n,
      LATERAL (SELECT date_trunc('milliseconds', ($3 || '-01')::timestamptz
        + n * (interval '28 days' / ${orders})) AS at) AS moment`,
    [partnerId, currency, period],
  );
  await run(
    `INSERT INTO order_line (partner_id, order_id, line_number, product_id, sku_id,
      availability_id, kind, product_title, sku_title, publisher_name, friendly_name, quantity,
      unit_price, pricing_currency, unit_minor, cycle_unit_minor)
    SELECT $1::uuid, ${orderId("n")}, line, 'DG7GMGF0F' || lpad((n % 97)::text, 3, '0'),
      lpad(line::text, 4, '0'), 'DG7GMGF0' || lpad((n % 977)::text, 4, '0'),
      'perpetual_software', 'Product ' || n % 97, 'Product ' || n % 97 || ' - ' || line || ' Core',
      'Microsoft Corporation', 'Licences', n % 20 + 1, (n % 5000 + 1) / 4.0, $2, 0, 0
    FROM generate_series(1, ${orders}) AS n, generate_series(0, ${linesPerOrder - 1}) AS line`,
    [partnerId, currency],
  );
  await run(
    `INSERT INTO charge (partner_id, charge_id, customer_id, order_id, line_number, charge_type,
      reference_id, occurred_at, period, starts_at, ends_at, quantity, unit_price,
      effective_unit_price, pricing_currency, exchange_rate, exchange_rate_date, currency,
      subtotal_minor, tax_minor)
    SELECT partner_id, ${uuid("row_number() OVER ()")}, o.customer_id, order_id, line_number,
      'new', md5(order_id)::uuid, o.created_at, $3, o.created_at, o.created_at, l.quantity,
      l.unit_price, l.unit_price, $2, 1, ($3 || '-01')::timestamptz, $2,
      trunc(l.unit_price * 100)::bigint * l.quantity,
      trunc(trunc(l.unit_price * 100) * l.quantity / 10)::bigint
    FROM purchase_order o JOIN order_line l USING (partner_id, order_id)
    WHERE partner_id = $1 AND o.currency = $2 LIMIT ${count}`,
    [partnerId, currency, period],
  );
  for (const table of ["customer", "purchase_order", "order_line", "charge"]) {
    await run(`VACUUM (ANALYZE) ${table}`, []);
  }
}
