/** SQL of orders and their lines. */
import type { BillingCycleName } from "@kontor/contract";
import { type Db, jsonRows, type Sql, sql } from "../../foundation/database/sql.ts";
import type { OrderLineRow, OrderRow } from "./order.ts";

/** Appends orders with their lines: two statements, however many there are. */
export async function insertOrders(tx: Db, partnerId: string, orders: OrderRow[]): Promise<void> {
  if (orders.length === 0) return;
  const heads = orders.map(({ lines: _own, ...head }) => head);
  const inserted = tx.query(sql`
    INSERT INTO purchase_order (partner_id, order_id, customer_id, alternate_id, country,
      billing_cycle, currency, cart_id, order_group, attestation_accepted, created_at, fulfilled_at)
    SELECT ${partnerId}::uuid, "orderId", "customerId", "alternateId", country,
      "billingCycle", currency, "cartId", "orderGroup", "attestationAccepted", "createdAt",
      "fulfilledAt"
    FROM jsonb_to_recordset(${jsonRows(heads)}::jsonb) AS o ("orderId" text, "customerId" uuid,
      "alternateId" text, country text, "billingCycle" text, currency text, "cartId" uuid,
      "orderGroup" text, "attestationAccepted" boolean, "createdAt" timestamptz,
      "fulfilledAt" timestamptz)`);
  const lines = orders.flatMap(({ orderId, lines: own }) =>
    own.map((line) => ({ orderId, ...line })),
  );
  // Sent behind the orders without waiting for them.
  const insertedLines = tx.query(sql`
    INSERT INTO order_line (partner_id, order_id, line_number, product_id, sku_id, availability_id,
      kind, reservation_type, product_title, sku_title, publisher_name, friendly_name, quantity,
      term, renews_to, unit_price, pricing_currency, unit_minor, cycle_unit_minor,
      partner_on_record, provisioning_context, subscription_id, reservation_order_id,
      reservation_id, artifact_group, artifact_line, artifact_item)
    SELECT ${partnerId}::uuid, "orderId", "lineNumber", "productId", "skuId", "availabilityId",
      kind, "reservationType", "productTitle", "skuTitle", "publisherName", "friendlyName",
      quantity, term, "renewsTo", "unitPrice", "pricingCurrency", "unitMinor", "cycleUnitMinor",
      "partnerOnRecord", "provisioningContext", "subscriptionId", "reservationOrderId",
      "reservationId", "artifactGroup", "artifactLine", "artifactItem"
    FROM jsonb_to_recordset(${jsonRows(lines)}::jsonb) AS l ("orderId" text, "lineNumber" integer,
      "productId" text, "skuId" text, "availabilityId" text, kind text, "reservationType" text,
      "productTitle" text, "skuTitle" text, "publisherName" text, "friendlyName" text,
      quantity integer, term text, "renewsTo" text, "unitPrice" numeric, "pricingCurrency" text,
      "unitMinor" bigint, "cycleUnitMinor" bigint, "partnerOnRecord" text,
      "provisioningContext" jsonb, "subscriptionId" uuid, "reservationOrderId" uuid,
      "reservationId" uuid, "artifactGroup" text, "artifactLine" uuid, "artifactItem" uuid)`);
  await Promise.all([inserted, insertedLines]);
}

interface StoredLine {
  line_number: number;
  product_id: string;
  sku_id: string;
  availability_id: string;
  kind: OrderLineRow["kind"];
  reservation_type: OrderLineRow["reservationType"];
  product_title: string;
  sku_title: string;
  publisher_name: string;
  friendly_name: string;
  quantity: number;
  term: string | null;
  renews_to: string | null;
  unit_price: string;
  pricing_currency: string;
  unit_minor: bigint;
  cycle_unit_minor: bigint;
  partner_on_record: string | null;
  provisioning_context: Record<string, string> | null;
  subscription_id: string | null;
  reservation_order_id: string | null;
  reservation_id: string | null;
  artifact_group: string | null;
  artifact_line: string | null;
  artifact_item: string | null;
  line_cancelled_at: Date | null;
  kept_minor: bigint | null;
}

