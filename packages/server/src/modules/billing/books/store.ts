/** SQL that looks for breaches of the books' rules; every query answers none when they hold. */
import { type Db, type Sql, sql } from "../../../foundation/database/sql.ts";
import { limits } from "../../../foundation/limits.ts";
import { invoiceSeries } from "../invoice.ts";

export interface Sample {
  subject: string;
  detail: string;
}

function samples(db: Db, breaches: Sql): Promise<Sample[]> {
  return db.query<Sample>(sql`
    SELECT subject, detail FROM (${breaches}) AS breach
    ORDER BY subject LIMIT ${limits.findingsPerRule}`);
}

export function unbalancedTransactions(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT transaction_id::text AS subject, currency || ' ' || sum(amount_minor) AS detail
      FROM posting WHERE partner_id = ${partnerId}
      GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0`,
  );
}

export function unbalancedCurrencies(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT currency AS subject, sum(amount_minor)::text AS detail
      FROM posting WHERE partner_id = ${partnerId}
      GROUP BY currency HAVING sum(amount_minor) <> 0`,
  );
}

/** Unbilled takes the subtotal, revenue gives it: these two postings and no other. */
export function chargesWithoutPostings(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT c.charge_id::text AS subject,
        'charge ' || c.subtotal_minor || ', unbilled ' || coalesce(p.unbilled::text, 'none')
          || ', revenue ' || coalesce(p.revenue::text, 'none') AS detail
      FROM charge c LEFT JOIN (
        SELECT transaction_id, currency, count(*) AS postings,
          sum(amount_minor) FILTER (WHERE account = 'unbilled') AS unbilled,
          sum(amount_minor) FILTER (WHERE account = 'revenue') AS revenue
        FROM posting
        WHERE partner_id = ${partnerId} AND source_kind = 'charge'
          AND source_id = transaction_id::text
        GROUP BY transaction_id, currency
      ) p ON p.transaction_id = c.charge_id AND p.currency = c.currency
      WHERE c.partner_id = ${partnerId}
        AND (p.postings, p.unbilled, p.revenue)
          IS DISTINCT FROM (2, c.subtotal_minor, -c.subtotal_minor)`,
  );
}

export function postingsWithoutSource(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT p.transaction_id || ' ' || p.account AS subject,
        p.source_kind || ' ' || p.source_id AS detail
      FROM posting p
      LEFT JOIN charge c ON c.partner_id = p.partner_id AND p.source_kind = 'charge'
        AND c.charge_id = p.transaction_id AND c.currency = p.currency
        AND p.source_id = c.charge_id::text
      LEFT JOIN invoice i ON i.partner_id = p.partner_id AND p.source_kind = 'invoice'
        AND i.invoice_id = p.source_id AND i.currency = p.currency
      WHERE p.partner_id = ${partnerId} AND p.source_kind <> 'payment'
        AND c.charge_id IS NULL AND i.invoice_id IS NULL`,
  );
}

export function invoicesUnlikeCharges(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT i.invoice_id AS subject,
        'invoice ' || i.subtotal_minor || ' + ' || i.tax_minor || ' in ' || i.line_count
          || ' lines, charges ' || coalesce(c.subtotal, 0) || ' + ' || coalesce(c.tax, 0)
          || ' in ' || coalesce(c.lines, 0) AS detail
      FROM invoice i LEFT JOIN (
        SELECT currency, period, sum(subtotal_minor) AS subtotal, sum(tax_minor) AS tax,
          count(*) AS lines
        FROM charge WHERE partner_id = ${partnerId} GROUP BY currency, period
      ) c ON c.currency = i.currency AND c.period = i.period
      WHERE i.partner_id = ${partnerId}
        AND (i.subtotal_minor, i.tax_minor, i.total_minor, i.line_count)
          IS DISTINCT FROM (c.subtotal, c.tax, c.subtotal + c.tax, c.lines)`,
  );
}

/** One transaction: the claim, less what was unbilled, less the tax owed. */
export function invoicesUnlikePostings(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT i.invoice_id AS subject,
        'invoice ' || i.total_minor || ', receivable ' || coalesce(p.receivable::text, 'none')
          || ', unbilled ' || coalesce(p.unbilled::text, 'none')
          || ', tax ' || coalesce(p.tax::text, 'none') AS detail
      FROM invoice i LEFT JOIN (
        SELECT source_id, currency, count(*) AS postings,
          count(DISTINCT transaction_id) AS transactions,
          sum(amount_minor) FILTER (WHERE account = 'receivable') AS receivable,
          sum(amount_minor) FILTER (WHERE account = 'unbilled') AS unbilled,
          sum(amount_minor) FILTER (WHERE account = 'tax') AS tax
        FROM posting WHERE partner_id = ${partnerId} AND source_kind = 'invoice'
        GROUP BY source_id, currency
      ) p ON p.source_id = i.invoice_id AND p.currency = i.currency
      WHERE i.partner_id = ${partnerId}
        AND (p.postings, p.transactions, p.receivable, p.unbilled, p.tax)
          IS DISTINCT FROM (3, 1, i.total_minor, -i.subtotal_minor, -i.tax_minor)`,
  );
}

export function chargesOutsideTheirPeriod(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT charge_id::text AS subject, period || ', happened at ' || occurred_at AS detail
      FROM charge
      WHERE partner_id = ${partnerId}
        AND period <> to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM')`,
  );
}

/**
 * The charges of months without invoice are what the account unbilled still holds. With one
 * invoice to a month and currency, a charge counted twice or never would show here.
 */
export function unbilledUnlikeLedger(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT coalesce(c.currency, p.currency) AS subject,
        'charges without invoice ' || coalesce(c.subtotal, 0) || ', account unbilled '
          || coalesce(p.balance, 0) AS detail
      FROM (
        SELECT currency, sum(subtotal_minor) AS subtotal FROM charge
        WHERE partner_id = ${partnerId} AND NOT EXISTS (
          SELECT 1 FROM invoice i WHERE i.partner_id = ${partnerId}
            AND i.currency = charge.currency AND i.period = charge.period)
        GROUP BY currency
      ) c FULL JOIN (
        SELECT currency, sum(amount_minor) AS balance FROM posting
        WHERE partner_id = ${partnerId} AND account = 'unbilled' GROUP BY currency
      ) p ON p.currency = c.currency
      WHERE coalesce(c.subtotal, 0) <> coalesce(p.balance, 0)`,
  );
}

export function numbersWithGaps(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT coalesce(i.series, n.series) AS subject,
        coalesce(i.invoices, 0) || ' invoices up to number ' || coalesce(i.highest, 0)
          || ', series at ' || coalesce(n.last_number::text, 'none') AS detail
      FROM (
        SELECT series, count(DISTINCT number) AS invoices, count(*) AS rows,
          min(number) AS lowest, max(number) AS highest,
          bool_and(invoice_id = series || lpad(number::text, greatest(9, length(number::text)), '0'))
            AS named
        FROM invoice WHERE partner_id = ${partnerId} GROUP BY series
      ) i FULL JOIN (
        SELECT series, last_number FROM number_series
        WHERE partner_id = ${partnerId} AND series = ${invoiceSeries}
      ) n ON n.series = i.series
      WHERE (i.lowest, i.highest, i.invoices, i.rows, n.last_number, i.named)
          IS DISTINCT FROM (1, n.last_number, n.last_number, n.last_number, i.highest, true)
        AND NOT (i.series IS NULL AND n.last_number = 0)`,
  );
}
