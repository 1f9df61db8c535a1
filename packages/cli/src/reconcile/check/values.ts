/** Columns and values as a file has them, into those of a reconciliation line. Pure. */
import {
  type ReconciliationColumn,
  type ReconciliationLine,
  reconciliationColumns,
} from "@kontor/contract";
import { type CellStyle, cellStyle } from "../cells.ts";

/** A file, or a place in it, that cannot be read. */
export class UnreadableFile extends Error {}

const needed = [
  "OrderId",
  "ProductId",
  "SkuId",
  "ChargeType",
  "Quantity",
  "Subtotal",
  "TaxTotal",
  "Total",
  "Currency",
];
const loose = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
const known = new Map(
  reconciliationColumns.flatMap((column) => [
    [loose(column.of), column],
    [loose(column.name), column],
  ]),
);

/**
 * The column that each name means, undefined where it means none. Names are those of files or of
 * the members of line items, in any case.
 *
 * @throws UnreadableFile where a column is named twice, or one is not there that must be compared
 */
export function columnsNamed(names: readonly string[]): (ReconciliationColumn | undefined)[] {
  const columns = names.map((name) => known.get(loose(name)));
  const found = columns.flatMap((column) => (column ? [column.name] : []));
  const twice = found.find((name, index) => found.indexOf(name) !== index);
  if (twice !== undefined) throw new UnreadableFile(`the column ${twice} is there twice`);
  const absent = needed.find((name) => !found.includes(name));
  if (absent !== undefined) {
    throw new UnreadableFile(`no column ${absent}: this is no reconciliation file`);
  }
  return columns;
}

/** Reads the values of a line whose columns are known; others are left out. */
export function lineFrom(
  columns: readonly (ReconciliationColumn | undefined)[],
  values: readonly unknown[],
  style: CellStyle,
): ReconciliationLine {
  const line: ReconciliationLine = {};
  for (const [index, column] of columns.entries()) {
    if (column) line[column.name] = readValue(values[index], column, style);
  }
  return line;
}

const plain = cellStyle(undefined);

function readValue(
  raw: unknown,
  { name, kind }: ReconciliationColumn,
  style: CellStyle,
): string | number | null {
  if (raw === null || raw === undefined || raw === "") return null;
  if (kind === "integer" || kind === "decimal") {
    const value = typeof raw === "string" ? readNumber(raw, style) : Number(raw);
    if (Number.isFinite(value)) return value;
    throw new UnreadableFile(`${name} is no number: ${raw}`);
  }
  if (kind === "instant") {
    const text = raw instanceof Date ? raw.toISOString() : String(raw).trim();
    const instant = plain.readInstant(text) ?? style.readInstant(text);
    if (instant !== undefined) return instant;
    throw new UnreadableFile(`${name} is no date: ${raw}`);
  }
  return Array.isArray(raw) ? raw.join(", ") : String(raw);
}

function readNumber(text: string, style: CellStyle): number {
  return text.trim() === "" ? Number.NaN : style.readDecimal(text.trim());
}
