/** SQL of cancelling an order. */
import { type Db, jsonRows, sql } from "../../../foundation/database/sql.ts";
import type { OrderRow } from "../order.ts";
import type { LaterTerm } from "./terms.ts";

/** Holds the order's row: whoever changes it at the same moment waits. */
export async function lockOrder(tx: Db, partnerId: string, orderId: string): Promise<void> {
  await tx.query(sql`
    SELECT 1 FROM purchase_order
    WHERE partner_id = ${partnerId} AND order_id = ${orderId} FOR NO KEY UPDATE`);
}

/** The terms after the first of subscriptions, in no order. */
export function loadLaterTerms(
  tx: Db,
  partnerId: string,
  subscriptionIds: readonly string[],
): Promise<LaterTerm[]> {
  return tx.query<LaterTerm>(sql`
    SELECT t.subscription_id AS "subscriptionId", t.term, t.starts_at AS "startsAt",
      s.starts_at AS anchor
    FROM subscription_term t JOIN subscription s USING (partner_id, subscription_id)
    WHERE partner_id = ${partnerId} AND subscription_id = ANY(${subscriptionIds}::uuid[])`);
}

/** Saves an order's next version, and what stays owed of each line that was cancelled with it. */
export async function saveCancellation(
  tx: Db,
  partnerId: string,
  { orderId, version }: OrderRow,
  gone: { kept: ReadonlyMap<number, bigint>; now: Date; whole: boolean },
): Promise<void> {
  const rows = [...gone.kept].map(([lineNumber, keptMinor]) => ({ lineNumber, keptMinor }));
  await tx.query(sql`
    UPDATE order_line SET cancelled_at = ${gone.now}, kept_minor = given."keptMinor"
    FROM jsonb_to_recordset(${jsonRows(rows)}::jsonb) AS given (
      "lineNumber" integer, "keptMinor" bigint)
    WHERE partner_id = ${partnerId} AND order_id = ${orderId}
      AND line_number = given."lineNumber"`);
  await tx.query(sql`
    UPDATE purchase_order SET version = ${version}, cancelled_at = ${gone.whole ? gone.now : null}
    WHERE partner_id = ${partnerId} AND order_id = ${orderId}`);
}
