import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InvoiceRow } from "./invoice.ts";
import type { LineRow } from "./line-item.ts";
import { statementOf } from "./statement-of.ts";

const address = { country: "DE", city: "Berlin", addressLine1: "Lindenstraße 14" };
const primaryContact = { firstName: "Ada", lastName: "Lang", email: "ada@contoso.example" };
const parties = {
  billing: {
    companyName: "Contoso GmbH",
    address: { ...address, addressLine2: "Hof 2", state: "BE", postalCode: "10969" },
    primaryContact: { ...primaryContact, phoneNumber: "030 5550100" },
    taxId: "DE123456789",
    purchaseOrderNumber: "PO-4500",
  },
  legal: { companyName: "Contoso Services AG", address, primaryContact },
};

const base = {
  occurredAt: new Date("2024-10-11T09:14:07.118Z"),
  productTitle: "SQL Server Standard",
  skuTitle: "SQL Server Standard - 2 Core License Pack",
  publisherName: "Microsoft Corporation",
  companyName: "Fabrikam Ltd",
  quantity: 50,
  effectiveUnitPrice: "14.40",
  pricingCurrency: "USD",
  subscriptionId: null,
  billingCycle: "one_time",
  currency: "EUR",
  subtotalMinor: 66_200n,
  taxMinor: 6_620n,
} as LineRow;

function invoiceOf(lines: readonly LineRow[]): InvoiceRow {
  const subtotalMinor = lines.reduce((sum, line) => sum + line.subtotalMinor, 0n);
  const taxMinor = lines.reduce((sum, line) => sum + line.taxMinor, 0n);
  return {
    documentType: "invoice",
    amends: null,
    reason: "",
    isVoided: false,
    invoiceId: "G000000001",
    currency: "EUR",
    period: "2024-10",
    issuedAt: new Date("2024-11-08T00:00:00.000Z"),
    subtotalMinor,
    taxMinor,
    totalMinor: subtotalMinor + taxMinor,
    lineCount: lines.length,
  };
}

const rates = [
  { pricingCurrency: "USD", rate: "0.92", date: new Date("2024-10-01T00:00:00.000Z") },
];
const breakdown = {
  chargesMinor: 66_200n,
  creditsMinor: 0n,
  rates,
  taxes: [{ name: "VAT", rate: "0.1", baseMinor: 66_200n, taxMinor: 6_620n }],
  replacedBy: null,
};

test("a statement says what the invoice and its lines say", () => {
  expect(statementOf(invoiceOf([base]), breakdown, [base], parties, "sandbox")).toEqual({
    number: "G000000001",
    documentType: "invoice",
    invoiceDate: new Date("2024-11-08T00:00:00.000Z"),
    billingPeriod: {
      first: new Date("2024-10-01T00:00:00.000Z"),
      last: new Date("2024-10-31T00:00:00.000Z"),
    },
    paymentTermDays: 60,
    issuer: { name: "Kontor sandbox", addressLines: [] },
    purchaseOrderNumber: "PO-4500",
    billTo: {
      name: "Contoso GmbH",
      addressLines: ["Lindenstraße 14", "Hof 2", "Berlin, BE 10969", "Germany"],
      contactLines: ["Ada Lang", "ada@contoso.example", "030 5550100"],
      taxId: "DE123456789",
    },
    soldTo: {
      name: "Contoso Services AG",
      addressLines: ["Lindenstraße 14", "Berlin", "Germany"],
      contactLines: ["Ada Lang", "ada@contoso.example"],
    },
    currency: { code: "EUR", exponent: 2 },
    summary: {
      charges: { minor: 66_200n },
      credits: { minor: 0n },
      subtotal: { minor: 66_200n },
      tax: { minor: 6_620n },
      taxes: [{ name: "VAT", rate: "0.1", base: { minor: 66_200n }, tax: { minor: 6_620n } }],
      total: { minor: 72_820n },
    },
    lines: [
      {
        date: base.occurredAt,
        product: "SQL Server Standard",
        publisher: "Microsoft Corporation",
        note: "SQL Server Standard - 2 Core License Pack",
        customer: "Fabrikam Ltd",
        recurring: false,
        quantity: 50,
        unitPrice: { decimal: "14.40", currency: { code: "USD", exponent: 2 } },
        pretax: { minor: 66_200n },
        tax: { minor: 6_620n },
        total: { minor: 72_820n },
      },
    ],
    exchangeRates: rates,
    notPayable: true,
  });
});

