import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  addMoney,
  decimalOf,
  exponentOf,
  isCurrency,
  jsonAmount,
  money,
  roundBy,
  symbolOf,
  taxOn,
  toMinor,
  unitAmount,
} from "./money.ts";

const currency = fc.constantFrom("JPY", "USD", "KWD");
const minor = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });

describe("the documented examples", () => {
  test("14.40 at 0.92 for 50 seats is 662.00, cut per unit", () => {
    expect(unitAmount("14.40", "0.92", "USD") * 50n).toBe(66200n);
  });
  test("a refund is the exact mirror of its charge: truncation goes toward zero", () => {
    expect(toMinor("-3.8667", "USD")).toBe(-386n);
    expect(toMinor("3.8667", "USD")).toBe(386n);
  });
  test("the other rule holds for prices and taxes from one switch", () => {
    onTestFinished(() => roundBy("truncate"));
    roundBy("half-up");
    expect([toMinor("3.8667", "USD"), taxOn(1050n, "0.05")]).toEqual([387n, 53n]);
    expect(unitAmount("14.40", "0.92", "EUR") * 50n).toBe(66250n);
  });
});

test("an amount survives its decimal text exactly, whatever the currency's digits", () => {
  fc.assert(
    fc.property(minor, currency, (amount, code) => {
      expect(toMinor(decimalOf(money(amount, code)), code)).toBe(amount);
    }),
  );
});

test("an amount of up to 15 digits survives its JSON number exactly", () => {
  fc.assert(
    fc.property(minor, currency, (amount, code) => {
      const wire = JSON.stringify(jsonAmount(amount, code));
      expect(toMinor(Number(wire).toFixed(exponentOf(code)), code)).toBe(amount);
    }),
  );
});

test("truncation never invents money and loses less than one minor unit", () => {
  const digits = fc.bigInt({ min: 0n, max: 10n ** 12n });
  fc.assert(
    fc.property(digits, currency, (micros, code) => {
      const exact = `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, "0")}`;
      const scale = 10n ** BigInt(exponentOf(code) ?? 0);
      const cut = toMinor(exact, code);
      expect(cut * 1_000_000n <= micros * scale).toBe(true);
      expect((cut + 1n) * 1_000_000n > micros * scale).toBe(true);
    }),
  );
});

test("tax mirrors between a charge and its credit", () => {
  fc.assert(
    fc.property(minor, fc.constantFrom("0", "0.1", "0.0725", "0.19"), (amount, rate) => {
      expect(taxOn(-amount, rate)).toBe(-taxOn(amount, rate));
    }),
  );
});

describe("currencies", () => {
  test("have the ISO 4217 exponent", () => {
    expect([exponentOf("JPY"), exponentOf("USD"), exponentOf("KWD")]).toEqual([0, 2, 3]);
    expect(isCurrency("XXY")).toBe(false);
  });
  test("have a symbol, or their code", () => {
    expect(["USD", "EUR", "GBP", "JPY", "CHF"].map(symbolOf)).toEqual(["$", "€", "£", "¥", "CHF"]);
  });
  test("are never added to each other", () => {
    expect(() => addMoney(money(1n, "USD"), money(1n, "EUR"))).toThrow(/convert first/);
  });
});

test("the JSON number of an amount is that of its decimal text", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
      fc.constantFrom("USD", "JPY", "KWD"),
      (minor, currency) => {
        expect(jsonAmount(minor, currency)).toBe(Number(decimalOf({ minor, currency })));
      },
    ),
  );
});
