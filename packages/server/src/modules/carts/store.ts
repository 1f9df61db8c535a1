/** SQL of carts and their lines. */
import { type Db, sql } from "../../foundation/database/sql.ts";
import type { CartLineRow, CartRow } from "./cart.ts";

export async function insertCart(tx: Db, partnerId: string, cart: CartRow): Promise<void> {
  await tx.query(sql`
    INSERT INTO cart (partner_id, customer_id, cart_id, created_at, expires_at, modified_at,
      modified_by, ordered_at, attestation_accepted)
    VALUES (${partnerId}, ${cart.customerId}, ${cart.cartId}, ${cart.createdAt}, ${cart.expiresAt},
      ${cart.modifiedAt}, ${cart.modifiedBy}, NULL, ${cart.attestationAccepted})`);
  await insertLines(tx, partnerId, cart);
}

/** Replaces the lines of a cart and stamps who changed it. */
export async function replaceCart(tx: Db, partnerId: string, cart: CartRow): Promise<void> {
  // All three asked for at once: they run in this order on the connection.
  const changed = tx.query(sql`
    UPDATE cart SET modified_at = ${cart.modifiedAt}, modified_by = ${cart.modifiedBy},
      attestation_accepted = ${cart.attestationAccepted}
    WHERE partner_id = ${partnerId} AND cart_id = ${cart.cartId}`);
  const emptied = tx.query(sql`
    DELETE FROM cart_line WHERE partner_id = ${partnerId} AND cart_id = ${cart.cartId}`);
  await Promise.all([changed, emptied, insertLines(tx, partnerId, cart)]);
}

async function insertLines(tx: Db, partnerId: string, cart: CartRow): Promise<void> {
  await tx.query(sql`
    INSERT INTO cart_line (partner_id, cart_id, position, parent_position, line_id,
      catalog_item_id, friendly_name, quantity, currency, billing_cycle, term, renews_to,
      provisioning_context, participants, custom_term_end, attestation_accepted, promotion_id,
      order_group, error_code, error_description)
    SELECT ${partnerId}::uuid, ${cart.cartId}::uuid, position, "parentPosition", "lineId",
      "catalogItemId", "friendlyName", quantity, currency, "billingCycle", term, "renewsTo",
      "provisioningContext", participants, "customTermEnd", "attestationAccepted", "promotionId",
      "orderGroup", "errorCode", "errorDescription"
    FROM jsonb_to_recordset(${JSON.stringify(cart.lines)}::jsonb) AS l (position integer,
      "parentPosition" integer, "lineId" integer, "catalogItemId" text, "friendlyName" text,
      quantity integer, currency text, "billingCycle" text, term text, "renewsTo" text,
      "provisioningContext" jsonb, participants jsonb, "customTermEnd" timestamptz,
      "attestationAccepted" boolean, "promotionId" text, "orderGroup" text, "errorCode" integer,
      "errorDescription" text)`);
}

export async function markOrdered(
  tx: Db,
  partnerId: string,
  cartIds: readonly string[],
  now: Date,
): Promise<void> {
  if (cartIds.length === 0) return;
  await tx.query(sql`
    UPDATE cart SET ordered_at = ${now}
    WHERE partner_id = ${partnerId} AND cart_id = ANY(${cartIds}::uuid[])`);
}

interface StoredCart {
  customer_id: string;
  cart_id: string;
  created_at: Date;
  expires_at: Date;
  modified_at: Date;
  modified_by: string;
  ordered_at: Date | null;
  attestation_accepted: boolean | null;
}

interface StoredLine {
  position: number;
  parent_position: number | null;
  line_id: number;
  catalog_item_id: string;
  friendly_name: string | null;
  quantity: number;
  currency: string | null;
  billing_cycle: CartLineRow["billingCycle"];
  term: string | null;
  renews_to: string | null;
  provisioning_context: Record<string, string> | null;
  participants: { key: string; value: string }[] | null;
  custom_term_end: Date | null;
  attestation_accepted: boolean | null;
  promotion_id: string | null;
  order_group: string | null;
  error_code: number | null;
  error_description: string | null;
}

