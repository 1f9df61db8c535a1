import { describe, expect, test } from "vitest";
import { renderStatement } from "./statement.ts";
import { countMissingSigns, readActualTexts, readPdfTexts } from "./testing/read-pdf.ts";
import { sampleLine, sampleLines, sampleStatement } from "./testing/sample.ts";

function countOf(pdf: Buffer, form: RegExp): number {
  return [...pdf.toString("latin1").matchAll(form)].length;
}

describe("the file", () => {
  test("begins, ends and describes itself as a PDF should", async () => {
    const pdf = await renderStatement(sampleStatement());
    const text = pdf.toString("latin1");
    expect(text.startsWith("%PDF-1.7\n")).toBe(true);
    expect(text.endsWith("%%EOF\n")).toBe(true);
    const [, offset = ""] = /startxref\n(\d+)\n/.exec(text) ?? [];
    expect(text.slice(Number(offset)).startsWith("xref\n")).toBe(true);
    expect(text).toContain("/Title ");
    expect(text).toContain("(Invoice G000024135)");
    expect(text).toContain("(Northwind Distribution Ltd)");
    expect(text).toContain("(Invoice G000024135 for Contoso Partners GmbH)");
    expect(text).toContain("(D:20241108000000Z)");
    expect(text).toContain("/Lang (en)");
    expect(text).toContain("/Marked true");
  });

  test("carries its fonts, and no font but its own", async () => {
    const pdf = await renderStatement(sampleStatement());
    expect(countOf(pdf, /\/FontFile2 /g)).toBe(2);
    expect(countOf(pdf, /\/BaseFont \/(?!\w+\+DejaVuSansCondensed)/g)).toBe(0);
  });

  test.each([
    [3, 1],
    [60, 3],
    [1000, 41],
  ])("of %i lines has %i pages, none added by the drawing", async (count, expected) => {
    const pdf = await renderStatement(sampleStatement({ lines: sampleLines(count) }));
    expect(/\/Count (\d+)\n/.exec(pdf.toString("latin1"))?.[1]).toBe(String(expected));
    expect(countOf(pdf, /\/Type \/Page\n/g)).toBe(expected);
  });

  test("escapes names in its XML description, and only there", async () => {
    const billTo = { name: "A & B <Ltd>", addressLines: [] };
    const issuer = { name: "Müller & Søn", addressLines: [] };
    const pdf = await renderStatement(sampleStatement({ billTo, issuer }));
    const text = pdf.toString("utf8");
    expect(text).toContain("Invoice G000024135 for A &amp; B &lt;Ltd&gt;</rdf:li>");
    expect(text).toContain("<rdf:li>Müller &amp; Søn</rdf:li>");
    expect(text).toContain("(Invoice G000024135 for A & B <Ltd>)");
  });
});

describe("the text in the file", () => {
  test("holds the figures, the names and the page numbers", async () => {
    const customer = "Księgarnia Żółw & Søn, Ωmega";
    const lines = [...sampleLines(59), sampleLine(60, { customer })];
    const statement = sampleStatement({ lines, notPayable: true });
    const pages = readPdfTexts(await renderStatement(statement));
    expect(pages.length).toBe(3);
    for (const [index, texts] of pages.entries()) {
      expect(texts).toContain(`Page ${index + 1} of 3`);
      expect(texts).toContain("Sandbox: do not pay this document");
      expect(texts).toContain("Customer");
    }
    const texts = pages.flat();
    const products = texts.filter((text) => text.startsWith("Product "));
    expect(products).toEqual(lines.map(({ product }) => product));
    // 60 lines of 1,000 n + 999 each, a tenth of it as tax, cut to whole cents.
    expect(texts.filter((text) => text === "18,899.40").length).toBe(3);
    expect(texts).toContain("USD 20,788.80");
    expect(texts.join(" ").replaceAll(" ", "")).toContain(customer.replaceAll(" ", ""));
  });

  test("is as it was given where letters are joined, whatever was made before", async () => {
    // The fonts draw "ffi" and the single letter "ﬃ" with one glyph.
    for (const product of ["Office for affiliates", "Oﬃce for aﬃliates"]) {
      const lines = [sampleLine(1, { product })];
      const [texts] = readPdfTexts(await renderStatement(sampleStatement({ lines })));
      expect(texts).toContain(product);
    }
  });

  test("keeps signs that no font shows", async () => {
    const known = { name: "Ελλάδα Żółw Україна 株式会社", addressLines: [] };
    const unknown = { name: "𓀀𓀁 Ltd", addressLines: [] };
    const [plain, actual] = await Promise.all(
      [known, unknown].map((soldTo) => renderStatement(sampleStatement({ soldTo }))),
    );
    expect(plain && readPdfTexts(plain)[0]?.join("")).toContain("Україна株式会社");
    expect(plain && readActualTexts(plain)).toEqual([]);
    expect(plain && countMissingSigns(plain)).toBe(0);
    expect(actual && readActualTexts(actual)).toEqual([unknown.name]);
    expect(actual && countMissingSigns(actual)).toBe(2);
  });
});

