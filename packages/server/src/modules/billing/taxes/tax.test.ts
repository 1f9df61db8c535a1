import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unitAmount } from "../../../foundation/money.ts";
import { flatTax, sumOfLines, type Tax, taxed } from "./tax.ts";
import { readTaxes } from "./tax-table.ts";

const price = { effectiveUnitPrice: "10.99", exchangeRate: "1", currency: "USD", quantity: 3 };
const vat: Tax = { name: "VAT", rate: "0.19", included: false };

describe("taxes", () => {
  test("are lines, each worked out by itself", () => {
    const local: Tax = { name: "City", rate: "0.0125", included: false };
    expect(taxed(price, [vat, local])).toEqual({
      effectiveUnitPrice: "10.99",
      subtotalMinor: 3297n,
      taxLines: [
        { name: "VAT", rate: "0.19", included: false, minor: 626n },
        { name: "City", rate: "0.0125", included: false, minor: 41n },
      ],
    });
  });

  test("are none without a tax, and none at a rate of 0", () => {
    expect(taxed(price, flatTax("0")).taxLines).toEqual([]);
    expect(flatTax("0.10")).toEqual([{ name: "Tax", rate: "0.10", included: false }]);
  });

  test("that a price contains are taken out of it, and the price stays what is paid", () => {
    const gst: Tax = { name: "GST", rate: "0.1", included: true };
    const result = taxed({ ...price, effectiveUnitPrice: "11.00" }, [gst]);
    expect(result).toEqual({
      effectiveUnitPrice: "10",
      subtotalMinor: 3000n,
      taxLines: [{ name: "GST", rate: "0.1", included: true, minor: 300n }],
    });
    const odd = taxed(price, [gst]);
    expect(odd.effectiveUnitPrice).toBe("9.990909");
    expect([odd.subtotalMinor, sumOfLines(odd.taxLines)]).toEqual([2997n, 300n]);
  });

  test("contained in any price add up with the subtotal to the full amount", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999 }).map((n) => (n / 10_000).toFixed(4)),
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom("USD", "JPY", "KWD"),
        fc.constantFrom("1", "0.92", "151.337", "0.846202666"),
        fc.array(fc.constantFrom("0.1", "0.05", "0.0925", "0.18"), { minLength: 1, maxLength: 4 }),
        (unitPrice, quantity, currency, exchangeRate, rates) => {
          const taxes = rates.map((rate, n) => ({ name: `T${n}`, rate, included: true }));
          const of = { effectiveUnitPrice: unitPrice, exchangeRate, currency, quantity };
          const { effectiveUnitPrice, subtotalMinor, taxLines } = taxed(of, taxes);
          const full = unitAmount(unitPrice, exchangeRate, currency) * BigInt(quantity);
          expect(subtotalMinor + sumOfLines(taxLines)).toBe(full);
          expect(taxLines.every(({ minor }) => minor >= 0n)).toBe(true);
          const again = unitAmount(effectiveUnitPrice, exchangeRate, currency) * BigInt(quantity);
          expect(subtotalMinor).toBe(again);
        },
      ),
    );
  });
});

describe("a file of taxes", () => {
  test("names each tax of a country from a day on", () => {
    const csv =
      "country,name,rate,included,from\nau,GST,0.1,TRUE,2031-01-01\nDE,VAT,0.19,,2031-01-01";
    const validFrom = new Date("2031-01-01T00:00:00.000Z");
    expect(readTaxes(csv)).toEqual([
      { country: "AU", name: "GST", rate: "0.1", included: true, validFrom },
      { country: "DE", name: "VAT", rate: "0.19", included: false, validFrom },
    ]);
  });

  test.each([
    ["XX,VAT,0.19,,2031-01-01", "XX is not a known ISO 3166 code"],
    [`DE,${"V".repeat(61)},0.19,,2031-01-01`, "more than 60 characters"],
    ["DE,VAT,19,,2031-01-01", "the rate must be 0 to 1"],
    ["DE,VAT,0.1234567,,2031-01-01", "the rate must be 0 to 1"],
    ["DE,VAT,0.19,perhaps,2031-01-01", "included must be true or false"],
    ["DE,VAT,0.19,,2031-02-29", "from must be YYYY-MM-DD"],
    ["DE,,0.19,,2031-02-28", "name is missing"],
    ["DE,Tax,0.19,,2031-01-01\nde,Tax,0.2,,2031-01-01", "repeats line 2"],
  ])("with the row %s is refused with its line", (row, cause) => {
    const place = row.includes("\n") ? "line 3: " : "line 2: ";
    expect(() => readTaxes(`country,name,rate,included,from\n${row}`)).toThrow(place);
    expect(() => readTaxes(`country,name,rate,included,from\n${row}`)).toThrow(cause);
  });
});