/** `lock` holds the cart for a change: a second change or checkout of it waits. */
export async function loadCart(
  db: Db,
  partnerId: string,
  customerId: string,
  cartId: string,
  lock = false,
): Promise<CartRow | undefined> {
  const cart = sql`
    SELECT customer_id, cart_id, created_at, expires_at, modified_at, modified_by, ordered_at,
      attestation_accepted
    FROM cart
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId} AND cart_id = ${cartId}`;
  const [row] = await db.query<StoredCart>(lock ? sql`${cart} FOR UPDATE` : cart);
  if (!row) return undefined;
  // After the lock, so that the lines are those of the cart as it is now.
  const lines = await db.query<StoredLine>(sql`
    SELECT position, parent_position, line_id, catalog_item_id, friendly_name, quantity, currency,
      billing_cycle, term, renews_to, provisioning_context, participants, custom_term_end,
      attestation_accepted, promotion_id, order_group, error_code, error_description
    FROM cart_line WHERE partner_id = ${partnerId} AND cart_id = ${cartId}
    ORDER BY position`);
  return cartOf(row, lines);
}

/**
 * Several carts by their ids, held for a change. Locked in the order of their ids, so that two
 * transactions that want the same ones never wait crosswise.
 */
export async function lockCarts(
  tx: Db,
  partnerId: string,
  cartIds: readonly string[],
): Promise<ReadonlyMap<string, CartRow>> {
  const carts = tx.query<StoredCart>(sql`
    SELECT customer_id, cart_id, created_at, expires_at, modified_at, modified_by, ordered_at,
      attestation_accepted
    FROM cart WHERE partner_id = ${partnerId} AND cart_id = ANY(${cartIds}::uuid[])
    ORDER BY cart_id FOR UPDATE`);
  // Sent behind the locks, so that the lines are those of the carts as they are now.
  const lines = tx.query<StoredLine & { cart_id: string }>(sql`
    SELECT cart_id, position, parent_position, line_id, catalog_item_id, friendly_name, quantity,
      currency, billing_cycle, term, renews_to, provisioning_context, participants,
      custom_term_end, attestation_accepted, promotion_id, order_group, error_code,
      error_description
    FROM cart_line WHERE partner_id = ${partnerId} AND cart_id = ANY(${cartIds}::uuid[])
    ORDER BY cart_id, position`);
  const [rows, stored] = await Promise.all([carts, lines]);
  const linesOf = Map.groupBy(stored, (line) => line.cart_id);
  return new Map(rows.map((row) => [row.cart_id, cartOf(row, linesOf.get(row.cart_id) ?? [])]));
}

function cartOf(row: StoredCart, lines: readonly StoredLine[]): CartRow {
  return {
    cartId: row.cart_id,
    customerId: row.customer_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    modifiedAt: row.modified_at,
    modifiedBy: row.modified_by,
    orderedAt: row.ordered_at,
    attestationAccepted: row.attestation_accepted,
    lines: lines.map(lineOf),
  };
}

function lineOf(row: StoredLine): CartLineRow {
  return {
    position: row.position,
    parentPosition: row.parent_position,
    lineId: row.line_id,
    catalogItemId: row.catalog_item_id,
    friendlyName: row.friendly_name,
    quantity: row.quantity,
    currency: row.currency,
    billingCycle: row.billing_cycle,
    term: row.term,
    renewsTo: row.renews_to,
    provisioningContext: row.provisioning_context,
    participants: row.participants,
    customTermEnd: row.custom_term_end?.toISOString() ?? null,
    attestationAccepted: row.attestation_accepted,
    promotionId: row.promotion_id,
    orderGroup: row.order_group,
    errorCode: row.error_code,
    errorDescription: row.error_description,
  };
}
