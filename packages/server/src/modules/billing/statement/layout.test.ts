import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { measureWith, openDocument } from "./document.ts";
import { openFonts } from "./fonts.ts";
import { layoutStatement } from "./layout.ts";
import type { Statement } from "./model.ts";
import type { Block, Measure, Page, PlacedText } from "./page.ts";
import { textsOf } from "./page.ts";
import {
  jpy,
  kwd,
  sampleLine,
  sampleLines,
  sampleStatement,
  summaryOf,
  usd,
} from "./testing/sample.ts";
import { footer, frame, lineHeight, pageSize } from "./theme.ts";

let measure: Measure;

beforeAll(async () => {
  const fonts = await openFonts({ texts: [], boldTexts: [] });
  measure = measureWith(openDocument(sampleStatement(), fonts), fonts);
});

function layOut(over: Partial<Statement> = {}): Page[] {
  return layoutStatement(sampleStatement(over), measure);
}

function allTexts(page: Page): PlacedText[] {
  return [...page.blocks.flatMap(textsOf), ...page.artifacts];
}

function wordsOn(page: Page): string[] {
  return allTexts(page).map(({ text }) => text);
}

function cellsOf(block: Block): string[] {
  if (block.tag !== "TR") {
    return [];
  }
  return block.cells.map(({ texts }) => texts.map(({ text }) => text).join("|"));
}

/** The rows of one table over all pages, heads left out. */
function rowsOf(pages: readonly Page[], table: string): string[][] {
  return pages
    .flatMap((page) => page.blocks)
    .filter((block) => block.tag === "TR" && block.table === table)
    .filter((block) => block.tag === "TR" && block.cells[0]?.tag === "TD")
    .map(cellsOf);
}

/** The labelled values of the first page, such as "Due date" and what stands beside it. */
function factsOf(pages: readonly Page[]): Map<string, string> {
  const facts = new Map<string, string>();
  for (const block of pages[0]?.blocks ?? []) {
    const [label, ...values] = textsOf(block);
    if (block.tag === "P" && label !== undefined && values.length > 0) {
      facts.set(label.text, values.map(({ text }) => text).join(" "));
    }
  }
  return facts;
}

/** Everything inside the page's frame, and no line of text over another. */
function expectTidy(pages: readonly Page[]): void {
  for (const page of pages) {
    const boxes = allTexts(page).map(({ text, x, y, style }) => ({
      text,
      left: x,
      right: x + measure(text, style),
      top: y,
      bottom: y + lineHeight(style),
    }));
    for (const box of boxes) {
      expect(box.left, box.text).toBeGreaterThanOrEqual(frame.left - 0.1);
      expect(box.right, box.text).toBeLessThanOrEqual(frame.right + 0.1);
      expect(box.bottom, box.text).toBeLessThan(pageSize.height - 15);
    }
    for (const block of page.blocks.flatMap(textsOf)) {
      expect(block.y + lineHeight(block.style), block.text).toBeLessThan(footer.ruleY);
    }
    const sorted = boxes.toSorted((a, b) => a.top - b.top);
    for (const [index, box] of sorted.entries()) {
      for (const other of sorted.slice(index + 1)) {
        if (other.top >= box.bottom - 0.1) {
          break;
        }
        const apart = other.left >= box.right - 0.1 || box.left >= other.right - 0.1;
        expect(apart, `"${box.text}" and "${other.text}"`).toBe(true);
      }
    }
  }
}

const longName =
  "Aktiengesellschaft für internationale Handelsbeziehungen, Schifffahrt und Lagerhaltung " +
  "der nördlichen Provinzen mit beschränkter Haftung und Zweigniederlassungen in aller Welt " +
  "seit 1887 & Söhne";

