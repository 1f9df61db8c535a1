import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { addDays, addMs, addTerm } from "../../foundation/clock.ts";
import { roundBy } from "../../foundation/money.ts";
import { chargeFor, type NewCharge } from "./charge.ts";
import { creditFor } from "./credit.ts";
import { flatTax } from "./taxes/tax.ts";
import { chargeBasis } from "./test-support/basis.ts";

const startsAt = new Date("2031-01-20T15:02:51.447Z");
const basis = chargeBasis(startsAt, {
  endsAt: addTerm(startsAt, "P1Y"),
  unitPrice: "365",
  effectiveUnitPrice: "365",
});
const tenth = flatTax("0.1");

const amounts = (credit: NewCharge | undefined) =>
  credit && [credit.effectiveUnitPrice, credit.subtotalMinor, credit.taxMinor];

describe("the credit of a charge", () => {
  test("as a whole is its mirror at the time of the credit", () => {
    const charge = chargeFor({ ...basis, quantity: 3, endsAt: startsAt }, tenth);
    const at = addDays(startsAt, 29);
    expect(creditFor(charge, at, "whole")).toEqual({
      ...charge,
      chargeType: "cancelImmediate",
      occurredAt: at,
      period: "2031-02",
      subtotalMinor: -109_500n,
      taxMinor: -10_950n,
      taxLines: [{ name: "Tax", rate: "0.1", included: false, minor: -10_950n }],
    });
  });

  test("of the documents' example is 3.86: 29 of 30 days of 4.00, cut off", () => {
    const month = { ...basis, effectiveUnitPrice: "4.00", endsAt: addDays(startsAt, 30) };
    const charge = chargeFor({ ...month, quantity: 2 }, []);
    const credit = creditFor(charge, addDays(startsAt, 1), "unused days");
    expect(amounts(credit)).toEqual(["3.866666", -772n, 0n]);
    expect(credit?.startsAt).toEqual(addDays(startsAt, 1));
    expect(credit?.endsAt).toEqual(charge.endsAt);
  });

  test.each([
    ["at the same instant", 0, ["365", -36_500n, -3_650n]],
    ["in the last moment of the first day", 24 * 3600e3 - 1, ["365", -36_500n, -3_650n]],
    ["as the second day begins", 24 * 3600e3, ["364", -36_400n, -3_640n]],
    ["after seven days", 7 * 24 * 3600e3, ["358", -35_800n, -3_580n]],
    ["on the last day", 364 * 24 * 3600e3, ["1", -100n, -10n]],
    ["as the term ends", 365 * 24 * 3600e3, undefined],
    ["long after its end", 3650 * 24 * 3600e3, undefined],
  ])("of unused days %s", (_when, ms, expected) => {
    const charge = chargeFor(basis, tenth);
    expect(amounts(creditFor(charge, addMs(startsAt, ms), "unused days"))).toEqual(expected);
  });

  test("gives back no more than was taken, though amounts are rounded by another rule", () => {
    const charge = chargeFor({ ...basis, effectiveUnitPrice: "0.019", quantity: 100 }, tenth);
    expect([charge.subtotalMinor, charge.taxMinor]).toEqual([100n, 10n]);
    onTestFinished(() => roundBy("truncate"));
    roundBy("half-up");
    const credit = creditFor(charge, addDays(startsAt, 10), "unused days");
    expect(amounts(credit)).toEqual(["0.018479", -100n, -10n]);
  });
});

describe("of any charge, at any rate", () => {
  const someCharge = fc
    .record({
      price: fc.integer({ min: 0, max: 99_999_999 }).map((n) => (n / 10_000).toFixed(4)),
      quantity: fc.integer({ min: 1, max: 500 }),
      currency: fc.constantFrom("USD", "JPY", "KWD"),
      rate: fc.constantFrom("1", "0.92", "151.337", "0.846202666"),
      term: fc.constantFrom("P1M", "P1Y", "P3Y"),
      taxRate: fc.constantFrom("0", "0.1", "0.19"),
    })
    .map(({ price, quantity, currency, rate, term, taxRate }) => ({
      taxRate,
      charge: chargeFor(
        {
          ...basis,
          endsAt: addTerm(startsAt, term),
          unitPrice: price,
          effectiveUnitPrice: price,
          quantity,
          currency,
          exchangeRate: rate,
        },
        flatTax(taxRate),
      ),
    }));
  const someMoment = fc.integer({ min: 0, max: 1_200 * 24 * 3600e3 });

  const given = (charge: NewCharge, ms: number) => {
    const credit = creditFor(charge, addMs(startsAt, ms), "unused days");
    return { subtotal: -(credit?.subtotalMinor ?? 0n), tax: -(credit?.taxMinor ?? 0n) };
  };

  test("never more is given back than was charged, and never less than nothing", () => {
    fc.assert(
      fc.property(someCharge, someMoment, ({ charge }, ms) => {
        const { subtotal, tax } = given(charge, ms);
        expect(subtotal).toBeGreaterThanOrEqual(0n);
        expect(subtotal).toBeLessThanOrEqual(charge.subtotalMinor);
        expect(tax).toBeGreaterThanOrEqual(0n);
        expect(tax).toBeLessThanOrEqual(charge.taxMinor);
      }),
    );
  });

  test("who waits longer gets no more back", () => {
    fc.assert(
      fc.property(someCharge, someMoment, someMoment, ({ charge }, a, b) => {
        const early = given(charge, Math.min(a, b));
        const late = given(charge, Math.max(a, b));
        expect(late.subtotal).toBeLessThanOrEqual(early.subtotal);
        expect(late.tax).toBeLessThanOrEqual(early.tax);
      }),
    );
  });

  test("all of it comes back at the same instant, in whole and by days", () => {
    fc.assert(
      fc.property(someCharge, ({ charge }) => {
        const all = { subtotal: charge.subtotalMinor, tax: charge.taxMinor };
        expect(given(charge, 0)).toEqual(all);
        const whole = creditFor(charge, addDays(startsAt, 500), "whole");
        expect(whole?.subtotalMinor).toBe(-charge.subtotalMinor);
        expect(whole?.taxMinor).toBe(-charge.taxMinor);
      }),
    );
  });

  test("the amount follows from price, rate and quantity of its own line", () => {
    fc.assert(
      fc.property(someCharge, someMoment, ({ charge, taxRate }, ms) => {
        const credit = creditFor(charge, addMs(startsAt, ms), "unused days");
        if (!credit) return;
        const again = chargeFor({ ...credit, chargeType: "new" }, flatTax(taxRate));
        expect([credit.subtotalMinor, credit.taxMinor]).toEqual([
          -again.subtotalMinor,
          -again.taxMinor,
        ]);
      }),
    );
  });
});
