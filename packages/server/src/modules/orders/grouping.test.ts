import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Groupable, groupLines } from "./grouping.ts";

const modern = (billingCycle: Groupable["billingCycle"], currency = "USD"): Groupable => ({
  catalogItemId: "DZH318Z0AAAA:0001:DZH318Z0BBBB",
  billingCycle,
  currency,
});
const legacy: Groupable = { ...modern("monthly"), catalogItemId: "MS-AZR-0145P" };

describe("the documented cart of six lines", () => {
  test("has the groups OMS-0, 0, 0, 0, 1, 2", () => {
    const lines = [
      legacy,
      modern("one_time"),
      modern("one_time"),
      modern("one_time"),
      modern("monthly"),
      modern("none"),
    ];
    expect(groupLines(lines)).toEqual(["OMS-0", "0", "0", "0", "1", "2"]);
  });
});

test("currencies split a group; a line in error has none and leaves no gap", () => {
  const lines = [modern("one_time"), undefined, modern("one_time", "EUR"), modern("one_time")];
  expect(groupLines(lines)).toEqual(["0", undefined, "1", "0"]);
});

test("an add-on shares its parent's group whatever its own cycle is", () => {
  const lines = [modern("monthly"), modern("annual"), modern("annual")];
  expect(groupLines(lines, [undefined, 0, undefined])).toEqual(["0", "0", "1"]);
});

const line = fc.record({
  catalogItemId: fc.constantFrom("MS-AZR-0145P", "P:0001:A", "Q:0002:B"),
  billingCycle: fc.constantFrom("monthly", "annual", "none", "one_time"),
  currency: fc.constantFrom("USD", "EUR", "JPY"),
}) as fc.Arbitrary<Groupable>;
const keyOf = (one: Groupable) =>
  [one.catalogItemId === "MS-AZR-0145P", one.billingCycle, one.currency].join();

test("two lines share a group exactly when system, cycle and currency are equal", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      const groups = groupLines(lines);
      for (const [i, a] of lines.entries()) {
        for (const [j, b] of lines.entries()) {
          expect(groups[i] === groups[j]).toBe(keyOf(a) === keyOf(b));
        }
      }
    }),
  );
});

test("groups are numbered from 0 without gap in order of first appearance", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      const groups = new Set(groupLines(lines) as string[]);
      const own = [...groups].filter((name) => !name.startsWith("OMS-"));
      const older = [...groups].filter((name) => name.startsWith("OMS-"));
      expect(own).toEqual(own.map((_name, index) => `${index}`));
      expect(older).toEqual(older.map((_name, index) => `OMS-${index}`));
    }),
  );
});

test("permuting the lines changes no group's members", () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.nat()),
      (lines, seed) => {
        const membersOf = (some: Groupable[]) =>
          Map.groupBy(
            some.map((one, index) => ({ key: keyOf(one), group: groupLines(some)[index] })),
            (m) => m.group,
          )
            .values()
            .map((members) => `${members[0]?.key}×${members.length}`)
            .toArray()
            .toSorted();
        const shuffled = lines
          .map((one) => ({ one, rank: seed.next().value }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        expect(membersOf(shuffled)).toEqual(membersOf(lines));
      },
    ),
  );
});
