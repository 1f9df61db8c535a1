import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../../../foundation/limits.ts";
import type { PricedOffer } from "../offer.ts";
import { detectSheet } from "./layouts.ts";
import { type ReadOptions, readOfferBatches, readOffers, type SheetRow } from "./read-offers.ts";
import { DamagedSheetError, NotASheetError } from "./sheet-error.ts";

function bytesOf(content: string | Uint8Array): AsyncIterable<Uint8Array> {
  return Readable.from([Buffer.from(content)]);
}

async function readAll(source: AsyncIterable<Uint8Array>, options?: ReadOptions) {
  const rows: SheetRow[] = [];
  for await (const row of readOffers(source, options)) rows.push(row);
  return rows;
}

function read(content: string | Uint8Array, options?: ReadOptions): Promise<SheetRow[]> {
  return readAll(bytesOf(content), options);
}

/** The bytes in pieces cut at these places, whatever stands there. */
function cut(text: string, places: readonly number[]): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  const inside = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  const ends = [...inside, bytes.length];
  return Readable.from(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)));
}

/** The rows before the error, and the error. */
async function readUntilError(source: AsyncIterable<Uint8Array>) {
  const rows: SheetRow[] = [];
  try {
    for await (const row of readOffers(source)) rows.push(row);
  } catch (error) {
    return { rows, error: error as Error };
  }
  throw new Error(`all ${rows.length} rows were read`);
}

async function offersOf(content: string, options?: ReadOptions): Promise<PricedOffer[]> {
  return (await read(content, options)).map((row) => {
    if ("offer" in row) return row.offer;
    throw new Error(`line ${row.line} was rejected: ${row.rejected}`);
  });
}

/** The reason why the only row is rejected. */
async function reasonOf(content: string, options?: ReadOptions): Promise<string> {
  const [row, ...more] = await read(content, options);
  expect(more).toEqual([]);
  return row !== undefined && "rejected" in row ? row.rejected : "accepted";
}

type Cells = Readonly<Record<string, string>>;

function csv(rows: readonly Cells[]): string {
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) =>
    cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell}"` : cell)).join(",");
  const lines = rows.map((row) => line(names.map((name) => row[name] ?? "")));
  return `${[line(names), ...lines].join("\n")}\n`;
}

const common: Cells = {
  ProductTitle: "Sample Editor",
  ProductId: "DG7GMGF0AB12",
  SkuId: "0003",
  SkuTitle: "Sample Editor 2030",
  Publisher: "Sample Works",
  SkuDescription: "Edits, and more",
  UnitOfMeasure: "",
  TermDuration: "OneTime",
  BillingPlan: "",
  Market: "DE",
  Currency: "EUR",
  UnitPrice: "120.5",
  PricingTierRangeMin: "",
  PricingTierRangeMax: "",
  EffectiveStartDate: "2024-05-01T00:00:00.0000000Z",
  EffectiveEndDate: "",
  Tags: "perpetual",
  "ERP Price": "150.75",
  Segment: "Commercial",
};

function software(change: Cells = {}): string {
  return csv([{ ...common, ...change }]);
}

function license(change: Cells = {}): string {
  const online = {
    ProductId: "CFQ7TTC0AB12",
    SkuId: "7",
    TermDuration: "P1Y",
    BillingPlan: "Monthly",
    Tags: "License",
  };
  return csv([
    { ChangeIndicator: "Unchanged", ...common, ...online, PreviousValues: "{'a': 1}", ...change },
  ]);
}

function reservation(change: Cells = {}): string {
  const { BillingPlan: _, "ERP Price": __, Segment: ___, ...columns } = common;
  const reserved = {
    ProductTitle: "Sample Series",
    ProductId: "DZH318Z0AB12",
    SkuTitle: "Reserved VM Instance, Standard_S1, XX North, 3 Years",
    TermDuration: "P3Y",
    Tags: "Azure;Reservations",
    MeterIds: "m",
    MeterType: "1 Hour",
  };
  return csv([{ ...columns, ...reserved, ...change }]);
}

