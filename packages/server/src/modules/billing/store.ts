/** SQL of charges, their postings, invoices and line items. */
import type { Period } from "../../foundation/clock.ts";
import { type Db, jsonRows, type Sql, sql } from "../../foundation/database/sql.ts";
import { taxOf } from "./amendments/amendment.ts";
import { type Amended, amountLeft, saidOf } from "./amendments/store.ts";
import type { ChargeType, NewCharge } from "./charge.ts";
import {
  type Balance,
  type DocumentType,
  type InvoiceRow,
  invoiceIdOf,
  invoiceSeries,
} from "./invoice.ts";
import type { Span } from "./invoice-filter.ts";
import type { Posting } from "./ledger.ts";
import type { LineKey, LineRow } from "./line-item.ts";

/** Series that counts purchases weighed against a credit limit. */
const creditSeries = "credit";

/**
 * Appends charges. PostgreSQL fails what falls into a period that has its invoice, which would no
 * longer be the sum of its lines: nobody looks at the answer before the commit is sent.
 */
export async function appendCharges(
  tx: Db,
  partnerId: string,
  charges: readonly (NewCharge & { chargeId: string })[],
): Promise<void> {
  await tx.query(sql`
    INSERT INTO charge (partner_id, charge_id, customer_id, order_id, line_number, charge_type,
      reference_id, occurred_at, period, starts_at, ends_at, quantity, unit_price,
      effective_unit_price, pricing_currency, exchange_rate, exchange_rate_date, currency,
      subtotal_minor, tax_minor, tax_lines)
    SELECT ${partnerId}::uuid, "chargeId", "customerId", "orderId", "lineNumber", "chargeType",
      "referenceId", "occurredAt",
      CASE WHEN EXISTS (
        SELECT 1 FROM invoice
        WHERE invoice.partner_id = ${partnerId} AND invoice.currency = c.currency
          AND invoice.period = c.period
      ) THEN no_open_period() ELSE period END,
      "startsAt", "endsAt", quantity, "unitPrice", "effectiveUnitPrice", "pricingCurrency",
      "exchangeRate", "exchangeRateDate", currency, "subtotalMinor", "taxMinor", "taxLines"
    FROM jsonb_to_recordset(${jsonRows(charges)}::jsonb) AS c ("chargeId" uuid, "customerId" uuid,
      "orderId" text, "lineNumber" integer, "chargeType" text, "referenceId" uuid,
      "occurredAt" timestamptz, period text, "startsAt" timestamptz, "endsAt" timestamptz,
      quantity integer, "unitPrice" numeric, "effectiveUnitPrice" numeric, "pricingCurrency" text,
      "exchangeRate" numeric, "exchangeRateDate" timestamptz, currency text,
      "subtotalMinor" bigint, "taxMinor" bigint, "taxLines" jsonb)`);
}

/**
 * Charges of an order's lines that were recorded at the instants given, with what is left of their
 * amounts after documents that amend their invoices.
 */
