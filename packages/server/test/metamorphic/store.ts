/** What a purchase has made, as far as it must not depend on how its lines were written down. */
import { type Db, sql } from "../../src/foundation/database/sql.ts";

export interface ChargedItem {
  item: string;
  type: string;
  units: number;
  /** Minor units. */
  subtotal: bigint;
  tax: bigint;
  charges: number;
}

/** The charges of a customer's orders by item and type. */
export function chargedItems(db: Db, customerId: string): Promise<ChargedItem[]> {
  return db.query<ChargedItem>(sql`
    SELECT l.product_id || ':' || l.sku_id || ':' || l.availability_id AS item,
      c.charge_type AS type, sum(c.quantity)::int AS units,
      sum(c.subtotal_minor)::bigint AS subtotal, sum(c.tax_minor)::bigint AS tax,
      count(*)::int AS charges
    FROM charge c JOIN order_line l USING (partner_id, order_id, line_number)
    WHERE c.customer_id = ${customerId}
    GROUP BY 1, 2 ORDER BY 1, 2`);
}

/** How many rows each table has, whatever it holds. */
export async function allRows(db: Db): Promise<Record<string, number>> {
  const tables = await db.query<{ name: string }>(sql`
    SELECT table_name::text AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`);
  const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int FROM ${name}`);
  const rows = await db.query<{ name: string; count: number }>({
    text: counts.join(" UNION ALL "),
    values: [],
  });
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}
