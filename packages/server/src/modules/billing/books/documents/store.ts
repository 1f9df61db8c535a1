/** SQL that looks for breaches between documents, their lines and the balance. */
import { type Db, sql } from "../../../../foundation/database/sql.ts";
import { closePeriodKind } from "../../closing.ts";
import { type Breaches, samples } from "../store.ts";

/** A document that amends an invoice is the sum of its own lines; no line is without document. */
export function amendmentsUnlikeLines(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT id AS subject,
        'amended ' || sum(subtotal) || ' + ' || sum(tax) || ' in ' || sum(lines)
          || ' lines, its lines are ' || sum(own) || ' + ' || sum(own_tax) || ' in '
          || sum(own_lines) || ' lines' AS detail
      FROM (
        SELECT invoice_id AS id, subtotal_minor AS subtotal, tax_minor AS tax,
          line_count AS lines, 0 AS own, 0 AS own_tax, 0 AS own_lines, 1 AS documents
        FROM invoice WHERE partner_id = ${partnerId} AND amends IS NOT NULL
        UNION ALL
        SELECT invoice_id, 0, 0, 0, subtotal_minor, tax_minor, 1, 0
        FROM amendment_line WHERE partner_id = ${partnerId}
      ) AS entry
      GROUP BY id
      HAVING sum(documents) <> 1 OR sum(subtotal) <> sum(own) OR sum(tax) <> sum(own_tax)
        OR sum(lines) <> sum(own_lines)`,
  );
}

/** Up to a void note, what documents say of any charge of its month comes to nothing. */
export function voidsUnlikeLines(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT id AS subject, 'charge ' || charge_id || ' keeps ' || sum(subtotal) || ' + '
        || sum(tax) AS detail
      FROM (
        SELECT v.invoice_id AS id, c.charge_id, c.subtotal_minor AS subtotal, c.tax_minor AS tax
        FROM invoice v
        JOIN charge c ON c.partner_id = v.partner_id AND c.currency = v.currency
          AND c.period = v.period
        WHERE v.partner_id = ${partnerId} AND v.document_type = 'void_note'
        UNION ALL
        SELECT v.invoice_id, l.charge_id, l.subtotal_minor, l.tax_minor
        FROM invoice v
        JOIN invoice d ON d.partner_id = v.partner_id AND d.currency = v.currency
          AND d.period = v.period AND d.number <= v.number AND d.amends IS NOT NULL
        JOIN amendment_line l ON l.partner_id = d.partner_id AND l.invoice_id = d.invoice_id
        WHERE v.partner_id = ${partnerId} AND v.document_type = 'void_note'
      ) AS entry
      GROUP BY id, charge_id HAVING sum(subtotal) <> 0 OR sum(tax) <> 0`,
  );
}

/** What amends a document comes after it and is of the same month and currency. */
export function amendmentsElsewhere(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT n.invoice_id AS subject, n.currency || ' ' || n.period || ', amends '
        || coalesce(d.invoice_id || ' of ' || d.currency || ' ' || d.period, n.amends) AS detail
      FROM invoice n
      LEFT JOIN invoice d ON d.partner_id = n.partner_id AND d.invoice_id = n.amends
      WHERE n.partner_id = ${partnerId} AND n.amends IS NOT NULL
        AND (d.currency, d.period) IS DISTINCT FROM (n.currency, n.period)`,
  );
}

/** The claim on the ledger is what the documents come to, less what was paid. */
export function balancesUnlikeLedger(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT currency AS subject, 'documents ' || sum(total) || ', paid ' || sum(paid)
        || ', account receivable ' || sum(claimed) AS detail
      FROM (
        SELECT currency, total_minor AS total, 0 AS paid, 0 AS claimed
        FROM invoice WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT currency, 0, amount_minor, 0 FROM payment WHERE partner_id = ${partnerId}
        UNION ALL
        SELECT currency, 0, 0, amount_minor
        FROM posting WHERE partner_id = ${partnerId} AND account = 'receivable'
      ) AS entry
      GROUP BY currency HAVING sum(total) - sum(paid) <> sum(claimed)`,
  );
}

/** A month that has charges and no invoice waits to be closed. */
export function monthsForgotten(db: Db, partnerId: string): Promise<Breaches> {
  return samples(
    db,
    sql`SELECT month.subject, charges || ' charges, no invoice and no closing to come' AS detail
      FROM (
        SELECT currency || ':' || period AS subject, currency, period, count(*) AS charges
        FROM charge WHERE partner_id = ${partnerId} GROUP BY currency, period
      ) AS month
      WHERE NOT EXISTS (
          SELECT 1 FROM invoice i WHERE i.partner_id = ${partnerId}
            AND i.currency = month.currency AND i.period = month.period)
        AND NOT EXISTS (
          SELECT 1 FROM due_work w WHERE w.partner_id = ${partnerId}
            AND w.kind = ${closePeriodKind} AND w.subject = month.subject AND w.done_at IS NULL)`,
  );
}
