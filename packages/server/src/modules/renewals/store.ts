/** SQL of renewed terms. */
import { type Db, sql } from "../../foundation/database/sql.ts";
import type { RenewedTerm } from "./renewed-term.ts";

/** Appends a term, once for each day on which one of the subscription begins. */
export async function appendTerm(tx: Db, partnerId: string, term: RenewedTerm): Promise<void> {
  await tx.query(sql`
    INSERT INTO subscription_term (partner_id, subscription_id, period, term, starts_at, ends_at,
      unit_price, pricing_currency)
    VALUES (${partnerId}, ${term.subscriptionId}, ${term.period}, ${term.term}, ${term.startsAt},
      ${term.endsAt}, ${term.unitPrice}, ${term.pricingCurrency})`);
}

/** A term with the order line that it is charged to; undefined once the subscription is deleted. */
export async function loadTerm(
  db: Db,
  partnerId: string,
  subscriptionId: string,
  period: string,
): Promise<(RenewedTerm & { orderId: string; orderLine: number }) | undefined> {
  const [row] = await db.query<RenewedTerm & { orderId: string; orderLine: number }>(sql`
    SELECT t.subscription_id AS "subscriptionId", t.period, t.term, s.starts_at AS anchor,
      t.starts_at AS "startsAt", t.ends_at AS "endsAt", t.unit_price AS "unitPrice",
      t.pricing_currency AS "pricingCurrency", s.order_id AS "orderId", s.order_line AS "orderLine"
    FROM subscription_term t JOIN subscription s USING (partner_id, subscription_id)
    WHERE partner_id = ${partnerId} AND subscription_id = ${subscriptionId}
      AND period = ${period} AND s.status <> 'deleted'`);
  return row;
}
