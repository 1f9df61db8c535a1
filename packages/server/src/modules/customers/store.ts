/** SQL of customers and their agreements. */
import { type Db, type Sql, sql } from "../../foundation/database/sql.ts";
import type { Address } from "./address.ts";
import type { Agreement, AgreementType } from "./agreement.ts";
import { type Customer, nameKey, type ShortCustomer } from "./customer.ts";
import type { CustomerFilter, PageRequest } from "./customer-list.ts";

/** Adds a customer; false when its domain is taken, and then nothing was written. */
export async function insertCustomer(
  tx: Db,
  partnerId: string,
  customer: Customer,
): Promise<boolean> {
  const rows = await tx.query(sql`
    INSERT INTO customer (partner_id, customer_id, commerce_id, domain, company_name, name_key,
      registration_number, email, first_name, last_name, culture, language, country, address,
      associated_partner_id, billing_profile_id, version, created_at)
    VALUES (${partnerId}, ${customer.customerId}, ${customer.commerceId}, ${customer.domain},
      ${customer.companyName}, ${nameKey(customer.companyName)}, ${customer.registrationNumber},
      ${customer.email}, ${customer.firstName}, ${customer.lastName}, ${customer.culture},
      ${customer.language}, ${customer.country}, ${JSON.stringify(customer.address)},
      ${customer.associatedPartnerId}, ${customer.billingProfileId}, ${customer.version},
      ${customer.createdAt})
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length === 1;
}

interface CustomerRow {
  customer_id: string;
  commerce_id: string;
  domain: string;
  company_name: string;
  registration_number: string | null;
  email: string;
  first_name: string;
  last_name: string;
  culture: string;
  language: string;
  country: string;
  address: Address;
  associated_partner_id: string | null;
  billing_profile_id: string;
  version: number;
  created_at: Date;
}

export async function loadCustomer(
  db: Db,
  partnerId: string,
  customerId: string,
): Promise<Customer | undefined> {
  const [row] = await db.query<CustomerRow>(sql`
    SELECT customer_id, commerce_id, domain, company_name, registration_number, email, first_name,
      last_name, culture, language, country, address, associated_partner_id, billing_profile_id,
      version, created_at
    FROM customer WHERE partner_id = ${partnerId} AND customer_id = ${customerId}`);
  return (
    row && {
      customerId: row.customer_id,
      commerceId: row.commerce_id,
      domain: row.domain,
      companyName: row.company_name,
      registrationNumber: row.registration_number,
      email: row.email,
      firstName: row.first_name,
      lastName: row.last_name,
      culture: row.culture,
      language: row.language,
      country: row.country,
      address: row.address,
      associatedPartnerId: row.associated_partner_id,
      billingProfileId: row.billing_profile_id,
      version: row.version,
      createdAt: row.created_at,
    }
  );
}

/**
 * A page of customers by name, and one row more where there is a further page. Undefined when the
 * customer after whom it should begin does not exist.
 */
export async function loadCustomerPage(
  db: Db,
  partnerId: string,
  { filter, size, after }: PageRequest,
): Promise<ShortCustomer[] | undefined> {
  let position = sql``;
  if (after !== undefined) {
    const [last] = await db.query<{ name_key: string }>(sql`
      SELECT name_key FROM customer WHERE partner_id = ${partnerId} AND customer_id = ${after}`);
    if (!last) return undefined;
    position = sql`AND (name_key, customer_id) > (${last.name_key}, ${after}::uuid)`;
  }
  const rows = await db.query<{ customer_id: string; domain: string; company_name: string }>(sql`
    SELECT customer_id, domain, company_name FROM customer
    WHERE partner_id = ${partnerId} ${position} ${condition(filter)}
    ORDER BY name_key, customer_id LIMIT ${size + 1}`);
  return rows.map((row) => ({
    customerId: row.customer_id,
    domain: row.domain,
    companyName: row.company_name,
  }));
}

function condition(filter: CustomerFilter | undefined): Sql {
  if (!filter) return sql``;
  const value = nameKey(filter.value);
  const column = filter.field === "CompanyName" ? sql`name_key` : sql`lower(domain)`;
  return filter.operator === "equals"
    ? sql`AND ${column} = ${value}`
    : sql`AND starts_with(${column}, ${value})`;
}

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
 * True when the customer's acceptance of the Microsoft Customer Agreement was confirmed: what a
 * purchase needs. Its predecessor does not count.
 */
export async function hasAcceptedAgreement(
  db: Db,
  partnerId: string,
  customerId: string,
): Promise<boolean> {
  const rows = await db.query(sql`
    SELECT 1 FROM agreement
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId}
      AND type = 'MicrosoftCustomerAgreement' LIMIT 1`);
  return rows.length === 1;
}