interface StoredOrderLine extends StoredLine {
  order_id: string;
  customer_id: string;
  alternate_id: string;
  country: string;
  billing_cycle: BillingCycleName;
  currency: string;
  cart_id: string | null;
  order_group: string;
  attestation_accepted: boolean | null;
  created_at: Date;
  fulfilled_at: Date;
  version: number;
}

const orderLines = sql`
  SELECT o.order_id, o.customer_id, o.alternate_id, o.country, o.billing_cycle, o.currency,
    o.cart_id, o.order_group, o.attestation_accepted, o.created_at, o.fulfilled_at, o.version,
    l.line_number, l.product_id, l.sku_id, l.availability_id, l.kind, l.reservation_type,
    l.product_title, l.sku_title, l.publisher_name, l.friendly_name, l.quantity, l.term,
    l.renews_to, l.unit_price, l.pricing_currency, l.unit_minor, l.cycle_unit_minor,
    l.partner_on_record, l.provisioning_context, l.subscription_id, l.reservation_order_id,
    l.reservation_id, l.artifact_group, l.artifact_line, l.artifact_item, l.cancelled_at AS line_cancelled_at,
    l.kept_minor
  FROM purchase_order o JOIN order_line l USING (partner_id, order_id)`;

const newestFirst = sql`ORDER BY o.created_at DESC, o.order_id, l.line_number`;

async function load(db: Db, where: Sql): Promise<OrderRow[]> {
  return ordersOf(await db.query<StoredOrderLine>(sql`${orderLines} ${where} ${newestFirst}`));
}

export async function loadOrder(
  db: Db,
  partnerId: string,
  customerId: string,
  orderId: string,
): Promise<OrderRow | undefined> {
  const [order] = await load(
    db,
    sql`WHERE o.partner_id = ${partnerId} AND o.order_id = ${orderId}
      AND o.customer_id = ${customerId}`,
  );
  return order;
}

/**
 * An expression: the version of each order and when it is fulfilled (milliseconds), with a comma
 * between orders, in the order asked; empty for an order that the customer has not.
 */
export function orderVersions(
  partnerId: string,
  wanted: readonly { customerId: string; orderId: string }[],
): Sql {
  return sql`(
    SELECT string_agg(
      coalesce(o.version || ' ' || (extract(epoch FROM o.fulfilled_at) * 1000)::bigint, ''),
      ',' ORDER BY w.position)
    FROM unnest(
      ${wanted.map(({ customerId }) => customerId)}::uuid[],
      ${wanted.map(({ orderId }) => orderId)}::text[]
    ) WITH ORDINALITY AS w (customer_id, order_id, position)
    LEFT JOIN customer c ON c.partner_id = ${partnerId} AND c.customer_id = w.customer_id
      AND c.removed_at IS NULL
    LEFT JOIN purchase_order o ON o.partner_id = c.partner_id AND o.order_id = w.order_id
      AND o.customer_id = c.customer_id)`;
}

/**
 * What customers hold, by their ids: subscriptions that are not deleted by `now`, and reserved
 * instances.
 */
