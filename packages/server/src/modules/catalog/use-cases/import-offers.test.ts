import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { limits } from "../../../foundation/limits.ts";
import type { SheetRow } from "../sheets/read-offers.ts";
import { importSample, sampleOffer } from "../test-support/offers.ts";
import {
  breakImport,
  catalogRows,
  countCatalog,
  moveAvailability,
  orphans,
  pricesOf,
  withdraw,
} from "../test-support/store.ts";
import { importOffers } from "./import-offers.ts";

const database = await testDatabase();

let products = 0;
/** The id of a product that no other test has. */
function newProduct(): string {
  products += 1;
  return `IMPORT${String(products).padStart(6, "0")}`;
}

const january = "2026-01-01T00:00:00.000Z";
const february = "2026-02-01T00:00:00.000Z";
const march = "2026-03-01T00:00:00.000Z";

test("makes products, SKUs, availabilities and prices", async () => {
  const before = await countCatalog(database);
  const id = newProduct();
  const report = await importSample(database, [
    sampleOffer({ product: { id } }),
    sampleOffer({ product: { id }, market: "DE", currency: "EUR" }),
    sampleOffer({ product: { id }, sku: { id: "000F" } }),
  ]);
  expect(report).toEqual({
    file: "sample.csv",
    rowsRead: 3,
    products: 1,
    skus: 2,
    textsChanged: 0,
    availabilities: { made: 3, changed: 0, unchanged: 0 },
    rejected: [],
    rejectedCount: 0,
  });
  expect(await countCatalog(database)).toEqual({
    products: (before.products ?? 0) + 1,
    skus: (before.skus ?? 0) + 2,
    availabilities: (before.availabilities ?? 0) + 3,
    prices: (before.prices ?? 0) + 3,
  });
  expect(await orphans(database)).toBe(0);
});

test("texts with tabs, line ends, backslashes and quotes come back as they were", async () => {
  const id = newProduct();
  const title = 'a\tb\nc\rd\\e "f" \\N \\. é 日本 😀';
  const dynamicAttributes = { region: title, duration: "1Year" };
  await importSample(database, [
    sampleOffer({
      product: { id, title, description: title, publisherName: title },
      sku: { title, description: title, dynamicAttributes },
    }),
  ]);
  const rows = await catalogRows(database);
  const row = (name: string, key: string) =>
    rows.find((found) => found.name === name && found.id === key)?.row;
  expect(row("product", id)).toMatchObject({ title, description: title, publisher_name: title });
  expect(row("sku", `${id}0001`)).toMatchObject({
    title,
    description: title,
    dynamic_attributes: dynamicAttributes,
  });
});

test("the same source again writes no row", async () => {
  const id = newProduct();
  const rows = [
    sampleOffer({ product: { id } }),
    sampleOffer({ product: { id }, effectiveFrom: february, unitPrice: "130" }),
    sampleOffer({ product: { id }, sku: { id: "0002" }, erpPrice: "1.0000001" }),
  ];
  await importSample(database, rows);
  const before = await catalogRows(database);
  const report = await importSample(database, rows);
  expect(report).toMatchObject({
    rowsRead: 3,
    products: 1,
    skus: 2,
    textsChanged: 0,
    availabilities: { made: 0, changed: 0, unchanged: 2 },
  });
  expect(await catalogRows(database)).toEqual(before);
});

describe("prices", () => {
  test("are versions by their start, in whatever order they come", async () => {
    const id = newProduct();
    const version = (effectiveFrom: string, unitPrice: string) =>
      sampleOffer({ product: { id }, effectiveFrom, unitPrice });
    const report = await importSample(database, [version(march, "3"), version(january, "1")]);
    expect(report.availabilities).toEqual({ made: 1, changed: 0, unchanged: 0 });
    const later = await importSample(database, [version(february, "2")]);
    expect(later.availabilities).toEqual({ made: 0, changed: 1, unchanged: 0 });
    const versions = await pricesOf(database, id);
    expect(versions.map(({ unitPrice }) => unitPrice)).toEqual(["1", "2", "3"]);
  });

  test("with a known start and another amount or end are replaced", async () => {
    const id = newProduct();
    const other = newProduct();
    await importSample(database, [
      sampleOffer({ product: { id } }),
      sampleOffer({ product: { id: other } }),
    ]);
    const untouched = async () =>
      (await catalogRows(database)).filter((row) => String(row.id).startsWith(other));
    const before = await untouched();
    const report = await importSample(database, [
      sampleOffer({ product: { id }, unitPrice: "99.99", erpPrice: "110", effectiveTo: march }),
      sampleOffer({ product: { id: other } }),
    ]);
    expect(report.availabilities).toEqual({ made: 0, changed: 1, unchanged: 1 });
    expect(await untouched()).toEqual(before);
    expect(await pricesOf(database, id)).toEqual([
      {
        unitPrice: "99.99",
        erpPrice: "110",
        from: new Date("2020-01-01T00:00:00.000Z"),
        to: new Date(march),
      },
    ]);
  });

  test("that a source does not mention stay", async () => {
    const id = newProduct();
    await importSample(database, [sampleOffer({ product: { id } })]);
    await importSample(database, [sampleOffer({ product: { id }, effectiveFrom: march })]);
    expect(await pricesOf(database, id)).toHaveLength(2);
  });
});

