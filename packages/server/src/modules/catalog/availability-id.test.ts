import fc from "fast-check";
import { expect, test } from "vitest";
import { type AvailabilityKey, availabilityId } from "./availability-id.ts";

const key: AvailabilityKey = {
  productId: "DZH318Z0CK7M",
  skuId: "00B4",
  market: "DE",
  currency: "EUR",
  segment: "commercial",
  termDuration: "P3Y",
  billingPlan: "one_time",
  reservationScope: null,
};

const anyKey: fc.Arbitrary<AvailabilityKey> = fc.record({
  productId: fc.stringMatching(/^[0-9A-Z]{12}$/),
  skuId: fc.stringMatching(/^[0-9A-Z]{4}$/),
  market: fc.constantFrom("US", "DE", "FR", "JP"),
  currency: fc.constantFrom("USD", "EUR", "JPY"),
  segment: fc.constantFrom("commercial", "education", "government", "nonprofit"),
  termDuration: fc.constantFrom(null, "P1M", "P1Y", "P3Y"),
  billingPlan: fc.constantFrom("one_time", "monthly", "annual", "none"),
  reservationScope: fc.constantFrom(null, "Azure", "AzurePlan"),
});

function mapTexts(of: AvailabilityKey, change: (text: string) => string): AvailabilityKey {
  return {
    productId: change(of.productId),
    skuId: change(of.skuId),
    market: change(of.market),
    currency: change(of.currency),
    segment: change(of.segment),
    termDuration: of.termDuration === null ? null : change(of.termDuration),
    billingPlan: change(of.billingPlan),
    reservationScope: of.reservationScope === null ? null : change(of.reservationScope),
  };
}

test("the id of a known key never changes, for catalog item ids outlive an import", () => {
  expect(availabilityId(key)).toBe("DZH33XB4Z51C");
  expect(availabilityId({ ...key, reservationScope: "AzurePlan" })).toBe("DZH3RV4FVMH0");
});

test("ids are 12 upper-case alphanumerics and ignore letter case", () => {
  fc.assert(
    fc.property(anyKey, (any) => {
      const id = availabilityId(any);
      expect(id).toMatch(/^DZH3[0-9A-Z]{8}$/);
      expect(availabilityId(mapTexts(any, (text) => text.toLowerCase()))).toBe(id);
      expect(availabilityId(mapTexts(any, (text) => text.toUpperCase()))).toBe(id);
    }),
  );
});

test("distinct keys have distinct ids", () => {
  const keys = fc.uniqueArray(anyKey, { selector: (any) => JSON.stringify(any), minLength: 2 });
  fc.assert(
    fc.property(keys, (all) => {
      expect(new Set(all.map(availabilityId)).size).toBe(all.length);
    }),
  );
});

test("every part of the key tells, and no two parts can be shifted into one another", () => {
  const others: AvailabilityKey[] = [
    key,
    { ...key, productId: "DZH318Z0CK7N" },
    { ...key, skuId: "00B5" },
    { ...key, market: "FR" },
    { ...key, currency: "USD" },
    { ...key, segment: "education" },
    { ...key, termDuration: "P1Y" },
    { ...key, termDuration: null },
    { ...key, billingPlan: "annual" },
    { ...key, reservationScope: "Azure" },
    { ...key, reservationScope: "AzurePlan" },
    { ...key, productId: "DZH318Z0CK7M0", skuId: "0B4" },
  ];
  expect(new Set(others.map(availabilityId)).size).toBe(others.length);
});

test("20 000 availabilities of one SKU have as many ids", () => {
  const ids = new Set<string>();
  for (let number = 0; number < 20_000; number++) {
    ids.add(availabilityId({ ...key, market: number.toString(36) }));
  }
  expect(ids.size).toBe(20_000);
});
