/** SQL of the taxes of countries and of customers that pay none. */
import { type Db, jsonRows, sql } from "../../../foundation/database/sql.ts";
import { type Saved, tally } from "../tables/saved.ts";
import type { Tax } from "./tax.ts";
import type { CountryTax } from "./tax-table.ts";

export async function saveTaxes(tx: Db, taxes: readonly CountryTax[]): Promise<Saved> {
  const rows = await tx.query<{ made: boolean }>(sql`
    INSERT INTO country_tax AS t (country, name, valid_from, rate, included)
    SELECT country, name, "validFrom", rate, included
    FROM jsonb_to_recordset(${jsonRows(taxes)}::jsonb) AS g (country text, name text,
      "validFrom" timestamptz, rate numeric, included boolean)
    ON CONFLICT (country, name, valid_from)
    DO UPDATE SET rate = excluded.rate, included = excluded.included
    WHERE (t.rate, t.included) IS DISTINCT FROM (excluded.rate, excluded.included)
    RETURNING xmax = 0 AS made`);
  return tally(rows, taxes.length);
}

/** The taxes of a country at an instant, by their names. */
export function loadTaxes(db: Db, country: string, at: Date): Promise<Tax[]> {
  return db.query<Tax>(sql`
    SELECT name, rate, included FROM (
      SELECT DISTINCT ON (name) name, rate, included FROM country_tax
      WHERE country = ${country} AND valid_from <= ${at}
      ORDER BY name, valid_from DESC
    ) AS newest
    WHERE rate > 0 ORDER BY name`);
}

/** Those of the customers that pay no tax. */
export async function loadExempt(
  db: Db,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db.query<{ customer_id: string }>(sql`
    SELECT customer_id FROM tax_exemption
    WHERE partner_id = ${partnerId} AND customer_id = ANY(${customerIds}::uuid[])`);
  return new Set(rows.map((row) => row.customer_id));
}

/** Does nothing where it is so already. */
export async function saveExemption(
  tx: Db,
  partnerId: string,
  customerId: string,
  exempt: boolean,
): Promise<void> {
  await tx.query(
    exempt
      ? sql`INSERT INTO tax_exemption (partner_id, customer_id) VALUES (${partnerId}, ${customerId})
          ON CONFLICT DO NOTHING`
      : sql`DELETE FROM tax_exemption
          WHERE partner_id = ${partnerId} AND customer_id = ${customerId}`,
  );
}
