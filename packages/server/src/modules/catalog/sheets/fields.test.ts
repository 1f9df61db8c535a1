import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStart } from "../offer.ts";
import {
  isPlainText,
  readCurrency,
  readEnd,
  readMarket,
  readPrice,
  readProductId,
  readSegment,
  readSkuId,
  readStart,
  readTerm,
} from "./fields.ts";

describe("codes", () => {
  test("a market is a country of ISO 3166, in any case", () => {
    expect(["DE", "us", "Tw", "XK"].map(readMarket)).toEqual(["DE", "US", "TW", "XK"]);
    expect(["", "D", "DEU", "ZZ", "EU", "UK", "QX", "1A"].map(readMarket)).toEqual(
      Array(8).fill(null),
    );
  });

  test("a currency is money of ISO 4217", () => {
    expect(["USD", "eur", "TWD", "KWD"].map(readCurrency)).toEqual(["USD", "EUR", "TWD", "KWD"]);
    expect(["", "US", "USDX", "XXX", "XTS", "XAU", "ABC"].map(readCurrency)).toEqual(
      Array(7).fill(null),
    );
  });

  test("segments have the wire's names; charity is nonprofit, no segment is commercial", () => {
    const read = ["Commercial", "EDUCATION", "government", "Charity", "Non-profit", ""];
    expect(read.map(readSegment)).toEqual([
      "commercial",
      "education",
      "government",
      "nonprofit",
      "nonprofit",
      "commercial",
    ]);
    expect(["Academic", "constructor", "__proto__"].map(readSegment)).toEqual(Array(3).fill(null));
  });

  test("terms are those of the contract", () => {
    expect(["P1M", "p1y", "P3Y", "1 Year", "3 Years"].map(readTerm)).toEqual([
      "P1M",
      "P1Y",
      "P3Y",
      "P1Y",
      "P3Y",
    ]);
    expect(["", "P5Y", "P0Y", "10 Years", "5 Years", "12"].map(readTerm)).toEqual(
      Array(6).fill(null),
    );
  });
});

describe("ids", () => {
  test("a SKU id that has lost its leading zeros gets them back", () => {
    expect(["1", "15", "f", "000F", "001s", "0EFG"].map(readSkuId)).toEqual([
      "0001",
      "0015",
      "000F",
      "000F",
      "001S",
      "0EFG",
    ]);
    expect(["", "00001", "1E+10", "0 1", "MS-AZR-0145P"].map(readSkuId)).toEqual(
      Array(5).fill(null),
    );
  });

  test("a product id has 12 characters", () => {
    expect(readProductId("dg7gmgf0abcd")).toBe("DG7GMGF0ABCD");
    expect(["", "DG7GMGF0ABC", "DG7GMGF0ABCDE", "DG7GMGF0ABC-"].map(readProductId)).toEqual(
      Array(4).fill(null),
    );
  });
});

describe("prices", () => {
  test("keep their value and lose what is not needed to write it", () => {
    const read: [string, string][] = [
      ["0", "0"],
      ["0.0", "0"],
      ["13.56", "13.56"],
      ["15168242.0", "15168242"],
      ["0.4973500", "0.49735"],
      ["007.10", "7.1"],
      ["100", "100"],
      ["7.1E-05", "0.000071"],
      ["2e3", "2000"],
      ["123456789012345.123456789012345", "123456789012345.123456789012345"],
    ];
    for (const [text, price] of read) expect(readPrice(text), text).toBe(price);
  });

  test("are refused in any other form", () => {
    const wrong =
      "|-1|+1|1,5|1.000,00|$5|5 USD|.5|5.|NaN|Infinity|0x10|1e999|1e20|1234567890123456";
    for (const text of wrong.split("|")) expect(readPrice(text), text).toBeNull();
  });

  test("every decimal of up to 15 digits either side comes back as the same number", () => {
    const digits = fc.stringMatching(/^\d{1,15}$/);
    fc.assert(
      fc.property(digits, digits, (whole, fraction) => {
        const price = readPrice(`${whole}.${fraction}`) ?? "";
        expect(price).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [readWhole = "", readFraction = ""] = price.split(".");
        expect(BigInt(readWhole)).toBe(BigInt(whole));
        expect(readFraction.padEnd(15, "0")).toBe(fraction.padEnd(15, "0"));
      }),
    );
  });
});

describe("dates", () => {
  test("a start is an instant in UTC with milliseconds", () => {
    const start = "2024-05-01T00:00:00.000Z";
    const same = [
      "2024-05-01T00:00:00.0000000Z",
      "2024-05-01T00:00:00Z",
      "2024-05-01T00:00:00",
      "2024-05-01 00:00",
      "2024-05-01",
      "2024-05-01T02:00:00+02:00",
      "2024-04-30T19:00:00-05:00",
    ];
    for (const text of same) expect(readStart(text), text).toBe(start);
    expect(readStart("2024-02-29T23:59:58.1234567Z")).toBe("2024-02-29T23:59:58.123Z");
  });

  test("a placeholder start is the open start", () => {
    expect(readStart("1753-01-02T00:00:00.0000000Z")).toBe(openStart);
    expect(readStart("0001-01-01T00:00:00Z")).toBe(openStart);
    expect(readStart("1900-01-01")).toBe("1900-01-01T00:00:00.000Z");
  });

  test("a placeholder end and an empty one are open", () => {
    expect(readEnd("9999-11-30T23:59:59.0000000Z")).toEqual({ at: null });
    expect(readEnd("")).toEqual({ at: null });
  });

  test("an inclusive end becomes the midnight that follows, others stay", () => {
    const midnight = { at: "2025-04-01T00:00:00.000Z" };
    for (const text of ["23:59:00", "23:59:59", "23:59:59.999"]) {
      expect(readEnd(`2025-03-31T${text}Z`), text).toEqual(midnight);
    }
    expect(readEnd("2025-04-01T00:00:00")).toEqual(midnight);
    expect(readEnd("2025-03-31T23:58:59Z")).toEqual({ at: "2025-03-31T23:58:59.000Z" });
  });

  test("what is no date is refused", () => {
    const wrong =
      "tomorrow|5/1/2024|2024-13-01|2024-02-30|2023-02-29|2024-05-01T24:00:00Z|20240501";
    for (const text of wrong.split("|")) {
      expect(readStart(text), text).toBeNull();
      expect(readEnd(text), text).toBeNull();
    }
    expect(readStart("")).toBeNull();
  });
});

test("text has no control characters, lone surrogates or lost characters", () => {
  for (const text of ["", "Café – 日本語 😀", "two\r\nlines\tand a tab"]) {
    expect(isPlainText(text), text).toBe(true);
  }
  for (const text of ["a\u0000b", "Caf\uFFFD", "\uD83D", "bell\u0007"]) {
    expect(isPlainText(text), JSON.stringify(text)).toBe(false);
  }
});
