import fc from "fast-check";
import { expect, test } from "vitest";
import { commerceNow, type PartnerClock, realClock } from "../../foundation/clock.ts";
import { type ClockChange, clockAfter, clockTarget } from "./clock.ts";

const now = new Date("2026-01-31T10:00:00.000Z");

function shifted(ms: number): Date {
  return new Date(now.getTime() + ms);
}

test.each<[ClockChange, string]>([
  [{ advance: "P45D" }, "2026-03-17T10:00:00.000Z"],
  [{ advance: "P1M" }, "2026-02-28T10:00:00.000Z"],
  [{ advance: "PT0S" }, "2026-01-31T10:00:00.000Z"],
  [{ advance: "P10Y" }, "2036-01-31T10:00:00.000Z"],
  [{ set: "2026-02-01T00:00:00.000Z" }, "2026-02-01T00:00:00.000Z"],
  [{ set: "2026-01-31T10:00:00.000Z", frozen: true }, "2026-01-31T10:00:00.000Z"],
  [{ frozen: true }, "2026-01-31T10:00:00.000Z"],
])("%j moves the clock to %s", (change, target) => {
  expect(clockTarget(change, now).toISOString()).toBe(target);
});

test.each<[ClockChange, RegExp]>([
  [{}, /required/],
  [{ advance: "P1D", set: "2027-01-01T00:00:00.000Z" }, /exclude/],
  [{ advance: "tomorrow" }, /not an ISO 8601 duration/],
  [{ advance: "-P1D" }, /not an ISO 8601 duration/],
  [{ advance: "P10YT1S" }, /at most/],
  [{ set: "2036-01-31T10:00:00.001Z" }, /at most/],
  [{ set: "2026-01-31T09:59:59.999Z" }, /never goes back/],
])("%j is refused", (change, reason) => {
  expect(() => clockTarget(change, now)).toThrow(/INVALID_INPUT/);
  expect(() => clockTarget(change, now)).toThrow(reason);
});

test("the clock has an end", () => {
  const end = new Date("2999-12-31T23:59:59.999Z");
  expect(clockTarget({ set: end.toISOString() }, new Date("2995-01-01T00:00:00Z"))).toEqual(end);
  expect(() => clockTarget({ advance: "PT1S" }, end)).toThrow(/the clock ends/);
});

test("a frozen clock stands still wherever it is moved, until it is thawed", () => {
  const moved = clockAfter(
    { advance: "P1D" },
    { offsetMs: 5, frozenAt: now },
    {
      now,
      target: shifted(86_400_000),
      system: shifted(-1000),
    },
  );
  expect(moved).toEqual({ offsetMs: 5, frozenAt: shifted(86_400_000) });
});

test("whatever happens to a clock, it never goes back and is continuous at each change", () => {
  const change = fc.oneof(
    fc.record({ move: fc.nat(1_000_000), frozen: fc.constantFrom(true, false, undefined) }),
  );
  const steps = fc.array(fc.record({ wait: fc.nat(100_000), work: fc.nat(1000), change }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(steps, (list) => {
      let clock: PartnerClock = realClock;
      let system = now;
      let last = now;
      for (const {
        wait,
        work,
        change: { move, frozen },
      } of list) {
        const arrived = new Date(system.getTime() + wait);
        const before = commerceNow(clock, arrived);
        const target = new Date(before.getTime() + move);
        system = new Date(arrived.getTime() + work);
        const wanted: ClockChange = frozen === undefined ? {} : { frozen };
        const wasRunning = clock.frozenAt === null;
        clock = clockAfter(wanted, clock, { now: before, target, system });
        const after = commerceNow(clock, system);
        expect(before.getTime()).toBeGreaterThanOrEqual(last.getTime());
        const ran = clock.frozenAt === null && wasRunning ? work : 0;
        expect(after.getTime()).toBe(target.getTime() + ran);
        last = after;
      }
    }),
  );
});