describe("names in", () => {
  test.each([
    ["Latin", "Žąsis & Søn, Công ty Việt Nam"],
    ["Greek", "Ελληνική Εμπορική ΑΕ"],
    ["Cyrillic", "ТОВ «Україна Єднання»"],
    ["Armenian", "Հայաստան ՍՊԸ"],
    ["Georgian", "შპს საქართველო"],
    ["Chinese", "上海国际贸易股份有限公司（中国）"],
    ["Traditional Chinese", "臺灣國際貿易股份有限公司"],
    ["Japanese", "株式会社ノースウインド・横浜"],
    ["Korean", "주식회사 한국무역"],
  ])("%s show every sign and read as they were given", async (_, name) => {
    const soldTo = { name, addressLines: [name] };
    const pdf = await renderStatement(sampleStatement({ soldTo }));
    expect(countMissingSigns(pdf)).toBe(0);
    const texts = readPdfTexts(pdf).flat().join("").replaceAll(" ", "");
    expect(texts.split(name.replaceAll(" ", "")).length).toBe(3);
    expect(readActualTexts(pdf)).toEqual([]);
  });

  test.each([
    ["Arabic", "شركة الأمل للتجارة (ش.م.م) 2024"],
    ["Persian", "شرکت گسترش فناوری پارس"],
    ["Hebrew", "חברת הדוגמה בע״מ (ישראל)"],
    ["Devanagari", "क्षत्रिय प्रौद्योगिकी"],
    ["Bengali", "বাংলাদেশ প্রযুক্তি"],
    ["Gurmukhi", "ਪੰਜਾਬ ਤਕਨੀਕ"],
    ["Gujarati", "ગુજરાત શ્રી"],
    ["Tamil", "தமிழ்நாடு தொழில்நுட்பம்"],
    ["Telugu", "తెలుగు సాంకేతిక శ్రీ"],
    ["Kannada", "ಕನ್ನಡ ತಂತ್ರಜ್ಞಾನ"],
    ["Thai", "บริษัท ตัวอย่าง จำกัด"],
    ["Malayalam", "മലയാളം സാങ്കേതികവിദ്യ"],
  ])("%s show every sign and carry the text in reading order", async (_, name) => {
    const soldTo = { name, addressLines: [name] };
    const pdf = await renderStatement(sampleStatement({ soldTo }));
    expect(countMissingSigns(pdf)).toBe(0);
    expect(readActualTexts(pdf)).toEqual([name, name]);
  });

  test("all of them together give the same bytes each time", async () => {
    const names = ["上海国际", "株式会社ノース", "주식회사", "شركة الأمل", "हिन्दी", "ไทย"];
    const lines = names.map((customer, index) => sampleLine(index + 1, { customer }));
    const first = await renderStatement(sampleStatement({ lines }));
    const [alone] = lines;
    await renderStatement(sampleStatement({ lines: alone ? [alone] : [] }));
    expect((await renderStatement(sampleStatement({ lines }))).equals(first)).toBe(true);
  });
});

describe("the bytes", () => {
  test("are the same each time", async () => {
    const statement = sampleStatement({ lines: sampleLines(60) });
    const first = await renderStatement(statement);
    const second = await renderStatement(structuredClone(statement));
    expect(second.equals(first)).toBe(true);
    expect(first.toString("latin1")).toMatch(/\/ID \[<([0-9a-f]{32})> <\1>\]/);
  });

  test("are the same among other documents made at the same time", async () => {
    const statements = [1, 30, 60].map((count) => sampleStatement({ lines: sampleLines(count) }));
    const alone: Buffer[] = [];
    for (const statement of statements) {
      alone.push(await renderStatement(statement));
    }
    const together = await Promise.all(statements.map(renderStatement));
    expect(together.map((pdf, index) => pdf.equals(alone[index] ?? pdf.subarray(1)))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("differ when the statement differs", async () => {
    const first = await renderStatement(sampleStatement());
    const second = await renderStatement(sampleStatement({ number: "G000024136" }));
    expect(second.equals(first)).toBe(false);
  });
});