const retailItem = {
  currencyCode: "USD",
  tierMinimumUnits: 0.0,
  reservationTerm: "1 Year",
  retailPrice: 569.25,
  unitPrice: 569.25,
  armRegionName: "xxnorth",
  location: "XX North",
  effectiveStartDate: "2024-05-01T00:00:00Z",
  productId: "DZH318Z0AB12",
  skuId: "DZH318Z0AB12/00A1",
  productName: "Virtual Machines Sample Series",
  skuName: "S1",
  serviceName: "Virtual Machines",
  type: "Reservation",
  armSkuName: "Standard_S1",
};

const item = JSON.stringify(retailItem);
const retail = (change: object = {}) => JSON.stringify([{ ...retailItem, ...change }]);

describe("layouts", () => {
  test("each is known by its columns, in any order, case and spelling", () => {
    const header = (sheet: string) => sheet.split("\n")[0]?.split(",") ?? [];
    expect(detectSheet(header(software()))?.layout).toBe("software");
    expect(detectSheet(header(license()))?.layout).toBe("license");
    expect(detectSheet(header(reservation()))?.layout).toBe("reservations");
    expect(detectSheet(Object.keys(retailItem))?.layout).toBe("retail");
    const shuffled = header(license()).toReversed();
    const sheet = detectSheet(shuffled.map((name) => ` ${name.toUpperCase()} `));
    expect(sheet?.layout).toBe("license");
    expect(sheet?.column("erpPrice")).toBe(shuffled.indexOf("ERP Price"));
  });

  test("one column short is no sheet", () => {
    const header = Object.keys(common);
    expect(detectSheet(header)?.layout).toBe("software");
    for (const missing of ["UnitPrice", "SkuId", "Currency", "EffectiveStartDate"]) {
      expect(detectSheet(header.filter((name) => name !== missing)), missing).toBeNull();
    }
  });
});

describe("software sheet", () => {
  test("a perpetual row is an offer with every value normalised", async () => {
    expect(await offersOf(software())).toEqual([
      {
        product: {
          id: "DG7GMGF0AB12",
          title: "Sample Editor",
          description: "",
          kind: "perpetual_software",
          reservationType: null,
          publisherName: "Sample Works",
          isSuse: false,
        },
        sku: {
          id: "0003",
          title: "Sample Editor 2030",
          description: "Edits, and more",
          isTrial: false,
          minimumQuantity: 1,
          maximumQuantity: 999_999_999,
          dynamicAttributes: {},
        },
        market: "DE",
        currency: "EUR",
        segment: "commercial",
        termDuration: null,
        billingPlan: "one_time",
        reservationScope: null,
        unitPrice: "120.5",
        erpPrice: "150.75",
        effectiveFrom: "2024-05-01T00:00:00.000Z",
        effectiveTo: null,
      },
    ]);
  });

  test("one time stands in either column", async () => {
    for (const change of [
      { TermDuration: "OneTime", BillingPlan: "" },
      { TermDuration: "", BillingPlan: "OneTime" },
      { TermDuration: "OneTime", BillingPlan: "OneTime" },
      { TermDuration: "", BillingPlan: "" },
    ]) {
      const [offer] = await offersOf(software(change));
      expect(offer).toMatchObject({ termDuration: null, billingPlan: "one_time" });
    }
  });

  test("a software subscription has a term and one of three plans", async () => {
    for (const [plan, billingPlan] of [
      ["OneTime", "one_time"],
      ["Annual", "annual"],
      ["Monthly", "monthly"],
    ] as const) {
      const subscription = {
        TermDuration: "P3Y",
        BillingPlan: plan,
        Tags: "software subscription",
      };
      const [offer] = await offersOf(software(subscription));
      expect(offer).toMatchObject({ termDuration: "P3Y", billingPlan });
      expect(offer?.product.kind).toBe("term_software");
    }
  });

  test("without tags the term tells the kind", async () => {
    const [perpetual] = await offersOf(software({ Tags: "" }));
    const [term] = await offersOf(
      software({ Tags: "", TermDuration: "P1Y", BillingPlan: "Annual" }),
    );
    expect(perpetual?.product.kind).toBe("perpetual_software");
    expect(term?.product.kind).toBe("term_software");
  });

  test("SUSE is told by the title", async () => {
    const [offer] = await offersOf(software({ ProductTitle: "SUSE Linux Sample" }));
    expect(offer?.product).toMatchObject({ isSuse: true, kind: "perpetual_software" });
  });

  test("terms and plans that do not go together are rejected", async () => {
    const cases: [Cells, RegExp][] = [
      [{ TermDuration: "", BillingPlan: "Annual" }, /^billing plan "Annual" needs a term/],
      [{ Tags: "software subscription" }, /^a subscription needs a term$/],
      [{ TermDuration: "P1Y", BillingPlan: "Annual" }, /^a perpetual licence has no term/],
      [{ TermDuration: "P1Y", Tags: "" }, /^the term P1Y has no billing plan$/],
      [{ TermDuration: "P2W", Tags: "" }, /^term "P2W" is not P1M, P1Y or P3Y$/],
      [{ BillingPlan: "constructor" }, /^billing plan "constructor" is not/],
    ];
    for (const [change, reason] of cases) {
      expect(await reasonOf(software(change)), JSON.stringify(change)).toMatch(reason);
    }
  });
});

