/** Text that comes from people, made to fit its place. */

import { isJapanese } from "./families.ts";
import { lettersOf, piecesOf } from "./letters.ts";
import type { Measure, PlacedText, TextStyle } from "./page.ts";
import { runsRightToLeft } from "./runs.ts";
import { lineHeight } from "./theme.ts";

const ellipsis = "…";

/**
 * One line of printable text: spaces of every kind and control characters become single spaces,
 * and invisible characters go. Among these are the marks that turn the direction of writing, with
 * which a name could show other words or figures than it holds.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFC")
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu, "")
    .replace(/[\p{Cc}\p{Z}]+/gu, " ")
    .trim();
}

/** The place for a paragraph. `maxLines` is where an ellipsis ends a text that is too long. */
export type TextBox = Readonly<{
  x: number;
  y: number;
  width: number;
  style: TextStyle;
  maxLines: number;
  align?: "left" | "right";
}>;

/** A cleaned text broken into its box; no lines and no height for an empty text. */
export function placeParagraph(
  text: string,
  box: TextBox,
  measure: Measure,
): Readonly<{ texts: readonly PlacedText[]; height: number }> {
  const { x, y, width } = box;
  const clean = cleanText(text);
  const style = isJapanese(clean) ? { ...box.style, japanese: true } : box.style;
  const rtl = runsRightToLeft(clean);
  const lines = wrapText(clean, width, box.maxLines, (part) => measure(part, style));
  const texts = lines.map((line, index) => ({
    text: line,
    x: box.align === "right" ? x + width - measure(line, style) : x,
    y: y + index * lineHeight(style),
    style,
    ...(rtl && { rtl }),
  }));
  return { texts, height: lines.length * lineHeight(style) };
}

/**
 * Breaks a cleaned text between words, and inside one only when the word alone is too wide. What
 * does not fit into `maxLines` is cut and marked by an ellipsis.
 */
export function wrapText(
  text: string,
  width: number,
  maxLines: number,
  widthOf: (text: string) => number,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const { text: word, spaced } of piecesOf(text)) {
    let rest = word;
    while (rest !== "") {
      const joined = line === "" ? rest : `${line}${spaced ? " " : ""}${rest}`;
      if (widthOf(joined) <= width) {
        line = joined;
        rest = "";
      } else if (lines.length === maxLines - 1) {
        return [...lines, cutWithEllipsis(joined, width, widthOf)];
      } else if (line === "") {
        const head = longestHead(rest, width, widthOf);
        lines.push(head);
        rest = rest.slice(head.length);
      } else {
        lines.push(line);
        line = "";
      }
    }
  }
  return line === "" ? lines : [...lines, line];
}

function cutWithEllipsis(text: string, width: number, widthOf: (text: string) => number): string {
  const head = longestHead(text, width - widthOf(ellipsis), widthOf);
  return `${head.trimEnd()}${ellipsis}`;
}

/** The longest beginning that fits, at least one letter; never parts a letter from its mark. */
function longestHead(text: string, width: number, widthOf: (text: string) => number): string {
  const letters = lettersOf(text);
  // Single letters are measured, not growing prefixes: their widths come from a cache.
  let sum = 0;
  let count = 0;
  for (const letter of letters) {
    sum += widthOf(letter);
    if (sum > width) {
      break;
    }
    count += 1;
  }
  let head = letters.slice(0, Math.max(count, 1)).join("");
  while (count > 1 && widthOf(head) > width) {
    count -= 1;
    head = letters.slice(0, count).join("");
  }
  return head;
}