export async function loadCharges(
  db: Db,
  partnerId: string,
  of: { orderId: string; currencies: readonly string[] },
  events: readonly { lineNumber: number; occurredAt: Date; period: Period }[],
): Promise<NewCharge[]> {
  // With its period and instant a charge is found by the index of line items.
  const charges = await db.query<Omit<NewCharge, keyof Amended | "taxMinor"> & Amended>(sql`
    SELECT c.customer_id AS "customerId", c.order_id AS "orderId", c.line_number AS "lineNumber",
      c.charge_type AS "chargeType", c.reference_id AS "referenceId",
      c.occurred_at AS "occurredAt", c.period, c.starts_at AS "startsAt", c.ends_at AS "endsAt",
      c.quantity, c.unit_price AS "unitPrice", c.effective_unit_price AS "effectiveUnitPrice",
      c.pricing_currency AS "pricingCurrency", c.exchange_rate AS "exchangeRate",
      c.exchange_rate_date AS "exchangeRateDate", c.currency,
      c.subtotal_minor AS "subtotalMinor", c.tax_lines AS "taxLines", a.said
    FROM jsonb_to_recordset(${jsonRows(events)}::jsonb) AS e ("lineNumber" integer,
      "occurredAt" timestamptz, period text)
    JOIN charge c ON c.partner_id = ${partnerId} AND c.currency = ANY(${of.currencies}::text[])
      AND c.period = e.period AND c.occurred_at = e."occurredAt" AND c.order_id = ${of.orderId}
      AND c.line_number = e."lineNumber" AND c.charge_type <> 'cancelImmediate'
    CROSS JOIN LATERAL (${saidOf(partnerId)}) AS a
    ORDER BY c.occurred_at, c.line_number, c.charge_id`);
  return charges.map(({ said, ...charge }) => {
    const left = amountLeft({ ...charge, said });
    return { ...charge, ...left, taxMinor: taxOf(left) };
  });
}

export async function appendPostings(
  tx: Db,
  partnerId: string,
  postings: readonly Posting[],
): Promise<void> {
  await tx.query(sql`
    INSERT INTO posting (partner_id, transaction_id, account, currency, amount_minor, occurred_at,
      source_kind, source_id)
    SELECT ${partnerId}::uuid, "transactionId", account, currency, "amountMinor", "occurredAt",
      "sourceKind", "sourceId"
    FROM jsonb_to_recordset(${jsonRows(postings)}::jsonb) AS p ("transactionId" uuid, account text,
      currency text, "amountMinor" bigint, "occurredAt" timestamptz, "sourceKind" text,
      "sourceId" text)`);
}

/** Locks the series of invoice numbers until the transaction ends; answers the last number. */
export async function lockInvoiceNumbers(tx: Db, partnerId: string): Promise<bigint> {
  const [row] = await tx.query<{ last_number: bigint }>(sql`
    INSERT INTO number_series (partner_id, series, last_number)
    VALUES (${partnerId}, ${invoiceSeries}, 0)
    ON CONFLICT (partner_id, series) DO UPDATE SET last_number = number_series.last_number
    RETURNING last_number`);
  if (!row) throw new Error(`series ${invoiceSeries} has no row`);
  return row.last_number;
}

/** Waits for the partner's other purchases and holds back further ones until the end. */
export async function takeCreditTurn(tx: Db, partnerId: string): Promise<void> {
  await tx.query(sql`
    INSERT INTO number_series (partner_id, series, last_number)
    VALUES (${partnerId}, ${creditSeries}, 1)
    ON CONFLICT (partner_id, series) DO UPDATE SET last_number = number_series.last_number + 1`);
}

interface StoredInvoice {
  invoice_id: string;
  document_type: DocumentType;
  amends: string | null;
  reason: string;
  is_voided: boolean;
  currency: string;
  period: Period;
  issued_at: Date;
  subtotal_minor: bigint;
  tax_minor: bigint;
  total_minor: bigint;
  line_count: number;
}

function invoiceRow(row: StoredInvoice): InvoiceRow {
  return {
    invoiceId: row.invoice_id,
    documentType: row.document_type,
    amends: row.amends,
    reason: row.reason,
    isVoided: row.is_voided,
    currency: row.currency,
    period: row.period,
    issuedAt: row.issued_at,
    subtotalMinor: row.subtotal_minor,
    taxMinor: row.tax_minor,
    totalMinor: row.total_minor,
    lineCount: row.line_count,
  };
}

const invoiceColumns = sql`
  invoice_id, document_type, amends, reason, currency, period, issued_at, subtotal_minor,
  tax_minor, total_minor, line_count,
  EXISTS (
    SELECT 1 FROM invoice AS note
    WHERE note.partner_id = invoice.partner_id AND note.amends = invoice.invoice_id
      AND note.document_type = 'void_note') AS is_voided`;