describe("license-based sheet", () => {
  test("a row is an online service, its SKU id gets its zeros back", async () => {
    const [offer] = await offersOf(license({ Segment: "Charity" }));
    expect(offer).toMatchObject({
      product: { kind: "online_service" },
      sku: { id: "0007" },
      segment: "nonprofit",
      termDuration: "P1Y",
      billingPlan: "monthly",
    });
  });

  test("a free month without a plan is a trial", async () => {
    const trial = { TermDuration: "P1M", BillingPlan: "None", UnitPrice: "0", "ERP Price": "0" };
    const [offer] = await offersOf(license({ ...trial, Tags: "License;Trial" }));
    expect(offer).toMatchObject({ sku: { isTrial: true }, billingPlan: "none", unitPrice: "0" });
    const paid = await reasonOf(license({ ...trial, UnitPrice: "5" }));
    expect(paid).toBe("only a free month has no billing plan, not 5 for P1M");
  });

  test("plans without a word on the wire are rejected", async () => {
    const reason = await reasonOf(license({ TermDuration: "P3Y", BillingPlan: "Triennial" }));
    expect(reason).toBe('billing plan "Triennial" is not OneTime, Monthly, Annual or None');
    expect(await reasonOf(license({ TermDuration: "P1M", BillingPlan: "Annual" }))).toBe(
      "a term of one month cannot be billed annually",
    );
  });

  test("placeholder dates are open ends", async () => {
    const [offer] = await offersOf(
      license({
        EffectiveStartDate: "1753-01-02T00:00:00.0000000Z",
        EffectiveEndDate: "9999-11-30T23:59:59.0000000Z",
      }),
    );
    expect(offer).toMatchObject({
      effectiveFrom: "1753-01-02T00:00:00.000Z",
      effectiveTo: null,
    });
  });
});

describe("reservations sheet", () => {
  test("region, ARM SKU and duration come from the title", async () => {
    const [offer] = await offersOf(reservation());
    expect(offer).toMatchObject({
      product: { kind: "reservation", reservationType: "virtualmachines" },
      segment: "commercial",
      termDuration: "P3Y",
      billingPlan: "one_time",
      reservationScope: null,
      erpPrice: null,
    });
    expect(offer?.sku.dynamicAttributes).toEqual({
      armSkuName: "Standard_S1",
      region: "XX North",
      duration: "3Years",
    });
    const [untold] = await offersOf(reservation({ SkuTitle: "Something", TermDuration: "P1Y" }));
    expect(untold?.sku.dynamicAttributes).toEqual({ duration: "1Year" });
  });

  test("the type comes from the titles", async () => {
    const types: [string, string][] = [
      ["SQL Database Sample Tier", "sqldatabases"],
      ["SQL Managed Instance Sample", "sqldatabases"],
      ["Azure Cosmos DB", "cosmosdb"],
      ["Azure Database for MySQL Sample", "other"],
    ];
    for (const [ProductTitle, type] of types) {
      const [offer] = await offersOf(reservation({ ProductTitle, SkuTitle: "Sample" }));
      expect(offer?.product.reservationType, ProductTitle).toBe(type);
    }
  });

  test("only one and three years can be reserved", async () => {
    expect(await reasonOf(reservation({ TermDuration: "P1M" }))).toMatch(/^a reservation runs P1Y/);
    expect(await reasonOf(reservation({ TermDuration: "" }))).toMatch(/^a reservation runs P1Y/);
  });
});

