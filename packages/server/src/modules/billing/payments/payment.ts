/** Payments: which can be recorded, when two are the same one, and their wire form. Pure. */
import type { BodyOf, Operations, ResultOf } from "@kontor/contract";
import { addTerm, wireInstant } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { limits } from "../../../foundation/limits.ts";
import { decimalOf, exponentOf, jsonAmount, money, toMinor } from "../../../foundation/money.ts";
import type { InvoiceRow } from "../invoice.ts";

export interface Payment {
  paymentId: string;
  currency: string;
  /** Negative where it takes another one back. */
  amountMinor: bigint;
  receivedAt: Date;
  reference: string;
  /** Null: it pays the oldest open invoices. */
  invoiceId: string | null;
  /** The payment that it takes back. */
  reverses: string | null;
}

export type WantedPayment = BodyOf<Operations["recordPayment"]>;
export type PaymentView = ResultOf<Operations["recordPayment"]>;
type NewPayment = Omit<Payment, "paymentId">;

/** What the partner's account says of the invoice and the currencies that a payment names. */
export interface Account {
  /** The invoice that is named; undefined where none is. */
  invoice: Pick<InvoiceRow, "invoiceId" | "documentType" | "currency"> | undefined;
  /** The billing currency and those in which there are invoices. */
  currencies: readonly string[];
  billingCurrency: string;
}

/**
 * Checks a payment and completes it.
 *
 * @throws Refusal INVALID_INPUT for an amount, currency or time that cannot be, and for a note,
 *   which asks for nothing
 */
export function planPayment(wanted: WantedPayment, account: Account, now: Date): NewPayment {
  const { invoice } = account;
  if (invoice && invoice.documentType !== "invoice") {
    refuse("INVALID_INPUT", `${invoice.invoiceId} is a note; pay the invoice that it amends`);
  }
  const currency = currencyOf(wanted, account);
  const receivedAt = wanted.receivedAt === undefined ? now : new Date(wanted.receivedAt);
  if (receivedAt.getTime() > now.getTime()) {
    refuse("INVALID_INPUT", `receivedAt is later than the partner's time ${wireInstant(now)}`);
  }
  if (addTerm(receivedAt, limits.paymentAge).getTime() < now.getTime()) {
    refuse("INVALID_INPUT", `receivedAt is more than ${limits.paymentAge} ago`);
  }
  return {
    currency,
    amountMinor: amountOf(wanted.amount, currency),
    receivedAt,
    reference: wanted.reference.trim(),
    invoiceId: invoice?.invoiceId ?? null,
    reverses: null,
  };
}

function currencyOf(wanted: WantedPayment, account: Account): string {
  const { invoice, currencies, billingCurrency } = account;
  const currency = wanted.currency?.toUpperCase() ?? invoice?.currency ?? billingCurrency;
  if (invoice && invoice.currency !== currency) {
    refuse("INVALID_INPUT", `invoice ${invoice.invoiceId} is in ${invoice.currency}`);
  }
  if (!currencies.includes(currency)) {
    refuse("INVALID_INPUT", `the partner has no invoice in ${currency}, nor is it billed in it`);
  }
  return currency;
}

function amountOf(amount: string, currency: string): bigint {
  const digits = amount.split(".")[1]?.length ?? 0;
  const exponent = exponentOf(currency) ?? 0;
  if (digits > exponent) {
    refuse("INVALID_INPUT", `amount has ${digits} decimals, ${currency} has ${exponent}`);
  }
  const minor = toMinor(amount, currency);
  if (minor === 0n) refuse("INVALID_INPUT", "amount must be more than 0");
  if (minor > limits.lineMinor) {
    const most = decimalOf(money(limits.lineMinor, currency));
    refuse("INVALID_INPUT", `amount may be ${most} ${currency} at most`);
  }
  return minor;
}

/**
 * What takes a payment back: its mirror.
 *
 * @throws Refusal INVALID_INPUT for a payment that takes back another one itself
 */
export function planReversal(payment: Payment, reference: string, now: Date): NewPayment {
  const { paymentId, amountMinor, currency, invoiceId, reverses } = payment;
  if (reverses !== null) {
    refuse("INVALID_INPUT", `payment ${paymentId} takes back ${reverses}; record a new payment`);
  }
  return {
    currency,
    amountMinor: -amountMinor,
    receivedAt: now,
    reference: reference.trim(),
    invoiceId,
    reverses: paymentId,
  };
}

/** Whether what was asked for now is what was recorded then; a time counts where one is given. */
export function isSamePayment(
  recorded: Payment,
  asked: NewPayment,
  receivedAt: string | undefined,
): boolean {
  return (
    recorded.amountMinor === asked.amountMinor &&
    recorded.currency === asked.currency &&
    recorded.invoiceId === asked.invoiceId &&
    recorded.reverses === asked.reverses &&
    (receivedAt === undefined || recorded.receivedAt.getTime() === asked.receivedAt.getTime())
  );
}

export function paymentView(payment: Payment): PaymentView {
  const { paymentId, amountMinor, currency, receivedAt, reference, invoiceId, reverses } = payment;
  return {
    id: paymentId,
    amount: jsonAmount(amountMinor, currency),
    currency,
    receivedAt: wireInstant(receivedAt),
    reference,
    ...(invoiceId !== null && { invoiceId }),
    ...(reverses !== null && { reverses }),
  };
}
