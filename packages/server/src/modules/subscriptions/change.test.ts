import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changedSubscription, type SubscriptionChange } from "./change.ts";
import { askedTransition, familyOf, transitions } from "./lifecycle.ts";
import { type SubscriptionRow, subscriptionStatus } from "./subscription.ts";
import { subscriptionRow } from "./test-support/row.ts";

const now = new Date("2027-01-10T08:00:00Z");
const azure = subscriptionRow(now, { version: 3 });
const software: SubscriptionRow = {
  ...azure,
  kind: "term_software",
  offerId: "DG7GMGF0DWT8:0003:DZH318Z0AB12",
  billingCycle: "one_time",
  quantity: 5,
  term: "P1Y",
  endsAt: new Date("2028-01-10T08:00:00Z"),
};

const apply = (row: SubscriptionRow, change: SubscriptionChange) =>
  changedSubscription(row, change, now);

test("a name, renewal and rest change the row and count its version", () => {
  expect(apply(azure, { friendlyName: "Test" })).toEqual({
    ...azure,
    friendlyName: "Test",
    version: 4,
  });
  expect(apply(software, { autoRenewEnabled: true })).toEqual({
    ...software,
    autoRenew: true,
    version: 4,
  });
  expect(apply(azure, { status: "suspended" })).toEqual({
    ...azure,
    status: "suspended",
    version: 4,
  });
});

test("a subscription that comes back as it was read is the same row", () => {
  for (const row of [azure, software, { ...software, autoRenew: true }]) {
    const { friendlyName, autoRenew, status, quantity, billingCycle } = row;
    const same = { friendlyName, autoRenewEnabled: autoRenew, status, quantity, billingCycle };
    expect(apply(row, same)).toBe(row);
    expect(apply(row, { autoRenewEnabled: autoRenew })).toBe(row);
  }
});

test("a renewal that is left out is switched off", () => {
  const renewing = { ...software, autoRenew: true };
  expect(apply(renewing, { friendlyName: software.friendlyName }).autoRenew).toBe(false);
});

test("cancelling is marked, and nothing else of the request is looked at", () => {
  const cancelled = apply(software, { status: "deleted", quantity: 9, friendlyName: "Other" });
  expect(cancelled).toEqual({ ...software, status: "deleted" });
});

const resting = { ...azure, status: "suspended" } as const;

test.each<[string, SubscriptionRow, SubscriptionChange, RegExp]>([
  ["deleted", { ...azure, status: "deleted" }, {}, /^SUBSCRIPTION_DELETED/],
  ["ended", { ...software, endsAt: now }, {}, /^SUBSCRIPTION_DELETED/],
  ["renamed while it rests", resting, { friendlyName: "X" }, /^SUBSCRIPTION_SUSPENDED/],
  [
    "renamed when it goes to rest",
    azure,
    { friendlyName: "X", status: "suspended" },
    /^SUBSCRIPTION_SUSPENDED/,
  ],
  ["of another cycle", software, { billingCycle: "monthly" }, /^BILLING_CYCLE_FIXED/],
  ["of no seats", software, { quantity: 0 }, /^QUANTITY_OUT_OF_RANGE/],
  ["of two Azures", azure, { quantity: 2 }, /^QUANTITY_OUT_OF_RANGE/],
  ["of a seat more", software, { quantity: 6 }, /^SEATS_NOT_ADDED/],
  ["of a seat less", software, { quantity: 4 }, /^QUANTITY_FIXED/],
  ["of software at rest", software, { status: "suspended" }, /^STATUS_FIXED/],
  ["of Azure that renews", azure, { autoRenewEnabled: true }, /^NOT_RENEWABLE/],
])("a subscription %s is refused", (_name, row, change, refusal) => {
  expect(() => apply(row, change)).toThrow(refusal);
});

describe("the life of a subscription", () => {
  const statuses = ["active", "suspended", "deleted"] as const;
  const kinds = ["azure_legacy", "azure_plan", "term_software", "online_service"] as const;
  const all = kinds.flatMap((kind) =>
    statuses.flatMap((from) => statuses.map((to) => [kind, from, to] as const)),
  );

  test.each(all)("of %s from %s to %s is as the table says", (kind, from, to) => {
    const row = { ...(kind === "term_software" ? software : azure), kind, status: from };
    const change = () => apply(row, { status: to });
    if (from === "deleted") expect(change).toThrow(/^SUBSCRIPTION_DELETED/);
    else if (from === to) expect(change()).toBe(row);
    else if (askedTransition(familyOf(row), from, to)) expect(change().status).toBe(to);
    else expect(change).toThrow(/^STATUS_FIXED/);
  });

  test("knows these changes that may be asked for, and no other", () => {
    const legal = all
      .filter(([kind, from, to]) => askedTransition(familyOf({ kind }), from, to))
      .map((change) => change.join(" "));
    expect(legal).toEqual([
      "azure_legacy active suspended",
      "azure_legacy suspended active",
      "azure_plan active suspended",
      "azure_plan suspended active",
      "term_software active deleted",
      "term_software suspended deleted",
      "online_service active deleted",
      "online_service suspended deleted",
    ]);
  });

  test("ends with deleted: no change leads out of it", () => {
    expect(transitions.filter(({ from }) => from === "deleted")).toEqual([]);
  });

  test("leads along the table only, whatever is asked for one after another", () => {
    const change = fc.record(
      {
        status: fc.constantFrom(...statuses),
        friendlyName: fc.constantFrom("A", "B"),
        autoRenewEnabled: fc.boolean(),
        quantity: fc.integer({ min: -1, max: 6 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(azure, software), fc.array(change), (start, changes) => {
        let row = start;
        for (const wanted of changes) {
          const before = row;
          try {
            row = apply(row, wanted);
          } catch {
            continue;
          }
          expect(row.quantity).toBe(start.quantity);
          if (row === before) continue;
          const to = subscriptionStatus(row, now);
          const from = subscriptionStatus(before, now);
          expect(from === to || askedTransition(familyOf(row), from, to)).toBeTruthy();
          if (to !== "deleted") expect(row.version).toBe(before.version + 1);
        }
      }),
    );
  });
});