/**
 * Makes the invoice of a month from its charges and takes the next number; undefined where the
 * month has no charge, or has its invoice already: then no number is taken.
 */
export async function issueInvoice(
  tx: Db,
  partnerId: string,
  lastNumber: bigint,
  { currency, period, issuedAt }: { currency: string; period: Period; issuedAt: Date },
): Promise<InvoiceRow | undefined> {
  const number = lastNumber + 1n;
  const [row] = await tx.query<StoredInvoice>(sql`
    INSERT INTO invoice (partner_id, invoice_id, series, number, currency, period, issued_at,
      subtotal_minor, tax_minor, total_minor, line_count)
    SELECT ${partnerId}::uuid, ${invoiceIdOf(number)}::text, ${invoiceSeries}::text,
      ${number}::bigint, ${currency}::text, ${period}::text, ${issuedAt}::timestamptz,
      sum(subtotal_minor)::bigint, sum(tax_minor)::bigint,
      sum(subtotal_minor + tax_minor)::bigint, count(*)::integer
    FROM charge
    WHERE partner_id = ${partnerId} AND currency = ${currency} AND period = ${period}
    HAVING count(*) > 0
    ON CONFLICT (partner_id, currency, period) WHERE amends IS NULL DO NOTHING
    RETURNING ${invoiceColumns}`);
  if (!row) return undefined;
  await tx.query(sql`
    UPDATE number_series SET last_number = ${number}
    WHERE partner_id = ${partnerId} AND series = ${invoiceSeries}`);
  return invoiceRow(row);
}

export async function loadInvoice(
  db: Db,
  partnerId: string,
  invoiceId: string,
): Promise<InvoiceRow | undefined> {
  const [row] = await db.query<StoredInvoice>(sql`
    SELECT ${invoiceColumns} FROM invoice
    WHERE partner_id = ${partnerId} AND invoice_id = ${invoiceId}`);
  return row && invoiceRow(row);
}

/** Invoices of months whose date is in one of the spans, oldest first; none that amends another. */
export async function loadInvoices(
  db: Db,
  partnerId: string,
  spans: readonly Span[],
  { offset, size }: { offset: number; size: number },
): Promise<InvoiceRow[]> {
  const rows = await db.query<StoredInvoice>(sql`
    SELECT ${invoiceColumns} FROM invoice
    WHERE partner_id = ${partnerId} AND amends IS NULL AND EXISTS (
      SELECT 1 FROM unnest(
        ${spans.map(({ from }) => instantText(from))}::timestamptz[],
        ${spans.map(({ to }) => instantText(to))}::timestamptz[]
      ) AS span (from_at, to_at)
      WHERE issued_at >= from_at AND issued_at < to_at)
    ORDER BY issued_at, invoice_id
    LIMIT ${size} OFFSET ${offset}`);
  return rows.map(invoiceRow);
}

/**
 * The documents that amend these, in the order in which they were made: also those that amend one
 * of them, as a replacement can be replaced. `of` is the one of these that they go back to.
 */
export async function loadAmendments(
  db: Db,
  partnerId: string,
  invoiceIds: readonly string[],
): Promise<(InvoiceRow & { of: string })[]> {
  const rows = await db.query<StoredInvoice & { of: string }>(sql`
    WITH RECURSIVE amending AS (
      SELECT invoice_id AS id, amends AS of FROM invoice
      WHERE partner_id = ${partnerId} AND amends = ANY(${invoiceIds}::text[])
      UNION ALL
      SELECT invoice_id, amending.of FROM amending
      JOIN invoice ON partner_id = ${partnerId} AND amends = amending.id
    )
    SELECT ${invoiceColumns}, amending.of FROM amending
    JOIN invoice ON partner_id = ${partnerId} AND invoice_id = amending.id
    ORDER BY number`);
  return rows.map((row) => ({ ...invoiceRow(row), of: row.of }));
}

