import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columnsOf, type ReconciliationLine } from "@kontor/contract";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, expect, test } from "vitest";
import { cellStyle } from "./cells.ts";
import { writeCsv, writeJsonLines, writeParquet } from "./write.ts";

const folder = await mkdtemp(join(tmpdir(), "kontor-write-"));
afterAll(() => rm(folder, { recursive: true }));

const columns = columnsOf("basic");
const line: ReconciliationLine = {
  ...Object.fromEntries(columns.map(({ name }) => [name, null])),
  CustomerName: '=HYPERLINK("http://x","y")',
  SkuId: "0003",
  OrderDate: "2024-10-11T09:14:07.1180000Z",
  Quantity: 2,
  Subtotal: -551.1,
  ProductName: "Zwölf; Länder",
};

async function* lines(count = 1) {
  for (let number = 0; number < count; number += 1) yield { ...line, Quantity: number };
}

async function csv(tag?: string): Promise<string[][]> {
  const file = join(folder, "a.csv");
  const style = cellStyle(tag);
  await writeCsv(lines(), columns, style, createWriteStream(file));
  const text = await readFile(file, "utf8");
  expect(text.startsWith("\uFEFFPartnerId")).toBe(true);
  return text.split("\r\n").map((row) => [row]);
}

test("CSV guards what a spreadsheet would run or convert", async () => {
  const [, [row = ""] = []] = await csv();
  expect(row).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
  expect(row).toContain(",'0003,");
  expect(row).toContain(",-551.1,");
});

test("CSV of a language has its delimiter, numbers and dates", async () => {
  const [, [row = ""] = []] = await csv("de-DE");
  expect(row).toContain(";-551,1;");
  expect(row).toContain(";11.10.2024, 09:14:07;");
  expect(row).toContain(`"Zwölf; Länder"`);
});

test("JSON lines are the lines as they come", async () => {
  const file = join(folder, "a.jsonl");
  await writeJsonLines(lines(2), createWriteStream(file));
  const written = (await readFile(file, "utf8")).trim().split("\n");
  expect(written.map((text) => JSON.parse(text).Quantity)).toEqual([0, 1]);
  expect(JSON.parse(written[1] ?? "")).toEqual({ ...line, Quantity: 1 });
});

test("Parquet holds every line in typed columns, also past one group of rows", async () => {
  const file = join(folder, "a.parquet");
  await writeParquet(lines(20_001), columns, file);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  expect(rows).toHaveLength(20_001);
  expect(rows[20_000]).toMatchObject({
    CustomerName: line.CustomerName,
    SkuId: "0003",
    OrderDate: new Date("2024-10-11T09:14:07.118Z"),
    Quantity: 20_000,
    Subtotal: -551.1,
  });
  expect(rows[0]?.InvoiceNumber ?? null).toBeNull();
});
