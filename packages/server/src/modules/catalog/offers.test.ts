import { expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { addDays, addMs, startOfDay, systemNow } from "../../foundation/clock.ts";
import type { Db } from "../../foundation/database/sql.ts";
import { catalogItemIdOf } from "./catalog-item.ts";
import { defaultCatalog } from "./default-catalog.ts";
import { billingCyclesOf, requirementsOf } from "./requirements.ts";
import { loadOffers } from "./store.ts";
import { importSample, sampleOffer } from "./test-support/offers.ts";
import { catalogRows } from "./test-support/store.ts";
import { seedCatalog } from "./use-cases/seed.ts";

const server = await testServer();
const { database } = server;
const { offers, restrictions } = defaultCatalog();
const at = new Date("2026-01-01T00:00:00.000Z");

function idsOf(catalogItem: string) {
  const [productId = "", skuId = "", availabilityId = ""] = catalogItem.split(":");
  return { productId, skuId, availabilityId };
}

test("every offer of the default catalog is loaded as it was seeded, with one statement", async () => {
  let statements = 0;
  const db: Db = {
    query: (statement) => {
      statements += 1;
      return database.query(statement);
    },
  };
  const found = await loadOffers(
    db,
    offers.map((offer) => idsOf(catalogItemIdOf(offer))),
    at,
  );
  expect(statements).toBe(1);
  expect(found.size).toBe(offers.length);
  for (const offer of offers) {
    const { product, sku } = offer;
    const own = restrictions.filter((r) => r.productId === product.id && r.skuId === sku.id);
    expect(found.get(catalogItemIdOf(offer))).toEqual({
      catalogItemId: catalogItemIdOf(offer),
      ...idsOf(catalogItemIdOf(offer)),
      market: offer.market,
      currency: offer.currency,
      segment: offer.segment,
      term: offer.termDuration,
      billingPlan: offer.billingPlan,
      reservationScope: offer.reservationScope,
      isPurchasable: true,
      kind: product.kind,
      reservationType: product.reservationType,
      productTitle: product.title,
      skuTitle: sku.title,
      publisherName: product.publisherName,
      minimumQuantity: sku.minimumQuantity,
      maximumQuantity: sku.maximumQuantity,
      unitPrice: offer.unitPrice,
      restrictions: own.map(({ reasonCode, description, type, values }) => ({
        reasonCode,
        description,
        type,
        values,
      })),
    });
  }
});

test("ids are matched in any case, once each; unknown ones are absent", async () => {
  const [first] = offers;
  const id = first ? catalogItemIdOf(first) : "";
  const items = [idsOf(id), idsOf(id.toLowerCase()), idsOf("X:Y:Z"), idsOf(`${id}X`)];
  const found = await loadOffers(database, items, at);
  expect([...found.keys()]).toEqual([id]);
  expect(await loadOffers(database, [], at)).toEqual(new Map());
});

test("the price is the version in force: the last one begun, unless it has ended", async () => {
  const priced = (unitPrice: string, effectiveFrom: string, effectiveTo: string | null = null) =>
    sampleOffer({ unitPrice, effectiveFrom, effectiveTo });
  const first = priced("1.0000001", "2026-01-01T00:00:00.000Z");
  await importSample(database, [
    first,
    priced("2", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"),
    priced("0", "2026-04-01T00:00:00.000Z"),
  ]);
  const id = catalogItemIdOf(first);
  const priceAt = async (instant: string) =>
    (await loadOffers(database, [idsOf(id)], new Date(instant))).get(id)?.unitPrice;
  expect(await priceAt("2025-12-31T23:59:59.999Z")).toBeNull();
  expect(await priceAt("2026-01-01T00:00:00.000Z")).toBe("1.0000001");
  expect(await priceAt("2026-01-31T23:59:59.999Z")).toBe("1.0000001");
  expect(await priceAt("2026-02-01T00:00:00.000Z")).toBe("2");
  expect(await priceAt("2026-02-28T23:59:59.999Z")).toBe("2");
  expect(await priceAt("2026-03-01T00:00:00.000Z")).toBeNull();
  expect(await priceAt("2026-04-01T00:00:00.000Z")).toBe("0");
});

test("seeding again writes no row, and leaves what was imported", async () => {
  await importSample(database, [sampleOffer({ product: { id: "OTHERPRODUCT" } })]);
  const before = await catalogRows(database);
  expect(before.some((row) => row.id === "OTHERPRODUCT")).toBe(true);
  await seedCatalog(database);
  expect(await catalogRows(database)).toEqual(before);
});

test("what is sold changes with the partner's clock", async () => {
  const product = { id: "CLOCKPRODUCT", title: "Sold for one year" };
  const start = addDays(startOfDay(systemNow()), 365);
  const end = addDays(start, 365);
  const [effectiveFrom, effectiveTo] = [start.toISOString(), end.toISOString()];
  await importSample(database, [sampleOffer({ product, effectiveFrom, effectiveTo })]);
  const statuses: number[] = [];
  for (const instant of [addMs(start, -1), start, addMs(end, -1), end]) {
    await server.at(instant.toISOString());
    statuses.push((await server.call("GET", `/v1/products/${product.id}?country=US`)).status);
  }
  expect(statuses).toEqual([404, 200, 200, 404]);
});

test("only reservations demand something of their buyer", () => {
  expect(requirementsOf("reservation").purchasePrerequisites).toContain("InventoryCheck");
  for (const kind of [
    "perpetual_software",
    "term_software",
    "online_service",
    "azure_plan",
  ] as const) {
    const { purchasePrerequisites, inventoryVariables, provisioningVariables } =
      requirementsOf(kind);
    expect([purchasePrerequisites, inventoryVariables, provisioningVariables]).toEqual([
      [],
      [],
      [],
    ]);
  }
});

test("a billing plan allows its own cycle", () => {
  for (const plan of ["one_time", "monthly", "annual", "none"] as const) {
    expect(billingCyclesOf(plan)).toEqual([plan]);
  }
});