const firstYear = Date.UTC(1970, 0, 1);
const lastYear = Date.UTC(9999, 11, 31);

/** No invoice is as old as 1970 or as new as 9999, and PostgreSQL knows no year 0. */
function instantText(ms: number): string {
  if (ms < firstYear) return "-infinity";
  return ms > lastYear ? "infinity" : new Date(ms).toISOString();
}

/** The account of each currency, or of one: what the ledger claims, and when that came about. */
export async function loadBalances(
  db: Db,
  partnerId: string,
  currency?: string,
): Promise<Balance[]> {
  return db.query<Balance>(sql`
    SELECT currency, sum(claimed)::bigint AS "balanceMinor", max(changed_at) AS "changedAt",
      min(issued_at) AS "firstIssuedAt", max(issued_at) AS "lastIssuedAt"
    FROM (
      SELECT currency, amount_minor AS claimed, occurred_at AS changed_at,
        NULL::timestamptz AS issued_at
      FROM posting WHERE partner_id = ${partnerId} AND account = 'receivable'
      UNION ALL
      SELECT currency, 0, issued_at, issued_at FROM invoice WHERE partner_id = ${partnerId}
    ) AS entry
    WHERE currency = coalesce(${currency ?? null}::text, currency)
    GROUP BY currency ORDER BY currency`);
}

/**
 * What a partner owes in a currency: what the ledger claims of it, which is its invoices less its
 * payments, and the charges of the months after the last invoice. Months are closed in their
 * order, so no unbilled charge is older.
 */
export async function loadOwed(db: Db, partnerId: string, currency: string): Promise<bigint> {
  const [row] = await db.query<{ owed: bigint }>(sql`
    SELECT (claimed.total + unbilled.total)::bigint AS owed
    FROM (
      SELECT coalesce(sum(amount_minor), 0) AS total FROM posting
      WHERE partner_id = ${partnerId} AND account = 'receivable' AND currency = ${currency}
    ) AS claimed CROSS JOIN (
      SELECT coalesce(max(period), '') AS last_period FROM invoice
      WHERE partner_id = ${partnerId} AND currency = ${currency}
    ) AS invoiced CROSS JOIN LATERAL (
      SELECT coalesce(sum(subtotal_minor), 0) AS total FROM charge
      WHERE partner_id = ${partnerId} AND currency = ${currency}
        AND period > invoiced.last_period
    ) AS unbilled`);
  return row?.owed ?? 0n;
}

/** A page of the charges of one month, in the order of lines. */
export interface LinePage {
  currency: string;
  period: Period;
  /** A document with lines of its own; undefined: the charges themselves. */
  amendment: OwnLines | undefined;
  /** The line after which the page begins; undefined: at the start. */
  after: LineKey | undefined;
  /** Lines with later ids are left out; undefined: all lines of now. */
  lastId: string | undefined;
  /** Show nothing where the month has its invoice. */
  onlyUnbilled: boolean;
  limit: number;
}

/** A document that amends another, and what its lines say in place of their charges. */
export interface OwnLines {
  invoiceId: string;
  /** Null: the types of the charges. */
  chargeType: ChargeType | null;
  creditReason: string;
}

/** How a document's lines are, where they are not the charges of its month. */
export function ownLinesOf(invoice: InvoiceRow): OwnLines | undefined {
  const { invoiceId, amends, documentType, reason } = invoice;
  if (amends === null) return undefined;
  return {
    invoiceId,
    chargeType: documentType === "adjustment_note" ? "customerCredit" : null,
    creditReason: documentType === "invoice" ? "" : reason,
  };
}

/** Sorts before every line. */
const noLine = {
  occurredAt: "-infinity",
  orderId: "",
  lineNumber: 0,
  chargeId: "00000000-0000-0000-0000-000000000000",
} as const;

/** Sorts after every id. */
const noBound = "ffffffff-ffff-ffff-ffff-ffffffffffff";

