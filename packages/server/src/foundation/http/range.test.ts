import fc from "fast-check";
import { expect, test } from "vitest";
import { rangeOf } from "./range.ts";

test.each([
  [undefined, undefined],
  ["bytes=", undefined],
  ["bytes=-", undefined],
  ["items=0-1", undefined],
  ["bytes=0-1,3-4", undefined],
  ["bytes=5-4", undefined],
  ["bytes=0-0", { first: 0, last: 0 }],
  ["bytes=2-", { first: 2, last: 9 }],
  ["bytes=2-100", { first: 2, last: 9 }],
  ["bytes=-3", { first: 7, last: 9 }],
  ["bytes=-100", { first: 0, last: 9 }],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=9-", { first: 9, last: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=10-20", "unsatisfiable"],
])("of ten bytes, %s is %o", (header, expected) => {
  expect(rangeOf(header, 10)).toEqual(expected);
});

test("a range is always inside the file", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 40 }), (from, to, length) => {
      const range = rangeOf(`bytes=${from}-${to}`, length);
      if (typeof range !== "object") return;
      expect(range.first).toBeLessThanOrEqual(range.last);
      expect(range.last).toBeLessThan(length);
    }),
  );
});
