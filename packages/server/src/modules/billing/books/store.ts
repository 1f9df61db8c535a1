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

/** The first breaches of a rule, and how many there are in all. */
export interface Breaches {
  count: number;
  samples: Sample[];
}

export async function samples(db: Db, breaches: Sql): Promise<Breaches> {
  const rows = await db.query<Sample & { count: number }>(sql`
    SELECT subject, detail, (count(*) OVER ())::integer AS count FROM (${breaches}) AS breach
    ORDER BY subject, detail LIMIT ${limits.findingsPerRule}`);
  return {
    count: rows[0]?.count ?? 0,
    samples: rows.map(({ subject, detail }) => ({ subject, detail })),
  };
}

/** Lets the rest of the transaction see the state of this instant, without holding anybody up. */
export async function holdSnapshot(tx: Db): Promise<void> {
  await tx.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
}

/** What the rules look at. */
export type Counted = "postings" | "payments" | "charges" | "documents" | "order lines";

/** How many rows of a partner the rules look at, by what they are called. */
export async function countRows(db: Db, partnerId: string): Promise<Record<Counted, number>> {
  const own = sql`WHERE partner_id = ${partnerId}`;
  const [row] = await db.query<Record<Counted, number>>(sql`
    SELECT (SELECT count(*) FROM posting ${own})::integer AS postings,
      (SELECT count(*) FROM payment ${own})::integer AS payments,
      (SELECT count(*) FROM charge ${own})::integer AS charges,
      (SELECT count(*) FROM invoice ${own})::integer AS documents,
      (SELECT count(*) FROM order_line ${own})::integer AS "order lines"`);
  if (!row) throw new Error("counts are one row");
  return row;
}

export function unbalancedTransactions(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT transaction_id::text AS subject, currency || ' ' || sum(amount_minor) AS detail
      FROM posting WHERE partner_id = ${partnerId}
      GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0`,
  );
}

export function unbalancedCurrencies(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT currency AS subject, sum(amount_minor)::text AS detail
      FROM posting WHERE partner_id = ${partnerId}
      GROUP BY currency HAVING sum(amount_minor) <> 0`,
  );
}

/** Unbilled takes the subtotal, revenue gives it: these two postings of one charge, no other. */
export function chargesUnlikePostings(db: Db, partnerId: string): Promise<Breaches> {
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
export function invoicesUnlikePostings(db: Db, partnerId: string): Promise<Breaches> {
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

/** An invoice is the sum of the charges of its month and currency. */
export function invoicesUnlikeCharges(db: Db, partnerId: string): Promise<Breaches> {
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
export function linesCreditedTooFar(db: Db, partnerId: string): Promise<Breaches> {
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

export function chargesOutsideTheirPeriod(db: Db, partnerId: string): Promise<Breaches> {
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
export function unbilledUnlikeLedger(db: Db, partnerId: string): Promise<Breaches> {
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
export function numbersWithGaps(db: Db, partnerId: string): Promise<Breaches> {
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
