import { expect, test } from "vitest";
import {
  describeScope,
  isInventoryChecked,
  restrictionsFor,
  type ScopedRestriction,
  skuKey,
} from "./restriction.ts";

const own = { reasonCode: "Own", description: "", type: "Location", values: "a" };
const scoped = (customerId: string | null, subscriptionId: string | null): ScopedRestriction => ({
  ...own,
  reasonCode: `${customerId}/${subscriptionId}`,
  customerId,
  subscriptionId,
});
const all = [scoped(null, null), scoped("c", null), scoped(null, "s"), scoped("c", "s")];

test.each([
  ["nobody", undefined, undefined, ["Own", "null/null"]],
  ["the customer", "c", undefined, ["Own", "null/null", "c/null"]],
  ["the subscription", undefined, "s", ["Own", "null/null", "null/s"]],
  ["both", "c", "s", ["Own", "null/null", "c/null", "null/s", "c/s"]],
  ["others", "d", "t", ["Own", "null/null"]],
])("restrictions hold for %s", (_who, customerId, subscriptionId, expected) => {
  const found = restrictionsFor([own], all, { customerId, subscriptionId });
  expect(found.map(({ reasonCode }) => reasonCode)).toEqual(expected);
  expect(found.every((one) => Object.keys(one).length === 4)).toBe(true);
});

test("only reservations are checked", () => {
  expect(isInventoryChecked("reservation")).toBe(true);
  expect(isInventoryChecked("perpetual_software")).toBe(false);
});

test("a scope is described by what it names", () => {
  const nothing = {
    productId: null,
    skuId: null,
    customerId: null,
    subscriptionId: null,
    armRegionName: null,
  };
  expect(describeScope(nothing)).toBe("Capacity is not open to this subscription.");
  expect(describeScope({ ...nothing, productId: "P", skuId: "S", armRegionName: "eastus" })).toBe(
    "Capacity of P/S in eastus is not open to this subscription.",
  );
});

test("a SKU's key knows no letter case", () => {
  expect(skuKey({ productId: "ab", skuId: "c" })).toBe(skuKey({ productId: "AB", skuId: "C" }));
});
