import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText, placeParagraph, wrapText } from "./text.ts";

/** One unit of width per character, so that expectations can be counted by eye. */
const widthOf = (text: string) => Array.from(text).length;

describe("cleaning", () => {
  test("leaves one line with single spaces", () => {
    expect(cleanText("  Contoso\u00a0\t Ltd\r\n\u2028Berlin ")).toBe("Contoso Ltd Berlin");
  });

  test("takes out invisible marks, which could turn or hide figures", () => {
    expect(cleanText("12\u202e34\u202c\u00ad\u200b\ufeff\uffff5")).toBe("12345");
  });

  test("keeps letters of every script and joins them with their accents", () => {
    expect(cleanText("Żółw ノース 株式会社")).toBe("Żółw ノース 株式会社");
    expect(cleanText("e\u0301")).toBe("é");
  });

  test("replaces half a surrogate pair", () => {
    expect(cleanText("a\ud83db")).toBe("a\ufffdb");
  });
});

describe("wrapping", () => {
  test("breaks at spaces", () => {
    expect(wrapText("aaa bbb ccc", 7, 5, widthOf)).toEqual(["aaa bbb", "ccc"]);
  });

  test("breaks a word only when it is wider than a line, and starts it on a line of its own", () => {
    expect(wrapText("ab cdefghijk l", 4, 9, widthOf)).toEqual(["ab", "cdef", "ghij", "k l"]);
  });

  test("ends in an ellipsis where lines run out", () => {
    expect(wrapText("aaa bbb ccc dddd", 7, 2, widthOf)).toEqual(["aaa bbb", "ccc dd…"]);
    expect(wrapText("abcdefgh", 5, 1, widthOf)).toEqual(["abcd…"]);
    expect(wrapText("abc defgh", 5, 1, widthOf)).toEqual(["abc…"]);
  });

  test("leaves a text alone that just fits", () => {
    expect(wrapText("aaa bbb", 7, 1, widthOf)).toEqual(["aaa bbb"]);
    expect(wrapText("", 7, 1, widthOf)).toEqual([]);
  });

  test("does not part a letter from its mark, nor a pair of surrogates", () => {
    expect(wrapText("ab\u0323\u0302c", 2, 9, (text) => text.replace(/\p{M}/gu, "").length)).toEqual(
      ["ab\u0323\u0302", "c"],
    );
    expect(wrapText("😀😀😀", 2, 9, widthOf)).toEqual(["😀😀", "😀"]);
  });

  test("always makes progress, even where not one letter fits", () => {
    expect(wrapText("abc", 0.5, 9, widthOf)).toEqual(["a", "b", "c"]);
  });

  test("keeps to the width and to the number of lines, and loses nothing but the cut end", () => {
    const word = fc.string({ unit: "binary", maxLength: 30 });
    const text = fc.array(word, { maxLength: 12 }).map((words) => cleanText(words.join(" ")));
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 5 }), (...c) => {
        const [original, width, maxLines] = c;
        const visible = (part: string) => widthOf(part.replace(/\p{M}/gu, ""));
        const lines = wrapText(original, width, maxLines, visible);
        expect(lines.length).toBeLessThanOrEqual(maxLines);
        expect(lines.every((line) => visible(line) <= width)).toBe(true);
        const shown = lines.join("").replaceAll(" ", "");
        const all = original.replaceAll(" ", "");
        const cut = shown.endsWith("…") && shown !== all;
        expect(cut ? all.startsWith(shown.slice(0, -1)) : shown === all).toBe(true);
      }),
    );
  });
});

describe("placing", () => {
  const style = { bold: false, size: 10, color: "#000000" };

  test("puts line below line and aligns each at its edge", () => {
    const box = { x: 100, y: 50, width: 7, style, maxLines: 3 };
    const left = placeParagraph("aaa bbb cc", box, widthOf);
    expect(left.texts.map(({ text, x, y }) => ({ text, x, y }))).toEqual([
      { text: "aaa bbb", x: 100, y: 50 },
      { text: "cc", x: 100, y: 63 },
    ]);
    expect(left.height).toBe(26);
    const right = placeParagraph("aaa bbb cc", { ...box, align: "right" }, widthOf);
    expect(right.texts.map(({ x }) => x)).toEqual([100, 105]);
  });

  test("takes no room for an empty text", () => {
    const box = { x: 0, y: 0, width: 10, style, maxLines: 3 };
    expect(placeParagraph(" \u200b ", box, widthOf)).toEqual({ texts: [], height: 0 });
  });
});
