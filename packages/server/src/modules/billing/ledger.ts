/**
 * The double-entry ledger behind every amount: which postings an event makes. A debit is positive,
 * a credit negative, so that every transaction sums to zero. Pure.
 */
import { strict as assert } from "node:assert";

export type Account = "receivable" | "unbilled" | "revenue" | "tax" | "cash";

export interface Posting {
  transactionId: string;
  account: Account;
  currency: string;
  /** Minor units; a debit is positive. */
  amountMinor: bigint;
  occurredAt: Date;
  sourceKind: "charge" | "invoice" | "payment";
  sourceId: string;
}

type Source = Omit<Posting, "account" | "amountMinor">;

function transaction(source: Source, amounts: Partial<Record<Account, bigint>>): Posting[] {
  const postings = Object.entries(amounts).map(
    ([account, amountMinor]): Posting => ({ ...source, account: account as Account, amountMinor }),
  );
  const sum = postings.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  assert(sum === 0n, `${source.sourceKind} ${source.sourceId} is out of balance by ${sum}`);
  return postings;
}

/** A charge is earned when it happens, before tax; what is earned and not invoiced is unbilled. */
export function chargePostings(charge: {
  chargeId: string;
  currency: string;
  occurredAt: Date;
  subtotalMinor: bigint;
}): Posting[] {
  const { chargeId, currency, occurredAt, subtotalMinor } = charge;
  return transaction(
    { transactionId: chargeId, currency, occurredAt, sourceKind: "charge", sourceId: chargeId },
    { unbilled: subtotalMinor, revenue: -subtotalMinor },
  );
}

/**
 * A document that amends an invoice changes the claim, the revenue and the tax at once: a note has
 * negative amounts, a replacement positive ones. Its charges are not unbilled meanwhile.
 */
export function amendmentPostings(
  document: Parameters<typeof invoicePostings>[0],
  transactionId: string,
): Posting[] {
  const { invoiceId, currency, issuedAt } = document;
  return transaction(
    { transactionId, currency, occurredAt: issuedAt, sourceKind: "invoice", sourceId: invoiceId },
    {
      receivable: document.totalMinor,
      revenue: -document.subtotalMinor,
      tax: -document.taxMinor,
    },
  );
}

/** An invoice turns unbilled amounts into a claim; the tax on them is owed from then on. */
export function invoicePostings(
  invoice: {
    invoiceId: string;
    currency: string;
    issuedAt: Date;
    subtotalMinor: bigint;
    taxMinor: bigint;
    totalMinor: bigint;
  },
  transactionId: string,
): Posting[] {
  const { invoiceId, currency, issuedAt } = invoice;
  return transaction(
    { transactionId, currency, occurredAt: issuedAt, sourceKind: "invoice", sourceId: invoiceId },
    {
      receivable: invoice.totalMinor,
      unbilled: -invoice.subtotalMinor,
      tax: -invoice.taxMinor,
    },
  );
}

/** A payment settles a claim; one that is taken back, being negative, restores it. */
export function paymentPostings(payment: {
  paymentId: string;
  currency: string;
  amountMinor: bigint;
  receivedAt: Date;
}): Posting[] {
  const { paymentId, currency, amountMinor, receivedAt: occurredAt } = payment;
  return transaction(
    { transactionId: paymentId, currency, occurredAt, sourceKind: "payment", sourceId: paymentId },
    { cash: amountMinor, receivable: -amountMinor },
  );
}
