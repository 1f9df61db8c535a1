import { read, subscriptionOperations } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import {
  isVisible,
  registrationState,
  type SubscriptionRow,
  subscriptionStatus,
  subscriptionView,
} from "./subscription.ts";
import { subscriptionRow } from "./test-support/row.ts";

const start = new Date("2026-01-10T08:00:00Z");

const legacy = subscriptionRow(start);
const software: SubscriptionRow = {
  ...legacy,
  kind: "term_software",
  offerId: "DG7GMGF0DWT8:0003:DZH318Z0AB12",
  billingCycle: "one_time",
  term: "P1Y",
  endsAt: new Date("2027-01-10T08:00:00Z"),
  mpnId: "4711",
};

function later(minutes: number): Date {
  return new Date(start.getTime() + minutes * 60_000);
}

describe("registration", () => {
  const asked = { ...legacy, registeredAt: start };

  test("is not begun before it was asked for", () => {
    for (const profile of ["instant", "realistic", "hostile"] as const) {
      expect(registrationState(legacy, later(1000), profile)).toBe("NotRegistered");
    }
  });

  test("is done at once in the instant profile", () => {
    expect(registrationState(asked, start, "instant")).toBe("Registered");
  });

  test.each(["realistic", "hostile"] as const)("takes fifteen minutes if %s", (profile) => {
    expect(registrationState(asked, start, profile)).toBe("Registering");
    expect(registrationState(asked, later(14.999), profile)).toBe("Registering");
    expect(registrationState(asked, later(15), profile)).toBe("Registered");
  });
});

test("a subscription whose term has run out is deleted, since clients know no expired", () => {
  expect(subscriptionStatus(software, new Date("2027-01-10T07:59:59.999Z"))).toBe("active");
  expect(subscriptionStatus(software, new Date("2027-01-10T08:00:00Z"))).toBe("deleted");
  expect(subscriptionStatus({ ...software, status: "suspended" }, start)).toBe("suspended");
  expect(subscriptionStatus(legacy, new Date("2999-01-01T00:00:00Z"))).toBe("active");
});

test("a subscription appears when its order is fulfilled", () => {
  expect(isVisible(legacy, later(-1), "realistic")).toBe(false);
  expect(isVisible(legacy, start, "realistic")).toBe(true);
  expect(isVisible(legacy, later(-1), "instant")).toBe(true);
});

test("a legacy Azure subscription is shown as usage of an offer", () => {
  const view = subscriptionView(legacy, "DE", start);
  expect(view).toMatchObject({
    id: legacy.subscriptionId,
    offerId: "MS-AZR-0145P",
    entitlementId: legacy.subscriptionId,
    unitType: "Usage-based",
    billingType: "usage",
    billingCycle: "monthly",
    status: "active",
    creationDate: "2026-01-10T08:00:00.0000000Z",
    commitmentEndDate: "9999-12-14T00:00:00Z",
    contractType: "subscription",
    orderId: "order",
    attributes: { objectType: "Subscription" },
  });
  expect(Object.keys(view.links)).toEqual(["offer", "self"]);
  expect(view.links.offer?.uri).toBe("/offers/MS-AZR-0145P?country=DE");
  expect(view.links.self.uri).toBe(
    `/customers/${legacy.customerId}/subscriptions/${legacy.subscriptionId}`,
  );
  for (const name of ["termDuration", "partnerId", "billingCycleEndDate"]) {
    expect(view).not.toHaveProperty(name);
  }
});

test("an Azure plan is shown as usage of a catalog item", () => {
  const plan: SubscriptionRow = {
    ...legacy,
    kind: "azure_plan",
    offerId: "DZH318Z0BPS6:0001:DZH318Z0BMTX",
  };
  const view = subscriptionView(plan, "US", start);
  expect(view).toMatchObject({ unitType: "Usage-based", billingType: "usage" });
  expect(view).not.toHaveProperty("entitlementId");
  expect(view.links).toMatchObject({
    product: { uri: "/products/DZH318Z0BPS6?country=US" },
    sku: { uri: "/products/DZH318Z0BPS6/skus/0001?country=US" },
    availability: {
      uri: "/products/DZH318Z0BPS6/skus/0001/availabilities/DZH318Z0BMTX?country=US",
    },
  });
  expect(view.links).not.toHaveProperty("offer");
});

test("term software is shown as licenses with a term", () => {
  const view = subscriptionView(software, "US", start);
  expect(view).toMatchObject({
    unitType: "Licenses",
    billingType: "license",
    billingCycle: "one_time",
    termDuration: "P1Y",
    commitmentEndDate: "2027-01-10T08:00:00.0000000Z",
    billingCycleEndDate: "2027-01-10T08:00:00.0000000Z",
    autoRenewEnabled: false,
    partnerId: "4711",
    actions: ["Cancel", "Edit"],
  });
  expect(view).not.toHaveProperty("renewalTermDuration");
  expect(subscriptionView({ ...software, autoRenew: true }, "US", start).renewalTermDuration).toBe(
    "P1Y",
  );
  const ended = subscriptionView(software, "US", new Date("2028-01-01T00:00:00Z"));
  expect(ended).toMatchObject({ status: "deleted", actions: [] });
});

test.each([
  ["legacy", legacy],
  ["modern", software],
])("a %s subscription fits the contract's schema", (_name, row) => {
  const view = subscriptionView(row, "US", start);
  const reading = read(subscriptionOperations.getSubscription.responses[200], view);
  expect(reading.ok).toBe(true);
});

test("the etag is the base64 of id and version", () => {
  const etag = (row: SubscriptionRow) => subscriptionView(row, "US", start).attributes.etag ?? "";
  const text = Buffer.from(etag({ ...legacy, version: 3 }), "base64").toString();
  expect(JSON.parse(text)).toEqual({ id: legacy.subscriptionId, version: 3 });
  expect(etag(legacy)).toMatch(/^eyJpZCI6/);
});
