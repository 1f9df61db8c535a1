import { createReadStream } from "node:fs";
import type { PricedOffer } from "../offer.ts";
import { type CsvRecord, csvScanner } from "./csv.ts";
import { jsonScanner } from "./json.ts";
import { detectSheet, knownLayouts, retailColumns, type Sheet } from "./layouts.ts";
import type { RowReader } from "./offer-row.ts";
import { priceSheetRowReader } from "./price-sheet-row.ts";
import { type Repeats, rememberRepeats } from "./repeats.ts";
import { checkMarket, retailCells, retailRowReader } from "./retail-row.ts";
import { DamagedSheetError, NotASheetError, quoted } from "./sheet-error.ts";

/** `line` is the editor's line of the record's beginning (CSV) or the item's number (JSON). */
export type SheetRow = { line: number; offer: PricedOffer } | { line: number; rejected: string };

export interface ReadOptions {
  /** ISO 3166 alpha-2: the market of retail prices, which name none. Default: US, for USD. */
  market?: string;
}

/** The longest record, in characters (CSV) or bytes (JSON). The longest seen has 2 000. */
const longestRecord = 262_144;
/** How many prices are remembered to tell repeats: 48 MiB at most. */
const mostRemembered = 2_000_000;
/** Larger pieces of input are cut, so that the rows of one piece bound the memory. */
const pieceBytes = 65_536;
/** Enough of a file to know its format. */
const sniffBytes = 512;

interface Piece {
  bytes: Uint8Array;
  last: boolean;
}

type PieceReader = (piece: Piece) => Iterable<SheetRow>;

/**
 * The rows of a price sheet in the order of the file: each an offer, or a reason why it is none.
 * A price that a later one of the same item supersedes is an offer like every other; a second
 * price from the same instant is rejected.
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
  for await (const piece of piecesOf(source)) {
    read ??= readerFor(piece.bytes, market);
    const rows: SheetRow[] = [];
    try {
      for (const row of read(piece)) rows.push(row);
    } catch (error) {
      yield rows;
      throw error;
    }
    yield rows;
  }
}

/** The input in pieces of bounded size, of which the first is enough to know the format. */
async function* piecesOf(source: string | AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  const chunks = typeof source === "string" ? createReadStream(source) : source;
  let held: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= sniffBytes) {
      yield { bytes: held.subarray(0, pieceBytes), last: false };
      held = held.subarray(pieceBytes);
    }
  }
  yield { bytes: held, last: true };
}

/** By the beginning of a file, which reader can read it. */
function readerFor(head: Uint8Array, market: string | null): PieceReader {
  const text = new TextDecoder().decode(head).trimStart();
  const found = formatThatCannotBeRead(head, text);
  if (found !== null) throw notASheet(found);
  const rowOf = rowMaker(rememberRepeats(mostRemembered));
  return /^[[{]/.test(text) ? jsonReader(rowOf, market) : csvReader(rowOf, market);
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

type RowMaker = (line: number, read: PricedOffer | string) => SheetRow;

function rowMaker(repeats: Repeats): RowMaker {
  return (line, read) => {
    if (typeof read === "string") return { line, rejected: read };
    const before = repeats.lineBefore(read, line);
    if (before === null) return { line, offer: read };
    return {
      line,
      rejected: `line ${before} has already priced this item from ${read.effectiveFrom} on`,
    };
  };
}

function csvReader(rowOf: RowMaker, market: string | null): PieceReader {
  const decoder = new TextDecoder();
  const scanner = csvScanner(longestRecord);
  let read: RowReader | null = null;
  let width = 0;

  function* records({ bytes, last }: Piece): Generator<CsvRecord, void, undefined> {
    try {
      yield* scanner.push(decoder.decode(bytes, { stream: !last }), last);
    } catch (error) {
      // Without a header it was no sheet to begin with.
      const noHeader = read === null && error instanceof DamagedSheetError;
      throw noHeader ? notASheet(error.message) : error;
    }
    if (last && read === null) throw notASheet("The file holds no header.");
  }

  return function* rowsOf(piece) {
    for (const { line, fields, fault } of records(piece)) {
      if (read === null) {
        read = rowReaderFor(fields, market);
        width = fields.length;
      } else if (fault !== undefined) yield { line, rejected: fault };
      else if (fields.length !== width) {
        const rejected = `the row has ${fields.length} fields where the header has ${width}`;
        yield { line, rejected };
      } else yield rowOf(line, read(fields));
    }
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

function jsonReader(rowOf: RowMaker, market: string | null): PieceReader {
  const scanner = jsonScanner(longestRecord);
  const sheet = detectSheet(retailColumns) as Sheet;
  const read = retailRowReader(sheet, market);

  return function* rowsOf({ bytes, last }) {
    for (const { number, value, text } of scanner.push(bytes, last)) {
      if (number === 1) checkFirstItem(value);
      const cells = retailCells(value, text);
      if (cells === null) yield { line: number, rejected: "the item is not a JSON object" };
      else yield rowOf(number, read(cells));
    }
  };
}

function checkFirstItem(value: unknown): void {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (detectSheet(keys)?.layout === "retail") return;
  const shown = keys.slice(0, 10).map(quoted).join(", ");
  throw notASheet(`The first item of the JSON array is no retail price; its keys: ${shown}.`);
}
