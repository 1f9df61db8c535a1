/**
 * The words between layout and drawing. The layout says where each line of text stands; the
 * drawing puts it there and decides nothing.
 */

export type TextStyle = Readonly<{
  bold: boolean;
  size: number;
  color: string;
  /** Whether Chinese characters are to have the forms of Japan. */
  japanese?: boolean;
}>;

/** The width of one line of text in points. */
export type Measure = (text: string, style: TextStyle) => number;

/** One line of text: `x` its left edge, `y` the top of its line. */
export type PlacedText = Readonly<{
  text: string;
  x: number;
  y: number;
  style: TextStyle;
  /** Part of a text that runs from right to left. */
  rtl?: boolean;
}>;

/** A filled rectangle; a rule is a thin one. */
export type Fill = Readonly<{
  x: number;
  y: number;
  width: number;
  height: number;
  color: string;
}>;

export type Cell = Readonly<{ tag: "TH" | "TD"; texts: readonly PlacedText[] }>;

/** A piece of the document in reading order, with the tag that screen readers are given. */
export type Block =
  | Readonly<{ tag: "H1" | "H2" | "P"; texts: readonly PlacedText[] }>
  | Readonly<{ tag: "TR"; table: string; cells: readonly Cell[] }>;

/** Content of some height whose `y`s count from its own top; it is never split over pages. */
export type Strip = Readonly<{
  height: number;
  fills: readonly Fill[];
  blocks: readonly Block[];
}>;

/** `artifacts` is what repeats on each page (running head, footer) and is not read aloud. */
export type Page = Readonly<{
  fills: readonly Fill[];
  blocks: readonly Block[];
  artifacts: readonly PlacedText[];
}>;

/** Every line of text on a page or strip, whatever it is part of. */
export function textsOf(block: Block): readonly PlacedText[] {
  return block.tag === "TR" ? block.cells.flatMap((cell) => cell.texts) : block.texts;
}

/** The strip's content shifted down by `y`. */
export function placeStrip(strip: Strip, y: number): Pick<Strip, "fills" | "blocks"> {
  const lower = (texts: readonly PlacedText[]) => texts.map((text) => ({ ...text, y: text.y + y }));
  return {
    fills: strip.fills.map((fill) => ({ ...fill, y: fill.y + y })),
    blocks: strip.blocks.map((block) =>
      block.tag === "TR"
        ? { ...block, cells: block.cells.map(({ tag, texts }) => ({ tag, texts: lower(texts) })) }
        : { ...block, texts: lower(block.texts) },
    ),
  };
}

/** Strips one below the other, as one strip. */
export function stackStrips(strips: readonly Strip[]): Strip {
  let height = 0;
  const fills: Fill[] = [];
  const blocks: Block[] = [];
  for (const strip of strips) {
    const placed = placeStrip(strip, height);
    fills.push(...placed.fills);
    blocks.push(...placed.blocks);
    height += strip.height;
  }
  return { height, fills, blocks };
}

/** Strips side by side from the same top, as high as the highest. */
export function besideStrips(strips: readonly Strip[]): Strip {
  return {
    height: Math.max(0, ...strips.map((strip) => strip.height)),
    fills: strips.flatMap((strip) => strip.fills),
    blocks: strips.flatMap((strip) => strip.blocks),
  };
}

/** Empty space between strips. */
export function gap(height: number): Strip {
  return { height, fills: [], blocks: [] };
}
