/**
 * Closing a month of very many charges beside one `INSERT … SELECT`, written by hand, that makes
 * the same invoice and postings.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import type { Database } from "../packages/server/src/foundation/database/pool.ts";
import { sql } from "../packages/server/src/foundation/database/sql.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { type Books, month, withBooks } from "./books.ts";
import type { ChildAnswer } from "./close-child.ts";
import { median } from "./figures.ts";

const timesLimit = 3;
const peakLimitMiB = 200;

export async function closeBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rows = countFlag(flags, "rows", 1_000_000);
  const rounds = countFlag(flags, "rounds", 5);
  return withBooks(rows, async (books) => {
    const { id: partnerId } = books.kontor.partner;
    const byHand: number[] = [];
    const closed: ChildAnswer[] = [];
    let lines = 0;
    for (let round = 0; round <= rounds; round += 1) {
      const seconds = await insertByHand(books.database, partnerId);
      await reopen(books.database, partnerId);
      const own = await closeInChild(books);
      lines = await linesInvoiced(books.database, partnerId);
      await reopen(books.database, partnerId);
      say(`  by hand ${seconds.toFixed(2)} s, closed in ${own.seconds.toFixed(2)} s`);
      // The first round warms up both.
      if (round === 0) continue;
      byHand.push(seconds);
      closed.push(own);
    }
    return results(byHand, closed, lines === rows);
  });
}

/** One statement: the invoice's sums, and from them its row and its postings. */
async function insertByHand(database: Database, partnerId: string): Promise<number> {
  const elapsed = stopwatch();
  await database.query(sql`
    WITH invoiced AS (
      INSERT INTO invoice (partner_id, invoice_id, series, number, currency, period, issued_at,
        subtotal_minor, tax_minor, total_minor, line_count)
      SELECT partner_id, 'G999999999', 'G', 999999999, currency, period, '2024-11-08T00:00:00Z',
        sum(subtotal_minor), sum(tax_minor), sum(subtotal_minor + tax_minor), count(*)
      FROM charge
      WHERE partner_id = ${partnerId} AND currency = ${month.currency}
        AND period = ${month.period}
      GROUP BY partner_id, currency, period
      RETURNING *)
    INSERT INTO posting (partner_id, transaction_id, account, currency, amount_minor,
      occurred_at, source_kind, source_id)
    SELECT partner_id, billing_id, account, currency, amount, issued_at, 'invoice', invoice_id
    FROM invoiced, gen_random_uuid() AS billing_id, LATERAL (VALUES
      ('receivable', total_minor), ('unbilled', -subtotal_minor), ('tax', -tax_minor)
    ) AS entry (account, amount)`);
  return elapsed() / 1000;
}

/** Takes the invoice back, so that the month can be closed again. */
async function reopen(database: Database, partnerId: string): Promise<void> {
  const [invoice] = await database.query<{ invoice_id: string }>(sql`
    DELETE FROM invoice
    WHERE partner_id = ${partnerId} AND currency = ${month.currency} AND period = ${month.period}
    RETURNING invoice_id`);
  if (!invoice) throw new Error("the month was not closed");
  await database.query(sql`
    DELETE FROM posting
    WHERE partner_id = ${partnerId} AND source_kind = 'invoice'
      AND source_id = ${invoice.invoice_id} AND currency = ${month.currency}`);
}

async function linesInvoiced(database: Database, partnerId: string): Promise<number> {
  const [invoice] = await database.query<{ line_count: number }>(sql`
    SELECT line_count FROM invoice
    WHERE partner_id = ${partnerId} AND currency = ${month.currency}
      AND period = ${month.period}`);
  return invoice?.line_count ?? 0;
}

async function closeInChild({ dataDir, kontor }: Books): Promise<ChildAnswer> {
  const program = join(import.meta.dirname, "close-child.ts");
  const args = [program, dataDir, kontor.partner.id];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

function results(
  byHand: readonly number[],
  closed: readonly ChildAnswer[],
  isWhole: boolean,
): BenchResult[] {
  const ratio = median(closed.map(({ seconds }, index) => seconds / (byHand[index] ?? 0)));
  const peak = Math.max(...closed.map(({ peakMiB }) => peakMiB));
  return [
    { name: "one statement by hand", figure: median(byHand), unit: "s", ok: true },
    {
      name: "closing the month",
      figure: median(closed.map(({ seconds }) => seconds)),
      unit: "s",
      ok: isWhole,
    },
    {
      name: "closing to the statement",
      figure: ratio,
      unit: "times",
      limit: timesLimit,
      ok: isWhole && ratio <= timesLimit,
    },
    {
      name: "peak memory of the closing process",
      figure: peak,
      unit: "MiB",
      limit: peakLimitMiB,
      ok: peak <= peakLimitMiB,
    },
  ];
}
