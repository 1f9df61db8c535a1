import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { DamagedSheetError, NotASheetError } from "../sheets/sheet-error.ts";
import { catalogRows, orphans, pricesOf } from "../test-support/store.ts";
import { type ImportProgress, importFiles } from "./import-files.ts";

const database = await testDatabase();
const folder = await mkdtemp(join(tmpdir(), "kontor-import-"));
afterAll(() => rm(folder, { recursive: true }));

const header =
  "ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration," +
  "BillingPlan,Market,Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax," +
  "EffectiveStartDate,EffectiveEndDate,Tags,ERP Price,Segment";

function rowOf(product: string, price: string): string {
  return `Word,${product},1,Word,Us,"All, of it",,,OneTime,US,USD,${price},,,2024-01-01,,perpetual,,`;
}

async function sheet(name: string, ...rows: string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, [header, ...rows, ""].join("\n"));
  return path;
}

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test("each file is an import of its own, with its report", async () => {
  const first = await sheet("a.csv", rowOf("FILEPRODUCT1", "10"), rowOf("FILEPRODUCT2", ""));
  const second = await sheet("b.csv", rowOf("FILEPRODUCT1", "11"));
  expect(await importFiles(database, [first, second])).toEqual([
    {
      file: first,
      rowsRead: 2,
      products: 1,
      skus: 1,
      textsChanged: 0,
      availabilities: { made: 1, changed: 0, unchanged: 0 },
      rejected: [{ file: first, line: 3, reason: "the row has no price" }],
      rejectedCount: 1,
    },
    {
      file: second,
      rowsRead: 1,
      products: 1,
      skus: 1,
      textsChanged: 0,
      availabilities: { made: 0, changed: 1, unchanged: 0 },
      rejected: [],
      rejectedCount: 0,
    },
  ]);
  expect((await pricesOf(database, "FILEPRODUCT1")).map(({ unitPrice }) => unitPrice)).toEqual([
    "11",
  ]);
});

test("a file that is no sheet changes nothing", async () => {
  const before = await catalogRows(database);
  for (const content of ["", "a,b\n1,2\n", "{}", "<html></html>"]) {
    const path = await fileOf("other.csv", content);
    await expect(importFiles(database, [path])).rejects.toThrow(NotASheetError);
  }
  await expect(importFiles(database, [join(folder, "none.csv")])).rejects.toThrow("ENOENT");
  expect(await catalogRows(database)).toEqual(before);
});

test("a sheet that cannot be read to its end changes nothing", async () => {
  const before = await catalogRows(database);
  const rows = Array.from({ length: 5000 }, (_, index) =>
    rowOf(`CUT${String(index).padStart(9, "0")}`, "1"),
  );
  const path = await sheet("cut.csv", ...rows, 'Word,CUTPRODUCT01,1,"never closed');
  await expect(importFiles(database, [path])).rejects.toThrow(DamagedSheetError);
  expect(await catalogRows(database)).toEqual(before);
  expect(await orphans(database)).toBe(0);
});

test("files before a bad one stay imported, files behind it are not tried", async () => {
  const good = await sheet("good.csv", rowOf("FILEPRODUCT3", "1"));
  const bad = await fileOf("bad.csv", "a,b\n");
  const late = await sheet("late.csv", rowOf("FILEPRODUCT4", "1"));
  await expect(importFiles(database, [good, bad, late])).rejects.toThrow(NotASheetError);
  expect(await pricesOf(database, "FILEPRODUCT3")).toHaveLength(1);
  expect(await pricesOf(database, "FILEPRODUCT4")).toHaveLength(0);
});

test("progress ends with the whole file", async () => {
  const rows = Array.from({ length: 3000 }, (_, index) =>
    rowOf(`LONG${String(index).padStart(8, "0")}`, "1"),
  );
  const path = await sheet("long.csv", ...rows);
  const seen: ImportProgress[] = [];
  await importFiles(database, [path], { onProgress: (progress) => seen.push(progress) });
  const total = seen[0]?.bytesTotal ?? 0;
  expect(total).toBeGreaterThan(200_000);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toEqual({
    file: path,
    bytesRead: total,
    bytesTotal: total,
    rowsRead: 3000,
  });
  for (const [index, { bytesRead, rowsRead }] of seen.entries()) {
    expect(bytesRead).toBeGreaterThanOrEqual(seen[index - 1]?.bytesRead ?? 0);
    expect(rowsRead).toBeGreaterThanOrEqual(seen[index - 1]?.rowsRead ?? 0);
  }
});
