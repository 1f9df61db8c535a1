import Big from "big.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { unitAmount } from "../../foundation/money.ts";
import { cyclePrice, cycleSpan, cyclesIn } from "./cycle.ts";

test.each([
  ["P1Y", "monthly", 12],
  ["P3Y", "monthly", 36],
  ["P1M", "monthly", 1],
  ["P1Y", "annual", 1],
  ["P3Y", "annual", 3],
  ["P3Y", "one_time", 1],
  [undefined, "one_time", 1],
  [undefined, "monthly", 1],
] as const)("a term of %s billed %s has %i cycles", (term, cycle, expected) => {
  expect(cyclesIn(term, cycle)).toBe(expected);
});

test("the price of a term is charged in parts that never exceed it and miss less than a cent each", () => {
  const price = fc
    .bigInt({ min: 0n, max: 10n ** 9n })
    .map((cents) => new Big(`${cents}`).div(100).toFixed(2));
  fc.assert(
    fc.property(price, fc.constantFrom("P1Y", "P3Y"), (whole, term) => {
      const cycles = BigInt(cyclesIn(term, "monthly"));
      const charged = unitAmount(cyclePrice(whole, term, "monthly"), "1", "USD") * cycles;
      const owed = unitAmount(whole, "1", "USD");
      expect(charged <= owed).toBe(true);
      expect(owed - charged < 2n * cycles).toBe(true);
    }),
  );
});

test("cycles are counted from the anchor: the 31st comes back after a short month", () => {
  const start = new Date("2027-01-31T10:00:00Z");
  const starts = [0, 1, 2, 3].map((index) => cycleSpan(start, "P1Y", "monthly", index).startsAt);
  expect(starts.map((at) => at.toISOString().slice(0, 10))).toEqual([
    "2027-01-31",
    "2027-02-28",
    "2027-03-31",
    "2027-04-30",
  ]);
});

test("what is charged once covers its term, or no time at all without one", () => {
  const at = new Date("2028-02-29T00:00:00Z");
  expect(cycleSpan(at, "P1Y", "one_time", 0).endsAt.toISOString()).toBe("2029-02-28T00:00:00.000Z");
  expect(cycleSpan(at, undefined, "one_time", 0)).toEqual({ startsAt: at, endsAt: at });
});
