/** Closing a billing period. */
import { newId } from "../../../foundation/ids.ts";
import type { DueHandler } from "../../due/index.ts";
import { readClosing } from "../closing.ts";
import { invoicePostings } from "../ledger.ts";
import { appendPostings, issueInvoice, lockInvoiceNumbers } from "../store.ts";

/**
 * Closes the month and currency of `work.subject` (`USD:2026-10`): one invoice for all charges of
 * that month, dated when the work was due. No charges, no invoice; done twice, still one. Who
 * runs due work holds the partner's row alone: no charge is being recorded meanwhile.
 */
export const closePeriodHandler: DueHandler = async (tx, partner, work) => {
  const { partnerId } = partner;
  const lastNumber = await lockInvoiceNumbers(tx, partnerId);
  const closing = { ...readClosing(work.subject), issuedAt: work.dueAt };
  const invoice = await issueInvoice(tx, partnerId, lastNumber, closing);
  if (invoice) await appendPostings(tx, partnerId, invoicePostings(invoice, newId()));
};
