/**
 * SQL that looks for breaches of the books' rules; every query answers none when they hold. What
 * should agree is put into one pile and summed by key: with a join of two sums, a planner without
 * statistics went through 1 000 000 charges once for each charge.
 */
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

/** Unbilled takes the subtotal, revenue gives it: these two postings of one charge, no other. */
export function chargesUnlikePostings(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT id::text AS subject,
        'charged ' || sum(charged) || ' by ' || sum(charges) || ' charges, unbilled '
          || sum(unbilled) || ', revenue ' || sum(revenue) || ' by ' || sum(postings)
          || ' postings' AS detail
      FROM (
        SELECT charge_id AS id, currency, subtotal_minor AS charged, 1 AS charges,
          0 AS unbilled, 0 AS revenue, 0 AS postings
        FROM charge WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT transaction_id, currency, 0, 0,
          CASE account WHEN 'unbilled' THEN amount_minor ELSE 0 END,
          CASE account WHEN 'revenue' THEN amount_minor ELSE 0 END,
          CASE WHEN source_id = transaction_id::text THEN 1 ELSE 0 END
        FROM posting WHERE partner_id = ${partnerId} AND source_kind = 'charge'
      ) AS entry
      GROUP BY id, currency
      HAVING sum(charges) <> 1 OR sum(postings) <> 2 OR sum(unbilled) <> sum(charged)
        OR sum(revenue) <> -sum(charged)`,
  );
}

/**
 * One transaction: the claim, less the tax owed, less what was unbilled; a document that amends an
 * invoice changes the revenue in its place.
 */
export function invoicesUnlikePostings(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT id AS subject,
        'invoiced ' || sum(subtotal) || ' + ' || sum(tax) || ' by ' || sum(invoices)
          || ' invoices, receivable ' || sum(receivable) || ', unbilled ' || sum(unbilled)
          || ', revenue ' || sum(revenue) || ', tax ' || sum(owed) || ' by ' || sum(postings) || ' postings' AS detail
      FROM (
        SELECT invoice_id AS id, currency, subtotal_minor AS subtotal, tax_minor AS tax,
          CASE WHEN amends IS NULL THEN subtotal_minor ELSE 0 END AS taken,
          CASE WHEN amends IS NULL THEN 0 ELSE subtotal_minor END AS changed,
          1 AS invoices, 0 AS receivable, 0 AS unbilled, 0 AS revenue, 0 AS owed, 0 AS postings,
          NULL::uuid AS transaction_id
        FROM invoice WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT source_id, currency, 0, 0, 0, 0, 0,
          CASE account WHEN 'receivable' THEN amount_minor ELSE 0 END,
          CASE account WHEN 'unbilled' THEN amount_minor ELSE 0 END,
          CASE account WHEN 'revenue' THEN amount_minor ELSE 0 END,
          CASE account WHEN 'tax' THEN amount_minor ELSE 0 END, 1, transaction_id
        FROM posting WHERE partner_id = ${partnerId} AND source_kind = 'invoice'
      ) AS entry
      GROUP BY id, currency
      HAVING sum(invoices) <> 1 OR sum(postings) <> 3 OR count(DISTINCT transaction_id) <> 1
        OR sum(receivable) <> sum(subtotal) + sum(tax) OR sum(unbilled) <> -sum(taken)
        OR sum(revenue) <> -sum(changed) OR sum(owed) <> -sum(tax)`,
  );
}

/** Cash takes the amount, the claim gives it: these two postings of one payment, no other. */
export function paymentsUnlikePostings(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT id::text AS subject,
        'paid ' || sum(paid) || ' by ' || sum(payments) || ' payments, cash ' || sum(cash)
          || ', receivable ' || sum(receivable) || ' by ' || sum(postings)
          || ' postings' AS detail
      FROM (
        SELECT payment_id AS id, currency, amount_minor AS paid, 1 AS payments, 0 AS cash,
          0 AS receivable, 0 AS postings
        FROM payment WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT transaction_id, currency, 0, 0,
          CASE account WHEN 'cash' THEN amount_minor ELSE 0 END,
          CASE account WHEN 'receivable' THEN amount_minor ELSE 0 END,
          CASE WHEN source_id = transaction_id::text THEN 1 ELSE 0 END
        FROM posting WHERE partner_id = ${partnerId} AND source_kind = 'payment'
      ) AS entry
      GROUP BY id, currency
      HAVING sum(payments) <> 1 OR sum(postings) <> 2 OR sum(cash) <> sum(paid)
        OR sum(receivable) <> -sum(paid)`,
  );
}

/** A payment is taken back by its mirror: the same currency, invoice and amount. */
export function reversalsUnlikePayments(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT back.payment_id::text AS subject,
        back.amount_minor || ' ' || back.currency || ' takes back ' || payment.amount_minor || ' '
          || payment.currency AS detail
      FROM payment back
      JOIN payment ON payment.partner_id = ${partnerId} AND payment.payment_id = back.reverses
      WHERE back.partner_id = ${partnerId}
        AND (back.amount_minor <> -payment.amount_minor OR back.currency <> payment.currency
          OR back.invoice_id IS DISTINCT FROM payment.invoice_id)`,
  );
}

