import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addDuration,
  addTerm,
  commerceNow,
  endOfPeriod,
  nextPeriod,
  parseDuration,
  periodOf,
  startOfDay,
  startOfPeriod,
  wireDay,
  wireInstant,
} from "./clock.ts";

const iso = (at: Date) => at.toISOString();

test.each([
  ["P45D", { months: 0, ms: 45 * 86_400_000 }],
  ["P1Y2M", { months: 14, ms: 0 }],
  ["P1W", { months: 0, ms: 7 * 86_400_000 }],
  ["PT12H30M", { months: 0, ms: 45_000_000 }],
] as const)("the duration %s is read", (text, expected) => {
  expect(parseDuration(text)).toEqual(expected);
});

test.each(["", "P", "PT", "45D", "P1.5D", "-P1D", "P1H", "P99999999Y"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  ["2027-01-31T08:00:00.000Z", "P1M", "2027-02-28T08:00:00.000Z"],
  ["2028-02-29T00:00:00.000Z", "P1Y", "2029-02-28T00:00:00.000Z"],
  ["2026-12-15T00:00:00.000Z", "P3Y", "2029-12-15T00:00:00.000Z"],
])("%s + %s = %s", (from, term, expected) => {
  expect(iso(addTerm(new Date(from), term))).toBe(expected);
});

test("adding months lands in the month that was meant", () => {
  const day = fc.date({
    min: new Date("1970-01-01Z"),
    max: new Date("2200-01-01Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 600 }), (from, months) => {
      expect(periodOf(addDuration(from, { months, ms: 0 }))).toBe(
        nextPeriod(periodOf(from), months),
      );
    }),
  );
});

test("a period runs from its first to its last second", () => {
  expect(iso(startOfPeriod("2026-12"))).toBe("2026-12-01T00:00:00.000Z");
  expect(iso(endOfPeriod("2026-12"))).toBe("2026-12-31T23:59:59.000Z");
  expect(nextPeriod("2026-12")).toBe("2027-01");
});

test("a partner's time is the machine's with an offset, or stands still", () => {
  const system = new Date("2026-01-01T00:00:00Z");
  expect(iso(commerceNow({ offsetMs: 1000, frozenAt: null }, system))).toBe(
    "2026-01-01T00:00:01.000Z",
  );
  const frozenAt = new Date("2030-01-01T00:00:00Z");
  expect(commerceNow({ offsetMs: 1000, frozenAt }, system)).toBe(frozenAt);
});

test("instants have seven fraction digits on the wire, days none", () => {
  const at = new Date("2026-03-02T09:15:04.120Z");
  expect(wireInstant(at)).toBe("2026-03-02T09:15:04.1200000Z");
  expect(wireDay(at)).toBe("2026-03-02T00:00:00Z");
  expect(iso(startOfDay(at))).toBe("2026-03-02T00:00:00.000Z");
});