test("a live statement is payable", () => {
  const statement = statementOf(invoiceOf([base]), breakdown, [base], parties, "live");
  expect(statement.notPayable).toBe(false);
  expect(statement.issuer.name).toBe("Kontor");
});

describe("the title is", () => {
  const titled = (over: Partial<InvoiceRow>, replacedBy: string | null = null) =>
    statementOf(
      { ...invoiceOf([base]), ...over },
      { ...breakdown, replacedBy },
      [base],
      parties,
      "live",
    );

  test("an adjustment note's own, with what it changes and why", () => {
    const statement = titled({ documentType: "adjustment_note", amends: "G1", reason: "Late" });
    expect(statement).toMatchObject({
      documentType: "adjustment_note",
      amends: "G1",
      reason: "Late",
    });
  });

  test("a credit note's for what takes an invoice back", () => {
    const statement = titled({ documentType: "void_note", amends: "G1" });
    expect(statement).toMatchObject({ documentType: "credit_note", amends: "G1" });
  });

  test("void on what was taken back, with what replaces it", () => {
    const statement = titled({ isVoided: true }, "G3");
    expect(statement).toMatchObject({ documentType: "void_note", replacedBy: "G3" });
  });

  test("an invoice's for what replaces one", () => {
    expect(titled({ amends: "G1" })).toMatchObject({ documentType: "invoice", amends: "G1" });
  });
});

test.each([
  ["a subscription", "monthly", "sub", true],
  ["a subscription paid once", "one_time", "sub", false],
  ["software", "one_time", null, false],
])("the line of %s billed %s is recurring or not", (_, billingCycle, subscriptionId, expected) => {
  const row = { ...base, billingCycle, subscriptionId };
  const { lines } = statementOf(invoiceOf([row]), breakdown, [row], parties, "live");
  expect(lines[0]?.recurring).toBe(expected);
});

test("a line whose product and SKU have one name shows it once", () => {
  const plain = { ...base, skuTitle: base.productTitle };
  const { lines } = statementOf(invoiceOf([plain]), breakdown, [plain], parties, "live");
  expect(lines[0]?.note).toBeUndefined();
});

test("lines that are not printed are summed up, so the table adds up to the invoice", () => {
  const amount = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
  const some = fc
    .record({ subtotalMinor: amount, taxMinor: amount })
    .map((amounts): LineRow => ({ ...base, ...amounts }));
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), fc.nat(8), (all, printed) => {
      const shown = all.slice(0, printed);
      const invoice = invoiceOf(all);
      const { lines } = statementOf(invoice, breakdown, shown, parties, "live");
      expect(lines).toHaveLength(shown.length + (shown.length < all.length ? 1 : 0));
      const sum = (part: "pretax" | "tax" | "total") =>
        lines.reduce((total, line) => total + line[part].minor, 0n);
      expect([sum("pretax"), sum("tax"), sum("total")]).toEqual([
        invoice.subtotalMinor,
        invoice.taxMinor,
        invoice.totalMinor,
      ]);
      if (shown.length === all.length) return;
      expect(lines.at(-1)?.product).toMatch(
        all.length - shown.length === 1 ? /^1 further line$/ : /^\d further lines$/,
      );
      expect(lines.at(-1)?.unitPrice.decimal).toMatch(/^\d+\.\d\d$/);
    }),
  );
});
