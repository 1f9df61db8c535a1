/** Binds the billing operations of the contract. */
import { billingOperations as operations } from "@kontor/contract";
import { type BindingsOf, bind } from "../../foundation/http/binding.ts";
import { collectionOf } from "../../foundation/http/links.ts";
import { estimateLinks } from "./estimates.ts";
import { demandCurrency } from "./line-query.ts";
import { getInvoice, getSummary, listInvoices, listSummaries } from "./use-cases/invoices.ts";
import { listLineItems } from "./use-cases/line-items.ts";
import { getReceipt, getStatement } from "./use-cases/statement.ts";

export const billingRoutes = {
  getInvoiceSummary: bind(operations.getInvoiceSummary, (context) => getSummary(context)),
  listInvoiceSummaries: bind(operations.listInvoiceSummaries, async (context) =>
    collectionOf(await listSummaries(context), "/invoices/summaries"),
  ),
  listInvoices: bind(operations.listInvoices, (context, { query }) => listInvoices(context, query)),
  getInvoice: bind(operations.getInvoice, (context, { params }) =>
    getInvoice(context, params.invoiceId),
  ),
  listInvoiceLineItems: bind(operations.listInvoiceLineItems, (context, { params, query }) =>
    listLineItems(context, { ...params, ...query }),
  ),
  listInvoiceLineItemsByPath: bind(
    operations.listInvoiceLineItemsByPath,
    (context, { params, query }) => listLineItems(context, { ...params, ...query }),
  ),
  listEstimateLinks: bind(operations.listEstimateLinks, async ({ partner }, { query }) =>
    estimateLinks(demandCurrency(query.currencyCode ?? partner.billingCurrency)),
  ),
  getInvoiceStatement: bind(operations.getInvoiceStatement, (context, { params }) =>
    getStatement(context, params.invoiceId),
  ),
  getReceiptStatement: bind(operations.getReceiptStatement, (context, { params }) =>
    getReceipt(context, params.invoiceId, params.receiptId),
  ),
} satisfies BindingsOf<typeof operations>;