describe("retail prices", () => {
  test("a reservation is an offer in the US at the retail price", async () => {
    expect(await offersOf(retail())).toEqual([
      {
        product: {
          id: "DZH318Z0AB12",
          title: "Virtual Machines Sample Series",
          description: "",
          kind: "reservation",
          reservationType: "virtualmachines",
          publisherName: "Microsoft",
          isSuse: false,
        },
        sku: {
          id: "00A1",
          title: "Reserved VM Instance, Standard_S1, XX North, 1 Year",
          description: "",
          isTrial: false,
          minimumQuantity: 1,
          maximumQuantity: 999_999_999,
          dynamicAttributes: {
            armRegionName: "xxnorth",
            armSkuName: "Standard_S1",
            region: "XX North",
            duration: "1Year",
            skuDisplayName: "S1",
          },
        },
        market: "US",
        currency: "USD",
        segment: "commercial",
        termDuration: "P1Y",
        billingPlan: "one_time",
        reservationScope: null,
        unitPrice: "569.25",
        erpPrice: "569.25",
        effectiveFrom: "2024-05-01T00:00:00.000Z",
        effectiveTo: null,
      },
    ]);
  });

  test("the page form and CSV give the same offers as the array", async () => {
    const offers = await offersOf(retail());
    const page = JSON.stringify({ BillingCurrency: "USD", Items: [retailItem], Count: 1 }, null, 2);
    expect(await offersOf(page)).toEqual(offers);
    const cells = Object.entries(retailItem).map(([name, value]) => [name, String(value)]);
    expect(await offersOf(csv([Object.fromEntries(cells)]))).toEqual(offers);
  });

  test("the market is the caller's, or the US for USD", async () => {
    expect((await offersOf(retail(), { market: "de" }))[0]?.market).toBe("DE");
    const inEuro = retail({ currencyCode: "EUR" });
    expect((await offersOf(inEuro, { market: "DE" }))[0]).toMatchObject({ currency: "EUR" });
    expect(await reasonOf(inEuro)).toMatch(/^prices in EUR name no market/);
    await expect(read(retail(), { market: "Germany" })).rejects.toThrow(RangeError);
  });

  test("metered usage and odd terms are rejected", async () => {
    for (const type of ["Consumption", "DevTestConsumption"]) {
      const reason = await reasonOf(retail({ type }));
      expect(reason).toBe(`type "${type}" is metered usage, which is not sold here`);
    }
    expect(await reasonOf(retail({ reservationTerm: "10 Years" }))).toBe(
      'reservation term "10 Years" is not 1 Year or 3 Years',
    );
    expect(await reasonOf(retail({ reservationTerm: undefined }))).toMatch(/^reservation term ""/);
  });

  test("a SKU of another product and a price by quantity are rejected", async () => {
    expect(await reasonOf(retail({ skuId: "DZH318Z0AB13/00A1" }))).toBe(
      'skuId "DZH318Z0AB13/00A1" is not of product "DZH318Z0AB12"',
    );
    expect(await reasonOf(retail({ skuId: "DZH318Z0AB12" }))).toBe(
      'SKU id "" is not 1 to 4 letters and digits',
    );
    expect(await reasonOf(retail({ tierMinimumUnits: 10 }))).toMatch(/from "10" only$/);
  });

  test("a price of more digits than a double has is exact", async () => {
    const exact = retail().replaceAll("569.25", "123456789012.1234567");
    expect((await offersOf(exact))[0]?.unitPrice).toBe("123456789012.1234567");
    const small = retail().replaceAll("569.25", "7.1e-7");
    expect((await offersOf(small))[0]?.unitPrice).toBe("0.00000071");
  });

  test("an inclusive end is the midnight that follows", async () => {
    const [offer] = await offersOf(retail({ effectiveEndDate: "2025-03-31T23:59:00Z" }));
    expect(offer?.effectiveTo).toBe("2025-04-01T00:00:00.000Z");
  });

  test("an item that is no object is rejected with its number", async () => {
    expect(await read(`[${retail().slice(1, -1)}, 7, null]`)).toMatchObject([
      { line: 1 },
      { line: 2, rejected: "the item is not a JSON object" },
      { line: 3, rejected: "the item is not a JSON object" },
    ]);
  });
});

