/** SQL of documents that amend an invoice, and of what is left of a line. */
import type { Period } from "../../../foundation/clock.ts";
import { type Db, jsonRows, type Sql, sql } from "../../../foundation/database/sql.ts";
import { type InvoiceRow, invoiceIdOf, invoiceSeries } from "../invoice.ts";
import type { LineKey } from "../line-item.ts";
import type { TaxLine } from "../taxes/tax.ts";
import { type LineAmount, leftOf, taxOf } from "./amendment.ts";

export interface LineLeft extends LineKey, LineAmount {
  customerId: string;
  /** The country whose list its price is from. */
  market: string;
  /** Positive, and not cancelled: a cancelled line has had its credit. */
  creditable: boolean;
}

export interface Month {
  currency: string;
  period: Period;
}

/** Amounts stand as texts: a JSON number is not a bigint. */
interface StoredAmount {
  subtotalMinor: string | bigint;
  taxLines: (Omit<TaxLine, "minor"> & { minor: string })[];
}

/** A charge as it was made, and what documents have said of it since, oldest first. */
export interface Amended extends StoredAmount {
  said: StoredAmount[];
}

function amountOf({ subtotalMinor, taxLines }: StoredAmount): LineAmount {
  return {
    subtotalMinor: BigInt(subtotalMinor),
    taxLines: taxLines.map((line) => ({ ...line, minor: BigInt(line.minor) })),
  };
}

/** What is left of a charge. */
export function amountLeft(charge: Amended): LineAmount {
  const made = amountOf(charge);
  return charge.said.length === 0 ? made : leftOf([made, ...charge.said.map(amountOf)]);
}

/** What documents have said of the charge `c`: one row. */
export function saidOf(partnerId: string): Sql {
  return sql`
      SELECT coalesce(sum(subtotal_minor), 0)::bigint AS subtotal,
        coalesce(sum(tax_minor), 0)::bigint AS tax,
        coalesce(jsonb_agg(jsonb_build_object('subtotalMinor', subtotal_minor::text, 'taxLines',
          tax_lines) ORDER BY invoice_id), '[]') AS said
      FROM amendment_line m
      WHERE m.partner_id = ${partnerId} AND m.charge_id = c.charge_id`;
}

/** Charges of a month, each less what documents took back of it and with what they billed anew. */
function linesLeft(partnerId: string, { currency, period }: Month, where: Sql): Sql {
  return sql`
    SELECT c.occurred_at, c.order_id, c.line_number, c.charge_id, c.customer_id,
      c.subtotal_minor, c.tax_lines, a.said, c.subtotal_minor + a.subtotal AS subtotal,
      c.tax_minor + a.tax AS tax, o.country AS market,
      l.cancelled_at IS NULL AND c.subtotal_minor + a.subtotal + c.tax_minor + a.tax > 0
        AS creditable,
      to_char(l.cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM') > c.period AS cancelled_later
    FROM (
      SELECT * FROM charge
      WHERE partner_id = ${partnerId} AND currency = ${currency} AND period = ${period} ${where}
    ) AS c
    JOIN order_line l ON l.partner_id = c.partner_id AND l.order_id = c.order_id
      AND l.line_number = c.line_number
    JOIN purchase_order o ON o.partner_id = c.partner_id AND o.order_id = c.order_id
    CROSS JOIN LATERAL (${saidOf(partnerId)}
    ) AS a`;
}

/** Minor units, tax included, that can be credited; and whether lines have been credited since. */
export async function loadLeft(
  db: Db,
  partnerId: string,
  month: Month,
): Promise<{ creditableMinor: bigint; cancelledLater: boolean }> {
  const [row] = await db.query<{ creditable: bigint; later: boolean }>(sql`
    SELECT coalesce(sum(subtotal + tax) FILTER (WHERE creditable), 0)::bigint AS creditable,
      coalesce(bool_or(cancelled_later), false) AS later
    FROM (${linesLeft(partnerId, month, sql``)}) AS line`);
  return { creditableMinor: row?.creditable ?? 0n, cancelledLater: row?.later ?? false };
}

/** A page of the lines of a month, in their order. */
export async function loadLinesLeft(
  db: Db,
  partnerId: string,
  month: Month,
  { after, limit }: { after: LineKey | undefined; limit: number },
): Promise<LineLeft[]> {
  const behind = after
    ? sql`AND (occurred_at, order_id, line_number, charge_id) > (${after.occurredAt}::timestamptz,
        ${after.orderId}::text, ${after.lineNumber}::integer, ${after.chargeId}::uuid)`
    : sql``;
  const page = sql`${behind}
      ORDER BY occurred_at, order_id, line_number, charge_id LIMIT ${limit}`;
  const rows = await db.query<Omit<LineLeft, keyof LineAmount> & Amended>(sql`
    SELECT occurred_at AS "occurredAt", order_id AS "orderId", line_number AS "lineNumber",
      charge_id AS "chargeId", customer_id AS "customerId", market,
      subtotal_minor AS "subtotalMinor", tax_lines AS "taxLines", said, creditable
    FROM (${linesLeft(partnerId, month, page)}) AS line
    ORDER BY occurred_at, order_id, line_number, charge_id`);
  return rows.map(({ said, ...row }) => ({ ...row, ...amountLeft({ ...row, said }) }));
}

export async function appendLines(
  tx: Db,
  partnerId: string,
  invoiceId: string,
  lines: readonly (LineKey & LineAmount)[],
): Promise<void> {
  const rows = lines.map((line) => ({ ...line, taxMinor: taxOf(line) }));
  await tx.query(sql`
    INSERT INTO amendment_line (partner_id, invoice_id, occurred_at, order_id, line_number,
      charge_id, subtotal_minor, tax_minor, tax_lines)
    SELECT ${partnerId}::uuid, ${invoiceId}::text, "occurredAt", "orderId", "lineNumber",
      "chargeId", "subtotalMinor", "taxMinor", "taxLines"
    FROM jsonb_to_recordset(${jsonRows(rows)}::jsonb) AS l ("occurredAt" timestamptz,
      "orderId" text, "lineNumber" integer, "chargeId" uuid, "subtotalMinor" bigint,
      "taxMinor" bigint, "taxLines" jsonb)`);
}

/** Stores a document and takes its number, which must be the next one. */
export async function issueDocument(
  tx: Db,
  partnerId: string,
  number: bigint,
  { documentType, amends, reason, ...row }: Omit<InvoiceRow, "invoiceId" | "isVoided">,
): Promise<void> {
  await tx.query(sql`
    INSERT INTO invoice (partner_id, invoice_id, document_type, amends, reason, series, number,
      currency, period, issued_at, subtotal_minor, tax_minor, total_minor, line_count)
    VALUES (${partnerId}, ${invoiceIdOf(number)}, ${documentType}, ${amends}, ${reason},
      ${invoiceSeries}, ${number}, ${row.currency}, ${row.period}, ${row.issuedAt},
      ${row.subtotalMinor}, ${row.taxMinor}, ${row.totalMinor}, ${row.lineCount})`);
  await tx.query(sql`
    UPDATE number_series SET last_number = ${number}
    WHERE partner_id = ${partnerId} AND series = ${invoiceSeries}`);
}
