import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { assembler } from "stream-json/assembler.js";
import { jsonParser } from "stream-json/parser.js";
import { limits } from "../../../foundation/limits.ts";
import type { PricedOffer } from "../offer.ts";
import { detectSheet, knownLayouts, retailColumns, type Sheet } from "./layouts.ts";
import type { RowReader } from "./offer-row.ts";
import { priceSheetRowReader } from "./price-sheet-row.ts";
import { checkMarket, retailCells, retailRowReader } from "./retail-row.ts";
import { DamagedSheetError, NotASheetError, quoted } from "./sheet-error.ts";

/** `line` is the editor's line of the record's beginning (CSV) or the item's number (JSON). */
export type SheetRow = { line: number; offer: PricedOffer } | { line: number; rejected: string };

export interface ReadOptions {
  /** ISO 3166 alpha-2: the market of retail prices, which name none. Default: US, for USD. */
  market?: string;
}

/** Enough of a file to know its format. */
const sniffBytes = 512;

interface Piece {
  bytes: Uint8Array;
  last: boolean;
}

/** Adds the rows that the piece completes, before it throws as well. */
type PieceReader = (piece: Piece) => Promise<void>;

type AddRow = (line: number, read: PricedOffer | string) => void;

/**
 * The rows of a price sheet in the order of the file: each an offer, or a reason why it is none.
 * A price that a later one of the same item supersedes is an offer like every other; whether a row
 * repeats an earlier one is for the importer to find, which sees them all.
 *
 * @param source a path, or the file's bytes
 * @throws NotASheetError the file has none of the layouts of `knownLayouts`
 * @throws DamagedSheetError the file cannot be read to its end; rows were yielded before
 * @throws RangeError `market` is no country
 */
export async function* readOffers(
  source: string | AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<SheetRow, void, undefined> {
  for await (const rows of readOfferBatches(source, options)) yield* rows;
}

/** The same in batches of as many rows as one piece of the input holds, which may be none. */
export async function* readOfferBatches(
  source: string | AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): AsyncGenerator<SheetRow[], void, undefined> {
  const market = checkMarket(options.market);
  let read: PieceReader | null = null;
  let rows: SheetRow[] = [];
  let bytesWithoutRow = 0;
  for await (const piece of piecesOf(source)) {
    read ??= readerFor(piece.bytes, market, (...row) => rows.push(rowOf(...row)));
    rows = [];
    try {
      await read(piece);
    } catch (error) {
      if (rows.length > 0) yield rows;
      throw error;
    }
    yield rows;
    bytesWithoutRow = rows.length > 0 ? 0 : bytesWithoutRow + piece.bytes.length;
    if (bytesWithoutRow > limits.sheetBytesWithoutRow) {
      throw new DamagedSheetError(`No row ends in ${limits.sheetBytesWithoutRow} bytes.`);
    }
  }
}

/** The input in pieces of bounded size, of which the first is enough to know the format. */
async function* piecesOf(source: string | AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  const chunks = typeof source === "string" ? createReadStream(source) : source;
  let held: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= sniffBytes) {
      yield { bytes: held.subarray(0, limits.sheetPieceBytes), last: false };
      held = held.subarray(limits.sheetPieceBytes);
    }
  }
  yield { bytes: held, last: true };
}