export async function loadHoldings(
  db: Db,
  partnerId: string,
  customerIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, { subscriptions: number; reservations: number }>> {
  type Row = { customerId: string; subscriptions: number; reservations: number };
  const rows = await db.query<Row>(sql`
    SELECT c.customer_id AS "customerId",
      (SELECT count(*)::int FROM subscription
        WHERE partner_id = ${partnerId} AND customer_id = c.customer_id AND status <> 'deleted'
          AND (ends_at IS NULL OR ends_at > ${now})) AS subscriptions,
      (SELECT coalesce(sum(l.quantity), 0)::int
        FROM purchase_order o JOIN order_line l USING (partner_id, order_id)
        WHERE o.partner_id = ${partnerId} AND o.customer_id = c.customer_id
          AND l.cancelled_at IS NULL AND l.kind = 'reservation') AS reservations
    FROM unnest(${customerIds}::uuid[]) AS c (customer_id)`);
  return new Map(rows.map(({ customerId, ...holding }) => [customerId, holding]));
}

/** Holds the customers' rows, on which purchases that are counted wait for one another. */
export async function lockHoldings(
  tx: Db,
  partnerId: string,
  customerIds: readonly string[],
): Promise<void> {
  await tx.query(sql`
    SELECT 1 FROM customer
    WHERE partner_id = ${partnerId} AND customer_id = ANY(${customerIds}::uuid[])
    ORDER BY customer_id FOR NO KEY UPDATE`);
}

/** All orders of a customer, newest first, optionally of one billing cycle. */
export async function loadOrders(
  db: Db,
  partnerId: string,
  customerId: string,
  billingCycle?: BillingCycleName,
): Promise<OrderRow[]> {
  return load(
    db,
    sql`WHERE o.partner_id = ${partnerId} AND o.customer_id = ${customerId}
      AND (${billingCycle ?? null}::text IS NULL OR o.billing_cycle = ${billingCycle ?? null})`,
  );
}

/** The orders that carts have become. */
export async function loadOrdersOfCarts(
  db: Db,
  partnerId: string,
  cartIds: readonly string[],
): Promise<OrderRow[]> {
  return load(db, sql`WHERE o.partner_id = ${partnerId} AND o.cart_id = ANY(${cartIds}::uuid[])`);
}

/** The customer's order whose line has the artifact. */
export async function loadOrderOfArtifact(
  db: Db,
  partnerId: string,
  customerId: string,
  artifactLine: string,
): Promise<OrderRow | undefined> {
  const [order] = await load(
    db,
    sql`WHERE o.partner_id = ${partnerId} AND o.customer_id = ${customerId}
      AND o.order_id IN (
        SELECT order_id FROM order_line
        WHERE partner_id = ${partnerId} AND artifact_line = ${artifactLine})`,
  );
  return order;
}

/** The order whose line `lineNumber` is due, for work that knows only the order's id. */
export async function loadOrderById(
  db: Db,
  partnerId: string,
  orderId: string,
): Promise<OrderRow | undefined> {
  const [order] = await load(
    db,
    sql`WHERE o.partner_id = ${partnerId} AND o.order_id = ${orderId}`,
  );
  return order;
}

function ordersOf(rows: StoredOrderLine[]): OrderRow[] {
  const orders = new Map<string, OrderRow>();
  for (const row of rows) {
    let order = orders.get(row.order_id);
    if (!order) {
      order = {
        orderId: row.order_id,
        customerId: row.customer_id,
        alternateId: row.alternate_id,
        country: row.country,
        billingCycle: row.billing_cycle,
        currency: row.currency,
        cartId: row.cart_id,
        orderGroup: row.order_group,
        attestationAccepted: row.attestation_accepted,
        createdAt: row.created_at,
        fulfilledAt: row.fulfilled_at,
        version: row.version,
        lines: [],
      };
      orders.set(row.order_id, order);
    }
    order.lines.push(lineOf(row));
  }
  return [...orders.values()];
}

function lineOf(row: StoredLine): OrderLineRow {
  return {
    lineNumber: row.line_number,
    productId: row.product_id,
    skuId: row.sku_id,
    availabilityId: row.availability_id,
    kind: row.kind,
    reservationType: row.reservation_type,
    productTitle: row.product_title,
    skuTitle: row.sku_title,
    publisherName: row.publisher_name,
    friendlyName: row.friendly_name,
    quantity: row.quantity,
    term: row.term,
    renewsTo: row.renews_to,
    unitPrice: row.unit_price,
    pricingCurrency: row.pricing_currency,
    unitMinor: row.unit_minor,
    cycleUnitMinor: row.cycle_unit_minor,
    partnerOnRecord: row.partner_on_record,
    provisioningContext: row.provisioning_context,
    subscriptionId: row.subscription_id,
    reservationOrderId: row.reservation_order_id,
    reservationId: row.reservation_id,
    artifactGroup: row.artifact_group,
    artifactLine: row.artifact_line,
    artifactItem: row.artifact_item,
    cancelledAt: row.line_cancelled_at,
    keptMinor: row.kept_minor,
  };
}
