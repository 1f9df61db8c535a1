/** Tables as strips: a head to repeat, and rows that are never split over pages. */

import type { Block, Cell, Fill, Measure, PlacedText, Strip, TextStyle } from "./page.ts";
import { placeParagraph } from "./text.ts";
import { colors, frame } from "./theme.ts";

export type Align = "left" | "right";

export type Column = Readonly<{ label: string; x: number; width: number; align: Align }>;

/** One paragraph of a cell. */
export type CellText = Readonly<{ text: string; style: TextStyle; maxLines: number }>;

export type Table = Readonly<{
  /** Unlike that of any other table of the document. */
  name: string;
  title: Strip;
  head: Strip;
  /** Groups of rows that stay on one page: one row each, the last with the totals below it. */
  groups: readonly (readonly Strip[])[];
}>;

const padding = 4;

export function layHead(
  table: string,
  columns: readonly Column[],
  style: TextStyle,
  measure: Measure,
): Strip {
  const cells = columns.map(({ label }) => [{ text: label, style, maxLines: 2 }]);
  const row = layCells(table, "TH", columns, cells, measure);
  const panel = wideFill(0, row.height, colors.panel);
  const rule = wideFill(row.height - 0.7, 0.7, colors.rule);
  return { ...row, fills: [panel, rule] };
}

export function layRow(
  table: string,
  columns: readonly Column[],
  cells: readonly (readonly CellText[])[],
  measure: Measure,
): Strip {
  const row = layCells(table, "TD", columns, cells, measure);
  return { ...row, fills: [wideFill(row.height - 0.4, 0.4, colors.hairline)] };
}

/** The row of totals, set off by a rule. */
export function layTotals(
  table: string,
  columns: readonly Column[],
  cells: readonly (readonly CellText[])[],
  measure: Measure,
): Strip {
  const row = layCells(table, "TD", columns, cells, measure);
  return { ...row, fills: [wideFill(0, 0.9, colors.ink)] };
}

function layCells(
  table: string,
  tag: Cell["tag"],
  columns: readonly Column[],
  cells: readonly (readonly CellText[])[],
  measure: Measure,
): Strip {
  let height = 0;
  const laid = columns.map((column, index): Cell => {
    const texts: PlacedText[] = [];
    let y = padding;
    for (const { text, style, maxLines } of cells[index] ?? []) {
      const { x, width, align } = column;
      const placed = placeParagraph(text, { x, y, width, style, maxLines, align }, measure);
      texts.push(...placed.texts);
      y += placed.height;
    }
    height = Math.max(height, y + padding);
    return { tag, texts };
  });
  const block: Block = { tag: "TR", table, cells: laid };
  return { height, fills: [], blocks: [block] };
}

function wideFill(y: number, height: number, color: string): Fill {
  return { x: frame.left, y, width: frame.width, height, color };
}
