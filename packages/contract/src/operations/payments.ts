import { access, controlPlaneErrors, operation } from "../operation.ts";
import { decimal, guid, instant, list, optional, record, text } from "../schema.ts";

/** A payment as it was recorded; one that takes another back is negative and names it. */
const Payment = record({
  id: guid(),
  amount: decimal(),
  currency: text(),
  receivedAt: instant(),
  reference: text(),
  invoiceId: optional(text()),
  reverses: optional(guid()),
});

/** Names a payment: what is sent again with the same reference is the same payment. */
const Reference = text({ min: 1, max: 100 });

const NewPayment = record({
  /** A decimal of the currency, as text or number: `100.50`. */
  amount: text({ max: 20, pattern: "^\\d{1,15}(\\.\\d{1,4})?$" }),
  /** ISO 4217; without it the invoice's, or else the partner's billing currency. */
  currency: optional(text({ pattern: "^[A-Za-z]{3}$" })),
  reference: Reference,
  /** The invoice that it pays; without it the oldest open ones. */
  invoiceId: optional(text({ max: 64 })),
  /** Without it, now. */
  receivedAt: optional(instant()),
});

const own = { area: "sandbox", access: access.bill, query: record({}) } as const;

/** Payments of the partner, recorded by hand; part of the control plane. */
export const paymentOperations = {
  listPayments: operation({
    ...own,
    id: "listPayments",
    method: "GET",
    path: "/_kontor/payments",
    summary: "List the newest payments, newest first",
    params: record({}),
    responses: { 200: record({ items: list(Payment) }) },
    errors: [...controlPlaneErrors],
  }),
  recordPayment: operation({
    ...own,
    id: "recordPayment",
    method: "POST",
    path: "/_kontor/payments",
    summary: "Record a payment of the partner, of one invoice or of the oldest open ones",
    params: record({}),
    body: NewPayment,
    responses: { 201: Payment },
    errors: [...controlPlaneErrors, "INVALID_INPUT"],
  }),
  reversePayment: operation({
    ...own,
    id: "reversePayment",
    method: "POST",
    path: "/_kontor/payments/{paymentId}/reversal",
    summary: "Take a payment back as a whole",
    params: record({ paymentId: guid({ "x-error": "NOT_FOUND" }) }),
    body: record({ reference: Reference }),
    responses: { 201: Payment },
    errors: [...controlPlaneErrors, "INVALID_INPUT"],
  }),
};
