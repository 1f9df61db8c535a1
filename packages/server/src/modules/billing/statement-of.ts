/** The statement of an invoice as the renderer takes it. Pure. */
import { addDays, nextPeriod, startOfPeriod } from "../../foundation/clock.ts";
import { decimalOf, exponentOf, money } from "../../foundation/money.ts";
import type { Installation } from "../../foundation/partner.ts";
import type { InvoiceRow } from "./invoice.ts";
import type { LineRow } from "./line-item.ts";
import type {
  Statement,
  StatementCurrency,
  StatementLine,
  StatementParty,
} from "./statement/statement.ts";
import type { Breakdown } from "./store.ts";

/** Net 60 days, as the contract says for one-time invoices. */
const paymentTermDays = 60;

/** Whom a document names: the profiles of the partner. */
export interface Parties {
  billing: Profile & { purchaseOrderNumber?: string | undefined; taxId?: string | undefined };
  legal: Profile;
}

interface Profile {
  companyName: string;
  address: {
    country: string;
    city: string;
    state?: string | undefined;
    addressLine1: string;
    addressLine2?: string | undefined;
    postalCode?: string | undefined;
  };
  primaryContact: {
    firstName: string;
    lastName: string;
    email: string;
    phoneNumber?: string | undefined;
  };
}

/**
 * The title follows from what a reader does with the paper: an invoice that was voided is void, and
 * the note that takes it back is a credit; a replacement is the invoice to be paid.
 */
function titleOf({ documentType, isVoided }: InvoiceRow): Statement["documentType"] {
  if (isVoided) return "void_note";
  return documentType === "void_note" ? "credit_note" : documentType;
}

export function statementOf(
  invoice: InvoiceRow,
  breakdown: Breakdown,
  /** The first lines of the invoice; what they leave out is summed up in one further line. */
  lines: readonly LineRow[],
  parties: Parties,
  mode: Installation["mode"],
): Statement {
  const { invoiceId, period, subtotalMinor, taxMinor, totalMinor } = invoice;
  const { billing, legal } = parties;
  return {
    number: invoiceId,
    documentType: titleOf(invoice),
    amends: invoice.amends ?? undefined,
    replacedBy: breakdown.replacedBy ?? undefined,
    reason: invoice.reason || undefined,
    purchaseOrderNumber: billing.purchaseOrderNumber,
    invoiceDate: invoice.issuedAt,
    billingPeriod: {
      first: startOfPeriod(period),
      last: addDays(startOfPeriod(nextPeriod(period)), -1),
    },
    paymentTermDays,
    issuer: { name: mode === "sandbox" ? "Kontor sandbox" : "Kontor", addressLines: [] },
    billTo: { ...partyOf(billing), taxId: billing.taxId },
    soldTo: partyOf(legal),
    currency: currencyOf(invoice.currency),
    summary: {
      charges: { minor: breakdown.chargesMinor },
      credits: { minor: breakdown.creditsMinor },
      subtotal: { minor: subtotalMinor },
      tax: { minor: taxMinor },
      taxes: breakdown.taxes.map(({ name, rate, baseMinor, taxMinor: minor }) => ({
        name,
        rate,
        base: { minor: baseMinor },
        tax: { minor },
      })),
      total: { minor: totalMinor },
    },
    lines: [...lines.map(statementLine), ...remainder(invoice, lines)],
    exchangeRates: breakdown.rates,
    notPayable: mode === "sandbox",
  };
}

const countryNames = new Intl.DisplayNames("en", { type: "region" });

function partyOf({ companyName, address, primaryContact: contact }: Profile): StatementParty {
  const { addressLine1, addressLine2 = "", city, state = "", postalCode = "", country } = address;
  const place = [[city, state].filter(Boolean).join(", "), postalCode].filter(Boolean).join(" ");
  const { firstName, lastName, email, phoneNumber = "" } = contact;
  return {
    name: companyName,
    addressLines: [addressLine1, addressLine2, place, countryNames.of(country) ?? country].filter(
      Boolean,
    ),
    contactLines: [`${firstName} ${lastName}`, email, phoneNumber].filter(Boolean),
  };
}

function currencyOf(code: string): StatementCurrency {
  return { code, exponent: exponentOf(code) ?? 2 };
}

function statementLine(row: LineRow): StatementLine {
  return {
    date: row.occurredAt,
    product: row.productTitle,
    publisher: row.publisherName,
    note: row.skuTitle === row.productTitle ? undefined : row.skuTitle,
    customer: row.companyName,
    recurring: isRecurring(row),
    quantity: row.quantity,
    unitPrice: { decimal: row.effectiveUnitPrice, currency: currencyOf(row.pricingCurrency) },
    pretax: { minor: row.subtotalMinor },
    tax: { minor: row.taxMinor },
    total: { minor: row.subtotalMinor + row.taxMinor },
  };
}

/** A subscription is charged for each of its periods, other software once. */
function isRecurring({ subscriptionId, billingCycle }: LineRow): boolean {
  return subscriptionId !== null && !/^(?:one_?time|none)$/i.test(billingCycle);
}

/**
 * One line for all lines that are not shown: the invoice less those that are, so that the table
 * still adds up to the invoice. Amounts may be negative; the price, as on any credit, is not.
 */
function remainder(invoice: InvoiceRow, lines: readonly LineRow[]): StatementLine[] {
  const left = invoice.lineCount - lines.length;
  if (left <= 0) return [];
  const pretax = lines.reduce((rest, line) => rest - line.subtotalMinor, invoice.subtotalMinor);
  const tax = lines.reduce((rest, line) => rest - line.taxMinor, invoice.taxMinor);
  const price = money(pretax < 0n ? -pretax : pretax, invoice.currency);
  return [
    {
      date: invoice.issuedAt,
      product: left === 1 ? "1 further line" : `${left} further lines`,
      publisher: "",
      note: `Listed by GET /invoices/${invoice.invoiceId}/lineitems`,
      customer: "",
      quantity: 1,
      unitPrice: { decimal: decimalOf(price), currency: currencyOf(invoice.currency) },
      pretax: { minor: pretax },
      tax: { minor: tax },
      total: { minor: pretax + tax },
    },
  ];
}
