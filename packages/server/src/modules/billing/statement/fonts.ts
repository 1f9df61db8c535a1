/** The fonts of a document: two that are always there, and what its names need beyond them. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { ParsedFont } from "fontkit";
import { create } from "fontkit";
import { LRUCache } from "lru-cache";
import { type Family, familiesFor, isJapanese, lastFamilies } from "./families.ts";
import { lettersOf, plainLatin } from "./letters.ts";
import type { TextStyle } from "./page.ts";
import { viewOf } from "./view.ts";
import { unpackWoff } from "./woff.ts";

/** What shows a letter: the name of its font in the document, and whether the font has it. */
export type FontChoice = Readonly<{ font: string; shown: boolean }>;

export type Fonts = Readonly<{
  /** Every font of the document by its name in it; "regular" and "bold" are the base. */
  all: ReadonlyMap<string, ParsedFont>;
  /** `letter` carries its marks. */
  choose(letter: string, form: Form): FontChoice;
}>;

type Form = Pick<TextStyle, "bold" | "japanese">;

/** The texts of a document; those that are printed in bold stand in both lists. */
export type Wanted = Readonly<{ texts: readonly string[]; boldTexts: readonly string[] }>;

/** A letter's font as a file: `noto-sans-sc/files/noto-sans-sc-12-400-normal.woff`. */
type File = string;

/** Where the characters of a family lie: its slices by their first and last characters. */
type Index = readonly (readonly [first: number, last: number, slice: string])[];

const require = createRequire(import.meta.url);
const baseFolder = "dejavu-fonts-ttf/ttf";
const baseNames = { regular: "DejaVuSansCondensed.ttf", bold: "DejaVuSansCondensed-Bold.ttf" };

let base: Promise<Record<"regular" | "bold", ParsedFont>> | undefined;
const indexes = new Map<string, Promise<Index>>();

/** Slices kept parsed, 20 to 100 kB each: common names of one language need some thirty. */
const slices = new LRUCache<File, Promise<ParsedFont>>({ max: 128 });

/**
 * Fonts for a document that shows `texts`. Parsing is shared: it would add 18 ms to each document,
 * and a statement of three lines takes 6 ms without it. Slices are read when a name needs them.
 *
 * @throws what the file system says when a font package is not installed.
 */
export async function openFonts({ texts, boldTexts }: Wanted): Promise<Fonts> {
  base ??= parseBase().catch((error: unknown) => {
    base = undefined;
    throw error;
  });
  const { regular, bold } = await base;
  const all = new Map([
    ["regular", viewOf(regular)],
    ["bold", viewOf(bold)],
  ]);
  const known = new Map<string, FontChoice>();
  const forms = texts.some(isJapanese) ? [false, true] : [false];
  for (const [list, isBold] of [[texts, false] as const, [boldTexts, true] as const]) {
    for (const letter of new Set(list.filter(isSpecial).flatMap(lettersOf))) {
      for (const japanese of forms) {
        const form = { bold: isBold, japanese };
        known.set(keyOf(letter, form), await load(letter, form, all));
      }
    }
  }
  return { all, choose: (letter, form) => chooseKnown(letter, form, known, all) };
}

function chooseKnown(
  letter: string,
  form: Form,
  known: ReadonlyMap<string, FontChoice>,
  all: ReadonlyMap<string, ParsedFont>,
): FontChoice {
  const own = known.get(keyOf(letter, form));
  if (own !== undefined) return own;
  const fromBase = inBase(letter, form, all);
  if (fromBase.shown) return fromBase;
  return known.get(keyOf(letter, { ...form, bold: false })) ?? fromBase;
}

function isSpecial(text: string): boolean {
  return !plainLatin.test(text);
}

function keyOf(letter: string, { bold, japanese }: Form): string {
  return `${bold ? "b" : "r"}${japanese ? "j" : ""} ${letter}`;
}

async function load(letter: string, form: Form, all: Map<string, ParsedFont>): Promise<FontChoice> {
  const own = await fromFamilies(familiesFor(letter, form.japanese === true), letter, form, all);
  if (own !== undefined) return own;
  const fromBase = inBase(letter, form, all);
  if (fromBase.shown) return fromBase;
  return (await fromFamilies(lastFamilies, letter, form, all)) ?? fromBase;
}

async function fromFamilies(
  families: readonly Family[],
  letter: string,
  { bold }: Form,
  all: Map<string, ParsedFont>,
): Promise<FontChoice | undefined> {
  for (const family of families) {
    const file = await fileOf(family, letter, bold);
    const parsed = file === undefined ? undefined : await parseSlice(file);
    if (file !== undefined && parsed !== undefined && hasLetter(parsed, letter)) {
      if (!all.has(file)) all.set(file, viewOf(parsed));
      return { font: file, shown: true };
    }
  }
  return undefined;
}

function inBase(letter: string, { bold }: Form, all: ReadonlyMap<string, ParsedFont>): FontChoice {
  const font = bold ? "bold" : "regular";
  const parsed = all.get(font);
  return { font, shown: parsed !== undefined && hasLetter(parsed, letter) };
}

function hasLetter(font: ParsedFont, letter: string): boolean {
  return Array.from(letter).every((part) => font.hasGlyphForCodePoint(part.codePointAt(0) ?? 0));
}

async function fileOf(family: Family, letter: string, bold: boolean): Promise<File | undefined> {
  const code = letter.codePointAt(0) ?? 0;
  const index = await indexOf(family);
  const slice = index.find(([first, last]) => first <= code && code <= last)?.[2];
  const weight = bold ? family.bold : 400;
  return slice && `${family.name}/files/${family.name}-${slice}-${weight}-normal.woff`;
}

function indexOf(family: Family): Promise<Index> {
  const index = indexes.get(family.name) ?? readIndex(family);
  indexes.set(family.name, index);
  return index;
}

/** The packages list the characters of each slice as "U+4e00-4e02,U+4e05". */
async function readIndex({ name, slice }: Family): Promise<Index> {
  const text = await readFile(require.resolve(`@fontsource/${name}/unicode.json`), "utf8");
  const ranges = Object.entries(JSON.parse(text) as Record<string, string>);
  return ranges
    .filter(([key]) => (slice === undefined ? key.startsWith("[") : key === slice))
    .flatMap(([key, list]) =>
      list.split(",").map((range) => {
        const [first = "", last = first] = range.replace("U+", "").split("-");
        return [parseInt(first, 16), parseInt(last, 16), key.replace(/[[\]]/g, "")] as const;
      }),
    );
}

function parseSlice(file: File): Promise<ParsedFont> {
  const kept = slices.get(file);
  if (kept !== undefined) return kept;
  const parsed = readFile(require.resolve(`@fontsource/${file}`)).then((woff) =>
    create(unpackWoff(woff)),
  );
  slices.set(file, parsed);
  parsed.catch(() => slices.delete(file));
  return parsed;
}

async function parseBase(): Promise<Record<"regular" | "bold", ParsedFont>> {
  const [regular, bold] = await Promise.all(
    [baseNames.regular, baseNames.bold].map(async (file) =>
      create(await readFile(require.resolve(`${baseFolder}/${file}`))),
    ),
  );
  if (regular === undefined || bold === undefined) throw new Error("the base fonts are missing");
  return { regular, bold };
}
