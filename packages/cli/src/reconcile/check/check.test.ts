import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { columnsOf, type ReconciliationLine } from "@kontor/contract";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { cellStyle } from "../cells.ts";
import { writeCsv, writeJsonLines, writeParquet } from "../write.ts";
import { compare, summarize } from "./compare.ts";
import { readLines } from "./read.ts";
import { reportOf, reportText } from "./report.ts";

const folder = await mkdtemp(join(tmpdir(), "kontor-check-"));
afterAll(() => rm(folder, { recursive: true }));

const columns = columnsOf("full");
const exponentOf = () => 2;

/** The line of an order: what it costs follows from its number. */
function line(number: number, other: ReconciliationLine = {}): ReconciliationLine {
  const subtotal = 100 + number;
  return {
    ...Object.fromEntries(columns.map(({ name }) => [name, null])),
    CustomerId: "c",
    CustomerName: "=Fabrikam",
    InvoiceNumber: "G000000001",
    OrderId: `o${number}`,
    OrderDate: "2030-01-10T09:14:07.1180000Z",
    ProductId: "DG7GMGF0FKZV",
    SkuId: "0003",
    ChargeType: "new",
    UnitPrice: subtotal,
    Quantity: 1,
    BillableQuantity: 1,
    EffectiveUnitPrice: subtotal,
    PCToBCExchangeRate: 1,
    PricingCurrency: "EUR",
    Subtotal: subtotal,
    TaxTotal: 10,
    Total: subtotal + 10,
    Currency: "EUR",
    ChargeStartDate: "2030-01-10T00:00:00Z",
    ChargeEndDate: "2031-01-09T00:00:00Z",
    ...other,
  };
}

async function* each(lines: readonly ReconciliationLine[]) {
  yield* lines;
}

async function beside(file: () => AsyncIterable<ReconciliationLine>, server: ReconciliationLine[]) {
  const found = await compare(await summarize(file()), file(), each(server), exponentOf);
  return reportOf("a.csv", found, exponentOf);
}

async function causesOf(file: readonly ReconciliationLine[], server: ReconciliationLine[]) {
  const { causes } = await beside(() => each(file), server);
  return causes.map(({ cause, count, effect }) => [cause, count, effect.EUR?.Total]);
}

const server = [line(1), line(2), line(3)];
/** The second line with other members. */
const with2 = (other: ReconciliationLine) => [line(1), line(2, other), line(3)];

test("equal lines in another order do not differ", async () => {
  const report = await beside(() => each([line(3), line(1), line(2)]), server);
  expect(report).toMatchObject({ equal: true, causes: [], lines: { file: 3, server: 3 } });
  expect(report.totals.map(({ file, difference }) => [file, difference])).toEqual([
    ["306.00", "0.00"],
    ["30.00", "0.00"],
    ["336.00", "0.00"],
  ]);
  expect(reportText(report, 20)).toContain("No difference.");
});

test.each<[string, ReconciliationLine[], string, string]>([
  ["a line is missing", [line(1), line(3)], "missing", "-112.00"],
  ["a line is too many", [...server, line(4)], "extra", "114.00"],
  ["a line is there twice", [...server, line(2)], "duplicate", "112.00"],
  ["its price", with2({ UnitPrice: 103, Subtotal: 103, Total: 113 }), "price", "1.00"],
  ["its subtotal alone", with2({ Subtotal: 102.02, Total: 112.02 }), "price", "0.02"],
  ["its quantity", with2({ Quantity: 2, Subtotal: 204, Total: 214 }), "quantity", "102.00"],
  ["its rate", with2({ PCToBCExchangeRate: 2, Subtotal: 204, Total: 214 }), "rate", "102.00"],
  ["its tax", with2({ TaxTotal: 10.02, Total: 112.02 }), "tax", "0.02"],
  ["a cent", with2({ Subtotal: 101.99, Total: 111.99 }), "rounding", "-0.01"],
  ["a cent twice", with2({ Subtotal: 102.01, TaxTotal: 10.01, Total: 112.02 }), "rounding", "0.02"],
  ["parts of a cent", with2({ Total: 112.004 }), "rounding", "0.004"],
  ["its total alone", with2({ Total: 100 }), "total", "-12.00"],
  ["its period", with2({ ChargeEndDate: "2031-01-10T00:00:00Z" }), "period", "0.00"],
  ["its invoice", with2({ InvoiceNumber: "G000000009" }), "invoice", "0.00"],
  ["its customer's name", with2({ CustomerName: "Renamed" }), "other", "0.00"],
  ["its SKU, as a spreadsheet breaks it", with2({ SkuId: "3" }), "other", "0.00"],
])("what differs is told: %s", async (_case, file, cause, effect) => {
  expect(await causesOf(file, server)).toEqual([[cause, 1, effect]]);
});