/** By the beginning of a file, which reader can read it. */
function readerFor(head: Uint8Array, market: string | null, add: AddRow): PieceReader {
  const text = new TextDecoder().decode(head).trimStart();
  const found = formatThatCannotBeRead(head, text);
  if (found !== null) throw notASheet(found);
  return /^[[{]/.test(text) ? jsonReader(market, add) : csvReader(market, add);
}

function notASheet(found: string): NotASheetError {
  return new NotASheetError(`${found} Known layouts: ${knownLayouts()}.`);
}

function formatThatCannotBeRead(head: Uint8Array, text: string): string | null {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (head.length === 0) return "The file is empty.";
  if (starts(0x1f, 0x8b)) return "This is a gzip file: unpack it first.";
  if (starts(0x50, 0x4b, 3, 4)) {
    return "This is a ZIP file or an Excel workbook: unpack it, or save the sheet as CSV UTF-8.";
  }
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return "This is UTF-16: save it as CSV UTF-8.";
  if (head.includes(0)) return "This is a binary file.";
  if (text === "") return "The file holds nothing but blanks.";
  if (text.startsWith("<")) return "This is HTML or XML, not a sheet.";
  return null;
}

function rowOf(line: number, read: PricedOffer | string): SheetRow {
  return typeof read === "string" ? { line, rejected: read } : { line, offer: read };
}

/** An empty line is no record; a quote that opens or closes no field is plain text. */
const csvForm = {
  bom: true,
  // It looks before it adds a character: one less is exact.
  max_record_size: limits.sheetRecordLength - 1,
  record_delimiter: ["\r\n", "\n"],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
};

function csvReader(market: string | null, add: AddRow): PieceReader {
  const parser = parse({ ...csvForm, on_record: takeRecord });
  // The callback of the piece has the error as well.
  parser.on("error", () => undefined);
  let read: RowReader | null = null;
  let width = 0;
  // Without the empty lines. Counted here, for csv-parse takes CRLF inside quotes for two lines.
  let line = 1;

  /** Leaves no record to the parser's own output, where those before an error would be lost. */
  function takeRecord(fields: string[]): null {
    const place = line + parser.info.empty_lines;
    line += fields.join("").split("\n").length;
    if (read === null) {
      read = rowReaderFor(fields, market);
      width = fields.length;
    } else if (fields.length === width) add(place, read(fields));
    else add(place, `the row has ${fields.length} fields where the header has ${width}`);
    return null;
  }

  function damageOf(error: Error): Error {
    if (!(error instanceof CsvError)) return error;
    const fault =
      error.code === "CSV_MAX_RECORD_SIZE"
        ? `is longer than ${limits.sheetRecordLength} characters: is a quote left open?`
        : "opens a quote and never closes it.";
    const found = `The record on line ${line + parser.info.empty_lines} ${fault}`;
    // Without a header it was no sheet to begin with.
    return read === null ? notASheet(found) : new DamagedSheetError(found);
  }

  return async ({ bytes, last }) => {
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null) => (error ? reject(damageOf(error)) : resolve());
      if (last) parser.end(bytes, settle);
      else parser.write(bytes, settle);
    });
    if (last && read === null) throw notASheet("The file holds no header.");
  };
}

function rowReaderFor(header: readonly string[], market: string | null): RowReader {
  const sheet = detectSheet(header);
  if (sheet === null) throw notASheet(describeHeader(header));
  return sheet.layout === "retail" ? retailRowReader(sheet, market) : priceSheetRowReader(sheet);
}

function describeHeader(header: readonly string[]): string {
  const line = header.join(",");
  const separator = /;|\t/.exec(line);
  if (separator !== null && header.length < 3) {
    const name = separator[0] === ";" ? "semicolons" : "tabs";
    return `The columns are separated by ${name}, not by commas.`;
  }
  const shown = header.slice(0, 10).map(quoted).join(", ");
  return `The first line has ${header.length} columns that fit no layout: ${shown}.`;
}

/** Reads the items of a JSON array, or of the page form `{ "Items": [...] }`. */
function jsonReader(market: string | null, add: AddRow): PieceReader {
  const read = retailRowReader(detectSheet(retailColumns) as Sheet, market);
  const decoder = new TextDecoder();
  const tokenize = jsonParser({ streamValues: false });
  const json = assembler({ numberAsString: true });
  let items: unknown[] | null = null;
  let count = 0;

  function takeItem(): void {
    const item = items?.pop();
    if (item === undefined) return;
    count++;
    if (count === 1) checkFirstItem(item);
    const cells = retailCells(item);
    add(count, cells === null ? "the item is not a JSON object" : read(cells));
  }

  function tokensOf(text: string) {
    try {
      const tokens = tokenize(text);
      return typeof tokens === "symbol" ? [] : tokens.values;
    } catch (error) {
      takeItem();
      throw damage(`${part()} is not valid JSON: ${(error as Error).message}.`);
    }
  }

  function part(): string {
    const isOpen = json.current === items || json.stack.includes(items);
    return isOpen && !json.done ? `Item ${count + 1}` : `What follows item ${count}`;
  }

  function damage(found: string): Error {
    return items === null
      ? notASheet('This is JSON without an array of prices: neither [...] nor { "Items": [...] }.')
      : new DamagedSheetError(found);
  }

  return async ({ bytes, last }) => {
    // Cut behind items, for the tokens of a text are lost when it has an error.
    for (const text of decoder.decode(bytes, { stream: !last }).split(/(?<=[[\]}])/)) {
      for (const token of tokensOf(text)) {
        // An item is taken when a token follows it: JSON that ends right behind it was cut off.
        takeItem();
        json.consume(token);
        if (items === null && Array.isArray(json.current) && mayBeItems(json.path)) {
          items = json.current;
        }
      }
    }
    const isWhole = json.done && items !== null;
    if (last && !isWhole) throw damage(`The JSON ends inside ${part().toLowerCase()}.`);
  };
}

function mayBeItems([key, ...more]: readonly (string | number)[]): boolean {
  return more.length === 0 && (key === undefined || /^items$/i.test(`${key}`));
}

function checkFirstItem(value: unknown): void {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (detectSheet(keys)?.layout === "retail") return;
  const shown = keys.slice(0, 10).map(quoted).join(", ");
  throw notASheet(`The first item of the JSON array is no retail price; its keys: ${shown}.`);
}
