/** Receipts of tax: which invoices have one, and when it is there. Pure. */
import { addDays } from "../../foundation/clock.ts";
import { limits } from "../../foundation/limits.ts";
import type { InvoiceRow } from "./invoice.ts";

/** Where the tax authority asks for them. */
const receiptCountries: ReadonlySet<string> = new Set(["TW", "KR"]);

/**
 * The ids of an invoice's receipts at `now`, for a partner of a country: one of Taiwan or Korea
 * gets a receipt of the tax that it was asked for, two weeks after the invoice. Its id is that of
 * the invoice.
 */
export function receiptsOf(
  invoice: Pick<InvoiceRow, "invoiceId" | "documentType" | "taxMinor" | "issuedAt">,
  country: string,
  now: Date,
): string[] {
  const { invoiceId, documentType, taxMinor, issuedAt } = invoice;
  const isReady = addDays(issuedAt, limits.receiptDays).getTime() <= now.getTime();
  const isTaxed = documentType === "invoice" && taxMinor > 0n;
  return receiptCountries.has(country) && isTaxed && isReady ? [invoiceId] : [];
}
