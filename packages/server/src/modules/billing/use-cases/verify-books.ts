/** Proves on live data that invoices, lines and ledger say the same. */
import type { Db } from "../../../foundation/database/sql.ts";
import {
  chargesOutsideTheirPeriod,
  chargesUnlikePostings,
  invoicesUnlikeCharges,
  invoicesUnlikePostings,
  linesCreditedTooFar,
  numbersWithGaps,
  paymentsUnlikePostings,
  reversalsUnlikePayments,
  type Sample,
  taxUnlikeItsLines,
  unbalancedCurrencies,
  unbalancedTransactions,
  unbilledUnlikeLedger,
} from "../books/store.ts";

/** One place where the books do not hold. */
export interface Finding {
  /** The rule that is broken. */
  rule: string;
  /** The transaction, charge, invoice, series or currency. */
  subject: string;
  /** The figures that should be equal, in minor units. */
  detail: string;
}

/** What must hold, and the query that finds where it does not. */
const rules: Readonly<Record<string, (db: Db, partnerId: string) => Promise<Sample[]>>> = {
  "a transaction sums to zero": unbalancedTransactions,
  "the ledger sums to zero": unbalancedCurrencies,
  "charges and their postings agree": chargesUnlikePostings,
  "invoices and their postings agree": invoicesUnlikePostings,
  "invoices and their charges agree": invoicesUnlikeCharges,
  "a line is credited what it was charged at most": linesCreditedTooFar,
  "a charge's tax is the sum of its tax lines": taxUnlikeItsLines,
  "a charge is billed in the month in which it happened": chargesOutsideTheirPeriod,
  "a charge is either unbilled or on one invoice": unbilledUnlikeLedger,
  "payments and their postings agree": paymentsUnlikePostings,
  "a payment is taken back by its mirror": reversalsUnlikePayments,
  "invoice numbers have no gap": numbersWithGaps,
};

/**
 * Checks the books of a partner; an empty list says that all holds. Of each rule as many breaches
 * are listed as `limits.findingsPerRule` says. Reads every charge and posting: for tests and for
 * occasional proof, not for a request. Run it in a transaction of one snapshot if charges are
 * being recorded meanwhile.
 */
export async function verifyBooks(db: Db, partnerId: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [rule, find] of Object.entries(rules)) {
    for (const sample of await find(db, partnerId)) findings.push({ rule, ...sample });
  }
  return findings;
}
