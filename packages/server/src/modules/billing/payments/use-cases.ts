/** Recording payments, taking them back, and what they have paid. */
import type { Db } from "../../../foundation/database/sql.ts";
import { refuse } from "../../../foundation/errors.ts";
import { newId } from "../../../foundation/ids.ts";
import type { Context } from "../../../foundation/partner.ts";
import { readInvoiceId } from "../invoice.ts";
import { paymentPostings } from "../ledger.ts";
import { appendPostings, loadInvoice } from "../store.ts";
import { allocate } from "./allocation.ts";
import {
  isSamePayment,
  type Payment,
  type PaymentView,
  paymentView,
  planPayment,
  planReversal,
  type WantedPayment,
} from "./payment.ts";
import {
  insertPayment,
  loadByReference,
  loadDocuments,
  loadInvoicedCurrencies,
  loadPaidSums,
  loadPayment,
  loadPayments,
} from "./store.ts";

/** For whom and when a payment is recorded: by a call, or by an operator's command. */
export type Payer = Pick<Context, "db" | "partner" | "now">;

/**
 * Records a payment and its postings. The same payment once more, by its reference, writes nothing
 * and has the same answer.
 *
 * @throws Refusal NOT_FOUND for an unknown invoice; INVALID_INPUT for what cannot be, and for a
 *   reference that stands for another payment
 */
export async function recordPayment(payer: Payer, wanted: WantedPayment): Promise<PaymentView> {
  const { db, partner, now } = payer;
  const { partnerId, billingCurrency } = partner;
  const { invoiceId, receivedAt } = wanted;
  const invoice =
    invoiceId === undefined
      ? undefined
      : ((await loadInvoice(db, partnerId, readInvoiceId(invoiceId))) ??
        refuse("NOT_FOUND", `invoice ${invoiceId}`));
  const currencies = [billingCurrency, ...(await loadInvoicedCurrencies(db, partnerId))];
  const planned = planPayment(wanted, { invoice, currencies, billingCurrency }, now);
  return append(payer, planned, receivedAt);
}

/**
 * Takes a payment back as a whole: a negative one is recorded, the first stays. Once more with the
 * same reference writes nothing and has the same answer.
 *
 * @throws Refusal NOT_FOUND; INVALID_INPUT for a payment that is taken back already or takes back
 *   another, and for a reference that stands for another payment
 */
export async function reversePayment(
  payer: Payer,
  paymentId: string,
  reference: string,
): Promise<PaymentView> {
  const payment = await loadPayment(payer.db, payer.partner.partnerId, paymentId);
  if (!payment) return refuse("NOT_FOUND", `payment ${paymentId}`);
  return append(payer, planReversal(payment, reference, payer.now), undefined);
}

/** What is asked to be recorded; `receivedAt` where the caller gave it. */
async function append(
  { db, partner }: Payer,
  planned: Omit<Payment, "paymentId">,
  receivedAt: string | undefined,
): Promise<PaymentView> {
  const { partnerId } = partner;
  const payment = { ...planned, paymentId: newId() };
  if (await insertPayment(db, partnerId, payment)) {
    await appendPostings(db, partnerId, paymentPostings(payment));
    return paymentView(payment);
  }
  const known = await loadByReference(db, partnerId, planned.reference);
  if (!known) return refuse("INVALID_INPUT", `payment ${planned.reverses} is taken back already`);
  if (!isSamePayment(known, planned, receivedAt)) {
    refuse("INVALID_INPUT", `the reference ${planned.reference} stands for another payment`);
  }
  return paymentView(known);
}

export async function listPayments({ db, partner }: Context): Promise<{ items: PaymentView[] }> {
  return { items: (await loadPayments(db, partner.partnerId)).map(paymentView) };
}

/** Minor units paid of each invoice that has received something. */
export async function loadPaid(db: Db, partnerId: string): Promise<Map<string, bigint>> {
  const sums = await loadPaidSums(db, partnerId);
  if (sums.length === 0) return new Map();
  return allocate(await loadDocuments(db, partnerId), sums);
}
