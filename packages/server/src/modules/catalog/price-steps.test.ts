import fc from "fast-check";
import { expect, test } from "vitest";
import { countUpTo } from "./price-steps.ts";

test("counts the instants that are not after another", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 })),
      fc.integer({ min: -1, max: 51 }),
      (some, at) => {
        const steps = some.toSorted((a, b) => a - b);
        expect(countUpTo(steps, at)).toBe(steps.filter((step) => step <= at).length);
      },
    ),
  );
});
