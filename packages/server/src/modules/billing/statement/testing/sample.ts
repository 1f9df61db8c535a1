/** Statements for tests: whole and plausible, with any part replaced. */

import type {
  Amount,
  Statement,
  StatementCurrency,
  StatementLine,
  StatementSummary,
} from "../model.ts";

export const usd: StatementCurrency = { code: "USD", exponent: 2 };
export const jpy: StatementCurrency = { code: "JPY", exponent: 0 };
export const kwd: StatementCurrency = { code: "KWD", exponent: 3 };

/** A line whose figures all follow from its number, so that no two lines look alike. */
export function sampleLine(number: number, over: Partial<StatementLine> = {}): StatementLine {
  const pretax = BigInt(number) * 1_000n + 999n;
  const tax = pretax / 10n;
  return {
    date: new Date(Date.UTC(2024, 9, 1 + (number % 31))),
    product: `Product ${number} Standard Edition`,
    publisher: "Contoso Publishing",
    customer: `Customer ${number} Ltd`,
    quantity: number + 1,
    unitPrice: { decimal: "14.4", currency: usd },
    pretax: { minor: pretax },
    tax: { minor: tax },
    total: { minor: pretax + tax },
    ...over,
  };
}

export function sampleLines(count: number): StatementLine[] {
  return Array.from({ length: count }, (_, index) => sampleLine(index + 1));
}

function sum(amounts: readonly Amount[]): Amount {
  return { minor: amounts.reduce((total, { minor }) => total + minor, 0n) };
}

/** The summary that the lines add up to. */
export function summaryOf(lines: readonly StatementLine[]): StatementSummary {
  const pretax = lines.map((line) => line.pretax);
  return {
    charges: sum(pretax.filter(({ minor }) => minor > 0n)),
    credits: sum(pretax.filter(({ minor }) => minor < 0n)),
    subtotal: sum(pretax),
    tax: sum(lines.map((line) => line.tax)),
    total: sum(lines.map((line) => line.total)),
  };
}

export function sampleStatement(over: Partial<Statement> = {}): Statement {
  const lines = over.lines ?? sampleLines(3);
  const address = ["Lindenstraße 14", "10969 Berlin", "Germany"];
  return {
    number: "G000024135",
    documentType: "invoice",
    invoiceDate: new Date("2024-11-08T00:00:00Z"),
    billingPeriod: { first: new Date("2024-10-01"), last: new Date("2024-10-31") },
    paymentTermDays: 60,
    purchaseOrderNumber: "PO-4500",
    issuer: { name: "Northwind Distribution Ltd", addressLines: ["Dublin"], taxId: "IE1" },
    billTo: { name: "Contoso Partners GmbH", addressLines: address, taxId: "DE123456789" },
    soldTo: { name: "Contoso Services AG", addressLines: address },
    currency: usd,
    summary: summaryOf(lines),
    lines,
    exchangeRates: [],
    notPayable: false,
    ...over,
  };
}
