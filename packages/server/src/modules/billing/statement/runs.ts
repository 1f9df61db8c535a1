/** A line of text as it is drawn: from left to right, each run in one font. */

import bidiFactory from "bidi-js";
import type { FontChoice } from "./fonts.ts";
import { lettersOf } from "./letters.ts";

/** Letters in reading order; the font reverses those of scripts that run from right to left. */
export type Run = Readonly<{ text: string; font: string; shown: boolean }>;

type Choose = (letter: string) => FontChoice;

/** A part of the line whose letters run one way. */
type Part = Readonly<{ start: number; end: number; rtl: boolean }>;

/** Everything that can make a line run from right to left. */
const rtlLetters =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Writing whose signs stand in another order than they are read, or are merged: India to Laos. */
const mergedLetters = /[\u0900-\u0eff]/;

const bidi = bidiFactory();

/** Whether the signs of a run, as they are drawn, are not its text. */
export function isRearranged(text: string): boolean {
  return rtlLetters.test(text) || mergedLetters.test(text);
}

/** Whether a text as a whole runs from right to left: its first letter decides (UAX #9, P2). */
export function runsRightToLeft(text: string): boolean {
  if (!rtlLetters.test(text)) return false;
  return bidi.getEmbeddingLevels(text, "auto").paragraphs[0]?.level === 1;
}

/** The runs of a line from left to right, by the Unicode bidirectional algorithm. */
export function visualRuns(line: string, rtl: boolean, choose: Choose): Run[] {
  if (!rtlLetters.test(line)) return runsIn(line, choose);
  const { parts, mirrored } = directedParts(line, rtl);
  return parts.flatMap((part) => {
    const text = mirrored.slice(part.start, part.end).join("");
    return part.rtl ? reversedRuns(text, choose) : runsIn(text, choose);
  });
}

/** The parts in the order in which they stand, and the line with its brackets turned round. */
function directedParts(line: string, rtl: boolean): { parts: Part[]; mirrored: string[] } {
  const embedding = bidi.getEmbeddingLevels(line, rtl ? "rtl" : "ltr");
  const { levels } = embedding;
  const mirrors = bidi.getMirroredCharactersMap(line, levels);
  const mirrored = Array.from({ length: line.length }, (_, i) => mirrors.get(i) ?? line.charAt(i));
  const parts: Part[] = [];
  for (const index of bidi.getReorderedIndices(line, embedding)) {
    const isRtl = (levels[index] ?? 0) % 2 === 1;
    const last = parts.at(-1);
    if (last?.rtl === isRtl && (isRtl ? last.start === index + 1 : last.end === index)) {
      const { start, end } = last;
      parts[parts.length - 1] = {
        start: Math.min(start, index),
        end: Math.max(end, index + 1),
        rtl: isRtl,
      };
    } else {
      parts.push({ start: index, end: index + 1, rtl: isRtl });
    }
  }
  return { parts, mirrored };
}

function runsIn(text: string, choose: Choose): Run[] {
  const runs: Run[] = [];
  for (const letter of lettersOf(text)) {
    const choice = choose(letter);
    const last = runs.at(-1);
    if (last?.font === choice.font) {
      const shown = last.shown && choice.shown;
      runs[runs.length - 1] = { ...choice, text: last.text + letter, shown };
    } else {
      runs.push({ ...choice, text: letter });
    }
  }
  return runs;
}

/** Words apart, as pdfkit would put them in reading order; signs alone are not reversed by fonts. */
function reversedRuns(text: string, choose: Choose): Run[] {
  const words = text.match(/ |[^ ]+/g) ?? [];
  return words
    .flatMap((word) => runsIn(word, choose))
    .map((run) =>
      rtlLetters.test(run.text) ? run : { ...run, text: lettersOf(run.text).reverse().join("") },
    )
    .reverse();
}
