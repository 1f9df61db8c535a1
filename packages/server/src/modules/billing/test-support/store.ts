/** Rows that billing builds on, made for tests without the modules that sell. */
import { type Db, sql } from "../../../foundation/database/sql.ts";
import type { Partner } from "../../../foundation/partner.ts";

export async function insertPartner(db: Db, partner: Partner, at: Date): Promise<void> {
  await db.query(sql`
    INSERT INTO partner (partner_id, name, domain, country, billing_currency,
      invoice_currency, mpn_id, tax_rate, credit_limit_minor, created_at)
    VALUES (${partner.partnerId}, ${partner.name}, ${partner.domain}, ${partner.country},
      ${partner.billingCurrency}, ${partner.invoiceCurrency}, ${partner.mpnId}, ${partner.taxRate},
      ${partner.creditLimitMinor}, ${at})`);
}

export async function insertCustomer(
  db: Db,
  partnerId: string,
  customer: { customerId: string; companyName: string; domain: string; country: string },
  at: Date,
): Promise<void> {
  const { customerId, companyName, domain, country } = customer;
  await db.query(sql`
    INSERT INTO customer (partner_id, customer_id, commerce_id, domain, company_name, email,
      first_name, last_name, culture, language, country, address, billing_profile_id, name_key,
      created_at)
    VALUES (${partnerId}, ${customerId}, ${customerId}, ${domain}, ${companyName},
      'owner@fabrikam.example', 'Ada', 'Coleman', 'en-US', 'en', ${country}, '{}', ${customerId},
      ${companyName.toLowerCase()}, ${at})`);
}

/** An order of one line. */
export interface TestOrder {
  orderId: string;
  customerId: string;
  currency: string;
  pricingCurrency: string;
  unitPrice: string;
  quantity: number;
  createdAt: Date;
  kind: string;
  productTitle: string;
  skuTitle: string;
  term: string | null;
  billingCycle: string;
  partnerOnRecord: string | null;
  subscriptionId: string | null;
  reservationOrderId: string | null;
}

export async function insertOrders(db: Db, partnerId: string, orders: TestOrder[]): Promise<void> {
  const json = JSON.stringify(orders);
  await db.query(sql`
    INSERT INTO purchase_order (partner_id, order_id, customer_id, alternate_id, country,
      billing_cycle, currency, order_group, created_at, fulfilled_at)
    SELECT ${partnerId}::uuid, "orderId", "customerId", '5f9d52bb1408', 'US', "billingCycle",
      currency, '0', "createdAt", "createdAt"
    FROM jsonb_to_recordset(${json}::jsonb) AS o ("orderId" text, "customerId" uuid,
      "billingCycle" text, currency text, "createdAt" timestamptz)`);
  await db.query(sql`
    INSERT INTO order_line (partner_id, order_id, line_number, product_id, sku_id,
      availability_id, kind, product_title, sku_title, publisher_name, friendly_name, quantity,
      term, unit_price, pricing_currency, unit_minor, cycle_unit_minor, partner_on_record,
      subscription_id, reservation_order_id)
    SELECT ${partnerId}::uuid, "orderId", 0, 'DG7GMGF0FKZV', '0003', 'DG7GMGF0DWMS', kind,
      "productTitle", "skuTitle", 'Microsoft Corporation', 'Branch licences', quantity, term,
      "unitPrice", "pricingCurrency", 0, 0, "partnerOnRecord", "subscriptionId",
      "reservationOrderId"
    FROM jsonb_to_recordset(${json}::jsonb) AS l ("orderId" text, kind text, "productTitle" text,
      "skuTitle" text, quantity integer, term text, "unitPrice" numeric, "pricingCurrency" text,
      "partnerOnRecord" text, "subscriptionId" uuid, "reservationOrderId" uuid)`);
}

/** Every row that billing writes, as text: equal before and after, nothing has changed. */
export async function billingRows(db: Db, partnerId: string): Promise<string> {
  const [row] = await db.query<{ rows: string }>(sql`
    SELECT concat_ws(E'\n',
      (SELECT string_agg(charge::text, E'\n' ORDER BY charge_id) FROM charge
        WHERE partner_id = ${partnerId}),
      (SELECT string_agg(posting::text, E'\n' ORDER BY transaction_id, account) FROM posting
        WHERE partner_id = ${partnerId}),
      (SELECT string_agg(invoice::text, E'\n' ORDER BY invoice_id) FROM invoice
        WHERE partner_id = ${partnerId}),
      (SELECT string_agg(payment::text, E'\n' ORDER BY payment_id) FROM payment
        WHERE partner_id = ${partnerId}),
      (SELECT string_agg(amendment_line::text, E'\n' ORDER BY invoice_id, charge_id)
        FROM amendment_line WHERE partner_id = ${partnerId}),
      (SELECT string_agg(number_series::text, E'\n' ORDER BY series) FROM number_series
        WHERE partner_id = ${partnerId})) AS rows`);
  return row?.rows ?? "";
}

/** Resolves when some statement of this database waits for a lock. */
export async function someoneWaits(db: Db): Promise<void> {
  for (let tries = 0; tries < 10_000; tries += 1) {
    const waiting = await db.query(sql`
      SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    if (waiting.length > 0) return;
  }
  throw new Error("nobody waits for a lock");
}

/** An amendment of an invoice as it lies in the table, without lines. */
export async function insertAmendment(
  db: Db,
  partnerId: string,
  note: {
    invoiceId: string;
    amends: string;
    documentType: string;
    totalMinor: bigint;
    issuedAt: Date;
  },
): Promise<void> {
  await db.query(sql`
    INSERT INTO invoice (partner_id, invoice_id, series, number, currency, period, issued_at,
      subtotal_minor, tax_minor, total_minor, line_count, document_type, amends)
    SELECT partner_id, ${note.invoiceId}, series, ${note.invoiceId.slice(1)}::bigint, currency,
      period, ${note.issuedAt}, ${note.totalMinor}, 0, ${note.totalMinor}, 1,
      ${note.documentType}, ${note.amends}
    FROM invoice WHERE partner_id = ${partnerId} AND invoice_id = ${note.amends}`);
}
