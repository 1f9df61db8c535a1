/** Invoices and balances: their rows and their wire form. Pure. */
import { type billingOperations, noDate, type ResultOf } from "@kontor/contract";
import { endOfPeriod, type Period, startOfPeriod } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import { jsonAmount, symbolOf } from "../../foundation/money.ts";

export interface InvoiceRow {
  /** `G` and nine digits. */
  invoiceId: string;
  /** A void note takes back all that was left of a document, an adjustment note a part of it. */
  documentType: DocumentType;
  /** The document that this one changes or, as an invoice, replaces; null: of its month. */
  amends: string | null;
  /** Why it was made; empty for the invoice of a month. */
  reason: string;
  /** True where a void note took it back. */
  isVoided: boolean;
  currency: string;
  period: Period;
  issuedAt: Date;
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  lineCount: number;
}

export type DocumentType = "invoice" | "void_note" | "adjustment_note";

/** What is owed in one currency: its invoices less its payments; negative after an advance. */
export interface Balance {
  currency: string;
  balanceMinor: bigint;
  /** The last change of the balance. */
  changedAt: Date;
  /** Null where nothing was invoiced so far. */
  firstIssuedAt: Date | null;
  lastIssuedAt: Date | null;
}

/** The newest payment that stands. */
export interface LastPayment {
  currency: string;
  receivedAt: Date;
  amountMinor: bigint;
}

/** A document, and what the account says of it besides. */
export interface Standing {
  row: InvoiceRow;
  paidMinor: bigint;
  receipts: readonly string[];
}

export type InvoiceView = ResultOf<typeof billingOperations.getInvoice>;
export type SummaryView = ResultOf<typeof billingOperations.getInvoiceSummary>;

/** The series of one-time invoices: the letter that their ids begin with. */
export const invoiceSeries = "G";

export function invoiceIdOf(number: bigint): string {
  return `${invoiceSeries}${number.toString().padStart(9, "0")}`;
}

/** `OneTime-G000000001`, `Recurring-G000000001` and `G000000001` are the same invoice. */
export function readInvoiceId(given: string): string {
  return given
    .trim()
    .replace(/^(?:one_?time|recurring)-/i, "")
    .toUpperCase();
}

/** The wire form of an instant that stands on a whole second. */
function wireSecond(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function statementUri(invoiceId: string): string {
  return `/invoices/${invoiceId}/documents/statement`;
}

const detail = {
  invoiceLineItemType: "billing_line_items",
  billingProvider: "one_time",
  attributes: { objectType: "InvoiceDetail" },
} as const;

/** A voided invoice keeps its id and total; what takes its place is an adjustment to clients. */
function wireType({ documentType, amends, isVoided }: InvoiceRow): DocumentType {
  if (isVoided) return "void_note";
  return documentType === "invoice" && amends !== null ? "adjustment_note" : documentType;
}

/** What an invoice and an amendment of it have in common. */
function documentOf({ row, paidMinor, receipts }: Standing) {
  const { invoiceId, currency, period, amends } = row;
  return {
    id: invoiceId,
    invoiceDate: wireSecond(row.issuedAt),
    billingPeriodStartDate: wireSecond(startOfPeriod(period)),
    billingPeriodEndDate: wireSecond(endOfPeriod(period)),
    totalCharges: jsonAmount(row.totalMinor, currency),
    paidAmount: jsonAmount(paidMinor, currency),
    currencyCode: currency,
    currencySymbol: symbolOf(currency),
    taxReceipts: receipts.map((id) => ({
      id,
      taxReceiptPdfDownloadLink: `/invoices/${invoiceId}/receipts/${id}/documents/statement`,
    })),
    documentType: wireType(row),
    ...(amends !== null && { amendsOf: amends }),
    invoiceType: "OneTime" as const,
    attributes: { objectType: "Invoice" },
  };
}

/** The wire form, with the documents that amend it, oldest first. */
export function invoiceView(standing: Standing, amendments: readonly Standing[]): InvoiceView {
  const { invoiceId } = standing.row;
  const self = `/invoices/OneTime-${invoiceId}`;
  const links = { self: link(`${self}/lineitems/OneTime/BillingLineItems`) };
  return {
    ...documentOf(standing),
    pdfDownloadLink: statementUri(invoiceId),
    invoiceDetails: [{ ...detail, links }],
    ...(amendments.length > 0 && {
      amendments: amendments.map((one) => ({ ...documentOf(one), invoiceDetails: [detail] })),
    }),
    links: { self: link(self) },
  };
}

const summaryAttributes = { objectType: "InvoiceSummary" };
const summaryLinks = { self: link("/invoices/summary") };

function figures(currency: string, balance?: Balance, last?: LastPayment) {
  const dated = (at: Date | null | undefined) => (at ? wireSecond(at) : noDate);
  return {
    balanceAmount: jsonAmount(balance?.balanceMinor ?? 0n, currency),
    currencyCode: currency,
    currencySymbol: symbolOf(currency),
    accountingDate: dated(balance?.changedAt),
    firstInvoiceCreationDate: dated(balance?.firstIssuedAt),
    lastPaymentDate: dated(last?.receivedAt),
    lastPaymentAmount: jsonAmount(last?.amountMinor ?? 0n, currency),
    latestInvoiceDate: dated(balance?.lastIssuedAt),
  };
}

function summaryDetail(
  invoiceType: "OneTime" | "Recurring",
  currency: string,
  balance?: Balance,
  last?: LastPayment,
) {
  return {
    invoiceType,
    summary: { ...figures(currency, balance, last), attributes: summaryAttributes },
  };
}

/**
 * The balance of the billing currency, with an entry for each type of invoice that the contract
 * knows. Nothing was ever invoiced or paid: no entries.
 */
export function accountSummary(
  currency: string,
  balance: Balance | undefined,
  last: LastPayment | undefined,
): SummaryView {
  return {
    ...figures(currency, balance, last),
    details: balance
      ? [summaryDetail("Recurring", currency), summaryDetail("OneTime", currency, balance, last)]
      : [],
    links: summaryLinks,
    attributes: summaryAttributes,
  };
}

/** The balance of one currency among others: only the types of invoice that it has. */
export function currencySummary(balance: Balance, last: LastPayment | undefined): SummaryView {
  const { currency } = balance;
  return {
    ...figures(currency, balance, last),
    details: [summaryDetail("OneTime", currency, balance, last)],
    links: summaryLinks,
    attributes: summaryAttributes,
  };
}
