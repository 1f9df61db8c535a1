/** SQL of removing a customer. */
import { type Db, sql } from "../../../foundation/database/sql.ts";

/** Goods that are bought for good or for a term: their orders must be cancelled first. */
const boundKinds = ["reservation", "perpetual_software", "term_software"];

/** The customer's orders of reservations and software that stand, oldest first. */
export async function loadStandingOrders(
  db: Db,
  partnerId: string,
  customerId: string,
): Promise<string[]> {
  const rows = await db.query<{ order_id: string }>(sql`
    SELECT order_id FROM purchase_order o
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId} AND cancelled_at IS NULL
      AND EXISTS (
        SELECT 1 FROM order_line l
        WHERE l.partner_id = ${partnerId} AND l.order_id = o.order_id
          AND l.kind = ANY(${boundKinds}::text[]) AND l.cancelled_at IS NULL)
    ORDER BY created_at, order_id`);
  return rows.map((row) => row.order_id);
}

/** Makes the customer unknown from now on, and its domain free. */
export async function markRemoved(
  tx: Db,
  partnerId: string,
  customerId: string,
  now: Date,
): Promise<void> {
  await tx.query(sql`
    UPDATE customer SET removed_at = ${now}
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId}`);
}

/** Suspends what is active, and tells it: nobody looks after it for the partner any more. */
export async function suspendSubscriptions(
  tx: Db,
  partnerId: string,
  customerId: string,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(sql`
    UPDATE subscription SET status = 'suspended', version = version + 1
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId} AND status = 'active'
    RETURNING subscription_id AS id`);
  return rows.map(({ id }) => id);
}

/**
 * Deletes what was the customer's alone, and the charges that its usage was still to bring. Orders,
 * charges and the customer's row stay, without its people and address: invoices and the ledger
 * rest on them.
 */
export async function purge(tx: Db, partnerId: string, customerId: string): Promise<void> {
  const own = sql`partner_id = ${partnerId} AND customer_id = ${customerId}`;
  await tx.query(sql`
    DELETE FROM cart_line WHERE partner_id = ${partnerId}
      AND cart_id IN (SELECT cart_id FROM cart WHERE ${own})`);
  await tx.query(sql`DELETE FROM cart WHERE ${own}`);
  await tx.query(sql`
    DELETE FROM due_work
    WHERE partner_id = ${partnerId} AND kind = 'charge_cycle' AND done_at IS NULL
      AND split_part(subject, ':', 1) IN (SELECT order_id FROM purchase_order WHERE ${own})`);
  await tx.query(sql`
    DELETE FROM product_key WHERE partner_id = ${partnerId}
      AND order_id IN (SELECT order_id FROM purchase_order WHERE ${own})`);
  await tx.query(sql`
    DELETE FROM subscription_term WHERE partner_id = ${partnerId}
      AND subscription_id IN (SELECT subscription_id FROM subscription WHERE ${own})`);
  await tx.query(sql`DELETE FROM subscription WHERE ${own}`);
  await tx.query(sql`DELETE FROM agreement WHERE ${own}`);
  await tx.query(sql`DELETE FROM qualification WHERE ${own}`);
  await tx.query(sql`DELETE FROM partner_restriction WHERE ${own}`);
  await tx.query(sql`
    UPDATE customer SET email = '', first_name = '', last_name = '', address = '{}',
      registration_number = NULL
    WHERE ${own}`);
}
