/** What the database says of a partner, for the comparison with the model. */
import { type Db, sql } from "../../src/foundation/database/sql.ts";

/** A further partner like one that there is, with its app and user; their secret is another. */
export async function copyPartner(
  db: Db,
  from: string,
  to: { partnerId: string; domain: string; user: string; secretHash: string },
): Promise<void> {
  const { partnerId, domain } = to;
  const partner = JSON.stringify({ partner_id: partnerId, domain });
  const app = JSON.stringify({ partner_id: partnerId, secret_hash: to.secretHash });
  const user = JSON.stringify({
    partner_id: partnerId,
    name: to.user,
    password_hash: to.secretHash,
  });
  await db.query(sql`
    INSERT INTO partner SELECT (jsonb_populate_record(p, ${partner}::jsonb)).*
    FROM partner p WHERE partner_id = ${from}`);
  await db.query(sql`
    INSERT INTO app SELECT (jsonb_populate_record(a, ${app}::jsonb)).*
    FROM app a WHERE partner_id = ${from}`);
  await db.query(sql`
    INSERT INTO app_user SELECT (jsonb_populate_record(u, ${user}::jsonb)).*
    FROM app_user u WHERE partner_id = ${from}`);
}

export interface StoredCharge {
  orderId: string;
  lineNumber: number;
  type: string;
  at: Date;
  period: string;
  cents: bigint;
}

export async function storedCharges(db: Db, partnerId: string): Promise<StoredCharge[]> {
  return db.query<StoredCharge>(sql`
    SELECT order_id AS "orderId", line_number AS "lineNumber", charge_type AS type,
      occurred_at AS at, period, subtotal_minor AS cents
    FROM charge WHERE partner_id = ${partnerId}`);
}

export interface StoredInvoice {
  period: string;
  cents: bigint;
  lines: number;
}

export async function storedInvoices(db: Db, partnerId: string): Promise<StoredInvoice[]> {
  return db.query<StoredInvoice>(sql`
    SELECT period, subtotal_minor AS cents, line_count AS lines
    FROM invoice WHERE partner_id = ${partnerId} ORDER BY period`);
}

/** The requests that left a record of an order, in their order, by order. */
export async function recordsOfOrders(
  db: Db,
  partnerId: string,
): Promise<{ orderId: string; requests: string[]; operations: string[] }[]> {
  return db.query(sql`
    SELECT resource_id AS "orderId", array_agg(request_id ORDER BY audit_id) AS requests,
      array_agg(operation_type ORDER BY audit_id) AS operations
    FROM audit_record WHERE partner_id = ${partnerId} AND resource_type = 'order'
    GROUP BY resource_id ORDER BY resource_id`);
}

export interface Books {
  carts: bigint;
  orders: bigint;
  /** Rows of charges, and postings that stand for them: two for each, three with tax. */
  charges: bigint;
  chargesPosted: bigint;
  /** Of all postings: nothing, if every debit has its credit. */
  sum: bigint;
  /** Transactions of the ledger that do not sum to zero. */
  unbalanced: bigint;
}

export async function readBooks(db: Db, partnerId: string): Promise<Books | undefined> {
  const [row] = await db.query<Books>(sql`
    SELECT
      (SELECT count(*) FROM cart WHERE partner_id = ${partnerId}) AS carts,
      (SELECT count(*) FROM purchase_order WHERE partner_id = ${partnerId}) AS orders,
      (SELECT count(*) FROM charge WHERE partner_id = ${partnerId}) AS charges,
      (SELECT count(DISTINCT source_id) FROM posting
        WHERE partner_id = ${partnerId} AND source_kind = 'charge') AS "chargesPosted",
      (SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting
        WHERE partner_id = ${partnerId}) AS sum,
      (SELECT count(*) FROM (
        SELECT FROM posting WHERE partner_id = ${partnerId}
        GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0) broken) AS unbalanced`);
  return row;
}
