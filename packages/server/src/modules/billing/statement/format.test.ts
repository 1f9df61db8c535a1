import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  formatAmount,
  formatDate,
  formatDecimal,
  formatMoney,
  formatPercent,
  formatQuantity,
  formatShortDate,
} from "./format.ts";
import { jpy, kwd, usd } from "./testing/sample.ts";

describe("amounts", () => {
  test.each([
    [0n, usd, "0.00"],
    [5n, usd, "0.05"],
    [-5n, usd, "-0.05"],
    [99_999n, usd, "999.99"],
    [100_000n, usd, "1,000.00"],
    [-123_456_789n, usd, "-1,234,567.89"],
    [9_223_372_036_854_775_807n, usd, "92,233,720,368,547,758.07"],
    [0n, jpy, "0"],
    [1_234_567n, jpy, "1,234,567"],
    [-1_000n, jpy, "-1,000"],
    [7n, kwd, "0.007"],
    [1_234_567n, kwd, "1,234.567"],
  ])("%s of %o is printed as %s", (minor, currency, printed) => {
    expect(formatAmount({ minor }, currency)).toBe(printed);
  });

  test("keep every digit and group by three, whatever the currency", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 4 }), (minor, exponent) => {
        const printed = formatAmount({ minor }, { code: "XXX", exponent });
        expect(BigInt(printed.replace(/[,.]/g, ""))).toBe(minor);
        expect(printed).toMatch(/^-?\d{1,3}(,\d{3})*(\.\d+)?$/);
        expect(printed.split(".")[1]?.length ?? 0).toBe(exponent);
      }),
    );
  });

  test("carry the code of their currency where they stand alone", () => {
    expect(formatMoney({ minor: -1_234_500n }, usd)).toBe("USD -12,345.00");
  });
});

describe("decimals", () => {
  test.each([
    ["14.4", 2, "14.40"],
    ["14.400000", 2, "14.40"],
    ["0.03825", 2, "0.03825"],
    ["1234567", 0, "1,234,567"],
    ["1.000", 0, "1"],
    ["007.5", 2, "7.50"],
    ["-0.5", 3, "-0.500"],
  ])("%s with at least %i decimals is printed as %s", (text, decimals, printed) => {
    expect(formatDecimal(text, decimals)).toBe(printed);
  });

  test.each(["1e-7", "", ".5", "5.", "1,000", "NaN", " 1", "1\n"])("%j is refused", (text) => {
    expect(() => formatDecimal(text, 2)).toThrow(RangeError);
  });
});

describe("quantities", () => {
  test("are grouped whole numbers", () => {
    expect(formatQuantity(1)).toBe("1");
    expect(formatQuantity(12_345)).toBe("12,345");
  });

  test("with a fraction are refused", () => {
    expect(() => formatQuantity(2.5)).toThrow(RangeError);
  });
});

describe("dates", () => {
  test("are the UTC day, at either end of it", () => {
    expect(formatDate(new Date("2024-11-08T00:00:00Z"))).toBe("8 November 2024");
    expect(formatDate(new Date("2024-12-31T23:59:59.999Z"))).toBe("31 December 2024");
    expect(formatShortDate(new Date("2024-05-01T12:00:00Z"))).toBe("1 May 2024");
    expect(formatShortDate(new Date("2024-09-30T00:00:00Z"))).toBe("30 Sep 2024");
  });

  test("that are invalid are refused", () => {
    expect(() => formatDate(new Date("x"))).toThrow(RangeError);
    expect(() => formatShortDate(new Date("x"))).toThrow(RangeError);
  });

  test("move by whole days over month, year and leap day", () => {
    expect(formatDate(addDays(new Date("2024-11-08"), 60))).toBe("7 January 2025");
    expect(formatDate(addDays(new Date("2024-01-08"), 60))).toBe("8 March 2024");
    expect(formatDate(addDays(new Date("2025-01-08"), 60))).toBe("9 March 2025");
  });
});

test.each([
  ["0.19", "19%"],
  ["0.0825", "8.25%"],
  ["0.1", "10%"],
  ["0", "0%"],
  ["1.5", "150%"],
])("a rate of %s is %s", (rate, expected) => {
  expect(formatPercent(rate)).toBe(expected);
});
