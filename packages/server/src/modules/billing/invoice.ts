/** Invoices and balances: their rows and their wire form. Pure. */
import { type billingOperations, noDate, type ResultOf } from "@kontor/contract";
import { endOfPeriod, type Period, startOfPeriod } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import { jsonAmount, symbolOf } from "../../foundation/money.ts";

export interface InvoiceRow {
  /** `G` and nine digits. */
  invoiceId: string;
  currency: string;
  period: Period;
  issuedAt: Date;
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  lineCount: number;
}

/** What is owed in one currency: the sum of its invoices, no payment being recorded so far. */
export interface Balance {
  currency: string;
  balanceMinor: bigint;
  firstIssuedAt: Date;
  lastIssuedAt: Date;
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

export function invoiceView(row: InvoiceRow): InvoiceView {
  const { invoiceId, currency, period } = row;
  const self = `/invoices/OneTime-${invoiceId}`;
  return {
    id: invoiceId,
    invoiceDate: wireSecond(row.issuedAt),
    billingPeriodStartDate: wireSecond(startOfPeriod(period)),
    billingPeriodEndDate: wireSecond(endOfPeriod(period)),
    totalCharges: jsonAmount(row.totalMinor, currency),
    paidAmount: 0,
    currencyCode: currency,
    currencySymbol: symbolOf(currency),
    pdfDownloadLink: statementUri(invoiceId),
    taxReceipts: [],
    invoiceDetails: [
      {
        invoiceLineItemType: "billing_line_items",
        billingProvider: "one_time",
        links: { self: link(`${self}/lineitems/OneTime/BillingLineItems`) },
        attributes: { objectType: "InvoiceDetail" },
      },
    ],
    documentType: "invoice",
    invoiceType: "OneTime",
    links: { self: link(self) },
    attributes: { objectType: "Invoice" },
  };
}

const summaryAttributes = { objectType: "InvoiceSummary" };
const summaryLinks = { self: link("/invoices/summary") };

function figures(currency: string, balance: Balance | undefined) {
  const last = balance ? wireSecond(balance.lastIssuedAt) : noDate;
  return {
    balanceAmount: jsonAmount(balance?.balanceMinor ?? 0n, currency),
    currencyCode: currency,
    currencySymbol: symbolOf(currency),
    // The last change of the balance: only invoices change it.
    accountingDate: last,
    firstInvoiceCreationDate: balance ? wireSecond(balance.firstIssuedAt) : noDate,
    lastPaymentDate: noDate,
    lastPaymentAmount: 0,
    latestInvoiceDate: last,
  };
}

function detail(invoiceType: "OneTime" | "Recurring", currency: string, balance?: Balance) {
  return {
    invoiceType,
    summary: { ...figures(currency, balance), attributes: summaryAttributes },
  };
}

/**
 * The balance of the billing currency, with an entry for each type of invoice that the contract
 * knows. Nothing was ever invoiced: no entries.
 */
export function accountSummary(currency: string, balance: Balance | undefined): SummaryView {
  return {
    ...figures(currency, balance),
    details: balance ? [detail("Recurring", currency), detail("OneTime", currency, balance)] : [],
    links: summaryLinks,
    attributes: summaryAttributes,
  };
}

/** The balance of one currency among others: only the types of invoice that it has. */
export function currencySummary(balance: Balance): SummaryView {
  const { currency } = balance;
  return {
    ...figures(currency, balance),
    details: [detail("OneTime", currency, balance)],
    links: summaryLinks,
    attributes: summaryAttributes,
  };
}
