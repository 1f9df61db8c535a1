/** Recording charges, closing a period, and what is left of a credit limit. */
import { strict as assert } from "node:assert";
import type { Db } from "../../foundation/database/sql.ts";
import { newId } from "../../foundation/ids.ts";
import type { Partner } from "../../foundation/partner.ts";
import { type DueHandler, schedule } from "../due/index.ts";
import type { NewCharge } from "./charge.ts";
import { closingOf, readClosing } from "./closing.ts";
import { chargePostings, invoicePostings } from "./ledger.ts";
import {
  appendCharges,
  appendPostings,
  issueInvoice,
  loadOwed,
  lockForInvoice,
  lockRecordings,
  nextRecording,
} from "./store.ts";

/**
 * Appends charges and their postings and puts the close of their periods on the list of due work:
 * four statements, however many charges. The recordings of one partner follow each other from
 * here to their commit, so call it late in the transaction.
 */
export async function recordCharges(
  tx: Db,
  partner: Partner,
  charges: readonly NewCharge[],
): Promise<void> {
  if (charges.length === 0) return;
  const { partnerId } = partner;
  const rows = charges.map((charge) => ({ ...charge, chargeId: newId() }));
  const recording = await nextRecording(tx, partnerId);
  const appended = await appendCharges(tx, partnerId, recording, rows);
  assert(appended === rows.length, "a charge falls into a period that has its invoice already");
  await appendPostings(tx, partnerId, rows.flatMap(chargePostings));
  const closings = charges.map(({ currency, period }) => closingOf(currency, period));
  const once = new Map(closings.map((work) => [work.subject, work]));
  await schedule(tx, partnerId, [...once.values()]);
}

/**
 * Closes the month and currency of `work.subject` (`USD:2026-10`): one invoice for all charges of
 * that month, dated when the work was due. No charges, no invoice; done twice, still one.
 */
export const closePeriodHandler: DueHandler = async (tx, partner, work) => {
  const { partnerId } = partner;
  const lastNumber = await lockForInvoice(tx, partnerId);
  const closing = { ...readClosing(work.subject), issuedAt: work.dueAt };
  const invoice = await issueInvoice(tx, partnerId, lastNumber, closing);
  if (invoice) await appendPostings(tx, partnerId, invoicePostings(invoice, newId()));
};

/**
 * Minor units that the partner may still spend: the limit less invoices and unbilled charges; null
 * when there is no limit. A limit is an amount of the billing currency and holds for that one.
 * Inside a transaction it stays true until the end: other purchases wait.
 */
export async function remainingCredit(
  db: Db,
  partner: Partner,
  currency: string,
): Promise<bigint | null> {
  const { partnerId, billingCurrency, creditLimitMinor } = partner;
  if (creditLimitMinor === null || currency !== billingCurrency) return null;
  await lockRecordings(db, partnerId);
  return creditLimitMinor - (await loadOwed(db, partnerId, currency));
}
