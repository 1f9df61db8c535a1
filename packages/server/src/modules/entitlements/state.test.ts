import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMs } from "../../foundation/clock.ts";
import { type EntitledLine, expiryOf } from "./entitled-line.ts";
import {
  type EntitlementEvent,
  type EntitlementState,
  entitlementEvents,
  entitlementStates,
  isUsable,
  stateAfter,
  stateOf,
  transitions,
} from "./state.ts";

/** The shortest way into each state. */
const ways: Record<EntitlementState, EntitlementEvent[]> = {
  pending: [],
  usable: ["fulfilled"],
  expired: ["fulfilled", "termEnded"],
  cancelled: ["cancelled"],
};

/** Every step there is: all others leave the state as it is. */
const steps = new Map<string, EntitlementState>([
  ["pending fulfilled", "usable"],
  ["pending cancelled", "cancelled"],
  ["usable cancelled", "cancelled"],
  ["usable termEnded", "expired"],
]);

const everyStep = entitlementStates.flatMap((state) =>
  entitlementEvents.map((event): [EntitlementState, EntitlementEvent] => [state, event]),
);

describe("the table of states", () => {
  test.each(everyStep)("leads from %s by %s where it should", (state, event) => {
    expect(stateAfter(ways[state])).toBe(state);
    expect(stateAfter([...ways[state], event])).toBe(steps.get(`${state} ${event}`) ?? state);
  });

  test("has no further step", () => {
    const named = entitlementStates.flatMap((state) =>
      Object.keys(transitions[state]).map((event) => `${state} ${event}`),
    );
    expect(new Set(named)).toEqual(new Set(steps.keys()));
  });

  test("never comes back to pending or usable, whatever happens", () => {
    const events = fc.array(fc.constantFrom(...entitlementEvents));
    const rank = { pending: 0, usable: 1, expired: 2, cancelled: 2 };
    fc.assert(
      fc.property(events, fc.constantFrom(...entitlementEvents), (past, next) => {
        const [before, after] = [stateAfter(past), stateAfter([...past, next])];
        expect(after === before || rank[after] > rank[before]).toBe(true);
      }),
    );
  });
});

const start = new Date("2030-01-31T10:30:00Z");

function entitled(
  fulfilledMs: number,
  cancelledMs: number | null,
  term: string | null,
): EntitledLine {
  const line = {
    lineNumber: 0,
    productId: "P",
    skuId: "S",
    availabilityId: "A",
    kind: term === null ? ("perpetual_software" as const) : ("term_software" as const),
    reservationType: null,
    productTitle: "",
    skuTitle: "",
    publisherName: "",
    friendlyName: "",
    quantity: 1,
    term,
    renewsTo: null,
    unitPrice: "1",
    pricingCurrency: "USD",
    unitMinor: 100n,
    cycleUnitMinor: 100n,
    partnerOnRecord: null,
    provisioningContext: null,
    subscriptionId: null,
    reservationOrderId: null,
    reservationId: null,
    artifactGroup: null,
    artifactLine: null,
    artifactItem: null,
    cancelledAt: cancelledMs === null ? null : addMs(start, cancelledMs),
    keptMinor: cancelledMs === null ? null : 0n,
  };
  const order = {
    orderId: "o",
    customerId: "c",
    alternateId: "a",
    country: "US",
    billingCycle: "one_time" as const,
    currency: "USD",
    cartId: null,
    orderGroup: "0",
    attestationAccepted: null,
    createdAt: start,
    fulfilledAt: addMs(start, fulfilledMs),
    version: 1,
    lines: [line],
  };
  return { order, line };
}

const day = 24 * 3600 * 1000;

describe("the state of a line", () => {
  test("is usable exactly from fulfilment to the day of its end, unless given back", () => {
    const moment = fc.integer({ min: 0, max: 1200 * day });
    fc.assert(
      fc.property(
        moment,
        fc.option(moment),
        fc.constantFrom(null, "P1M", "P1Y", "P3Y"),
        fc.integer({ min: -day, max: 1300 * day }),
        (fulfilled, cancelled, term, nowMs) => {
          const one = entitled(fulfilled, cancelled, term);
          const now = addMs(start, nowMs);
          const end = expiryOf(one)?.getTime() ?? Number.POSITIVE_INFINITY;
          const held = cancelled === null || nowMs < cancelled;
          const expected = nowMs >= fulfilled && now.getTime() < end && held;
          expect(isUsable(one, now)).toBe(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each<[string, number, number | null, string | null, number, EntitlementState]>([
    ["the moment before fulfilment", 10, null, null, 9, "pending"],
    ["the moment of fulfilment", 10, null, null, 10, "usable"],
    ["a century without a term", 10, null, null, 36_500 * day, "usable"],
    ["the moment of a cancellation", 0, 20, null, 20, "cancelled"],
    ["a cancellation before fulfilment", 30, 20, null, 40, "cancelled"],
    ["a cancellation at the moment of fulfilment", 30, 30, null, 30, "cancelled"],
    ["a term that ended after a cancellation", 0, 20, "P1M", 60 * day, "cancelled"],
    ["a cancellation after the term ended", 0, 50 * day, "P1M", 60 * day, "expired"],
  ])("at %s", (_name, fulfilled, cancelled, term, now, expected) => {
    expect(stateOf(entitled(fulfilled, cancelled, term), addMs(start, now))).toBe(expected);
  });

  test("a term ends at the start of the day on which it is over", () => {
    const one = entitled(0, null, "P1M");
    const end = new Date("2030-02-28T00:00:00Z");
    expect(expiryOf(one)).toEqual(end);
    expect(stateOf(one, addMs(end, -1))).toBe("usable");
    expect(stateOf(one, end)).toBe("expired");
  });
});