describe("pages", () => {
  test.each([
    ["no lines", 0, 1],
    ["a few lines", 3, 1],
    ["as many as fill three pages", 60, 3],
    ["a thousand", 1000, 41],
  ])("with %s: %i lines on %i pages", (_, count, expected) => {
    const pages = layOut({ lines: sampleLines(count) });
    expect(pages.length).toBe(expected);
    expectTidy(pages);
    for (const [index, page] of pages.entries()) {
      expect(wordsOn(page)).toContain(`Page ${index + 1} of ${expected}`);
    }
  });

  test("hold every line once and in order, then the totals", () => {
    const lines = sampleLines(120);
    const rows = rowsOf(layOut({ lines }), "charges");
    expect(rows.length).toBe(121);
    expect(rows.slice(0, -1).map((row) => row[1])).toEqual(
      lines.map(({ product, publisher }) => `${product}|${publisher}`),
    );
    expect(rows.at(-1)?.[1]).toBe("Total");
  });

  test("after the first repeat the table's head and name the document", () => {
    const [first, ...others] = layOut({ lines: sampleLines(60) });
    expect(others.length).toBe(2);
    expect(first?.blocks.filter((block) => cellsOf(block)[0] === "Date").length).toBe(1);
    for (const page of others) {
      const repeated = page.artifacts.map(({ text }) => text);
      for (const word of ["Date", "Product", "Customer", "Qty", "Tax", "Total"]) {
        expect(repeated).toContain(word);
      }
      expect(repeated).toContain("Invoice G000024135");
      expect(page.blocks.some((block) => cellsOf(block)[0] === "Date")).toBe(false);
    }
  });

  test("never leave the totals alone at the top, however many lines there are", () => {
    for (let count = 1; count <= 80; count += 1) {
      const last = layOut({ lines: sampleLines(count) }).at(-1);
      const rows = last?.blocks.map(cellsOf).filter((cells) => cells.length > 0) ?? [];
      expect(rows.at(-1)?.[1]).toBe("Total");
      expect(rows.at(-2)?.[1]).toContain(`Product ${count} `);
    }
  });

  test("say that there were no charges where there are no lines", () => {
    const rows = rowsOf(layOut({ lines: [] }), "charges");
    expect(rows.map((row) => row[1])).toEqual(["No one-time charges", "Total"]);
    expect(rows[1]?.slice(5)).toEqual(["0.00", "0.00", "0.00"]);
  });
});