describe("rows that cannot be used", () => {
  const cases: [string, Cells, string][] = [
    ["no price", { UnitPrice: "" }, "the row has no price"],
    ["a negative price", { UnitPrice: "-5.00" }, 'price "-5.00" is negative'],
    ["a price in words", { UnitPrice: "free" }, 'price "free" is not a plain decimal number'],
    ["a decimal comma", { UnitPrice: "12,50" }, 'price "12,50" is not a plain decimal number'],
    ["a bad ERP price", { "ERP Price": "-1" }, 'ERP price "-1" is negative'],
    ["a segment", { Segment: "Academic" }, 'segment "Academic" is unknown'],
    ["a market", { Market: "DEU" }, 'market "DEU" is no ISO 3166 country of two letters'],
    ["a currency", { Currency: "EURO" }, 'currency "EURO" is no ISO 4217 currency'],
    ["a product id", { ProductId: "X1" }, 'product id "X1" is not 12 letters and digits'],
    ["a SKU id", { SkuId: "1E+10" }, 'SKU id "1E+10" is not 1 to 4 letters and digits'],
    ["no title", { SkuTitle: "  " }, "the SKU title is empty"],
    ["no start", { EffectiveStartDate: "" }, "the row has no start date"],
    ["a start", { EffectiveStartDate: "5/1/24" }, 'start date "5/1/24" is not an ISO 8601 date'],
    ["an end", { EffectiveEndDate: "never" }, 'end date "never" is not an ISO 8601 date'],
    [
      "an end before the start",
      { EffectiveEndDate: "2024-04-30T23:59:59Z" },
      "the price ends (2024-05-01T00:00:00.000Z) before it starts (2024-05-01T00:00:00.000Z)",
    ],
    [
      "a quantity tier",
      { PricingTierRangeMin: "11", PricingTierRangeMax: "50" },
      'the price is for quantities from "11" to "50" only',
    ],
    [
      "a tier with an end",
      { PricingTierRangeMin: "1", PricingTierRangeMax: "300" },
      'the price is for quantities from "1" to "300" only',
    ],
    [
      "characters lost in decoding",
      { ProductTitle: "Caf\uFFFD" },
      'the product title "Caf\uFFFD" has characters that are not text: is the file UTF-8?',
    ],
  ];
  test.each(cases)("%s: rejected with the value", async (_, change, reason) => {
    expect(await reasonOf(software(change))).toBe(reason);
  });

  test("a tier over all quantities is no tier", async () => {
    const tier = { PricingTierRangeMin: "1", PricingTierRangeMax: "999999999" };
    expect(await offersOf(software(tier))).toHaveLength(1);
  });

  test("a long value is cut in the reason", async () => {
    const reason = await reasonOf(software({ UnitPrice: "9".repeat(5_000) }));
    expect(reason).toBe(`price "${"9".repeat(57)}..." is not a plain decimal number`);
  });

  test("a title and a description at the limit are read, one past it is rejected", async () => {
    const longest = { SkuTitle: "t".repeat(256), SkuDescription: "d".repeat(4_000) };
    expect(await offersOf(software(longest))).toHaveLength(1);
    expect(await reasonOf(software({ SkuTitle: "t".repeat(257) }))).toMatch(/longer than 256/);
    expect(await reasonOf(software({ SkuDescription: "d".repeat(4_001) }))).toMatch(/than 4000/);
  });

  test("a row of another width is rejected, those around it are not", async () => {
    const [header, row] = software().split("\n") as [string, string];
    const other = row.replace("0003", "0004");
    expect(await read([header, row, "a,b", `${row},x`, other].join("\n"))).toMatchObject([
      { line: 2, offer: {} },
      { line: 3, rejected: "the row has 2 fields where the header has 19" },
      { line: 4, rejected: "the row has 20 fields where the header has 19" },
      { line: 5, offer: {} },
    ]);
  });
});

describe("several prices of one item", () => {
  const rows = (...changes: Cells[]) => csv(changes.map((change) => ({ ...common, ...change })));

  test("a superseded price is a price", async () => {
    const offers = await offersOf(
      rows(
        { EffectiveEndDate: "2024-07-01T00:00:00Z" },
        { EffectiveStartDate: "2024-07-01T00:00:00Z", UnitPrice: "130" },
      ),
    );
    expect(offers.map(({ unitPrice, effectiveTo }) => [unitPrice, effectiveTo])).toEqual([
      ["120.5", "2024-07-01T00:00:00.000Z"],
      ["130", null],
    ]);
  });
});