/** An invoice is the sum of the charges of its month and currency. */
export function invoicesUnlikeCharges(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT max(id) AS subject,
        'invoiced ' || sum(subtotal) || ' + ' || sum(tax) || ' in ' || sum(lines)
          || ' lines, charged ' || sum(charged) || ' + ' || sum(charged_tax) || ' in '
          || sum(charges) || ' lines' AS detail
      FROM (
        SELECT invoice_id AS id, currency, period, subtotal_minor AS subtotal, tax_minor AS tax,
          line_count AS lines, 0 AS charged, 0 AS charged_tax, 0 AS charges
        FROM invoice WHERE partner_id = ${partnerId} AND amends IS NULL
        UNION ALL
        SELECT NULL, currency, period, 0, 0, 0, subtotal_minor, tax_minor, 1
        FROM charge WHERE partner_id = ${partnerId}
      ) AS entry
      GROUP BY currency, period
      HAVING count(id) > 0 AND (sum(lines) <> sum(charges) OR sum(subtotal) <> sum(charged)
        OR sum(tax) <> sum(charged_tax))`,
  );
}

/** No line comes to less than nothing, nor does its tax: one that is credited twice shows here. */
export function linesCreditedTooFar(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT order_id || ':' || line_number AS subject,
        currency || ' ' || sum(subtotal_minor) || ' + ' || sum(tax_minor) AS detail
      FROM (
        SELECT order_id, line_number, currency, subtotal_minor, tax_minor
        FROM charge WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT l.order_id, l.line_number, i.currency, l.subtotal_minor, l.tax_minor
        FROM amendment_line l
        JOIN invoice i ON i.partner_id = l.partner_id AND i.invoice_id = l.invoice_id
        WHERE l.partner_id = ${partnerId}
      ) AS entry
      GROUP BY order_id, line_number, currency
      HAVING sum(subtotal_minor) < 0 OR sum(tax_minor) < 0`,
  );
}

/** What a charge shows as tax is what its taxes come to. */
export function taxUnlikeItsLines(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT charge_id::text AS subject,
        'tax ' || tax_minor || ', tax lines ' || lines.total AS detail
      FROM charge CROSS JOIN LATERAL (
        SELECT coalesce(sum((line ->> 'minor')::bigint), 0) AS total
        FROM jsonb_array_elements(tax_lines) AS line
      ) AS lines
      WHERE partner_id = ${partnerId} AND tax_minor <> lines.total`,
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
    sql`SELECT currency AS subject,
        'charges without invoice ' || sum(charged) || ', account unbilled ' || sum(held) AS detail
      FROM (
        SELECT currency, sum(subtotal_minor) AS charged, 0 AS held
        FROM charge WHERE partner_id = ${partnerId}
        GROUP BY currency, period
        HAVING NOT EXISTS (
          SELECT 1 FROM invoice i WHERE i.partner_id = ${partnerId}
            AND i.currency = charge.currency AND i.period = charge.period)
        UNION ALL
        SELECT currency, 0, sum(amount_minor)
        FROM posting WHERE partner_id = ${partnerId} AND account = 'unbilled'
        GROUP BY currency
      ) AS entry
      GROUP BY currency HAVING sum(charged) <> sum(held)`,
  );
}

/** Numbers run from 1 to the last one given out, each once, and are the ids. */
export function numbersWithGaps(db: Db, partnerId: string): Promise<Sample[]> {
  return samples(
    db,
    sql`SELECT ${invoiceSeries}::text AS subject,
        count(number) || ' invoices up to number ' || coalesce(max(number), 0)
          || ', last number given out ' || coalesce(max(given_out), 0) AS detail
      FROM (
        SELECT number, invoice_id, NULL::bigint AS given_out
        FROM invoice WHERE partner_id = ${partnerId} AND series = ${invoiceSeries}
        UNION ALL
        SELECT NULL, NULL, last_number
        FROM number_series WHERE partner_id = ${partnerId} AND series = ${invoiceSeries}
      ) AS entry
      HAVING coalesce(min(number), 1) <> 1 OR count(number) <> coalesce(max(number), 0)
        OR count(DISTINCT number) <> count(number)
        OR coalesce(max(number), 0) <> coalesce(max(given_out), 0)
        OR NOT coalesce(bool_and(invoice_id = ${invoiceSeries}
          || lpad(number::text, greatest(9, length(number::text)), '0')), true)`,
  );
}