describe("letterhead", () => {
  test("names number, dates, period, terms and order", () => {
    const facts = factsOf(layOut());
    expect(facts.get("Invoice number")).toBe("G000024135");
    expect(facts.get("Invoice date")).toBe("8 November 2024");
    expect(facts.get("Billing period")).toBe("1 October 2024 – 31 October 2024");
    expect(facts.get("Payment terms")).toBe("Net 60 days");
    expect(facts.get("Due date")).toBe("7 January 2025");
    expect(facts.get("Customer PO number")).toBe("PO-4500");
    expect([...facts.keys()]).not.toContain("Replaces");
  });

  test("leaves out what is not there", () => {
    const facts = factsOf(layOut({ purchaseOrderNumber: undefined }));
    expect([...facts.keys()]).not.toContain("Customer PO number");
  });

  test("shows issuer, bill-to and service recipient with addresses and tax ids", () => {
    const words = wordsOn(layOut()[0] ?? { fills: [], blocks: [], artifacts: [] });
    for (const word of [
      "Kontor",
      "Northwind Distribution Ltd",
      "Tax ID IE1",
      "Bill to",
      "Contoso Partners GmbH",
      "Tax ID DE123456789",
      "Service recipient",
      "Contoso Services AG",
    ]) {
      expect(words).toContain(word);
    }
    expect(words.filter((word) => word === "Lindenstraße 14").length).toBe(2);
  });

  test.each([
    ["invoice", "Invoice"],
    ["credit_note", "Credit note"],
    ["adjustment_note", "Adjustment note"],
    ["void_note", "Void invoice"],
  ] as const)("calls the document type %s %s", (documentType, title) => {
    const [page] = layOut({ documentType });
    const headings = page?.blocks.filter(({ tag }) => tag === "H1").flatMap(textsOf) ?? [];
    expect(headings.map(({ text }) => text)).toEqual([title]);
  });

  test("asks for no payment on a credit note, and refers to related documents", () => {
    const facts = factsOf(layOut({ documentType: "credit_note", amends: "G1", replacedBy: "G2" }));
    expect([...facts.keys()]).not.toContain("Due date");
    expect([...facts.keys()]).not.toContain("Payment terms");
    expect(facts.get("Changes invoice")).toBe("G1");
    expect(facts.get("Replaced by")).toBe("G2");
  });

  test("asks for payment of an adjustment only where something is to pay", () => {
    const credit = { ...summaryOf([]), total: { minor: -1n } };
    const over = { documentType: "adjustment_note", amends: "G1" } as const;
    expect([...factsOf(layOut({ ...over, summary: credit })).keys()]).not.toContain("Due date");
    expect([...factsOf(layOut(over)).keys()]).toContain("Due date");
  });

  test("names whom to ask, below the address", () => {
    const billTo = { name: "A", addressLines: ["B"], contactLines: ["Ada Lang", "a@b.example"] };
    const words = layOut({ billTo }).flatMap(wordsOn);
    expect(words.indexOf("Ada Lang")).toBeGreaterThan(words.indexOf("B"));
    expect(words).toContain("a@b.example");
  });

  test("keeps a legal name of 200 characters whole", () => {
    const [page] = layOut({ billTo: { name: longName, addressLines: [] } });
    expect(longName.length).toBeGreaterThanOrEqual(190);
    const names = page?.blocks.map((block) =>
      textsOf(block)
        .map(({ text }) => text)
        .join(" "),
    );
    expect(names).toContain(longName);
  });

  test("stays on one page and in its columns whatever it is given", () => {
    const huge = "W".repeat(3000);
    const party = { name: huge, addressLines: Array.from({ length: 40 }, () => huge), taxId: huge };
    const parties = { issuer: party, billTo: party, soldTo: party };
    const over = { number: huge, purchaseOrderNumber: huge, amends: huge, replacedBy: huge };
    const pages = layOut({ ...parties, ...over });
    expectTidy(pages);
    expect(pages.length).toBe(2);
    expect(rowsOf(pages, "charges").length).toBe(4);
  });
});

