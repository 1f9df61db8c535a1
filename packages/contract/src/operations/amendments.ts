import { access, controlPlaneErrors, operation } from "../operation.ts";
import { collection, optional, record, text } from "../schema.ts";
import { billingOperations } from "./billing.ts";

const reason = optional(text({ max: 100 }));

/** What the three have in common; they answer the documents made, in the order of their numbers. */
const change = {
  method: "POST",
  area: "sandbox",
  access: access.bill,
  params: record({ invoiceId: text({ max: 64 }) }),
  query: record({}),
  responses: { 201: collection(billingOperations.getInvoice.responses[200]) },
  errors: [...controlPlaneErrors, "CHANGE_NOT_SUPPORTED", "INVALID_INPUT"],
  invalidInput: "INVALID_INPUT",
} as const;

/** Published invoices, changed by further documents: what the vendor does when it is asked to. */
export const amendmentOperations = {
  voidInvoice: operation({
    id: "voidInvoice",
    path: "/_kontor/invoices/{invoiceId}/void",
    summary: "Void an invoice by a note that takes back all that is left of it",
    ...change,
    body: optional(record({ reason })),
  }),
  creditInvoice: operation({
    id: "creditInvoice",
    path: "/_kontor/invoices/{invoiceId}/credit",
    summary: "Credit an amount of an invoice, tax included, or all that is left of it",
    ...change,
    body: optional(
      record({
        amount: optional(text({ max: 20, pattern: "^\\d{1,12}(\\.\\d{1,3})?$" })),
        reason,
      }),
    ),
  }),
  rebillInvoice: operation({
    id: "rebillInvoice",
    path: "/_kontor/invoices/{invoiceId}/rebill",
    summary: "Void an invoice and bill what is left of its lines anew, with the tax of now",
    ...change,
    body: optional(record({ reason })),
  }),
};
