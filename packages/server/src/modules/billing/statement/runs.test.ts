import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Fonts, openFonts } from "./fonts.ts";
import { lettersOf } from "./letters.ts";
import { runsRightToLeft, visualRuns } from "./runs.ts";
import { cleanText } from "./text.ts";

const base = () => ({ font: "regular", shown: true });

/** The runs from left to right, one font for each kind of letter. */
function order(line: string, rtl = runsRightToLeft(line)): string[] {
  const choose = (letter: string) => ({
    font: /[א-ת]/.test(letter) ? "hebrew" : "base",
    shown: true,
  });
  return visualRuns(line, rtl, choose).map(({ text }) => text);
}

describe("direction", () => {
  test("is that of the first letter", () => {
    expect(runsRightToLeft("Contoso שלום")).toBe(false);
    expect(runsRightToLeft("12 שלום Contoso")).toBe(true);
    expect(runsRightToLeft("1984")).toBe(false);
  });
});

describe("a line", () => {
  test("of Latin is one run", () => {
    expect(visualRuns("Contoso Ltd", false, base)).toEqual([
      { text: "Contoso Ltd", font: "regular", shown: true },
    ]);
    expect(visualRuns("", false, base)).toEqual([]);
  });

  test("from right to left has its words in reverse, each in reading order for its font", () => {
    expect(order("חברת הדוגמה שלום")).toEqual(["שלום", " ", "הדוגמה", " ", "חברת"]);
  });

  test("keeps figures and Latin words inside it from left to right", () => {
    expect(order("חברת 123 Contoso")).toEqual(["Contoso", " ", "123", " ", "חברת"]);
    expect(order("Contoso חברת הדוגמה 12")).toEqual(["Contoso ", "12", " ", "הדוגמה", " ", "חברת"]);
  });

  test("turns brackets round", () => {
    expect(order("חברת (ישראל)")).toEqual(["(", "ישראל", ")", " ", "חברת"]);
  });

  test("that goes on from right to left does so whatever it begins with", () => {
    expect(order("Contoso חברת", true)).toEqual(["חברת", " ", "Contoso"]);
  });
});

describe("any text", () => {
  const samples = [
    "שלום עולם",
    "مؤسسة الأمل",
    "क्षत्रिय",
    "বাংলা প্রযুক্তি",
    "తెలుగు శ్రీ",
    "മലയാളം",
    "ਪੰਜਾਬ",
    "ગુજરાત શ્રી",
    "தமிழ்",
    "ಕನ್ನಡ",
    "ไทยน้ำ",
    "上海（株）",
    "ノース",
    "한국",
    "Ωй ẞǟ(12)",
  ];
  const letters = samples.flatMap((each) => Array.from(each));
  let fonts: Fonts;

  beforeAll(async () => {
    fonts = await openFonts({ texts: letters.map(cleanText), boldTexts: [] });
  });

  test("is shaped without an error, and keeps all of its letters", () => {
    const text = fc.array(fc.constantFrom(...letters), { maxLength: 20 });
    fc.assert(
      fc.property(text, fc.boolean(), (parts, rtl) => {
        const line = cleanText(parts.join(""));
        const style = { bold: false };
        const runs = visualRuns(line, rtl, (letter) => fonts.choose(letter, style));
        const sorted = (all: string) => lettersOf(all).join("").split("").sort().join("");
        expect(sorted(runs.map((run) => run.text).join("")).length).toBe(sorted(line).length);
        for (const run of runs) {
          const shaped = fonts.all.get(run.font)?.layout(run.text);
          expect(Number.isFinite(shaped?.advanceWidth)).toBe(true);
        }
      }),
    );
  });
});