describe("summary", () => {
  test("shows charges, credits, subtotal, tax and total with the currency", () => {
    const lines = [
      sampleLine(1, {
        pretax: { minor: 123_456_789n },
        tax: { minor: 100n },
        total: { minor: 123_456_889n },
      }),
      sampleLine(2, {
        pretax: { minor: -100_000n },
        tax: { minor: -1n },
        total: { minor: -100_001n },
      }),
    ];
    const pages = layOut({ lines });
    const facts = factsOf(pages);
    expect(facts.get("Charges")).toBe("1,234,567.89");
    expect(facts.get("Credits")).toBe("-1,000.00");
    expect(facts.get("Subtotal")).toBe("1,233,567.89");
    expect(facts.get("Tax")).toBe("0.99");
    expect(facts.get("Total (USD)")).toBe("1,233,568.88");
    const totals = rowsOf(pages, "charges").at(-1);
    expect(totals?.slice(5)).toEqual(["1,233,567.89", "0.99", "1,233,568.88"]);
    const words = wordsOn(pages[0] ?? { fills: [], blocks: [], artifacts: [] });
    expect(words).toContain("USD 1,233,568.88");
    expect(words).toContain("Please pay by 7 January 2025.");
  });

  test("stands on a panel, the total below a rule", () => {
    const [page] = layOut();
    const total = page?.blocks.flatMap(textsOf).find(({ text }) => text === "Total (USD)");
    const y = total?.y ?? Number.NaN;
    const around = page?.fills.filter((fill) => fill.y < y && fill.y + fill.height > y) ?? [];
    expect(around.map(({ x, width }) => [x, width])).toEqual([[frame.left, frame.width]]);
    const rules = page?.fills.filter((fill) => fill.height < 1 && fill.y < y && fill.y > y - 8);
    expect(rules?.length).toBe(1);
  });

  test("of a negative total calls it a credit and asks for nothing", () => {
    const minus = { pretax: { minor: -5_000n }, tax: { minor: -950n }, total: { minor: -5_950n } };
    const pages = layOut({ lines: [sampleLine(1, minus)] });
    const words = pages.flatMap(wordsOn);
    expect(words).toContain("Credit amount");
    expect(words).toContain("USD -59.50");
    expect(words).toContain("Nothing to pay: this is a credit.");
    expect(words.some((word) => word.startsWith("Please pay"))).toBe(false);
    expect(rowsOf(pages, "charges")[0]?.slice(5)).toEqual(["-50.00", "-9.50", "-59.50"]);
    expectTidy(pages);
  });

  test("of nothing says so", () => {
    expect(layOut({ lines: [] }).flatMap(wordsOn)).toContain("There is nothing to pay.");
  });

  test("shrinks the great figure rather than cutting it", () => {
    const total = { minor: -9_223_372_036_854_775_808n };
    const pages = layOut({ summary: { ...summaryOf([]), total } });
    const words = pages.flatMap(wordsOn);
    expect(words).toContain("USD -92,233,720,368,547,758.08");
    expect(words).toContain("-92,233,720,368,547,758.08");
    expectTidy(pages);
  });
});

