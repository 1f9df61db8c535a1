/** Proves on live data that orders, charges, documents and ledger say the same. */
import { stopwatch } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import * as documents from "../books/documents/store.ts";
import * as payments from "../books/payments/store.ts";
import * as books from "../books/store.ts";
import * as trade from "../books/trade/store.ts";

/** One place where the books do not hold. */
export interface Finding {
  /** The rule that is broken. */
  rule: string;
  /** The transaction, charge, document, order line, month, series or currency. */
  subject: string;
  /** The figures that should be equal, in minor units. */
  detail: string;
}

/** What came of one rule. */
export interface Proof {
  rule: string;
  /** What it looks at, and how many of them there are. */
  of: string;
  checked: number;
  breaches: number;
  milliseconds: number;
  /** The first breaches, as many as `limits.findingsPerRule` says. */
  findings: Finding[];
}

type Find = (db: Db, partnerId: string) => Promise<books.Breaches>;

/** What must hold, what it looks at, and the query that finds where it does not. */
const rules: Readonly<Record<string, readonly [of: books.Counted, find: Find]>> = {
  "a transaction sums to zero": ["postings", books.unbalancedTransactions],
  "the ledger sums to zero": ["postings", books.unbalancedCurrencies],
  "charges and their postings agree": ["charges", books.chargesUnlikePostings],
  "documents and their postings agree": ["documents", books.invoicesUnlikePostings],
  "payments and their postings agree": ["payments", payments.paymentsUnlikePostings],
  "a payment is taken back by its mirror": ["payments", payments.reversalsUnlikePayments],
  "invoices and their charges agree": ["documents", books.invoicesUnlikeCharges],
  "amendments and their lines agree": ["documents", documents.amendmentsUnlikeLines],
  "a void note leaves nothing of its document": ["documents", documents.voidsUnlikeLines],
  "a document amends one of its own month": ["documents", documents.amendmentsElsewhere],
  "the balance is documents less payments": ["documents", documents.balancesUnlikeLedger],
  "invoice numbers have no gap": ["documents", books.numbersWithGaps],
  "a line is credited what it was charged at most": ["charges", books.linesCreditedTooFar],
  "a credit repeats a charge": ["charges", trade.creditsWithoutCharge],
  "tax has the sign of its charge": ["charges", trade.taxAgainstItsCharge],
  "tax is the sum of its tax lines": ["charges", trade.taxUnlikeItsLines],
  "a charge is billed in the month in which it happened": [
    "charges",
    books.chargesOutsideTheirPeriod,
  ],
  "a charge is either unbilled or on one invoice": ["charges", books.unbilledUnlikeLedger],
  "an unbilled month waits to be closed": ["charges", documents.monthsForgotten],
  "an order line that costs something is charged": ["order lines", trade.linesNotCharged],
  "a first charge is as its order line": ["charges", trade.chargesUnlikeLines],
  "an order line has its key and subscription": ["order lines", trade.linesWithoutGoods],
};

/**
 * Checks the books of a partner, rule by rule. PostgreSQL reads every charge and posting, and only
 * the breaches that are listed come here: for tests and for occasional proof, not for a request.
 * Run it in a transaction of one snapshot if charges are being recorded meanwhile.
 */
export async function proveBooks(db: Db, partnerId: string): Promise<Proof[]> {
  const counts = await books.countRows(db, partnerId);
  const proofs: Proof[] = [];
  for (const [rule, [of, find]] of Object.entries(rules)) {
    const elapsed = stopwatch();
    const { count, samples } = await find(db, partnerId);
    proofs.push({
      rule,
      of,
      checked: counts[of],
      breaches: count,
      milliseconds: Math.round(elapsed()),
      findings: samples.map((sample) => ({ rule, ...sample })),
    });
  }
  return proofs;
}

/** The same on the state of one instant, while purchases and closings go on. */
export function proveSnapshot(database: Database, partnerId: string): Promise<Proof[]> {
  return database.transaction(async (tx) => {
    await books.holdSnapshot(tx);
    return proveBooks(tx, partnerId);
  });
}

/** The breaches of all rules; an empty list says that all holds. */
export async function verifyBooks(db: Db, partnerId: string): Promise<Finding[]> {
  return (await proveBooks(db, partnerId)).flatMap(({ findings }) => findings);
}
