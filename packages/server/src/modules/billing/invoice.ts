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
  documentType: DocumentType;
  /** The invoice that it amends. */
  amends: string | null;
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

/** What an account says of an invoice besides its row. */
export interface Standing {
  paidMinor: bigint;
  /** Oldest first. */
  amendments: readonly InvoiceRow[];
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

/** What an invoice and an amendment of it have in common. */
function documentOf(row: InvoiceRow, paidMinor: bigint, receipts: readonly string[]) {
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
    documentType: row.documentType,
    ...(amends !== null && { amendsOf: amends }),
    invoiceType: "OneTime" as const,
    attributes: { objectType: "Invoice" },
  };
}

/** The wire form. An invoice that was voided says so, though the document stays as it was. */
export function invoiceView(row: InvoiceRow, standing: Standing): InvoiceView {
  const { invoiceId } = row;
  const { amendments, paidMinor, receipts } = standing;
  const self = `/invoices/OneTime-${invoiceId}`;
  const isVoid = amendments.some(({ documentType }) => documentType === "void_note");
  const links = { self: link(`${self}/lineitems/OneTime/BillingLineItems`) };
  return {
    ...documentOf(row, paidMinor, receipts),
    pdfDownloadLink: statementUri(invoiceId),
    invoiceDetails: [{ ...detail, links }],
    ...(amendments.length > 0 && {
      amendments: amendments.map((one) => ({
        ...documentOf(one, 0n, []),
        invoiceDetails: [detail],
      })),
    }),
    ...(isVoid && { documentType: "void_note" as const }),
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
