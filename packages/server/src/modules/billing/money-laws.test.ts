/** Laws of money that hold for any charge: what may be done in parts comes to the same as at once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays } from "../../foundation/clock.ts";
import { allocate } from "../../foundation/money.ts";
import { chargeFor, type NewCharge } from "./charge.ts";
import { creditFor } from "./credit.ts";
import { sumOfLines, type Tax } from "./taxes/tax.ts";
import { chargeBasis } from "./test-support/basis.ts";

const startsAt = new Date("2031-01-01T00:00:00.000Z");
const days = 360;
const basis = chargeBasis(startsAt, { endsAt: addDays(startsAt, days) });

const cents = fc.integer({ min: 0, max: 99_999_999 });
const quantity = fc.integer({ min: 1, max: 500 });
const someTaxes = fc.array(
  fc.record({
    name: fc.constantFrom("A", "B"),
    rate: fc.constantFrom("0.05", "0.1", "0.19", "0.09975"),
    included: fc.boolean(),
  }),
  { maxLength: 3 },
);
const somePrice = cents.map((n) => (n / 10_000).toFixed(4));
const someRate = fc.constantFrom("1", "0.92", "151.337", "0.846202666");
const someCurrency = fc.constantFrom("USD", "JPY", "KWD");

const someBasis = fc
  .record({ price: somePrice, quantity, exchangeRate: someRate, currency: someCurrency })
  .map(({ price, ...rest }) => ({ ...basis, effectiveUnitPrice: price, ...rest }));

const day = fc.integer({ min: 0, max: days });
const left = (charge: NewCharge, at: number) => {
  const credit = creditFor(charge, addDays(startsAt, at), "unused days");
  return { subtotal: -(credit?.subtotalMinor ?? 0n), tax: -(credit?.taxMinor ?? 0n) };
};

describe("a charge", () => {
  test("of some units and one of the others have the subtotal of one charge for all", () => {
    fc.assert(
      fc.property(someBasis, quantity, someTaxes, (of, more, taxes) => {
        const [one, other] = [chargeFor(of, taxes), chargeFor({ ...of, quantity: more }, taxes)];
        const both = chargeFor({ ...of, quantity: of.quantity + more }, taxes);
        expect(one.subtotalMinor + other.subtotalMinor).toBe(both.subtotalMinor);
        // Each tax of each part is cut by less than a minor unit.
        const cut = both.taxMinor - one.taxMinor - other.taxMinor;
        expect(cut >= 0n && cut <= BigInt(taxes.length)).toBe(true);
      }),
    );
  });

  test("comes to the same digits in every currency, moved by its decimals", () => {
    const plain = (taxes: Tax[]) => taxes.map((tax) => ({ ...tax, included: false }));
    fc.assert(
      fc.property(cents, quantity, someTaxes, (digits, count, taxes) => {
        const made = [
          ["JPY", 0],
          ["USD", 2],
          ["KWD", 3],
        ].map(([currency, decimals]) => {
          const price = (digits / 10 ** Number(decimals)).toFixed(Number(decimals));
          const of = { ...basis, effectiveUnitPrice: price, quantity: count };
          const { subtotalMinor, taxMinor } = chargeFor(
            { ...of, currency: `${currency}` },
            plain(taxes),
          );
          return [subtotalMinor, taxMinor];
        });
        expect(made[1]).toEqual(made[0]);
        expect(made[2]).toEqual(made[0]);
      }),
    );
  });

  test("that is cancelled at once comes to nothing, in every tax of it", () => {
    fc.assert(
      fc.property(someBasis, someTaxes, (of, taxes) => {
        const charge = chargeFor(of, taxes);
        for (const refund of ["whole", "unused days"] as const) {
          const credit = creditFor(charge, startsAt, refund);
          expect(credit?.subtotalMinor).toBe(-charge.subtotalMinor);
          expect(credit?.taxLines.map(({ minor }) => -minor)).toEqual(
            charge.taxLines.map(({ minor }) => minor),
          );
          expect(credit).toMatchObject({
            exchangeRate: charge.exchangeRate,
            exchangeRateDate: charge.exchangeRateDate,
          });
        }
      }),
    );
  });

  test("gives back less the longer it is used, of the price and of each tax, never below zero", () => {
    fc.assert(
      fc.property(someBasis, someTaxes, day, day, (of, taxes, a, b) => {
        const charge = chargeFor(of, taxes);
        const [early, late] = [left(charge, Math.min(a, b)), left(charge, Math.max(a, b))];
        expect(late.subtotal <= early.subtotal && late.tax <= early.tax).toBe(true);
        expect(late.subtotal >= 0n && late.tax >= 0n).toBe(true);
        expect(early.subtotal <= charge.subtotalMinor && early.tax <= charge.taxMinor).toBe(true);
      }),
    );
  });

  test("used for a time and then for another gives back what one use of both would", () => {
    fc.assert(
      fc.property(someBasis, day, day, (of, a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const charge = chargeFor(of, []);
        const half = creditFor(charge, addDays(startsAt, first), "unused days");
        if (!half) return;
        // What is left after the first time, as a charge of its own.
        const rest = chargeFor({ ...half, occurredAt: startsAt, chargeType: "new" }, []);
        const apart = left(rest, second).subtotal;
        const together = left(charge, second).subtotal;
        // The price for the days left is cut to a millionth twice: at most one cut more a unit.
        const off = together - apart;
        expect(off >= 0n && off <= BigInt(of.quantity)).toBe(true);
      }),
    );
  });

  test("has as its tax what its tax lines come to", () => {
    fc.assert(
      fc.property(someBasis, someTaxes, day, (of, taxes, at) => {
        const charge = chargeFor(of, taxes);
        expect(sumOfLines(charge.taxLines)).toBe(charge.taxMinor);
        const credit = creditFor(charge, addDays(startsAt, at), "unused days");
        expect(sumOfLines(credit?.taxLines ?? [])).toBe(credit?.taxMinor ?? 0n);
      }),
    );
  });
});

test("a month's total does not depend on the order of its charges", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(someBasis, someTaxes), { maxLength: 20 }), (sales) => {
      const total = (of: typeof sales) =>
        of.reduce((sum, [sale, taxes]) => {
          const { subtotalMinor, taxMinor } = chargeFor(sale, taxes);
          return sum + subtotalMinor + taxMinor;
        }, 0n);
      expect(total(sales.toReversed())).toBe(total(sales));
    }),
  );
});

describe("sharing an amount", () => {
  const total = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 1, maxLength: 30 })
    .filter((some) => some.some((weight) => weight > 0n));

  test("loses nothing, and gives each its part to less than a minor unit", () => {
    fc.assert(
      fc.property(total, weights, (amount, of) => {
        const shares = allocate(amount, of);
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(amount);
        const all = of.reduce((sum, weight) => sum + weight, 0n);
        for (const [index, share] of shares.entries()) {
          const off = share * all - amount * (of[index] ?? 0n);
          expect(off > -all && off < all).toBe(true);
        }
      }),
    );
  });

  test("mirrors for a credit, and no weight gets nothing", () => {
    fc.assert(
      fc.property(total, weights, (amount, of) => {
        const shares = allocate(amount, of);
        expect(allocate(-amount, of)).toEqual(shares.map((share) => -share));
        expect(shares.filter((share, index) => of[index] === 0n && share !== 0n)).toEqual([]);
      }),
    );
  });

  test("among units gives the odd ones to the first", () => {
    expect(allocate(1000n, [1n, 1n, 1n])).toEqual([334n, 333n, 333n]);
    expect(allocate(-5n, [1n, 3n])).toEqual([-1n, -4n]);
    expect(allocate(0n, [])).toEqual([]);
    expect(() => allocate(1n, [0n])).toThrow("cannot be shared");
  });
});
