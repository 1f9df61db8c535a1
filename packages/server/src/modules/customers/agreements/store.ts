/** SQL of agreements. */
import { type Db, sql } from "../../../foundation/database/sql.ts";
import type { Agreement, AgreementType } from "./agreement.ts";

/** Adds a confirmation; false when the same contact has confirmed the template before. */
export async function insertAgreement(
  tx: Db,
  partnerId: string,
  agreement: Agreement,
): Promise<boolean> {
  const rows = await tx.query(sql`
    INSERT INTO agreement (partner_id, customer_id, agreement_id, template_id, type, first_name,
      last_name, email, phone_number, date_agreed, user_id, created_at)
    VALUES (${partnerId}, ${agreement.customerId}, ${agreement.agreementId},
      ${agreement.templateId}, ${agreement.type}, ${agreement.firstName}, ${agreement.lastName},
      ${agreement.email}, ${agreement.phoneNumber}, ${agreement.dateAgreed}, ${agreement.userId},
      ${agreement.createdAt})
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length === 1;
}

interface AgreementRow {
  agreement_id: string;
  customer_id: string;
  template_id: string;
  type: AgreementType;
  first_name: string;
  last_name: string;
  email: string;
  phone_number: string | null;
  date_agreed: Date;
  user_id: string | null;
  created_at: Date;
}

/** A customer's confirmations of the types, oldest first. */
export async function loadAgreements(
  db: Db,
  partnerId: string,
  customerId: string,
  types: readonly AgreementType[],
): Promise<Agreement[]> {
  const rows = await db.query<AgreementRow>(sql`
    SELECT agreement_id, customer_id, template_id, type, first_name, last_name, email,
      phone_number, date_agreed, user_id, created_at
    FROM agreement
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId}
      AND type = ANY(${types}::text[])
    ORDER BY created_at, agreement_id`);
  return rows.map((row) => ({
    agreementId: row.agreement_id,
    customerId: row.customer_id,
    templateId: row.template_id,
    type: row.type,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email,
    phoneNumber: row.phone_number,
    dateAgreed: row.date_agreed,
    userId: row.user_id,
    createdAt: row.created_at,
  }));
}

/**
 * Those of the customers who accepted the Microsoft Customer Agreement: the partner confirmed it,
 * or the customer signed it itself. A purchase needs this; the agreement's predecessor does not
 * count.
 */
export async function loadAccepted(
  db: Db,
  partnerId: string,
  customerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ customer_id: string }>(sql`
    SELECT customer_id FROM customer c
    WHERE partner_id = ${partnerId} AND customer_id = ANY(${customerIds}::uuid[])
      AND (directly_signed_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM agreement a
        WHERE a.partner_id = ${partnerId} AND a.customer_id = c.customer_id
          AND a.type = 'MicrosoftCustomerAgreement'))`);
  return new Set(rows.map((row) => row.customer_id));
}

export async function hasDirectSignature(
  db: Db,
  partnerId: string,
  customerId: string,
): Promise<boolean> {
  const rows = await db.query(sql`
    SELECT 1 FROM customer
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId}
      AND directly_signed_at IS NOT NULL`);
  return rows.length === 1;
}

/** Records when the customer signed the agreement itself; null takes the signature back. */
export async function setDirectSignature(
  tx: Db,
  partnerId: string,
  customerId: string,
  signedAt: Date | null,
): Promise<void> {
  await tx.query(sql`
    UPDATE customer SET directly_signed_at = ${signedAt}
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId}`);
}
