import Big from "big.js";
import { describe, expect, test } from "vitest";
import { availabilityId, availabilityKeyOf } from "./availability-id.ts";
import { defaultCatalog } from "./default-catalog.ts";
import type { PricedOffer } from "./offer.ts";

const catalog = defaultCatalog();
const { offers } = catalog;

function productsOf(choose: (offer: PricedOffer) => boolean): Set<string> {
  return new Set(offers.filter(choose).map(({ product }) => product.id));
}

function skuKey(offer: PricedOffer): string {
  return `${offer.product.id}:${offer.sku.id}`;
}

test("the catalog is the same on every call", () => {
  expect(defaultCatalog()).toEqual(catalog);
});

test("has products of every kind and reservation type", () => {
  expect(productsOf(() => true).size).toBe(36);
  expect(productsOf(({ product }) => product.kind === "reservation").size).toBe(14);
  expect(productsOf(({ product }) => product.kind === "perpetual_software").size).toBe(12);
  expect(productsOf(({ product }) => product.kind === "term_software").size).toBe(7);
  expect(productsOf(({ product }) => product.kind === "online_service").size).toBe(2);
  expect([...productsOf(({ product }) => product.kind === "azure_plan")]).toEqual(["DZH318Z0BPS6"]);
  expect(productsOf(({ product }) => product.isSuse).size).toBe(2);
  for (const type of ["virtualmachines", "sqldatabases", "cosmosdb", "other"]) {
    expect(productsOf(({ product }) => product.reservationType === type).size).toBeGreaterThan(0);
  }
});

test("ids have the contract's form, and every offer is another catalog item", () => {
  for (const { product, sku } of offers) {
    expect(product.id).toMatch(/^((DZH318Z0|DG7GMGF0|CFQ7TTC0)KT\d\d|DZH318Z0BPS6)$/);
    expect(sku.id).toMatch(/^[0-9A-Z]{4}$/);
  }
  const items = offers.map((offer) => skuKey(offer) + availabilityId(availabilityKeyOf(offer)));
  expect(new Set(items).size).toBe(offers.length);
});

test("a product or SKU reads the same in all of its offers", () => {
  const seen = new Map<string, string>();
  for (const offer of offers) {
    const text = JSON.stringify([offer.product, offer.sku]);
    expect(seen.get(skuKey(offer)) ?? text).toBe(text);
    seen.set(skuKey(offer), text);
  }
});

test("every SKU is sold in each of the nine markets, in the market's currency", () => {
  const markets = new Map<string, Set<string>>();
  for (const offer of offers) {
    const found = markets.get(skuKey(offer)) ?? new Set();
    markets.set(skuKey(offer), found.add(`${offer.market} ${offer.currency}`));
  }
  const all = "US USD,DE EUR,FR EUR,NL EUR,ES EUR,IE EUR,IT EUR,AT EUR,JP JPY".split(",");
  for (const [sku, found] of markets) expect([...found], sku).toEqual(all);
});

describe("prices", () => {
  test("are plain decimals, whole in yen, never above the expected price", () => {
    for (const { product, currency, unitPrice, erpPrice, billingPlan } of offers) {
      expect(unitPrice).toMatch(currency === "JPY" ? /^\d+$/ : /^\d+(\.\d{0,3}[1-9])?$/);
      expect(erpPrice).toMatch(currency === "JPY" ? /^\d+$/ : /^\d+(\.\d?[1-9])?$/);
      expect(new Big(unitPrice).lte(erpPrice ?? "")).toBe(true);
      const isFree = billingPlan === "none" || product.kind === "azure_plan";
      expect(unitPrice === "0").toBe(isFree);
    }
  });

  test("are converted and shared exactly, and cut at the currency's last digit", () => {
    const priceOf = (title: string, market: string, segment: string) => {
      const found = offers.find(
        (o) => o.sku.title === title && o.market === market && o.segment === segment,
      );
      return [found?.unitPrice, found?.erpPrice];
    };
    const b1s = "Reserved VM Instance, Standard_B1s, US East, 1 Year";
    expect(priceOf(b1s, "US", "commercial")).toEqual(["53.37", "60.64"]);
    // 53.37 at 149.37 is 7 971.8769, divided by 0.88 it is 9 058.951.
    expect(priceOf(b1s, "JP", "commercial")).toEqual(["7971", "9058"]);
    // 271.93 by 0.4 at 0.9273 is 100.8642756, divided by 0.88 it is 114.618.
    expect(priceOf("Visio Standard 2024", "DE", "education")).toEqual(["100.86", "114.61"]);
    // 43.7185 by 0.9273 is 40.54016505: it keeps four decimals.
    expect(priceOf("Windows Server 2025, User CAL", "FR", "commercial")).toEqual([
      "40.5401",
      "46.06",
    ]);
  });

  test("some do not divide into whole minor units by month, year or piece", () => {
    const finer = offers.filter(({ unitPrice }) => /\.\d{3}/.test(unitPrice));
    expect(productsOf((offer) => finer.includes(offer)).size).toBeGreaterThanOrEqual(5);
    const yearly = offers.filter((o) => o.billingPlan === "annual" && o.termDuration === "P3Y");
    const uneven = yearly.filter((o) => !new Big(o.unitPrice).times(100).mod(3).eq(0));
    expect(uneven.length).toBeGreaterThan(0);
  });
});

