/** Reading balances and invoices. */
import { lineItemPageLimit } from "@kontor/contract";
import { refuse } from "../../../foundation/errors.ts";
import { link, uriWith } from "../../../foundation/http/links.ts";
import type { Context } from "../../../foundation/partner.ts";
import {
  accountSummary,
  currencySummary,
  type InvoiceRow,
  type InvoiceView,
  invoiceView,
  readInvoiceId,
  type SummaryView,
} from "../invoice.ts";
import { readInvoiceFilter } from "../invoice-filter.ts";
import { loadBalances, loadInvoice, loadInvoices } from "../store.ts";

/** The balance in the partner's billing currency. */
export async function getSummary({ db, partner }: Context): Promise<SummaryView> {
  const { partnerId, billingCurrency } = partner;
  const [balance] = await loadBalances(db, partnerId, billingCurrency);
  return accountSummary(billingCurrency, balance);
}

/** The balance of each currency in which the partner was ever invoiced. */
export async function listSummaries({ db, partner }: Context): Promise<SummaryView[]> {
  return (await loadBalances(db, partner.partnerId)).map(currencySummary);
}

/** The invoice of an id with or without its `OneTime-` prefix; refuses with NOT_FOUND. */
export async function requireInvoice(context: Context, givenId: string): Promise<InvoiceRow> {
  const invoiceId = readInvoiceId(givenId);
  const invoice = await loadInvoice(context.db, context.partner.partnerId, invoiceId);
  return invoice ?? refuse("NOT_FOUND", `invoice ${givenId}`);
}

export async function getInvoice(context: Context, givenId: string): Promise<InvoiceView> {
  return invoiceView(await requireInvoice(context, givenId));
}

/** A page of invoices, oldest first; `size` 0 or none asks for as many as there can be. */
export async function listInvoices(
  { db, partner }: Context,
  query: { size?: number; offset?: number; filter?: string },
) {
  const { filter } = query;
  const size = query.size || lineItemPageLimit;
  const offset = query.offset ?? 0;
  const spans = readInvoiceFilter(filter);
  const rows = await loadInvoices(db, partner.partnerId, spans, { offset, size: size + 1 });
  const items = rows.slice(0, size).map(invoiceView);
  const at = (start: number) => link(uriWith("/invoices", { size, offset: start, filter }));
  return {
    totalCount: items.length,
    items,
    links: {
      self: query.size || query.offset ? at(offset) : link(uriWith("/invoices", { filter })),
      ...(rows.length > size && { next: at(offset + size) }),
      ...(offset > 0 && { previous: at(Math.max(0, offset - size)) }),
    },
    attributes: { objectType: "Collection" },
  };
}
