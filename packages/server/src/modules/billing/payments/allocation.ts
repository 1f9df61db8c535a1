/** Which invoices the payments have paid. Derived whenever it is asked for. Pure. */
import type { DocumentType } from "../invoice.ts";

/** A document of the account. */
export interface OpenDocument {
  invoiceId: string;
  documentType: DocumentType;
  currency: string;
  /** What it asks for; negative on a credit. */
  totalMinor: bigint;
  /** The document that it changes or, as an invoice, replaces. */
  amends: string | null;
}

/** The sum of the payments of one invoice, or of those that name none. */
export interface PaidSum {
  currency: string;
  invoiceId: string | null;
  amountMinor: bigint;
}

/**
 * What is paid of each invoice that has received something. A payment goes to the invoice that it
 * names, or to what replaced it; what it does not need there, and every payment that names none,
 * goes to the oldest open invoices of the currency. What is left when all are paid waits for the
 * next invoice. A note makes the invoice that it amends smaller, and is no payment.
 *
 * @param documents of the account, oldest first
 */
export function allocate(
  documents: readonly OpenDocument[],
  sums: readonly PaidSum[],
): Map<string, bigint> {
  const invoices = documents.filter(({ documentType }) => documentType === "invoice");
  const noted = new Map<string, bigint>();
  for (const { documentType, amends, totalMinor } of documents) {
    if (documentType !== "invoice") add(noted, amends ?? "", totalMinor);
  }
  const replacedBy = new Map(invoices.map(({ amends, invoiceId }) => [amends, invoiceId]));
  const free = new Map<string, bigint>();
  const named = new Map<string, bigint>();
  for (const { currency, invoiceId, amountMinor } of sums) {
    if (invoiceId === null) add(free, currency, amountMinor);
    else add(named, invoiceId, amountMinor);
  }
  const owed = invoices.map(({ invoiceId, currency, totalMinor }) => {
    const open = max(totalMinor + (noted.get(invoiceId) ?? 0n), 0n);
    const given = named.get(invoiceId) ?? 0n;
    const paid = min(given, open);
    const replacement = replacedBy.get(invoiceId);
    if (replacement === undefined) add(free, currency, given - paid);
    else add(named, replacement, given - paid);
    return { invoiceId, currency, open, paid };
  });
  const result = new Map<string, bigint>();
  for (const { invoiceId, currency, open, paid } of owed) {
    const more = min(open - paid, free.get(currency) ?? 0n);
    add(free, currency, -more);
    if (paid + more > 0n) result.set(invoiceId, paid + more);
  }
  return result;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