describe("files", () => {
  test("byte order mark, CRLF, quotes and line breaks keep the line numbers", async () => {
    const rows = [
      common,
      { ...common, SkuId: "4", SkuDescription: "two\nlines" },
      { ...common, SkuId: "5", UnitPrice: "" },
    ];
    const text = `\uFEFF${csv(rows)}`.replaceAll("\n", "\r\n");
    const found = await read(text);
    expect(found.map(({ line }) => line)).toEqual([2, 3, 5]);
    expect(found[1]).toMatchObject({ offer: { sku: { description: "two\r\nlines" } } });
    expect(found[2]).toEqual({ line: 5, rejected: "the row has no price" });
  });

  test("characters of several bytes survive any cut of the stream", async () => {
    const text = software({ SkuTitle: "Éditeur 日本語 😀", SkuDescription: "x".repeat(600) });
    const bytes = Buffer.from(text);
    const single = Readable.from([...bytes].map((byte) => Uint8Array.of(byte)));
    for await (const row of readOffers(single)) {
      expect(row).toMatchObject({ line: 2, offer: { sku: { title: "Éditeur 日本語 😀" } } });
    }
    expect.assertions(1);
  });

  test("a character cut in two is whole again, in CSV and in JSON", async () => {
    for (const shift of ["", "x", "xx"]) {
      const title = `${shift}${"日".repeat(250)}`;
      for (const content of [software({ ProductTitle: title }), retail({ productName: title })]) {
        const bytes = [...Buffer.from(content)].map((byte) => Uint8Array.of(byte));
        expect(await readAll(Readable.from(bytes))).toMatchObject([
          { offer: { product: { title } } },
        ]);
      }
    }
  });

  test("a path is read like a stream, and closed when the reader stops early", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sheet-"));
    try {
      const path = join(folder, "sheet.csv");
      await writeFile(path, software());
      for await (const row of readOffers(path)) {
        expect(row.line).toBe(2);
        break;
      }
      await expect(readOffers(join(folder, "none.csv")).next()).rejects.toThrow(/ENOENT/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("a stream is ended when its reader stops early", async () => {
    const stream = Readable.from([Buffer.from(software()), Buffer.from("x")]);
    for await (const _ of readOffers(stream)) break;
    expect(stream.destroyed).toBe(true);
  });

  test("a header alone and an empty array have no rows", async () => {
    expect(await read(software().split("\n")[0] ?? "")).toEqual([]);
    expect(await read("[]")).toEqual([]);
    expect(await read('{"Items": []}')).toEqual([]);
  });

  const notSheets: [string, string | Uint8Array, RegExp][] = [
    ["nothing", "", /^The file is empty\. Known layouts: retail prices \(type, .*; software/],
    ["blanks", " \n\n", /^The file holds nothing but blanks/],
    ["gzip", gzipSync("ProductId"), /gzip file: unpack it first/],
    ["ZIP", Uint8Array.of(0x50, 0x4b, 3, 4, 0), /ZIP file or an Excel workbook/],
    ["UTF-16", Buffer.from("\uFEFFProductId", "utf16le"), /UTF-16: save it as CSV UTF-8/],
    ["binary", Uint8Array.of(0x89, 0, 1, 2), /binary file/],
    ["HTML", "<!doctype html><title>Sign in</title>", /HTML or XML/],
    ["another CSV", "a,b,c\n1,2,3\n", /has 3 columns that fit no layout: "a", "b", "c"\./],
    ["a byte order mark", "\uFEFFa,b,c\n1,2,3\n", /fit no layout: "a", "b", "c"\./],
    ["semicolons", "ProductTitle;ProductId;SkuId\nx;y;z\n", /separated by semicolons/],
    ["tabs", "ProductTitle\tProductId\nx\ty\n", /separated by tabs/],
    ["prose", "Dear partner, your sheet follows.", /has 2 columns that fit no layout/],
    ["one endless line", "x".repeat(400_000), /longer than 262144 characters.*Known layouts/],
    ["JSON of another kind", '{"error": "denied"}', /without an array of prices/],
    ["a page of another kind", '{"Items": {"list": [1]}}', /without an array of prices/],
    ["an array of another kind", '[{"id": 1}]', /no retail price; its keys: "id"/],
    ["an array of numbers", "[1, 2]", /no retail price; its keys: \./],
  ];
  test.each(notSheets)("%s: no sheet", async (_, content, message) => {
    const { rows, error } = await readUntilError(bytesOf(content));
    expect(error).toBeInstanceOf(NotASheetError);
    expect(String(error)).toMatch(message.source.startsWith("^") ? /Known layouts/ : message);
    expect(error.message).toMatch(message);
    expect(rows).toEqual([]);
  });

  const damaged: [string, string, RegExp, number][] = [
    ["an open quote", `${software()}"x,1,2\n3,4`, /^The record on line 3 opens a quote/, 1],
    ["JSON cut off", retail().slice(0, -1), /^The JSON ends inside item 1/, 0],
    ["JSON with an error", `[${retail().slice(1, -1)},{x}]`, /^Item 2 is not valid JSON/, 1],
    ["a first item with an error", "[{x}]", /^Item 1 is not valid JSON/, 0],
    ["an item left out", `[${item},,${item}]`, /^Item 2 is not valid JSON/, 1],
    ["no item behind a comma", `[${item},]`, /^Item 2 is not valid JSON/, 1],
    ["text behind the end", `[${item}] 2`, /^What follows item 1 is not valid JSON/, 1],
    ["a page cut off", `{"Items": [${item}], "x": 1`, /ends inside what follows item 1\.$/, 1],
  ];
  test.each(damaged)("%s: damaged", async (_, content, message, before) => {
    const { rows, error } = await readUntilError(bytesOf(content));
    expect(error).toBeInstanceOf(DamagedSheetError);
    expect(error.message).toMatch(message);
    expect(rows).toHaveLength(before);
  });

  test("what is no sheet fails before the first batch", async () => {
    await expect(readOfferBatches(bytesOf("a,b\n1,2\n")).next()).rejects.toThrow(NotASheetError);
  });

  test("batches hold the same rows", async () => {
    const rows = Array.from({ length: 2_000 }, (_, number) => ({
      ...common,
      SkuId: number.toString(36).padStart(4, "0"),
    }));
    const batches: SheetRow[][] = [];
    for await (const batch of readOfferBatches(bytesOf(csv(rows)))) batches.push(batch);
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.flat()).toEqual(await read(csv(rows)));
    expect(batches.flat()).toHaveLength(2_000);
  });
});

describe("CSV of any form", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", " ", ",", '"', "\n", "\r\n", "\r") });
  const record = fc.record({ text, emptyLines: fc.nat({ max: 2 }) });
  const encode = (cell: string, always: boolean) =>
    always || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

  test("fields and line numbers come back, wherever the stream is cut", async () => {
    const form = fc.record({
      lineEnd: fc.constantFrom("\n", "\r\n"),
      always: fc.boolean(),
      closed: fc.boolean(),
      mark: fc.constantFrom("", "\uFEFF"),
      places: fc.array(fc.nat(), { maxLength: 6 }),
    });
    const property = fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 12 }),
      form,
      async (records, { lineEnd, always, closed, mark, places }) => {
        let content = mark + Object.keys(common).join(",");
        const expected = records.map((each, number) => {
          content += lineEnd.repeat(1 + each.emptyLines);
          const line = content.split("\n").length;
          const SkuId = `${number}`.padStart(4, "0");
          const cells = { ...common, SkuId, SkuDescription: `<${each.text}>` };
          content += Object.values(cells)
            .map((cell) => encode(cell, always))
            .join(",");
          return { line, offer: { sku: { id: SkuId, description: cells.SkuDescription } } };
        });
        const found = await readAll(cut(content + (closed ? lineEnd : ""), places));
        expect(found).toMatchObject(expected);
        expect(found).toHaveLength(records.length);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test("lines may end in either way, and empty ones are skipped and counted", async () => {
    const [header, row] = software().split("\n") as [string, string];
    const other = row.replace("0003", "0004");
    const found = await read(`${header}\r\n\n\r\n${row}\n\n${other}`);
    expect(found).toMatchObject([
      { line: 4, offer: {} },
      { line: 6, offer: {} },
    ]);
  });

  test("a quote inside a field is plain text and stays in its record", async () => {
    const rows = [
      { ...common, SkuTitle: "INSIDE" },
      { ...common, SkuId: "4", SkuTitle: "BEHIND" },
      { ...common, SkuId: "5" },
    ];
    const content = csv(rows).replace("INSIDE", '5" disk').replace("BEHIND", '"x"yz');
    expect((await offersOf(content)).map(({ sku }) => sku.title)).toEqual([
      '5" disk',
      '"x"yz',
      "Sample Editor 2030",
    ]);
  });

  test("an empty quoted field and an empty last field are fields", async () => {
    const content = software({ SkuDescription: "EMPTY", Segment: "" }).replace("EMPTY", '""');
    expect(await offersOf(content)).toMatchObject([{ sku: { description: "" } }]);
  });

  test("a record at the limit is read, one past it is refused with its line", async () => {
    const others = Object.values({ ...common, SkuDescription: "" }).join("").length;
    const ofLength = (length: number) => software({ SkuDescription: "d".repeat(length - others) });
    expect(await reasonOf(ofLength(limits.sheetRecordLength))).toMatch(/longer than 4000/);
    const { rows, error } = await readUntilError(bytesOf(ofLength(limits.sheetRecordLength + 1)));
    expect(error).toBeInstanceOf(DamagedSheetError);
    expect(error.message).toMatch(/^The record on line 2 is longer than 262144 characters/);
    expect(rows).toEqual([]);
  });

  test("bytes without a row are read up to the limit, and refused one past it", async () => {
    const start = Buffer.from(`${software({ SkuDescription: "d".repeat(600) })},,,,`);
    const half = limits.sheetPieceBytes / 2;
    const commas = (past: number) => {
      const counts = Array<number>(limits.sheetBytesWithoutRow / half - 1).fill(half);
      const pieces = [...counts, half + past].map((count) => Buffer.alloc(count, ","));
      return Readable.from([start, ...pieces]);
    };
    expect((await readAll(commas(0))).map(({ line }) => line)).toEqual([2, 3]);
    const { rows, error } = await readUntilError(commas(1));
    expect(error).toEqual(new DamagedSheetError("No row ends in 1048576 bytes."));
    expect(rows).toHaveLength(1);
  });
});

describe("JSON of any form", () => {
  // Full of what a search for the ends of items could stumble over.
  const text = fc.string({ unit: fc.constantFrom("a", "é", '"', "\\", "{", "}", "]", ",", "\n") });
  const places = fc.array(fc.nat(), { maxLength: 6 });
  const page = (items: string) => `{"Currency": "USD", "Items": ${items}, "Count": 2}`;

  test("items and numbers come back, wherever the stream is cut", async () => {
    const other = fc.jsonValue();
    const property = fc.asyncProperty(
      fc.array(fc.record({ text, other }), { maxLength: 6 }),
      fc.constantFrom(undefined, 2),
      fc.boolean(),
      places,
      async (members, indent, inPage, cuts) => {
        const items = members.map(({ text: name, other }, number) => ({
          other,
          ...retailItem,
          skuId: `${retailItem.productId}/${`${number}`.padStart(4, "0")}`,
          productName: `<${name}>`,
        }));
        const source = JSON.stringify(items, null, indent);
        const found = await readAll(cut(inPage ? page(source) : source, cuts));
        const expected = items.map(({ productName }, index) => ({
          line: index + 1,
          offer: { product: { title: productName } },
        }));
        expect(found).toMatchObject(expected);
        expect(found).toHaveLength(items.length);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test("every text that ends early is refused", async () => {
    const source = page(`[${item}]`);
    for (let length = 1; length < source.length; length++) {
      const { error } = await readUntilError(bytesOf(source.slice(0, length)));
      expect(error.message, `${length} bytes`).toMatch(/ends inside|without an array/);
    }
    expect(await read(source)).toHaveLength(1);
  });

  test("the page's member is known in any case, and only on the first level", async () => {
    const offers = await offersOf(retail());
    expect(await offersOf(`{"other": {"Items": [1]}, "list": [2], "items": [${item}]}`)).toEqual(
      offers,
    );
  });

  test("an item without an end is refused", async () => {
    const endless = `[${item},${item.slice(0, -1)},"more":"${"x".repeat(1_200_000)}`;
    const { rows, error } = await readUntilError(bytesOf(endless));
    expect(error).toEqual(new DamagedSheetError("No row ends in 1048576 bytes."));
    expect(rows).toMatchObject([{ line: 1, offer: {} }]);
  });
});
