/** Web fonts as the plain font files they were made from. */

import { inflateSync } from "node:zlib";

const headerSize = 44;
const entrySize = 20;
const plainHeaderSize = 12;
const plainEntrySize = 16;

type Table = Readonly<{ tag: number; checksum: number; data: Uint8Array }>;

/**
 * A WOFF 1.0 file as TrueType: the same tables, unpacked. fontkit reads the packed form too, but
 * unpacks the table of outlines anew for each glyph.
 *
 * @throws RangeError or what zlib says for bytes that are no WOFF file.
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString("latin1", 0, 4) !== "wOFF") {
    throw new RangeError("the file is not in the form WOFF 1.0");
  }
  const tables = Array.from({ length: woff.readUInt16BE(12) }, (_, index) =>
    readTable(woff, headerSize + index * entrySize),
  );
  return writeTables(woff.readUInt32BE(4), tables);
}

function readTable(woff: Buffer, entry: number): Table {
  const offset = woff.readUInt32BE(entry + 4);
  const packed = woff.readUInt32BE(entry + 8);
  const bytes = woff.subarray(offset, offset + packed);
  const data = packed < woff.readUInt32BE(entry + 12) ? inflateSync(bytes) : bytes;
  return { tag: woff.readUInt32BE(entry), checksum: woff.readUInt32BE(entry + 16), data };
}

function writeTables(flavor: number, tables: readonly Table[]): Buffer {
  const start = plainHeaderSize + tables.length * plainEntrySize;
  const file = Buffer.alloc(tables.reduce((sum, { data }) => sum + padded(data.length), start));
  const power = Math.floor(Math.log2(tables.length));
  file.writeUInt32BE(flavor, 0);
  file.writeUInt16BE(tables.length, 4);
  file.writeUInt16BE(16 * 2 ** power, 6);
  file.writeUInt16BE(power, 8);
  file.writeUInt16BE(16 * (tables.length - 2 ** power), 10);
  let offset = start;
  for (const [index, { tag, checksum, data }] of tables.entries()) {
    const entry = plainHeaderSize + index * plainEntrySize;
    file.writeUInt32BE(tag, entry);
    file.writeUInt32BE(checksum, entry + 4);
    file.writeUInt32BE(offset, entry + 8);
    file.writeUInt32BE(data.length, entry + 12);
    file.set(data, offset);
    offset += padded(data.length);
  }
  return file;
}

/** Tables begin at multiples of four bytes. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
