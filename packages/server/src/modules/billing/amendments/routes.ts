/** Binds the operations that amend invoices. */
import { amendmentOperations as operations } from "@kontor/contract";
import { type BindingsOf, bind } from "../../../foundation/http/binding.ts";
import { collectionOf } from "../../../foundation/http/links.ts";
import type { InvoiceView } from "../invoice.ts";
import { creditInvoice, rebillInvoice, voidInvoice } from "./use-cases.ts";

// Nothing is charged or cancelled while lines are being amended.
const alone = { exclusive: true };

function shown(documents: InvoiceView[]) {
  return collectionOf(documents, "/invoices");
}

export const amendmentRoutes = {
  voidInvoice: bind(
    operations.voidInvoice,
    async (context, { params, body }) =>
      shown(await voidInvoice(context, params.invoiceId, body?.reason ?? "")),
    alone,
  ),
  creditInvoice: bind(
    operations.creditInvoice,
    async (context, { params, body }) => {
      const credit = { amount: body?.amount, reason: body?.reason ?? "" };
      return shown(await creditInvoice(context, params.invoiceId, credit));
    },
    alone,
  ),
  rebillInvoice: bind(
    operations.rebillInvoice,
    async (context, { params, body }) =>
      shown(await rebillInvoice(context, params.invoiceId, body?.reason ?? "")),
    alone,
  ),
} satisfies BindingsOf<typeof operations>;
