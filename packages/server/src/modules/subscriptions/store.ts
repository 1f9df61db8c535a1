/** SQL of subscriptions. */
import { isGuid } from "@kontor/contract";
import { type Db, type Sql, sql } from "../../foundation/database/sql.ts";
import type { SubscriptionKind, SubscriptionRow } from "./subscription.ts";

interface Row {
  subscription_id: string;
  customer_id: string;
  kind: SubscriptionKind;
  offer_id: string;
  offer_name: string;
  publisher_name: string;
  friendly_name: string;
  quantity: number;
  billing_cycle: SubscriptionRow["billingCycle"];
  term: string | null;
  auto_renew: boolean;
  renewal_term: string | null;
  status: SubscriptionRow["status"];
  order_id: string;
  order_line: number | null;
  mpn_id: string | null;
  created_at: Date;
  starts_at: Date;
  ends_at: Date | null;
  registered_at: Date | null;
  full_refund_until: Date | null;
  part_refund_until: Date | null;
  version: number;
}

/** The subscriptions of one partner that meet a condition, oldest first. */
async function select(
  db: Db,
  partnerId: string,
  condition: Sql,
  lock: Sql = sql``,
): Promise<SubscriptionRow[]> {
  const rows = await db.query<Row>(sql`
    SELECT subscription_id, customer_id, kind, offer_id, offer_name, publisher_name, friendly_name,
      quantity, billing_cycle, term, auto_renew, renewal_term, status, order_id, order_line, mpn_id,
      created_at, starts_at, ends_at, registered_at, full_refund_until, part_refund_until, version
    FROM subscription WHERE partner_id = ${partnerId} AND ${condition}
    ORDER BY created_at, subscription_id ${lock}`);
  return rows.map((row) => ({
    subscriptionId: row.subscription_id,
    customerId: row.customer_id,
    kind: row.kind,
    offerId: row.offer_id,
    offerName: row.offer_name,
    publisherName: row.publisher_name,
    friendlyName: row.friendly_name,
    quantity: row.quantity,
    billingCycle: row.billing_cycle,
    term: row.term,
    autoRenew: row.auto_renew,
    renewalTerm: row.renewal_term,
    status: row.status,
    orderId: row.order_id,
    orderLine: row.order_line,
    mpnId: row.mpn_id,
    createdAt: row.created_at,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    registeredAt: row.registered_at,
    fullRefundUntil: row.full_refund_until,
    partRefundUntil: row.part_refund_until,
    version: row.version,
  }));
}

/** The partner's subscriptions among `ids`; an id that is no GUID names none. */
export async function loadSubscriptions(
  db: Db,
  partnerId: string,
  ids: readonly string[],
): Promise<SubscriptionRow[]> {
  const guids = ids.filter(isGuid);
  if (guids.length === 0) return [];
  return select(db, partnerId, sql`subscription_id = ANY(${guids}::uuid[])`);
}

/** Subscriptions held for a change, in the one order in which rows of several are locked. */
export async function lockSubscriptions(
  tx: Db,
  partnerId: string,
  ids: readonly string[],
): Promise<SubscriptionRow[]> {
  const among = sql`subscription_id = ANY(${ids}::uuid[])`;
  return select(tx, partnerId, among, sql`FOR NO KEY UPDATE`);
}

/** A GUID as it is stored; every other text as it is, since modern order ids know letter case. */
function guidText(given: string | undefined): string | undefined {
  const bare = given?.trim().replace(/^\{(.*)\}$/, "$1");
  return bare !== undefined && isGuid(bare) ? bare.toLowerCase() : given;
}

/** All subscriptions of a customer, or those of an order or sold through a reseller. */
export async function loadCustomerSubscriptions(
  db: Db,
  partnerId: string,
  customerId: string,
  filter: { orderId?: string | undefined; mpnId?: string | undefined } = {},
): Promise<SubscriptionRow[]> {
  const orderId = guidText(filter.orderId);
  const ofOrder = orderId === undefined ? sql`` : sql`AND order_id = ${orderId}`;
  const ofReseller = filter.mpnId === undefined ? sql`` : sql`AND mpn_id = ${filter.mpnId}`;
  return select(db, partnerId, sql`customer_id = ${customerId} ${ofOrder} ${ofReseller}`);
}