test("another currency is a difference of both currencies", async () => {
  const { causes, totals } = await beside(() => each(with2({ Currency: "USD" })), server);
  expect(causes).toMatchObject([
    { cause: "currency", effect: { EUR: { Total: "-112.00" }, USD: { Total: "112.00" } } },
  ]);
  const sums = totals.filter(({ column }) => column === "Total");
  expect(sums.map(({ currency, difference }) => [currency, difference])).toEqual([
    ["EUR", "-112.00"],
    ["USD", "112.00"],
  ]);
});

test("a changed line that is there twice is changed once, and a duplicate", async () => {
  const changed = line(2, { Quantity: 5 });
  expect(await causesOf([line(1), changed, changed, line(3)], server)).toEqual([
    ["duplicate", 1, "112.00"],
    ["quantity", 1, "0.00"],
  ]);
});

test("of one order each line is paired with the nearest", async () => {
  const sold = [line(1, { SkuId: "0001" }), line(1, { SkuId: "0002", Quantity: 7 })];
  const refund = line(1, { SkuId: "0002", ChargeType: "cancelImmediate" });
  const file = [line(1, { SkuId: "0002", Quantity: 8 }), line(1, { SkuId: "0001", Quantity: 7 })];
  const { causes } = await beside(() => each(file), [...sold, refund]);
  expect(causes).toMatchObject([
    { cause: "missing", differences: [{ chargeType: "cancelImmediate" }] },
    {
      cause: "quantity",
      differences: [
        { skuId: "0002", columns: [{ name: "Quantity", file: 8, server: 7 }] },
        { skuId: "0001", columns: [{ name: "Quantity", file: 7, server: 1 }] },
      ],
    },
  ]);
});

test("the text of a report shows so many lines of each cause", async () => {
  const text = reportText(await beside(() => each([]), server), 2);
  expect(text.split("\n").filter((row) => row.startsWith("  order"))).toHaveLength(2);
  expect(text).toContain("3 line(s) missing from the file (EUR -306.00 and tax -30.00)");
  expect(text).toContain("  and 1 more");
});

