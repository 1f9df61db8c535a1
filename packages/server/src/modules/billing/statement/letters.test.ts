import { expect, test } from "vitest";
import { lettersOf, piecesOf } from "./letters.ts";

function pieces(text: string): string[] {
  return piecesOf(text).map((piece) => (piece.spaced ? " " : "") + piece.text);
}

test("text with spaces comes apart at them alone", () => {
  expect(pieces("Contoso Ltd. (Wien)")).toEqual(["Contoso", " Ltd.", " (Wien)"]);
  expect(pieces("")).toEqual([]);
});

test("text without spaces comes apart at its words", () => {
  expect(pieces("บริษัทตัวอย่าง จำกัด")).toEqual(["บริษัท", "ตัวอย่าง", " จำกัด"]);
  expect(pieces("上海国际贸易").join("")).toBe("上海国际贸易");
  expect(pieces("上海国际贸易").length).toBeGreaterThan(1);
});

test("signs stay with the words that they belong to", () => {
  const all = pieces("有限公司（中国）、上海");
  expect(all.join("")).toBe("有限公司（中国）、上海");
  expect(all).toContain("（中国）、");
  expect(pieces("上海（")).toEqual(["上海", "（"]);
});

test("letters keep their marks", () => {
  expect(lettersOf("aệน้ำ")).toEqual(["a", "ệ", "น้ำ"]);
  expect(lettersOf("क्षत्रि")).toEqual(["क्ष", "त्रि"]);
});