function chargesOf(partnerId: string, page: LinePage): Sql {
  const after = page.after ?? noLine;
  return sql`
      SELECT * FROM charge
      WHERE partner_id = ${partnerId} AND currency = ${page.currency} AND period = ${page.period}
        AND (occurred_at, order_id, line_number, charge_id) > (${after.occurredAt}::timestamptz,
          ${after.orderId}::text, ${after.lineNumber}::integer, ${after.chargeId}::uuid)
        AND charge_id <= ${page.lastId ?? noBound}
        AND (NOT ${page.onlyUnbilled}::boolean OR NOT EXISTS (
          SELECT 1 FROM invoice WHERE partner_id = ${partnerId}
            AND currency = ${page.currency} AND period = ${page.period}))
      ORDER BY occurred_at, order_id, line_number, charge_id
      LIMIT ${page.limit}`;
}

function amendedOf(partnerId: string, page: LinePage, { invoiceId }: OwnLines): Sql {
  const after = page.after ?? noLine;
  return sql`
      SELECT charge.* FROM (
        SELECT charge_id, occurred_at, order_id, line_number FROM amendment_line
        WHERE partner_id = ${partnerId} AND invoice_id = ${invoiceId}
          AND (occurred_at, order_id, line_number, charge_id) > (${after.occurredAt}::timestamptz,
            ${after.orderId}::text, ${after.lineNumber}::integer, ${after.chargeId}::uuid)
        ORDER BY occurred_at, order_id, line_number, charge_id
        LIMIT ${page.limit}
      ) AS own
      JOIN charge ON charge.partner_id = ${partnerId} AND charge.charge_id = own.charge_id`;
}

/**
 * One range of the index `charge_in_period`, then one lookup a line: the cost of a page does not
 * depend on how many lines lie before or after it.
 */
export function loadLines(db: Db, partnerId: string, page: LinePage): Promise<LineRow[]> {
  const { amendment } = page;
  return db.query<LineRow>(sql`
    SELECT c.charge_id AS "chargeId", c.occurred_at AS "occurredAt", c.order_id AS "orderId",
      c.line_number AS "lineNumber", c.customer_id AS "customerId",
      u.company_name AS "companyName", u.domain AS "customerDomain",
      u.country AS "customerCountry", o.alternate_id AS "alternateId",
      o.billing_cycle AS "billingCycle", l.product_id AS "productId", l.sku_id AS "skuId",
      l.availability_id AS "availabilityId", l.product_title AS "productTitle",
      l.sku_title AS "skuTitle", l.publisher_name AS "publisherName",
      l.friendly_name AS "friendlyName", l.term, l.partner_on_record AS "partnerOnRecord",
      l.reservation_order_id AS "reservationOrderId", l.subscription_id AS "subscriptionId",
      o.fulfilled_at AS "fulfilledAt",
      coalesce(${amendment?.chargeType ?? null}::text, c.charge_type) AS "chargeType",
      ${amendment?.creditReason ?? ""}::text AS "creditReason",
      c.reference_id AS "referenceId", c.starts_at AS "startsAt", c.ends_at AS "endsAt",
      c.quantity, c.unit_price AS "unitPrice", c.effective_unit_price AS "effectiveUnitPrice",
      c.pricing_currency AS "pricingCurrency", c.exchange_rate AS "exchangeRate",
      c.exchange_rate_date AS "exchangeRateDate", c.currency,
      coalesce(a.subtotal_minor, c.subtotal_minor) AS "subtotalMinor",
      coalesce(a.tax_minor, c.tax_minor) AS "taxMinor"
    FROM (${amendment ? amendedOf(partnerId, page, amendment) : chargesOf(partnerId, page)}
    ) AS c
    LEFT JOIN amendment_line a ON a.partner_id = ${partnerId}
      AND a.invoice_id = ${amendment?.invoiceId ?? null} AND a.occurred_at = c.occurred_at
      AND a.order_id = c.order_id AND a.line_number = c.line_number AND a.charge_id = c.charge_id
    JOIN order_line l ON l.partner_id = c.partner_id AND l.order_id = c.order_id
      AND l.line_number = c.line_number
    JOIN purchase_order o ON o.partner_id = c.partner_id AND o.order_id = c.order_id
    JOIN customer u ON u.partner_id = c.partner_id AND u.customer_id = c.customer_id
    ORDER BY c.occurred_at, c.order_id, c.line_number, c.charge_id`);
}

