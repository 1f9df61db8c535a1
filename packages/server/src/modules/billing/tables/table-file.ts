/** A table of figures as CSV with a head line, or as a JSON array of objects. Pure. */
import { parse } from "csv-parse/sync";

/** One row with the place where it stands: a line of the CSV, or an item of the JSON. */
export interface TableRow {
  place: string;
  /** Texts by column, as `columns` spells them; a column that is left out is empty. */
  cells: Readonly<Record<string, string>>;
}

/** A file that is refused as a whole: nothing of it was taken. */
export class TableError extends Error {
  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
  }
}

/**
 * The rows of a file. Columns are matched without regard to case; each must be known, and all but
 * the `optional` ones be there.
 *
 * @throws TableError for a file that is neither, an unknown or a missing column, an empty table
 */
export function readTable(
  text: string,
  columns: readonly string[],
  optional: readonly string[] = [],
): TableRow[] {
  const plain = text.replace(/^\uFEFF/, "");
  const rows = /^\s*\[/.test(plain) ? jsonTable(plain, columns) : csvTable(plain, columns);
  const [first] = rows;
  if (!first) throw new TableError("line 1", "there is no row");
  for (const { place, cells } of rows) {
    const missing = columns.find((name) => !optional.includes(name) && !cells[name]);
    if (missing) throw new TableError(place, `${missing} is missing`);
  }
  return rows;
}

function csvTable(text: string, columns: readonly string[]): TableRow[] {
  try {
    const records = parse(text, {
      columns: (head: string[]) => head.map((name) => columnOf(name, columns, "line 1")),
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ place: `line ${info.lines}`, cells: record }));
  } catch (error) {
    if (error instanceof TableError) throw error;
    const { lines, message } = error as { lines?: number; message: string };
    throw new TableError(`line ${lines ?? 1}`, message);
  }
}

function jsonTable(text: string, columns: readonly string[]): TableRow[] {
  let items: unknown[];
  try {
    items = JSON.parse(text);
  } catch (error) {
    throw new TableError("line 1", `no JSON: ${(error as Error).message}`);
  }
  return items.map((item, index) => {
    const place = `item ${index + 1}`;
    if (typeof item !== "object" || item === null) throw new TableError(place, "is no object");
    const cells = Object.entries(item).map(([name, value]) => {
      // A JSON number may have lost digits before anybody could look at them.
      if (typeof value === "number" && !Number.isInteger(value) && `${value}`.includes("e")) {
        throw new TableError(place, `${name} must be a text or a plain decimal, not ${value}`);
      }
      return [columnOf(name, columns, place), String(value ?? "").trim()];
    });
    return { place, cells: Object.fromEntries(cells) };
  });
}

function columnOf(given: string, columns: readonly string[], place: string): string {
  const name = columns.find((column) => column.toLowerCase() === given.trim().toLowerCase());
  if (name === undefined) {
    throw new TableError(place, `column ${given.trim()} is none of ${columns.join(", ")}`);
  }
  return name;
}

/** Refuses a key that an earlier row has: one of the two figures must be wrong. */
export function refuseRepeats(rows: readonly TableRow[], keyOf: (row: TableRow) => string): void {
  const seen = new Map<string, string>();
  for (const row of rows) {
    const key = keyOf(row);
    const before = seen.get(key);
    if (before !== undefined) throw new TableError(row.place, `repeats ${before}: ${key}`);
    seen.set(key, row.place);
  }
}