describe("reservations", () => {
  const reservations = offers.filter(({ product }) => product.kind === "reservation");

  test("have both scopes as separate availabilities of the same price", () => {
    const scopes = Map.groupBy(reservations, (offer) => `${skuKey(offer)} ${offer.market}`);
    for (const [key, pair] of scopes) {
      expect(
        pair.map(({ reservationScope }) => reservationScope),
        key,
      ).toEqual(["Azure", "AzurePlan"]);
      expect(pair[0]?.unitPrice, key).toBe(pair[1]?.unitPrice);
    }
    for (const offer of offers.filter((other) => !reservations.includes(other))) {
      expect(offer.reservationScope).toBeNull();
    }
  });

  test("tell region, ARM SKU and a duration that is their term", () => {
    for (const { sku, termDuration, billingPlan } of reservations) {
      const { armRegionName, armSkuName, region, duration } = sku.dynamicAttributes;
      expect([armRegionName, armSkuName, region].every(Boolean), sku.title).toBe(true);
      expect(duration).toBe(termDuration === "P3Y" ? "3Years" : "1Year");
      expect(billingPlan).toBe("one_time");
      for (const value of Object.values(sku.dynamicAttributes)) expect(typeof value).toBe("string");
    }
  });

  test("three years cost more than one and less than three times as much", () => {
    const inUs = reservations.filter((o) => o.market === "US" && o.reservationScope === "Azure");
    const places = Map.groupBy(inUs, ({ product, sku }) => {
      const { armSkuName, armRegionName } = sku.dynamicAttributes;
      return `${product.id} ${armSkuName} ${armRegionName}`;
    });
    for (const [place, found] of places) {
      if (found.length === 1) continue;
      const [one, three] = found.map(({ unitPrice }) => new Big(unitPrice));
      expect(one !== undefined && three?.gt(one) && three.lt(one.times(3)), place).toBe(true);
    }
  });

  test("include the five B1s SKUs of a year", () => {
    const small = reservations.filter(
      ({ sku, market, reservationScope }) =>
        sku.dynamicAttributes.armSkuName === "Standard_B1s" &&
        market === "US" &&
        reservationScope === "AzurePlan",
    );
    expect(small.map(({ sku }) => sku.dynamicAttributes.armRegionName)).toEqual([
      "koreasouth",
      "eastus",
      "westus2",
      "northcentralus",
      "canadaeast",
    ]);
    expect(new Set(small.map(({ termDuration }) => termDuration))).toEqual(new Set(["P1Y"]));
  });
});

test("software is sold to commercial and education customers, services to nonprofits too", () => {
  const segments = Map.groupBy(offers, ({ product }) => product.kind);
  const of = (kind: PricedOffer["product"]["kind"]) =>
    new Set(segments.get(kind)?.map(({ segment }) => segment));
  expect(of("perpetual_software")).toEqual(new Set(["commercial", "education"]));
  expect(of("term_software")).toEqual(new Set(["commercial", "education"]));
  expect(of("online_service")).toEqual(new Set(["commercial", "education", "nonprofit"]));
  expect(of("reservation")).toEqual(new Set(["commercial"]));
});

test("terms and plans fit the kinds, and the trial is free", () => {
  for (const { product, sku, termDuration, billingPlan, unitPrice } of offers) {
    if (product.kind === "perpetual_software") {
      expect([termDuration, billingPlan]).toEqual([null, "one_time"]);
    } else if (product.kind === "azure_plan") {
      expect([termDuration, billingPlan]).toEqual([null, "monthly"]);
    } else expect(termDuration).not.toBeNull();
    expect(sku.isTrial).toBe(billingPlan === "none");
    if (sku.isTrial) expect([termDuration, unitPrice]).toEqual(["P1M", "0"]);
  }
  const services = offers.filter(({ product }) => product.kind === "online_service");
  expect(new Set(services.map(({ billingPlan }) => billingPlan))).toEqual(
    new Set(["monthly", "annual", "none"]),
  );
});

test("the SKUs of a closed region are restricted, and no others", () => {
  const inBrazil = new Set(
    offers.filter((o) => o.sku.dynamicAttributes.armRegionName === "brazilsouth").map(skuKey),
  );
  expect(inBrazil.size).toBe(4);
  const { restrictions } = catalog;
  expect(new Set(restrictions.map((r) => `${r.productId}:${r.skuId}`))).toEqual(inBrazil);
  for (const restriction of restrictions) {
    expect(restriction).toMatchObject({
      reasonCode: "NotAvailableForSubscription",
      type: "Location",
      values: "brazilsouth",
    });
  }
});

test("downloads belong to perpetual SKUs, with keys that a path can hold", () => {
  const perpetual = new Set(
    offers.filter(({ product }) => product.kind === "perpetual_software").map(skuKey),
  );
  const keys = catalog.downloads.map((option) => {
    expect(perpetual.has(`${option.productId}:${option.skuId}`)).toBe(true);
    expect(option.optionKey).toMatch(/^[A-Za-z0-9_=-]+$/);
    expect(Number.isSafeInteger(option.fileSize) && option.fileSize > 1_000_000_000).toBe(true);
    return `${option.productId}:${option.skuId}:${option.optionKey}`;
  });
  expect(new Set(keys).size).toBe(25);
});
