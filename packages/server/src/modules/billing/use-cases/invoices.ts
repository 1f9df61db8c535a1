/** Reading balances and invoices. */
import { lineItemPageLimit } from "@kontor/contract";
import type { Db } from "../../../foundation/database/sql.ts";
import { refuse } from "../../../foundation/errors.ts";
import { link, uriWith } from "../../../foundation/http/links.ts";
import type { Context } from "../../../foundation/partner.ts";
import {
  accountSummary,
  currencySummary,
  type InvoiceRow,
  type InvoiceView,
  invoiceView,
  type LastPayment,
  readInvoiceId,
  type Standing,
  type SummaryView,
} from "../invoice.ts";
import { readInvoiceFilter } from "../invoice-filter.ts";
import { loadLastPayments } from "../payments/store.ts";
import { loadPaid } from "../payments/use-cases.ts";
import { receiptsOf } from "../receipt.ts";
import { loadAmendments, loadBalances, loadInvoice, loadInvoices } from "../store.ts";

/** The balance in the partner's billing currency. */
export async function getSummary({ db, partner }: Context): Promise<SummaryView> {
  const { partnerId, billingCurrency } = partner;
  const [balance] = await loadBalances(db, partnerId, billingCurrency);
  const last = await lastPayments(db, partnerId);
  return accountSummary(billingCurrency, balance, last.get(billingCurrency));
}

/** The balance of each currency in which the partner was ever invoiced, or has paid. */
export async function listSummaries({ db, partner }: Context): Promise<SummaryView[]> {
  const balances = await loadBalances(db, partner.partnerId);
  const last = await lastPayments(db, partner.partnerId);
  return balances.map((balance) => currencySummary(balance, last.get(balance.currency)));
}

async function lastPayments(db: Db, partnerId: string): Promise<Map<string, LastPayment>> {
  const rows = await loadLastPayments(db, partnerId);
  return new Map(rows.map((row) => [row.currency, row]));
}

/** The invoice of an id with or without its `OneTime-` prefix; refuses with NOT_FOUND. */
export async function requireInvoice(context: Context, givenId: string): Promise<InvoiceRow> {
  const invoiceId = readInvoiceId(givenId);
  const invoice = await loadInvoice(context.db, context.partner.partnerId, invoiceId);
  return invoice ?? refuse("NOT_FOUND", `invoice ${givenId}`);
}

export async function getInvoice(context: Context, givenId: string): Promise<InvoiceView> {
  const [view] = await viewsOf(context, [await requireInvoice(context, givenId)]);
  if (!view) throw new Error(`invoice ${givenId} was loaded and is not shown`);
  return view;
}

/** Documents as they are shown now: with what is paid of them and what amends them. */
export async function viewsOf(
  { db, partner, now }: Pick<Context, "db" | "partner" | "now">,
  rows: readonly InvoiceRow[],
): Promise<InvoiceView[]> {
  const { partnerId, country } = partner;
  const paid = await loadPaid(db, partnerId);
  const ids = rows.map(({ invoiceId }) => invoiceId);
  const amendments = Map.groupBy(await loadAmendments(db, partnerId, ids), ({ of }) => of);
  const standing = (row: InvoiceRow): Standing => ({
    row,
    paidMinor: paid.get(row.invoiceId) ?? 0n,
    receipts: receiptsOf(row, country, now),
  });
  return rows.map((row) =>
    invoiceView(standing(row), (amendments.get(row.invoiceId) ?? []).map(standing)),
  );
}

/** A page of invoices, oldest first; `size` 0 or none asks for as many as there can be. */
export async function listInvoices(
  context: Context,
  query: { size?: number; offset?: number; filter?: string },
) {
  const { filter } = query;
  const size = query.size || lineItemPageLimit;
  const offset = query.offset ?? 0;
  const spans = readInvoiceFilter(filter);
  const { partnerId } = context.partner;
  const rows = await loadInvoices(context.db, partnerId, spans, { offset, size: size + 1 });
  const items = await viewsOf(context, rows.slice(0, size));
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
