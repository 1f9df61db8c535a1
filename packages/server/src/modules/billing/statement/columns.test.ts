import { expect, test } from "vitest";
import type { Figures } from "./columns.ts";
import { chooseColumns } from "./columns.ts";
import type { Measure } from "./page.ts";
import { frame } from "./theme.ts";

/** Half an em for each character, and somewhat more in bold, about what the real fonts need. */
const measure: Measure = (text, { bold, size }) => text.length * size * (bold ? 0.62 : 0.56);

const common: Figures = {
  date: "30 Sep 2024",
  quantity: "25",
  unitPrice: "1,999.00",
  pretax: "49,975.00",
  tax: "9,495.25",
  total: "59,470.25",
};

function allAs(amount: string): Figures {
  const figures = { unitPrice: amount, pretax: amount, tax: amount, total: amount };
  return { ...common, ...figures, quantity: "9,007,199,254,740,991" };
}

test("common amounts are printed at the largest size", () => {
  expect(chooseColumns([common], [common], measure).size).toBe(7.5);
});

test("wide amounts make the text smaller instead of being cut", () => {
  const { size } = chooseColumns([common, allAs("-123,456,789,012.00")], [common], measure);
  expect(size).toBeLessThan(7.5);
});

test.each([
  ["common amounts", common],
  ["amounts of 64 bits", allAs("-92,233,720,368,547,758.08")],
])("columns lie side by side inside the frame and hold %s", (_, figures) => {
  const { columns, size } = chooseColumns([figures], [figures], measure);
  let edge: number = frame.left;
  for (const { x, width } of columns) {
    expect(x).toBeGreaterThan(edge);
    expect(width).toBeGreaterThan(0);
    edge = x + width;
  }
  expect(edge).toBeLessThanOrEqual(frame.right);
  const widths = new Map(columns.map(({ label, width }) => [label, width]));
  const bold = { bold: true, size, color: "" };
  expect(widths.get("Date")).toBeGreaterThanOrEqual(measure(figures.date, bold));
  expect(widths.get("Qty")).toBeGreaterThanOrEqual(measure(figures.quantity, bold));
  expect(widths.get("Total")).toBeGreaterThanOrEqual(measure(figures.total, bold));
});

test("figures stand at the right edge of their columns, names at the left", () => {
  const { columns } = chooseColumns([common], [common], measure);
  expect(columns.map(({ label, align }) => `${label} ${align}`)).toEqual([
    "Date left",
    "Product left",
    "Customer left",
    "Qty right",
    "Unit price right",
    "Pretax amount right",
    "Tax right",
    "Total right",
  ]);
});
