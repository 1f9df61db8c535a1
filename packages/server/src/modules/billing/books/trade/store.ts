/** SQL that looks for breaches between what was ordered, what was charged and what is owned. */
import { type Db, sql } from "../../../../foundation/database/sql.ts";
import { type Breaches, samples } from "../store.ts";

/** An order line that costs something has been charged. */
export function linesNotCharged(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT order_id || ':' || line_number AS subject,
        'costs ' || sum(cost) || ', never charged' AS detail
      FROM (
        SELECT order_id, line_number, cycle_unit_minor * quantity AS cost, 0 AS charges
        FROM order_line WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT order_id, line_number, 0, 1 FROM charge
        WHERE partner_id = ${partnerId} AND charge_type = 'new'
      ) AS entry
      GROUP BY order_id, line_number HAVING sum(cost) > 0 AND sum(charges) = 0`,
  );
}

/** A first charge is of the quantity and the customer of its order. */
export function chargesUnlikeLines(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT c.charge_id::text AS subject, 'charged ' || c.quantity || ' to ' || c.customer_id
        || ', ordered ' || l.quantity || ' for ' || o.customer_id AS detail
      FROM charge c
      JOIN order_line l ON l.partner_id = c.partner_id AND l.order_id = c.order_id
        AND l.line_number = c.line_number
      JOIN purchase_order o ON o.partner_id = c.partner_id AND o.order_id = c.order_id
      WHERE c.partner_id = ${partnerId} AND c.charge_type = 'new'
        AND (c.quantity <> l.quantity OR c.customer_id <> o.customer_id
          OR c.pricing_currency <> l.pricing_currency)`,
  );
}

/** A credit repeats a charge of its line, and no charge is repeated more often than it stands. */
export function creditsWithoutCharge(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT max(credit) AS subject, sum(credits) || ' credits of ' || sum(charges)
        || ' charges, ' || sum(subtotal) || ' + ' || sum(tax) || ' is left' AS detail
      FROM (
        SELECT order_id, line_number, reference_id, quantity, unit_price, pricing_currency,
          currency, subtotal_minor AS subtotal, tax_minor AS tax,
          CASE charge_type WHEN 'cancelImmediate' THEN charge_id::text END AS credit,
          CASE charge_type WHEN 'cancelImmediate' THEN 1 ELSE 0 END AS credits,
          CASE charge_type WHEN 'cancelImmediate' THEN 0 ELSE 1 END AS charges
        FROM charge WHERE partner_id = ${partnerId}
      ) AS entry
      GROUP BY order_id, line_number, reference_id, quantity, unit_price, pricing_currency, currency
      HAVING sum(credits) > sum(charges)`,
  );
}

/** Tax is not against what it is on, which can come to nothing: a price may be tax alone. */
export function taxAgainstItsCharge(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT charge_id::text AS subject, subtotal_minor || ' + ' || tax_minor AS detail
      FROM charge
      WHERE partner_id = ${partnerId} AND sign(tax_minor) * sign(subtotal_minor) < 0`,
  );
}

/** What a line shows as tax is what its taxes come to, on a charge and on what amends it. */
export function taxUnlikeItsLines(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT subject, 'tax ' || tax_minor || ', tax lines ' || lines.total AS detail
      FROM (
        SELECT charge_id::text AS subject, tax_minor, tax_lines
        FROM charge WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT invoice_id || ':' || charge_id, tax_minor, tax_lines
        FROM amendment_line WHERE partner_id = ${partnerId}
      ) AS entry CROSS JOIN LATERAL (
        SELECT coalesce(sum((line ->> 'minor')::bigint), 0) AS total
        FROM jsonb_array_elements(tax_lines) AS line
      ) AS lines
      WHERE tax_minor <> lines.total`,
  );
}

/** An order line has the key and the subscription that it says it has. */
export function linesWithoutGoods(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT l.order_id || ':' || l.line_number AS subject, 'its key is missing' AS detail
      FROM order_line l
      WHERE l.partner_id = ${partnerId} AND l.artifact_item IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM product_key k WHERE k.partner_id = l.partner_id
          AND k.order_id = l.order_id AND k.line_number = l.line_number)
      UNION ALL
      SELECT s.order_id || ':' || s.order_line, 'does not know subscription ' || s.subscription_id
      FROM subscription s
      WHERE s.partner_id = ${partnerId} AND s.order_line IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM order_line l WHERE l.partner_id = s.partner_id
          AND l.order_id = s.order_id AND l.line_number = s.order_line
          AND l.subscription_id = s.subscription_id)`,
  );
}