/** `lock`: other writers of the row wait until the transaction ends. */
export async function loadSubscription(
  db: Db,
  partnerId: string,
  customerId: string,
  subscriptionId: string,
  { lock = false } = {},
): Promise<SubscriptionRow | undefined> {
  const [row] = await select(
    db,
    partnerId,
    sql`customer_id = ${customerId} AND subscription_id = ${subscriptionId}`,
    lock ? sql`FOR NO KEY UPDATE` : sql``,
  );
  return row;
}

/** A subscription, locked, unless its customer is gone. */
export async function lockOfCustomer(
  tx: Db,
  partnerId: string,
  subscriptionId: string,
): Promise<SubscriptionRow | undefined> {
  const [row] = await select(
    tx,
    partnerId,
    sql`subscription_id = ${subscriptionId} AND EXISTS (
      SELECT 1 FROM customer c
      WHERE c.partner_id = ${partnerId} AND c.customer_id = subscription.customer_id
        AND c.removed_at IS NULL)`,
    sql`FOR NO KEY UPDATE`,
  );
  return row;
}

/** Saves what can change of a subscription, with its version. */
export async function saveSubscription(
  tx: Db,
  partnerId: string,
  row: SubscriptionRow,
): Promise<void> {
  await tx.query(sql`
    UPDATE subscription SET friendly_name = ${row.friendlyName}, auto_renew = ${row.autoRenew},
      status = ${row.status}, offer_id = ${row.offerId}, term = ${row.term},
      ends_at = ${row.endsAt}, full_refund_until = ${row.fullRefundUntil},
      part_refund_until = ${row.partRefundUntil}, version = ${row.version}
    WHERE partner_id = ${partnerId} AND subscription_id = ${row.subscriptionId}`);
}

/** Adds the subscriptions of one partner. */
export async function insertSubscriptions(
  tx: Db,
  partnerId: string,
  rows: readonly SubscriptionRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(sql`
    INSERT INTO subscription (partner_id, subscription_id, customer_id, kind, offer_id, offer_name,
      publisher_name, friendly_name, quantity, billing_cycle, term, auto_renew, renewal_term,
      status, order_id, order_line, mpn_id, created_at, starts_at, ends_at, registered_at,
      full_refund_until, part_refund_until, version)
    SELECT ${partnerId}::uuid, "subscriptionId", "customerId", kind, "offerId", "offerName",
      "publisherName", "friendlyName", quantity, "billingCycle", term, "autoRenew", "renewalTerm",
      status, "orderId", "orderLine", "mpnId", "createdAt", "startsAt", "endsAt", "registeredAt",
      "fullRefundUntil", "partRefundUntil", version
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (
      "subscriptionId" uuid, "customerId" uuid, kind text, "offerId" text, "offerName" text,
      "publisherName" text, "friendlyName" text, quantity integer, "billingCycle" text, term text,
      "autoRenew" boolean, "renewalTerm" text, status text, "orderId" text, "orderLine" integer,
      "mpnId" text, "createdAt" timestamptz, "startsAt" timestamptz, "endsAt" timestamptz,
      "registeredAt" timestamptz, "fullRefundUntil" timestamptz, "partRefundUntil" timestamptz,
      version integer)`);
}

/** Ends subscriptions for good; one that is deleted already stays as it is. */
export async function markDeleted(
  tx: Db,
  partnerId: string,
  subscriptionIds: readonly string[],
): Promise<void> {
  if (subscriptionIds.length === 0) return;
  await tx.query(sql`
    UPDATE subscription SET status = 'deleted', version = version + 1
    WHERE partner_id = ${partnerId} AND subscription_id = ANY(${subscriptionIds}::uuid[])
      AND status <> 'deleted'`);
}

/** Marks the subscription as registered from `now`; false when it was so before. */
export async function markRegistered(
  tx: Db,
  partnerId: string,
  subscriptionId: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(sql`
    UPDATE subscription SET registered_at = ${now}
    WHERE partner_id = ${partnerId} AND subscription_id = ${subscriptionId}
      AND registered_at IS NULL
    RETURNING 1`);
  return rows.length === 1;
}
