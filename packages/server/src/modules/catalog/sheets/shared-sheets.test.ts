import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { availabilityId, availabilityKeyOf } from "../availability-id.ts";
import type { PricedOffer } from "../offer.ts";
import { readOffers } from "./read-offers.ts";

/*
 * Real sheets, which are not part of the project. The counts were taken from the files by other
 * means; `KONTOR_SHARED_DATA` names the folder that has them.
 */
const data = process.env.KONTOR_SHARED_DATA;

interface Reading {
  offers: PricedOffer[];
  /** Reason -> how many rows. */
  rejected: Record<string, number>;
  lines: number[];
}

async function readAll(folder: string, file: string): Promise<Reading> {
  const reading: Reading = { offers: [], rejected: {}, lines: [] };
  for await (const row of readOffers(join(data ?? "", folder, file))) {
    reading.lines.push(row.line);
    if ("offer" in row) reading.offers.push(row.offer);
    else reading.rejected[row.rejected] = (reading.rejected[row.rejected] ?? 0) + 1;
  }
  return reading;
}

function countBy(offers: readonly PricedOffer[], of: (offer: PricedOffer) => string | null) {
  const counts: Record<string, number> = {};
  for (const offer of offers) counts[`${of(offer)}`] = (counts[`${of(offer)}`] ?? 0) + 1;
  return counts;
}

function catalogItems(offers: readonly PricedOffer[]): Set<string> {
  return new Set(
    offers.map((offer) => {
      const key = availabilityKeyOf(offer);
      return `${key.productId}:${key.skuId}:${availabilityId(key)}`;
    }),
  );
}

const sheets = "price-sheets";
const retail = "azure-retail-prices";
const reservationsSheet = "azure-reservations_US_USD.csv";
const licenseSheet = "new-commerce-license-based_US_USD_2025-11_extract.csv";