describe("charges", () => {
  test("show date, product, publisher, customer and figures", () => {
    const [row] = rowsOf(layOut({ lines: [sampleLine(4)] }), "charges");
    expect(row).toEqual([
      "5 Oct 2024",
      "Product 4 Standard Edition|Contoso Publishing",
      "Customer 4 Ltd",
      "5",
      "14.40",
      "49.99",
      "4.99",
      "54.98",
    ]);
  });

  test("set each figure at the right edge of its column", () => {
    const lines = [1, 12, 123, 12_345].map((number) => sampleLine(number));
    const rows = layOut({ lines }).flatMap((page) => page.blocks);
    for (const column of [3, 4, 5, 6, 7]) {
      const edges = rows.flatMap((block) =>
        block.tag === "TR" && block.table === "charges"
          ? (block.cells[column]?.texts ?? []).map((t) => t.x + measure(t.text, t.style))
          : [],
      );
      expect(edges.length).toBeGreaterThanOrEqual(lines.length);
      expect(Math.max(...edges) - Math.min(...edges)).toBeLessThan(0.01);
    }
  });

  test("in yen have no decimals", () => {
    const price = { decimal: "1499", currency: jpy };
    const amounts = { pretax: { minor: 2_998_000n }, tax: { minor: 299_800n } };
    const line = sampleLine(1, { ...amounts, unitPrice: price, total: { minor: 3_297_800n } });
    const pages = layOut({ currency: jpy, lines: [line] });
    const [row] = rowsOf(pages, "charges");
    expect(row?.slice(4)).toEqual(["1,499", "2,998,000", "299,800", "3,297,800"]);
    expect(factsOf(pages).get("Total (JPY)")).toBe("3,297,800");
    expect(pages.flatMap(wordsOn)).toContain("JPY 3,297,800");
  });

  test("in dinar have three decimals", () => {
    const price = { decimal: "1.5", currency: kwd };
    const amounts = { pretax: { minor: 1_234_500n }, tax: { minor: 5n } };
    const line = sampleLine(1, { ...amounts, unitPrice: price, total: { minor: 1_234_505n } });
    const pages = layOut({ currency: kwd, lines: [line] });
    const [row] = rowsOf(pages, "charges");
    expect(row?.slice(4)).toEqual(["1.500", "1,234.500", "0.005", "1,234.505"]);
    expect(pages.flatMap(wordsOn)).toContain("KWD 1,234.505");
  });

  test("priced in another currency name it", () => {
    const unitPrice = { decimal: "0.03825", currency: { code: "EUR", exponent: 2 } };
    const [row] = rowsOf(layOut({ lines: [sampleLine(1, { unitPrice })] }), "charges");
    expect(row?.[4]).toBe("EUR 0.03825");
  });

  test("carry a note beneath the publisher", () => {
    const note = "Refund of order 7d3a9c";
    const [row] = rowsOf(layOut({ lines: [sampleLine(1, { note })] }), "charges");
    expect(row?.[1]).toBe(`Product 1 Standard Edition|Contoso Publishing|${note}`);
  });

  test.each([
    ["words", longName],
    ["one word", "X".repeat(200)],
    ["wide letters", "Ŵ".repeat(200)],
  ])("keep names of 200 characters in their cells: %s", (_, name) => {
    const line = sampleLine(1, { customer: name, product: name, publisher: name, note: name });
    const pages = layOut({ lines: Array.from({ length: 40 }, () => line) });
    expectTidy(pages);
    const [row] = rowsOf(pages, "charges");
    expect(row?.[2]?.split("|").length).toBe(4);
    expect(row?.[2]?.endsWith("…")).toBe(true);
  });

  test("stay tidy with names and amounts of every kind", () => {
    const name = fc.string({ unit: "grapheme", maxLength: 200 });
    const minor = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const amount = minor.map((value) => ({ minor: value }));
    const line = fc.record({
      product: name,
      publisher: name,
      customer: name,
      pretax: amount,
      total: amount,
      quantity: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (parts) => {
        const lines = parts.map((part, index) => sampleLine(index, part));
        expectTidy(layOut({ lines, summary: summaryOf([]) }));
      }),
      { numRuns: 40 },
    );
  });

  test("with a value that cannot be printed are refused", () => {
    const unitPrice = { decimal: "1e-7", currency: usd };
    for (const part of [{ quantity: 2.5 }, { date: new Date("x") }, { unitPrice }]) {
      expect(() => layOut({ lines: [sampleLine(1, part)] })).toThrow(RangeError);
    }
  });
});

describe("notices", () => {
  const notice = "Sandbox: do not pay this document";

  test("of the sandbox stand on every page and replace the request to pay", () => {
    const pages = layOut({ notPayable: true, lines: sampleLines(60) });
    expect(pages.length).toBe(3);
    for (const page of pages) {
      expect(wordsOn(page)).toContain(notice);
    }
    expect(pages.flatMap(wordsOn).some((word) => word.startsWith("Please pay"))).toBe(false);
    expectTidy(pages);
  });

  test("of the sandbox are absent from what is to be paid", () => {
    const words = layOut({ lines: sampleLines(60) }).flatMap(wordsOn);
    expect(words.some((word) => word.includes("do not pay"))).toBe(false);
  });

  test("tell that a document is void", () => {
    const pages = layOut({ documentType: "void_note", lines: sampleLines(60) });
    for (const page of pages) {
      expect(wordsOn(page)).toContain("Void: do not pay this document");
    }
    expect(pages.flatMap(wordsOn).some((word) => word.startsWith("Please pay"))).toBe(false);
  });
});

