import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { availabilityId } from "../availability-id.ts";
import type { Offer } from "../catalog-item.ts";
import { loadOffers } from "../store.ts";
import { catalogRows, orphans } from "../test-support/store.ts";
import { importFiles } from "./import-files.ts";

/*
 * Real sheets, which are not part of the project. The counts were taken from the files by other
 * means; `KONTOR_SHARED_DATA` names the folder that has them.
 */
const data = process.env.KONTOR_SHARED_DATA;

/** The offer of an item of a sheet, with the price at an instant. */
type Find = (
  item: Partial<Parameters<typeof availabilityId>[0]> & { productId: string; skuId: string },
  at: string,
) => Promise<Offer | undefined>;

describe.skipIf(!data)("imports of the shared sheets (need KONTOR_SHARED_DATA)", async () => {
  const database = await testDatabase();

  const find: Find = async (item, at) => {
    const key = {
      market: "US",
      currency: "USD",
      segment: "commercial",
      termDuration: "P1Y",
      billingPlan: "one_time",
      reservationScope: null,
      ...item,
    };
    const ids = { productId: key.productId, skuId: key.skuId };
    const wanted = { ...ids, availabilityId: availabilityId(key) };
    const offers = await loadOffers(database, [wanted], new Date(at));
    return [...offers.values()][0];
  };

  async function importTwice(folder: string, file: string) {
    const path = join(data ?? "", folder, file);
    const [first] = await importFiles(database, [path]);
    const rows = await catalogRows(database);
    const [second] = await importFiles(database, [path]);
    expect(await catalogRows(database)).toEqual(rows);
    expect(await orphans(database)).toBe(0);
    const { made = 0, changed = 0, unchanged = 0 } = first?.availabilities ?? {};
    expect(second).toMatchObject({
      rowsRead: first?.rowsRead,
      textsChanged: 0,
      availabilities: { made: 0, changed: 0, unchanged: made + changed + unchanged },
      rejectedCount: first?.rejectedCount,
    });
    return first;
  }

  test("the software sheet", async () => {
    expect(await importTwice("price-sheets", "software_TW_TWD_2022-07.csv")).toMatchObject({
      rowsRead: 242,
      products: 67,
      skus: 120,
      availabilities: { made: 183, changed: 0, unchanged: 0 },
      rejectedCount: 7,
    });
    // The first price names no end; the second one starts in July.
    const access = {
      productId: "DG7GMGF0D7FV",
      skuId: "0001",
      market: "TW",
      currency: "TWD",
      termDuration: null,
    };
    expect(await find(access, "2021-09-30T23:59:59.999Z")).toMatchObject({ unitPrice: null });
    expect(await find(access, "2022-06-30T23:59:59.999Z")).toMatchObject({ unitPrice: "5390" });
    expect(await find(access, "2022-07-01T00:00:00.000Z")).toMatchObject({
      kind: "perpetual_software",
      term: null,
      billingPlan: "one_time",
      unitPrice: "5400",
    });
  });

  test("the license-based sheet", async () => {
    const file = "new-commerce-license-based_US_USD_2025-11_extract.csv";
    expect(await importTwice("price-sheets", file)).toMatchObject({
      rowsRead: 452,
      products: 183,
      skus: 392,
      availabilities: { made: 437, changed: 0, unchanged: 0 },
      rejectedCount: 15,
    });
    const retention = { productId: "CFQ7TTC0HL8Z", skuId: "0005", billingPlan: "monthly" };
    expect(await find(retention, "2025-11-01T00:00:00.000Z")).toMatchObject({
      kind: "online_service",
      publisherName: "Microsoft Corporation",
      unitPrice: "13.56",
    });
  });

  test("the reservations sheet, and the retail prices of the same reservations", async () => {
    const file = "azure-reservations_US_USD.csv";
    expect(await importTwice("price-sheets", file)).toMatchObject({
      rowsRead: 231,
      products: 76,
      skus: 193,
      availabilities: { made: 193, changed: 0, unchanged: 0 },
      rejectedCount: 0,
    });
    const machine = { productId: "DZH318Z08M9J", skuId: "036G", termDuration: "P3Y" };
    const prices = async () => [
      (await find(machine, "2026-05-31T23:59:59.999Z"))?.unitPrice,
      (await find(machine, "2026-06-01T00:00:00.000Z"))?.unitPrice,
    ];
    expect(await prices()).toEqual(["65809", "70256"]);

    const csv = await importTwice("azure-retail-prices", "reservations-worldwide_USD.csv");
    expect(csv).toMatchObject({
      rowsRead: 315,
      products: 76,
      skus: 193,
      availabilities: { made: 0, changed: 193, unchanged: 0 },
      rejectedCount: 84,
    });
    expect(await prices()).toEqual(["65809", "70256"]);
  });

  test("the retail prices as the service answers them", async () => {
    const file = "first-1000-items_USD_2026-08-22.json";
    const report = await importTwice("azure-retail-prices", file);
    expect(report).toMatchObject({ rowsRead: 1000, products: 58, skus: 138, rejectedCount: 862 });
    const machine = { productId: "DZH318Z0BQJ7", skuId: "017G" };
    expect(await find(machine, "2026-08-22T00:00:00.000Z")).toMatchObject({
      kind: "reservation",
      unitPrice: "569",
    });
  });
});