/** What the front of a statement adds to its invoice. */
export interface Breakdown {
  chargesMinor: bigint;
  creditsMinor: bigint;
  rates: { pricingCurrency: string; rate: string; date: Date }[];
  /** Each tax at each of its rates: what it was taken on, and what it comes to. */
  taxes: { name: string; rate: string; baseMinor: bigint; taxMinor: bigint }[];
  /** The document that took its place. */
  replacedBy: string | null;
}

/** The lines of a document: the charges of its month, or its own. */
function billedOf(partnerId: string, { currency, period, invoiceId, amends }: InvoiceRow): Sql {
  return amends === null
    ? sql`SELECT pricing_currency, exchange_rate, exchange_rate_date, subtotal_minor, tax_lines
      FROM charge
      WHERE partner_id = ${partnerId} AND currency = ${currency} AND period = ${period}`
    : sql`SELECT c.pricing_currency, c.exchange_rate, c.exchange_rate_date, a.subtotal_minor,
        a.tax_lines
      FROM amendment_line a
      JOIN charge c ON c.partner_id = a.partner_id AND c.charge_id = a.charge_id
      WHERE a.partner_id = ${partnerId} AND a.invoice_id = ${invoiceId}`;
}

/** Charges, credits and taxes of a document, and the rates at which prices were converted. */
export async function loadBreakdown(
  db: Db,
  partnerId: string,
  invoice: InvoiceRow,
): Promise<Breakdown> {
  const lines = billedOf(partnerId, invoice);
  const rows = await db.query<{
    pricingCurrency: string;
    rate: string;
    date: Date;
    charges: bigint;
    credits: bigint;
  }>(sql`
    SELECT pricing_currency AS "pricingCurrency", exchange_rate AS rate,
      exchange_rate_date AS date, sum(greatest(subtotal_minor, 0))::bigint AS charges,
      sum(least(subtotal_minor, 0))::bigint AS credits
    FROM (${lines}) AS line
    GROUP BY pricing_currency, exchange_rate, exchange_rate_date
    ORDER BY pricing_currency, exchange_rate_date, exchange_rate`);
  const taxes = await db.query<Breakdown["taxes"][number]>(sql`
    SELECT tax ->> 'name' AS name, tax ->> 'rate' AS rate,
      sum(subtotal_minor)::bigint AS "baseMinor",
      sum((tax ->> 'minor')::bigint)::bigint AS "taxMinor"
    FROM (${lines}) AS line CROSS JOIN LATERAL jsonb_array_elements(tax_lines) AS tax
    GROUP BY 1, 2 ORDER BY 1, max((tax ->> 'rate')::numeric)`);
  const [replacement] = await db.query<{ id: string }>(sql`
    SELECT invoice_id AS id FROM invoice
    WHERE partner_id = ${partnerId} AND amends = ${invoice.invoiceId}
      AND document_type = 'invoice'`);
  return {
    chargesMinor: rows.reduce((sum, row) => sum + row.charges, 0n),
    creditsMinor: rows.reduce((sum, row) => sum + row.credits, 0n),
    rates: rows
      .filter(({ pricingCurrency }) => pricingCurrency !== invoice.currency)
      .map(({ pricingCurrency, rate, date }) => ({ pricingCurrency, rate, date })),
    taxes,
    replacedBy: replacement?.id ?? null,
  };
}
