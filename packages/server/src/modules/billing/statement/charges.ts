/** The tables of charges: those made once, and those of subscriptions. */

import type { Figures } from "./columns.ts";
import { chooseColumns } from "./columns.ts";
import { formatAmount, formatDecimal, formatQuantity, formatShortDate } from "./format.ts";
import type { Statement, StatementLine } from "./model.ts";
import type { Measure, Strip, TextStyle } from "./page.ts";
import type { CellText, Table } from "./table.ts";
import { layHead, layRow, layTotals } from "./table.ts";
import { placeParagraph } from "./text.ts";
import { colors, frame, styles } from "./theme.ts";

type Kind = Readonly<{ name: string; title: string }>;

const oneTime: Kind = { name: "charges", title: "One-time charges" };
const recurring: Kind = { name: "recurring", title: "Recurring charges" };

/** Names take at most this many lines of a row. */
const maxNameLines = 4;

type RowStyles = Readonly<{ plain: TextStyle; bold: TextStyle; soft: TextStyle }>;

/** One table for each kind of charge that there is; for none, one that says so. */
export function layCharges(statement: Statement, measure: Measure): Table[] {
  const { lines } = statement;
  const once = lines.filter((line) => line.recurring !== true);
  const again = lines.filter((line) => line.recurring === true);
  const tables = [
    ...(once.length > 0 || again.length === 0 ? [{ kind: oneTime, lines: once }] : []),
    ...(again.length > 0 ? [{ kind: recurring, lines: again }] : []),
  ];
  // Both tables have the same columns.
  const figures = lines.map((line) => figuresOf(line, statement));
  const totals = tables.map((table) => totalsOf(table.lines, statement));
  const chosen = chooseColumns(figures, totals, measure);
  return tables.map((table) => layTable(table.kind, table.lines, chosen, statement, measure));
}

function layTable(
  kind: Kind,
  lines: readonly StatementLine[],
  { columns, size }: ReturnType<typeof chooseColumns>,
  statement: Statement,
  measure: Measure,
): Table {
  const look = lookAt(size);
  const empty = [[], [{ text: "No one-time charges", style: look.plain, maxLines: 2 }]];
  const contents = lines.map((line) => lineCells(line, figuresOf(line, statement), look));
  const body = (contents.length > 0 ? contents : [empty]).map((cells) =>
    layRow(kind.name, columns, cells, measure),
  );
  const totals = totalCells(totalsOf(lines, statement), look);
  const foot = layTotals(kind.name, columns, totals, measure);
  return {
    name: kind.name,
    title: layTitle(kind.title, statement, measure),
    head: layHead(kind.name, columns, look.bold, measure),
    groups: body.map((row, index) => (index === body.length - 1 ? [row, foot] : [row])),
  };
}

function layTitle(title: string, statement: Statement, measure: Measure): Strip {
  const box = { x: frame.left, y: 0, width: frame.width, maxLines: 1 } as const;
  const heading = placeParagraph(title, { ...box, style: styles.heading }, measure);
  const unit = placeParagraph(
    `All amounts in ${statement.currency.code} unless another currency is named`,
    { ...box, y: 3, style: styles.small, align: "right" },
    measure,
  );
  return {
    height: heading.height + 4,
    fills: [],
    blocks: [
      { tag: "H2", texts: heading.texts },
      { tag: "P", texts: unit.texts },
    ],
  };
}

function figuresOf(line: StatementLine, statement: Statement): Figures {
  const { currency } = statement;
  const price = line.unitPrice;
  const digits = formatDecimal(price.decimal, price.currency.exponent);
  const foreign = price.currency.code !== currency.code;
  return {
    date: formatShortDate(line.date),
    quantity: formatQuantity(line.quantity),
    unitPrice: foreign ? `${price.currency.code} ${digits}` : digits,
    pretax: formatAmount(line.pretax, currency),
    tax: formatAmount(line.tax, currency),
    total: formatAmount(line.total, currency),
  };
}

function totalsOf(lines: readonly StatementLine[], { currency }: Statement): Figures {
  const sum = (part: "pretax" | "tax" | "total") =>
    formatAmount({ minor: lines.reduce((all, line) => all + line[part].minor, 0n) }, currency);
  return {
    date: "",
    quantity: "",
    unitPrice: "",
    pretax: sum("pretax"),
    tax: sum("tax"),
    total: sum("total"),
  };
}

function lineCells(line: StatementLine, figures: Figures, look: RowStyles): CellText[][] {
  const one = (text: string): CellText[] => [{ text, style: look.plain, maxLines: 1 }];
  return [
    one(figures.date),
    [
      { text: line.product, style: look.plain, maxLines: maxNameLines },
      { text: line.publisher, style: look.soft, maxLines: 2 },
      { text: line.note ?? "", style: look.soft, maxLines: 2 },
    ],
    [{ text: line.customer, style: look.plain, maxLines: maxNameLines }],
    one(figures.quantity),
    one(figures.unitPrice),
    one(figures.pretax),
    one(figures.tax),
    one(figures.total),
  ];
}

function totalCells(figures: Figures, look: RowStyles): CellText[][] {
  const one = (text: string): CellText[] => [{ text, style: look.bold, maxLines: 1 }];
  return [[], one("Total"), [], [], [], one(figures.pretax), one(figures.tax), one(figures.total)];
}

function lookAt(size: number): RowStyles {
  return {
    plain: { bold: false, size, color: colors.ink },
    bold: { bold: true, size, color: colors.ink },
    soft: { bold: false, size: size - 0.5, color: colors.soft },
  };
}