describe.skipIf(!data)("shared sheets (need KONTOR_SHARED_DATA)", () => {
  test("software: 235 of 242 rows are offers", async () => {
    const { offers, rejected, lines } = await readAll(sheets, "software_TW_TWD_2022-07.csv");
    expect([lines[0], lines.at(-1), lines.length]).toEqual([2, 243, 242]);
    expect(rejected).toEqual({
      "the row has no price": 6,
      'billing plan "Annual" needs a term, and the row has none': 1,
    });
    expect(countBy(offers, ({ product }) => product.kind)).toEqual({
      perpetual_software: 193,
      term_software: 42,
    });
    expect(countBy(offers, ({ billingPlan }) => billingPlan)).toEqual({
      one_time: 195,
      annual: 38,
      monthly: 2,
    });
    expect(countBy(offers, ({ termDuration }) => termDuration)).toEqual({
      null: 193,
      P1Y: 23,
      P3Y: 19,
    });
    expect(new Set(offers.map(({ market, currency }) => market + currency))).toEqual(
      new Set(["TWTWD"]),
    );
    // 52 items have a price from two instants.
    expect(catalogItems(offers).size).toBe(183);
  });

  test("license-based: 437 of 452 rows are offers", async () => {
    const { offers, rejected, lines } = await readAll(sheets, licenseSheet);
    expect([lines[0], lines.at(-1), lines.length]).toEqual([2, 453, 452]);
    expect(rejected).toEqual({
      'billing plan "Triennial" is not OneTime, Monthly, Annual or None': 15,
    });
    expect(countBy(offers, ({ product }) => product.kind)).toEqual({ online_service: 437 });
    expect(countBy(offers, ({ billingPlan }) => billingPlan)).toEqual({
      monthly: 277,
      annual: 155,
      none: 5,
    });
    expect(countBy(offers, ({ termDuration }) => termDuration)).toEqual({
      P1M: 135,
      P1Y: 260,
      P3Y: 42,
    });
    expect(offers.filter(({ sku }) => sku.isTrial)).toHaveLength(5);
    expect(offers.filter(({ unitPrice }) => unitPrice === "0")).toHaveLength(27);
    expect(offers.every(({ sku }) => /^[0-9A-Z]{4}$/.test(sku.id))).toBe(true);
    expect(offers.every(({ effectiveTo }) => effectiveTo === null)).toBe(true);
    expect(offers.filter(({ effectiveFrom }) => effectiveFrom < "1800")).toHaveLength(2);
    expect(catalogItems(offers).size).toBe(437);
    expect(offers[0]).toMatchObject({ sku: { id: "0005" }, unitPrice: "13.56", erpPrice: "16.92" });
  });

  test("reservations: all 231 rows are offers of 193 items", async () => {
    const { offers, rejected, lines } = await readAll(sheets, reservationsSheet);
    expect([lines[0], lines.at(-1), lines.length]).toEqual([2, 232, 231]);
    expect(rejected).toEqual({});
    expect(countBy(offers, ({ termDuration }) => termDuration)).toEqual({ P1Y: 126, P3Y: 105 });
    expect(countBy(offers, ({ product }) => product.reservationType)).toEqual({
      virtualmachines: 193,
      sqldatabases: 2,
      other: 36,
    });
    expect(offers.filter(({ effectiveTo }) => effectiveTo !== null)).toHaveLength(38);
    expect(offers.every(({ sku }) => sku.dynamicAttributes.region !== undefined)).toBe(true);
    expect(catalogItems(offers).size).toBe(193);
  });

  test("retail CSV: 231 of 315 rows are offers", async () => {
    const { offers, rejected, lines } = await readAll(retail, "reservations-worldwide_USD.csv");
    expect([lines[0], lines.at(-1), lines.length]).toEqual([2, 316, 315]);
    expect(rejected).toEqual({ 'reservation term "10 Years" is not 1 Year or 3 Years': 84 });
    expect(new Set(offers.map(({ market }) => market))).toEqual(new Set(["US"]));
    expect(catalogItems(offers).size).toBe(193);
  });

  test("retail JSON: 138 of 1 000 items are offers", async () => {
    const { offers, rejected, lines } = await readAll(
      retail,
      "first-1000-items_USD_2026-08-22.json",
    );
    expect([lines[0], lines.at(-1), lines.length]).toEqual([1, 1_000, 1_000]);
    expect(rejected).toEqual({
      'type "Consumption" is metered usage, which is not sold here': 672,
      'type "DevTestConsumption" is metered usage, which is not sold here': 188,
      'reservation term "10 Years" is not 1 Year or 3 Years': 2,
    });
    expect(countBy(offers, ({ termDuration }) => termDuration)).toEqual({ P1Y: 70, P3Y: 68 });
    expect(countBy(offers, ({ product }) => product.reservationType)).toEqual({
      virtualmachines: 116,
      sqldatabases: 2,
      other: 20,
    });
  });

  test("the reservations sheet and the retail prices that it was made of agree", async () => {
    const [sheet, csv] = await Promise.all([
      readAll(sheets, reservationsSheet),
      readAll(retail, "reservations-worldwide_USD.csv"),
    ]);
    const essence = (offer: PricedOffer) =>
      [
        availabilityId(availabilityKeyOf(offer)),
        offer.effectiveFrom,
        offer.unitPrice,
        offer.product.reservationType,
        offer.sku.title,
        offer.sku.dynamicAttributes.region,
        offer.sku.dynamicAttributes.duration,
      ].join(" ");
    expect(csv.offers.map(essence).sort()).toEqual(sheet.offers.map(essence).sort());
    // An end that both have is the same instant.
    const ends = (offers: readonly PricedOffer[]) =>
      new Map(
        offers
          .filter(({ effectiveTo }) => effectiveTo !== null)
          .map((offer) => [essence(offer), offer.effectiveTo]),
      );
    const sheetEnds = ends(sheet.offers);
    const inBoth = [...ends(csv.offers)].filter(([key]) => sheetEnds.has(key));
    expect(inBoth).toHaveLength(34);
    for (const [key, end] of inBoth) expect(sheetEnds.get(key)).toBe(end);
  });
});