describe("texts", () => {
  test("of a known product and SKU are taken over, and counted", async () => {
    const id = newProduct();
    await importSample(database, [sampleOffer({ product: { id } })]);
    const report = await importSample(database, [
      sampleOffer({ product: { id, title: "New" }, sku: { dynamicAttributes: { region: "X" } } }),
    ]);
    expect(report).toMatchObject({
      textsChanged: 2,
      availabilities: { made: 0, changed: 0, unchanged: 1 },
    });
    const rows = await catalogRows(database);
    expect(rows.find((row) => row.id === id)?.row).toMatchObject({ title: "New" });
  });

  test("the last row of a source counts, however often they change to and fro", async () => {
    const id = newProduct();
    const titled = (title: string, sku: string, effectiveFrom = january) =>
      sampleOffer({ product: { id, title }, sku: { id: sku, title }, effectiveFrom });
    await importSample(database, [
      titled("A", "0001"),
      titled("B", "0002"),
      titled("A", "0002", march),
      titled("B", "0003"),
    ]);
    const rows = await catalogRows(database);
    const titles = rows
      .filter((row) => ["product", "sku"].includes(String(row.name)))
      .filter((row) => String(row.id).startsWith(id))
      .map((row) => (row.row as { title: string }).title);
    // The product, then its SKUs.
    expect(titles).toEqual(["B", "A", "A", "B"]);
  });
});

describe("rejected rows", () => {
  test("are listed with their line, and the rest is imported", async () => {
    const id = newProduct();
    const report = await importSample(database, [
      "no price",
      sampleOffer({ product: { id } }),
      "no term",
    ]);
    expect(report).toMatchObject({
      rowsRead: 3,
      availabilities: { made: 1, changed: 0, unchanged: 0 },
      rejected: [
        { file: "sample.csv", line: 2, reason: "no price" },
        { file: "sample.csv", line: 4, reason: "no term" },
      ],
      rejectedCount: 2,
    });
  });

  test("beyond the limit are only counted", async () => {
    const reasons = Array.from({ length: limits.importRejectsListed }, () => "bad");
    const full = await importSample(database, reasons);
    expect([full.rejected.length, full.rejectedCount]).toEqual([
      limits.importRejectsListed,
      limits.importRejectsListed,
    ]);
    const over = await importSample(database, [...reasons, "worse"]);
    expect([over.rejected.length, over.rejectedCount]).toEqual([
      limits.importRejectsListed,
      limits.importRejectsListed + 1,
    ]);
  });

  test("a second price of an item from the same instant is one; the first counts", async () => {
    const id = newProduct();
    const priced = (unitPrice: string) => sampleOffer({ product: { id }, unitPrice });
    const report = await importSample(database, [
      priced("1"),
      priced("2"),
      sampleOffer({ product: { id }, effectiveFrom: march }),
      priced("1"),
    ]);
    const reason = "row 2 has priced the same item from the same instant already";
    expect(report).toMatchObject({
      rowsRead: 4,
      availabilities: { made: 1, changed: 0, unchanged: 0 },
      rejected: [
        { file: "sample.csv", line: 3, reason },
        { file: "sample.csv", line: 5, reason },
      ],
      rejectedCount: 2,
    });
    const versions = await pricesOf(database, id);
    expect(versions.map(({ unitPrice }) => unitPrice)).toEqual(["1", "120.5"]);
  });
});

test("repeats beyond the limit are only counted", async () => {
  const id = newProduct();
  const repeats = limits.importRejectsListed + 5;
  const rows = Array.from({ length: repeats + 1 }, () => sampleOffer({ product: { id } }));
  const report = await importSample(database, rows);
  expect(report.availabilities).toEqual({ made: 1, changed: 0, unchanged: 0 });
  expect([report.rejected.length, report.rejectedCount]).toEqual([
    limits.importRejectsListed,
    repeats,
  ]);
  expect(report.rejected[0]).toMatchObject({ line: 3 });
});

