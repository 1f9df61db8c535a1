/** Which invoices the payments have paid. Derived whenever it is asked for. Pure. */

/** A document of the account. */
export interface OpenDocument {
  invoiceId: string;
  currency: string;
  /** What it asks for; negative on a credit. */
  totalMinor: bigint;
  /** The invoice that it amends. */
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
 * names; what it does not need there, and every payment that names none, goes to the oldest open
 * invoices of the currency. What is left when all are paid waits for the next invoice. A credit
 * note makes the invoice that it amends smaller, and is no payment.
 *
 * @param documents of the account, oldest first
 */
export function allocate(
  documents: readonly OpenDocument[],
  sums: readonly PaidSum[],
): Map<string, bigint> {
  const credited = new Map<string, bigint>();
  for (const { amends, totalMinor } of documents) {
    if (amends !== null && totalMinor < 0n) {
      credited.set(amends, (credited.get(amends) ?? 0n) + totalMinor);
    }
  }
  const free = new Map<string, bigint>();
  const named = new Map<string, bigint>();
  for (const { currency, invoiceId, amountMinor } of sums) {
    if (invoiceId === null) free.set(currency, (free.get(currency) ?? 0n) + amountMinor);
    else named.set(invoiceId, amountMinor);
  }
  const owed = documents.map(({ invoiceId, currency, totalMinor }) => {
    const open = max(totalMinor + (credited.get(invoiceId) ?? 0n), 0n);
    const given = named.get(invoiceId) ?? 0n;
    const paid = min(given, open);
    free.set(currency, (free.get(currency) ?? 0n) + given - paid);
    return { invoiceId, currency, open, paid };
  });
  const result = new Map<string, bigint>();
  for (const { invoiceId, currency, open, paid } of owed) {
    const left = free.get(currency) ?? 0n;
    const more = min(open - paid, left);
    free.set(currency, left - more);
    if (paid + more > 0n) result.set(invoiceId, paid + more);
  }
  return result;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
