/** Writes reconciliation lines as CSV, JSON lines or Parquet, as they come. */
import { Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReconciliationColumn, ReconciliationLine } from "@kontor/contract";
import { stringify } from "csv-stringify";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { type CellStyle, guarded } from "./cells.ts";

type Lines = AsyncIterable<ReconciliationLine>;
type Columns = readonly ReconciliationColumn[];

/** With a byte order mark, so that a spreadsheet reads names as UTF-8; lines end as RFC 4180 says. */
export async function writeCsv(
  lines: Lines,
  columns: Columns,
  style: CellStyle,
  out: Writable,
): Promise<void> {
  const cells = new Transform({
    objectMode: true,
    transform(line: ReconciliationLine, _encoding, done) {
      done(
        null,
        columns.map((column) => cellOf(line[column.name] ?? null, column, style)),
      );
    },
  });
  const csv = stringify({
    header: true,
    columns: columns.map(({ name }) => name),
    delimiter: style.delimiter,
    bom: true,
    record_delimiter: "windows",
  });
  await pipeline(Readable.from(lines), cells, csv, out);
}

function cellOf(
  value: string | number | null,
  { kind }: ReconciliationColumn,
  style: CellStyle,
): string {
  if (value === null || value === "") return "";
  if (typeof value === "number") return style.decimal(value);
  return kind === "instant" ? style.instant(value) : guarded(value);
}

export async function writeJsonLines(lines: Lines, out: Writable): Promise<void> {
  const texts = new Transform({
    writableObjectMode: true,
    transform: (line, _encoding, done) => done(null, `${JSON.stringify(line)}\n`),
  });
  await pipeline(Readable.from(lines), texts, out);
}

/** Rows that are held until they are written together. */
const rowGroup = 20_000;
const parquetTypes = {
  id: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  integer: { type: "INT32" },
  // Every amount has 15 digits at most, which a double holds exactly.
  decimal: { type: "DOUBLE" },
  instant: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
} as const;

export async function writeParquet(lines: Lines, columns: Columns, file: string): Promise<void> {
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map(({ name, kind }) => ({
        name,
        repetition_type: "OPTIONAL" as const,
        ...parquetTypes[kind],
      })),
    ],
  });
  let rows: ReconciliationLine[] = [];
  const flush = () => {
    const columnData = columns.map(({ name, kind }) => ({
      name,
      data: rows.map((row) => parquetValue(row[name] ?? null, kind)),
    }));
    writer.write({ columnData, rowGroupSize: rowGroup });
    rows = [];
  };
  for await (const line of lines) {
    rows.push(line);
    if (rows.length === rowGroup) flush();
  }
  if (rows.length > 0) flush();
  await writer.finish();
}

function parquetValue(value: string | number | null, kind: ReconciliationColumn["kind"]) {
  return kind === "instant" && typeof value === "string" ? new Date(value) : value;
}