describe("a source that breaks off", () => {
  async function* broken(id: string, batches: number): AsyncGenerator<SheetRow[]> {
    for (let batch = 0; batch < batches; batch += 1) {
      const sku = { id: String(batch).padStart(4, "0"), description: "x".repeat(4000) };
      yield Array.from({ length: 100 }, (_, index) => ({
        line: batch * 100 + index,
        offer: sampleOffer({
          product: { id },
          sku,
          effectiveFrom: new Date(index * 86_400_000).toISOString(),
        }),
      }));
    }
    throw new Error("the disk is gone");
  }

  test.each([0, 1, 200])("after %i batches leaves nothing", async (batches) => {
    const before = await catalogRows(database);
    const importing = importOffers(database, broken(newProduct(), batches), { file: "broken" });
    await expect(importing).rejects.toThrow("the disk is gone");
    expect(await catalogRows(database)).toEqual(before);
    expect(await orphans(database)).toBe(0);
    // The connection went back in order: the next import is like any other.
    const next = await importSample(database, [sampleOffer({ product: { id: newProduct() } })]);
    expect(next.availabilities.made).toBe(1);
  });

  test.each([1, 3000])(
    "as does one whose connection is lost, with %i more batches",
    async (more) => {
      const before = await catalogRows(database);
      const id = newProduct();
      async function* interrupted(): AsyncGenerator<SheetRow[]> {
        yield [{ line: 1, offer: sampleOffer({ product: { id } }) }];
        await breakImport(database);
        for (let line = 2; line < more + 2; line += 1) {
          const sku = { description: `${line} ${"x".repeat(3000)}` };
          yield [{ line, offer: sampleOffer({ product: { id }, sku }) }];
        }
      }
      const importing = importOffers(database, interrupted(), { file: "interrupted" });
      await expect(importing).rejects.toThrow(/terminat|EPIPE|ECONNRESET/);
      expect(await catalogRows(database)).toEqual(before);
      expect(await orphans(database)).toBe(0);
    },
  );

  test("as does one that PostgreSQL refuses", async () => {
    const before = await catalogRows(database);
    const rows = [
      sampleOffer({ product: { id: newProduct() } }),
      sampleOffer({ product: { id: newProduct() }, unitPrice: "-1" }),
    ];
    await expect(importSample(database, rows)).rejects.toThrow("price_unit_price_check");
    const unreadable = [sampleOffer({ unitPrice: "cheap" })];
    await expect(importSample(database, unreadable)).rejects.toThrow("numeric");
    expect(await catalogRows(database)).toEqual(before);
    expect(await orphans(database)).toBe(0);
  });
});

test("an id that stands for another offer is refused", async () => {
  const id = newProduct();
  await importSample(database, [sampleOffer({ product: { id } })]);
  await moveAvailability(database, id, "DE");
  const before = await catalogRows(database);
  const again = importSample(database, [sampleOffer({ product: { id }, unitPrice: "1" })]);
  await expect(again).rejects.toThrow("stand for other offers");
  expect(await catalogRows(database)).toEqual(before);
});

test("an item taken off sale stays off", async () => {
  const id = newProduct();
  await importSample(database, [sampleOffer({ product: { id } })]);
  await withdraw(database, id);
  await importSample(database, [sampleOffer({ product: { id }, unitPrice: "1" })]);
  const rows = await catalogRows(database);
  const item = rows.find((row) => row.name === "availability" && String(row.id).startsWith(id));
  expect(item?.row).toMatchObject({ is_purchasable: false });
});

test("imports at the same moment wait for one another", async () => {
  const id = newProduct();
  const priced = (unitPrice: string) =>
    importSample(database, [sampleOffer({ product: { id }, unitPrice })]);
  const reports = await Promise.all(["1", "2", "3", "4"].map(priced));
  expect(reports.map(({ availabilities }) => availabilities.made).toSorted()).toEqual([0, 0, 0, 1]);
  expect(reports.filter(({ availabilities }) => availabilities.changed === 1)).toHaveLength(3);
  expect(await pricesOf(database, id)).toHaveLength(1);
});

test("an empty source is an import of nothing", async () => {
  const before = await catalogRows(database);
  const report = await importOffers(database, [], { file: "empty" });
  expect(report).toMatchObject({ rowsRead: 0, products: 0, skus: 0, rejectedCount: 0 });
  expect(await catalogRows(database)).toEqual(before);
});

test("progress tells the rows read after each batch", async () => {
  const id = newProduct();
  const seen: number[] = [];
  const offer = sampleOffer({ product: { id } });
  const batches = [[{ line: 1, offer }], [], [{ line: 2, rejected: "bad" }]];
  await importOffers(database, batches, { file: "sample", onProgress: (rows) => seen.push(rows) });
  expect(seen).toEqual([1, 1, 2]);
});
