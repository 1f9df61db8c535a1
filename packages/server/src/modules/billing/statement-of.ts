/** The statement of an invoice as the renderer takes it. Pure. */
import { addDays, nextPeriod, startOfPeriod } from "../../foundation/clock.ts";
import { decimalOf, exponentOf, money } from "../../foundation/money.ts";
import type { Installation, Partner } from "../../foundation/partner.ts";
import type { InvoiceRow } from "./invoice.ts";
import type { LineRow } from "./line-item.ts";
import type { Statement, StatementCurrency, StatementLine } from "./statement/statement.ts";
import type { Breakdown } from "./store.ts";

/** Net 60 days, as the contract says for one-time invoices. */
const paymentTermDays = 60;

export function statementOf(
  invoice: InvoiceRow,
  breakdown: Breakdown,
  /** The first lines of the invoice; what they leave out is summed up in one further line. */
  lines: readonly LineRow[],
  partner: Partner,
  mode: Installation["mode"],
): Statement {
  const { invoiceId, period, subtotalMinor, taxMinor, totalMinor } = invoice;
  const party = { name: partner.name, addressLines: [partner.domain, partner.country] };
  return {
    number: invoiceId,
    documentType: "invoice",
    invoiceDate: invoice.issuedAt,
    billingPeriod: {
      first: startOfPeriod(period),
      last: addDays(startOfPeriod(nextPeriod(period)), -1),
    },
    paymentTermDays,
    issuer: { name: mode === "sandbox" ? "Kontor sandbox" : "Kontor", addressLines: [] },
    billTo: party,
    soldTo: party,
    currency: currencyOf(invoice.currency),
    summary: {
      charges: { minor: breakdown.chargesMinor },
      credits: { minor: breakdown.creditsMinor },
      subtotal: { minor: subtotalMinor },
      tax: { minor: taxMinor },
      total: { minor: totalMinor },
    },
    lines: [...lines.map(statementLine), ...remainder(invoice, lines)],
    exchangeRates: breakdown.rates,
    notPayable: mode === "sandbox",
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
    quantity: row.quantity,
    unitPrice: { decimal: row.effectiveUnitPrice, currency: currencyOf(row.pricingCurrency) },
    pretax: { minor: row.subtotalMinor },
    tax: { minor: row.taxMinor },
    total: { minor: row.subtotalMinor + row.taxMinor },
  };
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
