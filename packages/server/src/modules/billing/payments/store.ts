/** SQL of payments. */
import { type Db, type Sql, sql } from "../../../foundation/database/sql.ts";
import { limits } from "../../../foundation/limits.ts";
import type { LastPayment } from "../invoice.ts";
import type { OpenDocument, PaidSum } from "./allocation.ts";
import type { Payment } from "./payment.ts";

const columns = sql`
  payment_id AS "paymentId", currency, amount_minor AS "amountMinor",
  received_at AS "receivedAt", reference, invoice_id AS "invoiceId", reverses`;

/** False where the reference is taken, or the payment is taken back already: nothing is written. */
export async function insertPayment(tx: Db, partnerId: string, row: Payment): Promise<boolean> {
  const rows = await tx.query(sql`
    INSERT INTO payment (partner_id, payment_id, currency, amount_minor, received_at, reference,
      invoice_id, reverses)
    VALUES (${partnerId}, ${row.paymentId}, ${row.currency}, ${row.amountMinor}, ${row.receivedAt},
      ${row.reference}, ${row.invoiceId}, ${row.reverses})
    ON CONFLICT DO NOTHING
    RETURNING payment_id`);
  return rows.length === 1;
}

async function onePayment(db: Db, partnerId: string, which: Sql): Promise<Payment | undefined> {
  const [row] = await db.query<Payment>(sql`
    SELECT ${columns} FROM payment WHERE partner_id = ${partnerId} AND ${which}`);
  return row;
}

export function loadPayment(
  db: Db,
  partnerId: string,
  paymentId: string,
): Promise<Payment | undefined> {
  return onePayment(db, partnerId, sql`payment_id = ${paymentId}`);
}

export function loadByReference(
  db: Db,
  partnerId: string,
  reference: string,
): Promise<Payment | undefined> {
  return onePayment(db, partnerId, sql`reference = ${reference}`);
}

/** The newest payments, newest first, as many as `limits.paymentsListed` says. */
export function loadPayments(db: Db, partnerId: string): Promise<Payment[]> {
  return db.query<Payment>(sql`
    SELECT ${columns} FROM payment WHERE partner_id = ${partnerId}
    ORDER BY received_at DESC, payment_id DESC LIMIT ${limits.paymentsListed}`);
}

/** The currencies in which the partner was ever invoiced. */
export async function loadInvoicedCurrencies(db: Db, partnerId: string): Promise<string[]> {
  const rows = await db.query<{ currency: string }>(sql`
    SELECT DISTINCT currency FROM invoice WHERE partner_id = ${partnerId}`);
  return rows.map(({ currency }) => currency);
}

/** What was paid for each invoice that was named, and for none; nothing that comes to zero. */
export function loadPaidSums(db: Db, partnerId: string): Promise<PaidSum[]> {
  return db.query<PaidSum>(sql`
    SELECT currency, invoice_id AS "invoiceId", sum(amount_minor)::bigint AS "amountMinor"
    FROM payment WHERE partner_id = ${partnerId}
    GROUP BY currency, invoice_id HAVING sum(amount_minor) <> 0`);
}

/** Every document of the account, oldest first. */
export function loadDocuments(db: Db, partnerId: string): Promise<OpenDocument[]> {
  return db.query<OpenDocument>(sql`
    SELECT invoice_id AS "invoiceId", document_type AS "documentType", currency, total_minor AS "totalMinor",
      amends
    FROM invoice WHERE partner_id = ${partnerId}
    ORDER BY issued_at, number`);
}

/** The newest payment of each currency that was not taken back. */
export function loadLastPayments(db: Db, partnerId: string): Promise<LastPayment[]> {
  return db.query<LastPayment>(sql`
    SELECT DISTINCT ON (currency) currency, received_at AS "receivedAt",
      amount_minor AS "amountMinor"
    FROM payment
    WHERE partner_id = ${partnerId} AND amount_minor > 0 AND NOT EXISTS (
      SELECT 1 FROM payment back
      WHERE back.partner_id = ${partnerId} AND back.reverses = payment.payment_id)
    ORDER BY currency, received_at DESC, payment_id DESC`);
}
