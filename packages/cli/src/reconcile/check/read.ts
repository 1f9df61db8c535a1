/** Reads reconciliation files line by line: CSV, JSON lines, either compressed, and Parquet. */
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ReconciliationLine } from "@kontor/contract";
import { parse } from "csv-parse";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { type CellStyle, cellStyle, unguarded } from "../cells.ts";
import { columnsNamed, lineFrom, UnreadableFile } from "./values.ts";

type Lines = AsyncGenerator<ReconciliationLine>;

/**
 * The lines of a file, with those columns that it has; the end of its name tells its format.
 *
 * @throws UnreadableFile where the file, or a line of it, cannot be read
 */
export async function* readLines(file: string, style: CellStyle): Lines {
  const [, format = "", gz] = /\.(csv|jsonl|ndjson|json|parquet)(\.gz)?$/i.exec(file) ?? [];
  try {
    if (format === "") throw new UnreadableFile("the name must end in .csv, .jsonl or .parquet");
    if (format.toLowerCase() === "parquet") yield* parquetLines(file);
    else if (format.toLowerCase() === "csv") yield* csvLines(bytesOf(file, gz), style);
    else yield* jsonLines(bytesOf(file, gz));
  } catch (error) {
    throw new UnreadableFile(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function bytesOf(file: string, gz: string | undefined): Readable {
  const bytes = createReadStream(file);
  // Whoever reads the text learns of an error in what is below it.
  return gz === undefined ? bytes : pipeline(bytes, createGunzip(), () => undefined);
}

/** A reason with the line that it is about. */
function at<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UnreadableFile(`${place}: ${error instanceof Error ? error.message : error}`);
  }
}

async function* csvLines(bytes: Readable, style: CellStyle): Lines {
  const { delimiter } = style;
  const options = { delimiter, bom: true, skip_empty_lines: true, info: true };
  const rows = pipeline(bytes, parse(options), () => undefined);
  let columns: ReturnType<typeof columnsNamed> | undefined;
  for await (const { record, info } of rows as AsyncIterable<CsvRow>) {
    if (columns === undefined) {
      columns = columnsNamed(record);
      continue;
    }
    const [named, cells] = [columns, record.map(unguarded)];
    yield at(`line ${info.lines}`, () => lineFrom(named, cells, style));
  }
  // A file without a head is refused, one with a head alone has no lines.
  if (columns === undefined) columnsNamed([]);
}

interface CsvRow {
  record: string[];
  info: { lines: number };
}

const plain = cellStyle(undefined);

async function* jsonLines(bytes: Readable): Lines {
  let number = 0;
  let names: string[] | undefined;
  let columns: ReturnType<typeof columnsNamed> = [];
  for await (const text of textLines(bytes)) {
    number += 1;
    if (text.trim() === "") continue;
    const object: unknown = at(`line ${number}`, () => JSON.parse(text));
    if (typeof object !== "object" || object === null) {
      throw new UnreadableFile(`line ${number}: is no object`);
    }
    const found = Object.keys(object);
    if (names?.length !== found.length || found.some((name, index) => name !== names?.[index])) {
      columns = at(`line ${number}`, () => columnsNamed(found));
      names = found;
    }
    yield at(`line ${number}`, () => lineFrom(columns, Object.values(object), plain));
  }
}

async function* textLines(bytes: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest + decoder.decode();
}

/** A group of rows at a time. */
async function* parquetLines(path: string): Lines {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const names = metadata.schema.slice(1).map(({ name }) => name);
  const columns = columnsNamed(names);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd });
    for (const [index, row] of rows.entries()) {
      const values = names.map((name) => row[name]);
      yield at(`row ${rowStart + index + 1}`, () => lineFrom(columns, values, plain));
    }
    rowStart = rowEnd;
  }
}
