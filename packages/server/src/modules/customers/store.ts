/** SQL of customers. */
import { type Db, type Sql, sql } from "../../foundation/database/sql.ts";
import type { Address } from "./address.ts";
import { type Customer, nameKey, type ShortCustomer } from "./customer.ts";
import type { CustomerFilter, PageRequest, Position } from "./page-request.ts";

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

/** A customer; undefined for one that is unknown, another partner's or removed. */
export async function loadCustomer(
  db: Db,
  partnerId: string,
  customerId: string,
): Promise<Customer | undefined> {
  return (await loadCustomers(db, partnerId, [customerId])).get(customerId.toLowerCase());
}

/** The same for several, by their ids. */
export async function loadCustomers(
  db: Db,
  partnerId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, Customer>> {
  const rows = await db.query<CustomerRow>(sql`
    SELECT customer_id, commerce_id, domain, company_name, registration_number, email, first_name,
      last_name, culture, language, country, address, associated_partner_id, billing_profile_id,
      version, created_at
    FROM customer
    WHERE partner_id = ${partnerId} AND customer_id = ANY(${customerIds}::uuid[])
      AND removed_at IS NULL`);
  return new Map(rows.map((row) => [row.customer_id, customerOf(row)]));
}

function customerOf(row: CustomerRow): Customer {
  return {
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
  };
}

/**
 * By the first letters of the name and then by id: what fits a continuation token, so that a page
 * begins where the last one ended, whoever was removed or renamed between the two.
 */
const sortName = sql`left(name_key, 40)`;

/** A page of customers by name, and one row more where there is a further page. */
export async function loadCustomerPage(
  db: Db,
  partnerId: string,
  { filter, size, after }: PageRequest,
): Promise<(ShortCustomer & Position)[]> {
  const position = after
    ? sql`AND (${sortName}, customer_id) > (${after.sortName}::text, ${after.customerId}::uuid)`
    : sql``;
  return db.query<ShortCustomer & Position>(sql`
    SELECT customer_id AS "customerId", domain, company_name AS "companyName",
      ${sortName} AS "sortName"
    FROM customer
    WHERE partner_id = ${partnerId} AND removed_at IS NULL ${position} ${condition(filter)}
    ORDER BY ${sortName}, customer_id LIMIT ${size + 1}`);
}

function condition(filter: CustomerFilter | undefined): Sql {
  if (!filter) return sql``;
  const value = nameKey(filter.value);
  const column = columns[filter.field];
  return filter.operator === "equals"
    ? sql`AND ${column} = ${value}`
    : sql`AND starts_with(${column}, ${value})`;
}

const columns: Record<CustomerFilter["field"], Sql> = {
  CompanyName: sql`name_key`,
  Domain: sql`lower(domain)`,
  IndirectReseller: sql`associated_partner_id::text`,
  IndirectCloudSolutionProvider: sql`NULL::text`,
};

/**
 * Lets who makes customers of the partner take turns until the end of the transaction, so that a
 * count of them stays true.
 */
export async function takeCustomerTurn(tx: Db, partnerId: string): Promise<void> {
  await tx.query(sql`
    INSERT INTO number_series (partner_id, series, last_number)
    VALUES (${partnerId}, 'customers', 1)
    ON CONFLICT (partner_id, series) DO UPDATE SET last_number = number_series.last_number + 1`);
}

export async function countCustomers(db: Db, partnerId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM customer
    WHERE partner_id = ${partnerId} AND removed_at IS NULL`);
  return row?.count ?? 0;
}

/** Holds the customer until the end of the transaction against other changes of it. */
export async function lockCustomer(tx: Db, partnerId: string, customerId: string): Promise<void> {
  await tx.query(sql`
    SELECT 1 FROM customer WHERE partner_id = ${partnerId} AND customer_id = ${customerId}
    FOR NO KEY UPDATE`);
}

/** Writes what a billing profile holds, and its version. */
export async function updateBillingProfile(
  tx: Db,
  partnerId: string,
  customer: Customer,
): Promise<void> {
  await tx.query(sql`
    UPDATE customer SET company_name = ${customer.companyName},
      name_key = ${nameKey(customer.companyName)}, email = ${customer.email},
      first_name = ${customer.firstName}, last_name = ${customer.lastName},
      culture = ${customer.culture}, language = ${customer.language},
      country = ${customer.country}, address = ${JSON.stringify(customer.address)},
      version = ${customer.version}
    WHERE partner_id = ${partnerId} AND customer_id = ${customer.customerId}`);
}

/** True where a customer or reseller of the partner has the domain, given in lower case. */
export async function isDomainTaken(db: Db, partnerId: string, domain: string): Promise<boolean> {
  const rows = await db.query(sql`
    SELECT 1 FROM customer
    WHERE partner_id = ${partnerId} AND lower(domain) = ${domain} AND removed_at IS NULL
    UNION ALL
    SELECT 1 FROM indirect_reseller
    WHERE partner_id = ${partnerId} AND lower(domain) = ${domain}`);
  return rows.length > 0;
}