describe("kinds of charges", () => {
  test("have a table each, with totals of their own", () => {
    const lines = [sampleLine(1), sampleLine(2, { recurring: true }), sampleLine(3)];
    const pages = layOut({ lines });
    const [once, again] = ["charges", "recurring"].map((table) => rowsOf(pages, table));
    expect(once?.map((row) => row[1])).toEqual([
      "Product 1 Standard Edition|Contoso Publishing",
      "Product 3 Standard Edition|Contoso Publishing",
      "Total",
    ]);
    expect(again?.map((row) => row[1])).toEqual([
      "Product 2 Standard Edition|Contoso Publishing",
      "Total",
    ]);
    // (1,999 + 3,999) cents and a tenth of each, cut; then 2,999 likewise.
    expect(once?.at(-1)?.slice(5)).toEqual(["59.98", "5.98", "65.96"]);
    expect(again?.at(-1)?.slice(5)).toEqual(["29.99", "2.99", "32.98"]);
    expect(pages.flatMap(wordsOn)).toContain("Recurring charges");
    expectTidy(pages);
  });

  test("stand in the same columns, wide enough for the sums of either", () => {
    const huge = { minor: 900_000_000_000_00n };
    const line = (recurring: boolean, sign: bigint) =>
      sampleLine(1, { recurring, pretax: { minor: sign * huge.minor } });
    const lines = [...Array(20).keys()].flatMap(() => [line(false, 1n), line(true, -1n)]);
    const pages = layOut({ lines });
    expectTidy(pages);
    expect(rowsOf(pages, "charges").at(-1)?.[5]).toBe("18,000,000,000,000.00");
    expect(rowsOf(pages, "recurring").at(-1)?.[5]).toBe("-18,000,000,000,000.00");
    const heads = pages.flatMap((page) => page.blocks).filter((b) => cellsOf(b)[0] === "Date");
    const [once, again] = heads.map((head) => textsOf(head).map(({ x }) => x));
    expect(again).toEqual(once);
  });

  test("that are all recurring leave out the table of the others", () => {
    const pages = layOut({ lines: [sampleLine(2, { recurring: true })] });
    expect(rowsOf(pages, "charges")).toEqual([]);
    expect(rowsOf(pages, "recurring").length).toBe(2);
  });
});

describe("tax", () => {
  test("is told for each rate above its sum", () => {
    const taxes = [
      { name: "VAT", rate: "0.19", base: { minor: 10_000n }, tax: { minor: 1_900n } },
      { name: "VAT", rate: "0.075", base: { minor: 20_000n }, tax: { minor: 1_500n } },
    ];
    const pages = layOut({ summary: { ...summaryOf(sampleLines(3)), taxes } });
    const facts = factsOf(pages);
    expect(facts.get("VAT 19% on 100.00")).toBe("19.00");
    expect(facts.get("VAT 7.5% on 200.00")).toBe("15.00");
    expect([...facts.keys()].indexOf("VAT 7.5% on 200.00")).toBeLessThan(
      [...facts.keys()].indexOf("Tax"),
    );
    expectTidy(pages);
  });
});

describe("exchange rates", () => {
  const eur = { pricingCurrency: "EUR", rate: "1.0812345", date: new Date("2024-09-27") };
  const own = { pricingCurrency: "USD", rate: "1", date: new Date("2024-09-27") };

  test("are listed for other currencies than the billed one, after the charges", () => {
    const pages = layOut({ exchangeRates: [own, eur] });
    expect(rowsOf(pages, "rates")).toEqual([["EUR", "USD", "1.0812345", "27 September 2024"]]);
    const last = pages.at(-1)?.blocks.at(-1);
    expect(last?.tag === "TR" && last.table).toBe("rates");
  });

  test("are not mentioned where everything was priced in the billed currency", () => {
    const words = layOut({ exchangeRates: [own] }).flatMap(wordsOn);
    expect(words).not.toContain("Exchange rates");
  });

  test("keep heading, head and first row together, wherever the charges end", () => {
    for (let count = 1; count <= 40; count += 1) {
      const pages = layOut({ lines: sampleLines(count), exchangeRates: [eur, eur, eur] });
      const page = pages.find((each) => wordsOn(each).includes("Exchange rates"));
      expect(page?.blocks.some((block) => cellsOf(block)[0] === "EUR")).toBe(true);
      expectTidy(pages);
    }
  });
});
