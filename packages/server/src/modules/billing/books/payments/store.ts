/** SQL that looks for breaches between payments, what takes them back, and the ledger. */
import { type Db, sql } from "../../../../foundation/database/sql.ts";
import { type Breaches, samples } from "../store.ts";

/** Cash takes the amount, the claim gives it: these two postings of one payment, no other. */
export function paymentsUnlikePostings(db: Db, partnerId: string): Promise<Breaches> {
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
export function reversalsUnlikePayments(db: Db, partnerId: string): Promise<Breaches> {
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
