import { access, controlPlaneErrors, operation } from "../operation.ts";
import { collection, optional, record, text } from "../schema.ts";
import { billingOperations } from "./billing.ts";

const area = "sandbox";
const params = record({ invoiceId: text({ max: 64 }) });
/** The documents that were made, in the order of their numbers. */
const responses = { 201: collection(billingOperations.getInvoice.responses[200]) } as const;
const reason = optional(text({ max: 100 }));
const errors = [...controlPlaneErrors, "CHANGE_NOT_SUPPORTED", "INVALID_INPUT"] as const;

/** Published invoices, changed by further documents: what the vendor does when it is asked to. */
export const amendmentOperations = {
  voidInvoice: operation({
    id: "voidInvoice",
    method: "POST",
    path: "/_kontor/invoices/{invoiceId}/void",
    area,
    summary: "Void an invoice by a note that takes back all that is left of it",
    access: access.bill,
    params,
    query: record({}),
    body: optional(record({ reason })),
    responses,
    errors,
    invalidInput: "INVALID_INPUT",
  }),
  creditInvoice: operation({
    id: "creditInvoice",
    method: "POST",
    path: "/_kontor/invoices/{invoiceId}/credit",
    area,
    summary: "Credit an amount of an invoice, tax included, or all that is left of it",
    access: access.bill,
    params,
    query: record({}),
    body: optional(
      record({
        amount: optional(text({ max: 20, pattern: "^\\d{1,12}(\\.\\d{1,3})?$" })),
        reason,
      }),
    ),
    responses,
    errors,
    invalidInput: "INVALID_INPUT",
  }),
  rebillInvoice: operation({
    id: "rebillInvoice",
    method: "POST",
    path: "/_kontor/invoices/{invoiceId}/rebill",
    area,
    summary: "Void an invoice and bill what is left of its lines anew, with the tax of now",
    access: access.bill,
    params,
    query: record({}),
    body: optional(record({ reason })),
    responses,
    errors,
    invalidInput: "INVALID_INPUT",
  }),
};
