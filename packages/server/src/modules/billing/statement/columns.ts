/** How wide the columns of the charges are, and how large their text. */

import type { Measure } from "./page.ts";
import type { Column } from "./table.ts";
import { colors, frame } from "./theme.ts";

/** The cells of a row that must be neither wrapped nor cut, already formatted. */
export type Figures = Readonly<Record<FigureName, string>>;

type FigureName = "date" | "quantity" | "unitPrice" | "pretax" | "tax" | "total";

type ColumnName = FigureName | "product" | "customer";

/** Font sizes to try, largest first, until the widest figures leave room for the names. */
const sizes = [7.5, 7, 6.5, 6, 5.5, 5] as const;
const smallest = 5;

/** Below this, product and customer names together would be broken at nearly every word. */
const minNamesWidth = 170;
const productShare = 0.58;

/** Space between two columns, and between the outer columns and the edge of the table. */
const columnGap = 9;
const edge = 4;

const order: readonly ColumnName[] = [
  "date",
  "product",
  "customer",
  "quantity",
  "unitPrice",
  "pretax",
  "tax",
  "total",
];

const labels: Readonly<Record<ColumnName, string>> = {
  date: "Date",
  product: "Product",
  customer: "Customer",
  quantity: "Qty",
  unitPrice: "Unit price",
  pretax: "Pretax amount",
  tax: "Tax",
  total: "Total",
};

/**
 * Columns as wide as their widest figure; the names share what is left. Common amounts fit at the
 * largest size, amounts of 64 bits at the smallest.
 */
export function chooseColumns(
  rows: readonly Figures[],
  totals: readonly Figures[],
  measure: Measure,
): Readonly<{ columns: readonly Column[]; size: number }> {
  const unit = unitWidths(rows, totals, measure);
  const taken = Object.values(unit).reduce((sum, width) => sum + width, 0);
  const free = frame.width - 2 * edge - (order.length - 1) * columnGap;
  const size = sizes.find((each) => free - taken * each >= minNamesWidth) ?? smallest;
  return { columns: columnsAt(unit, size, free - taken * size), size };
}

/** The width of each figure column at font size 1; text widths grow in line with the size. */
function unitWidths(
  rows: readonly Figures[],
  totals: readonly Figures[],
  measure: Measure,
): Readonly<Record<FigureName, number>> {
  const plain = { bold: false, size: 1, color: colors.ink };
  const bold = { ...plain, bold: true };
  const widest = (name: FigureName): number => {
    const words = labels[name].split(" ");
    return Math.max(
      ...totals.map((row) => measure(row[name], bold)),
      ...words.map((word) => measure(word, bold)),
      rows.reduce((width, row) => Math.max(width, measure(row[name], plain)), 0),
    );
  };
  return {
    date: widest("date"),
    quantity: widest("quantity"),
    unitPrice: widest("unitPrice"),
    pretax: widest("pretax"),
    tax: widest("tax"),
    total: widest("total"),
  };
}

function columnsAt(
  unit: Readonly<Record<FigureName, number>>,
  size: number,
  names: number,
): Column[] {
  const widths: Readonly<Record<ColumnName, number>> = {
    date: unit.date * size + slack,
    product: names * productShare,
    customer: names * (1 - productShare),
    quantity: unit.quantity * size + slack,
    unitPrice: unit.unitPrice * size + slack,
    pretax: unit.pretax * size + slack,
    tax: unit.tax * size + slack,
    total: unit.total * size + slack,
  };
  let x: number = frame.left + edge;
  return order.map((name): Column => {
    const width = widths[name];
    const left = x;
    x += width + columnGap;
    const isText = name === "date" || name === "product" || name === "customer";
    return { label: labels[name], x: left, width, align: isText ? "left" : "right" };
  });
}

/** Against the last bit of a float: a figure as wide as its column must not be wrapped. */
const slack = 0.01;