const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100);
const texts = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""));
const lines = fc.array(
  fc.record({
    number: fc.nat(5),
    CustomerName: texts,
    SkuId: fc.constantFrom("0003", "1E10", "=1", "'a"),
    Subtotal: amount,
    Quantity: fc.nat(100),
    UnitPrice: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
  { maxLength: 8 },
);
const made = lines.map((all) => all.map(({ number, ...other }) => line(number, other)));

async function stored(format: string, tag: string | undefined, all: ReconciliationLine[]) {
  const file = join(folder, `a.${format}`);
  const style = cellStyle(tag);
  if (format === "parquet") await writeParquet(each(all), columns, file);
  else if (format === "csv") await writeCsv(each(all), columns, style, createWriteStream(file));
  else await writeJsonLines(each(all), createWriteStream(file));
  return () => readLines(file, style);
}

test.each([
  ["csv", undefined],
  ["csv", "de-DE"],
  ["csv", "en-US"],
  ["csv", "fr-FR"],
  ["jsonl", undefined],
  ["parquet", undefined],
])("what was exported as %s (%s) does not differ", async (format, tag) => {
  await fc.assert(
    fc.asyncProperty(made, async (all) => {
      const { equal, lines: count } = await beside(await stored(format, tag, all), all);
      expect([equal, count.file]).toEqual([true, all.length]);
    }),
    { numRuns: 50 },
  );
});

test("the effects of all causes add up to the difference of the sums", async () => {
  await fc.assert(
    fc.asyncProperty(made, made, async (ours, theirs) => {
      const { causes, totals, equal } = await beside(() => each(ours), theirs);
      const cents = (text = "0") => Math.round(Number(text) * 100);
      for (const { currency, column, difference } of totals) {
        const sum = causes.reduce((all, { effect }) => all + cents(effect[currency]?.[column]), 0);
        expect(sum).toBe(cents(difference));
      }
      expect(equal).toBe(causes.length === 0);
    }),
  );
});

describe("a file", () => {
  const names = ["orderid", "PRODUCTID", "Sku Id", "chargeType", "quantity", "subtotal"];
  const head = [...names, "taxTotal", "totalForCustomer", "currency", "mine"].join(",");
  const read = async (name: string, text: string | Buffer, tag?: string) => {
    const file = join(folder, name);
    await writeFile(file, text);
    return Array.fromAsync(readLines(file, cellStyle(tag)));
  };

  test("may spell columns otherwise, and have others", async () => {
    expect(await read("b.csv", `${head}\no1,'P,'0003,new,2,1.50,0,1.5,EUR,?\n`)).toEqual([
      {
        OrderId: "o1",
        ProductId: "P",
        SkuId: "0003",
        ChargeType: "new",
        Quantity: 2,
        Subtotal: 1.5,
        TaxTotal: 0,
        Total: 1.5,
        Currency: "EUR",
      },
    ]);
  });

  test("may be compressed, as an export's are, with numbers as texts", async () => {
    const text = JSON.stringify({ ...line(1), Subtotal: "101.00", ProductQualifiers: ["AddOn"] });
    const [found] = await read("b.json.gz", gzipSync(`${text}\n`));
    expect(found).toMatchObject({ OrderId: "o1", Subtotal: 101, ProductQualifiers: "AddOn" });
  });

  test.each([
    ["that is not there", undefined, "", "b-none.csv", "ENOENT"],
    ["of another kind", "b.txt", "", "", "must end in"],
    ["without a column", "c.csv", "OrderId,Total\n1,2\n", "", "no column ProductId"],
    ["that is empty", "c.csv", "", "", "no column OrderId"],
    ["with a column twice", "c.csv", `${head},OrderID\n`, "", "OrderId is there twice"],
    ["with a short row", "c.csv", `${head}\no1,P\n`, "", "on line 2"],
    [
      "with a word for a number",
      "c.csv",
      `${head}\no,P,S,new,x,1,0,1,E,\n`,
      "",
      "line 2: Quantity",
    ],
    ["that is no JSON", "c.jsonl", `${JSON.stringify(line(1))}\n{\n`, "", "line 2: "],
    ["of other JSON", "c.jsonl", "[1]\n", "", "no column"],
    ["that is no Parquet", "c.parquet", "PAR1 none", "", "c.parquet: "],
    ["that is cut off", "c.csv.gz", gzipSync(head).subarray(0, 30), "", "unexpected end"],
  ])("%s is told to be unreadable", async (_case, name, text, other, reason) => {
    const reading = name
      ? read(name, text)
      : Array.fromAsync(readLines(join(folder, other), cellStyle(undefined)));
    await expect(reading).rejects.toThrow(reason);
  });

  test("with dates of no style is told to be unreadable", async () => {
    const text = JSON.stringify({ ...line(1), OrderDate: "tomorrow" });
    await expect(read("d.jsonl", text)).rejects.toThrow("line 1: OrderDate is no date: tomorrow");
  });

  test("of a spreadsheet of another place is read by its language", async () => {
    const text = await readFile((await writtenGerman()).path, "utf8");
    expect(text).toContain(";101,5;");
    const [found] = await read("e.csv", text, "de-DE");
    expect(found).toMatchObject({ Subtotal: 101.5, OrderDate: "2030-01-10T09:14:07" });
    await expect(read("e.csv", text)).rejects.toThrow();
  });
});

async function writtenGerman(): Promise<{ path: string }> {
  await stored("csv", "de-DE", [line(1, { Subtotal: 101.5 })]);
  return { path: join(folder, "a.csv") };
}
