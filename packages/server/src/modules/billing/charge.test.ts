import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../../foundation/limits.ts";
import { type ChargeBasis, chargeFor } from "./charge.ts";
import { flatTax } from "./taxes/tax.ts";
import { chargeBasis } from "./test-support/basis.ts";

const basis = chargeBasis(new Date("2024-10-11T09:14:07.118Z"));

function amounts(changes: Partial<ChargeBasis>, taxRate = "0") {
  const { subtotalMinor, taxMinor } = chargeFor({ ...basis, ...changes }, flatTax(taxRate));
  return { subtotalMinor, taxMinor };
}

describe("a charge", () => {
  test("14.40 at 0.92 for 50 seats is 662.00, not 662.40", () => {
    const changes = { effectiveUnitPrice: "14.40", exchangeRate: "0.92", quantity: 50 };
    expect(amounts({ ...changes, currency: "EUR" }).subtotalMinor).toBe(66_200n);
  });

  test("the sample invoice of four lines comes to 9769.10", () => {
    const lines = [
      amounts({ effectiveUnitPrice: "3717", quantity: 2 }, "0.1"),
      amounts({ effectiveUnitPrice: "1447" }, "0.1"),
      amounts({ effectiveUnitPrice: "501" }, "0.1"),
    ];
    expect(lines.map((line) => line.subtotalMinor + line.taxMinor)).toEqual([
      817_740n,
      159_170n,
      55_110n,
    ]);
  });

  test.each([
    { currency: "USD", price: "1.239", subtotal: 3n * 123n },
    { currency: "JPY", price: "1.999", subtotal: 3n * 1n },
    { currency: "KWD", price: "1.2349", subtotal: 3n * 1234n },
  ])("the price of a unit is cut to what $currency has", ({ currency, price, subtotal }) => {
    const changes = { effectiveUnitPrice: price, quantity: 3, currency, pricingCurrency: currency };
    expect(amounts(changes).subtotalMinor).toBe(subtotal);
  });

  test("tax is cut, not rounded up", () => {
    expect(amounts({ effectiveUnitPrice: "0.99" }, "0.19").taxMinor).toBe(18n);
  });

  test("the event's UTC month is the period", () => {
    const late = new Date("2024-10-31T23:59:59.999Z");
    const charge = chargeFor({ ...basis, occurredAt: late }, []);
    expect(charge.period).toBe("2024-10");
  });

  test("the largest line is accepted and one minor unit more is refused", () => {
    expect(limits.lineMinor).toBe(999_999_999_999_999n);
    expect(amounts({ effectiveUnitPrice: "9999999999999.99" }).subtotalMinor).toBe(
      limits.lineMinor,
    );
    expect(() => amounts({ effectiveUnitPrice: "10000000000000.00" })).toThrow(
      "QUANTITY_OUT_OF_RANGE",
    );
    expect(() => amounts({ effectiveUnitPrice: "9999999999999.99" }, "0.1")).toThrow(
      "QUANTITY_OUT_OF_RANGE",
    );
  });

  test("the cut of a subtotal is less than one minor unit for each unit", () => {
    const cents = fc.bigInt({ min: 0n, max: 9_999_999n });
    const rate = fc.integer({ min: 1, max: 2_000_000 });
    const quantity = fc.integer({ min: 1, max: 5_000 });
    fc.assert(
      fc.property(cents, rate, quantity, (price, millionths, count) => {
        const { subtotalMinor } = amounts({
          effectiveUnitPrice: `${price / 100n}.${(price % 100n).toString().padStart(2, "0")}`,
          exchangeRate: (millionths / 1_000_000).toFixed(6),
          quantity: count,
        });
        const exact = price * BigInt(millionths) * BigInt(count);
        const cut = exact - subtotalMinor * 1_000_000n;
        expect(cut).toBeGreaterThanOrEqual(0n);
        expect(cut).toBeLessThan(1_000_000n * BigInt(count));
        expect(subtotalMinor % BigInt(count)).toBe(0n);
      }),
    );
  });
});
