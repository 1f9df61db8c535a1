import { markets } from "@kontor/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { productKinds } from "./offer.ts";
import { isOnboarded, type Seller, saleObstacle, sellableKinds } from "./sellable.ts";

const everywhere: Seller = { sellsIn: null, perpetualSoftware: true };
const german: Seller = { sellsIn: ["DE"], perpetualSoftware: true };
const unqualified: Seller = { sellsIn: null, perpetualSoftware: false };

test("a partner is onboarded in every market, or in those named", () => {
  expect([...markets.keys()].every((country) => isOnboarded(everywhere, country))).toBe(true);
  expect(isOnboarded(everywhere, "ZZ")).toBe(false);
  expect([isOnboarded(german, "DE"), isOnboarded(german, "FR")]).toEqual([true, false]);
  expect(isOnboarded({ ...german, sellsIn: ["ZZ"] }, "ZZ")).toBe(false);
  expect(isOnboarded({ ...german, sellsIn: [] }, "DE")).toBe(false);
});

test("what may be sold depends on the market and on the qualification", () => {
  expect(new Set(sellableKinds(everywhere, "DE"))).toEqual(new Set(productKinds));
  expect(sellableKinds(everywhere, "BR")).toEqual([
    "perpetual_software",
    "online_service",
    "azure_plan",
  ]);
  expect(sellableKinds(unqualified, "BR")).toEqual(["online_service", "azure_plan"]);
  expect(sellableKinds(german, "FR")).toEqual([]);
});

describe("the obstacle to a sale", () => {
  test.each([
    [everywhere, "DE", "reservation", undefined],
    [everywhere, "BR", "reservation", "country"],
    [everywhere, "ZZ", "online_service", "country"],
    [german, "FR", "perpetual_software", "country"],
    [unqualified, "DE", "perpetual_software", "qualification"],
    [{ ...german, perpetualSoftware: false }, "FR", "perpetual_software", "country"],
  ] as const)("of %o in %s for %s is %s", (seller, market, kind, obstacle) => {
    expect(saleObstacle(seller, { market, kind })).toBe(obstacle);
  });

  test("is absent exactly for what may be sold", () => {
    const seller = fc.record({
      sellsIn: fc.option(fc.subarray([...markets.keys()].slice(0, 60))),
      perpetualSoftware: fc.boolean(),
    });
    const country = fc.constantFrom(...[...markets.keys()].slice(0, 60), "ZZ");
    fc.assert(
      fc.property(seller, country, fc.constantFrom(...productKinds), (who, market, kind) => {
        const sells = sellableKinds(who, market).includes(kind);
        expect(saleObstacle(who, { market, kind }) === undefined).toBe(sells);
      }),
    );
  });
});
