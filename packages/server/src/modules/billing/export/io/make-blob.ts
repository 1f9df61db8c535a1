/** Makes the compressed content of a blob from the lines in the database. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turnOfEvents } from "node:timers/promises";
import { constants, createGzip } from "node:zlib";
import type { Db } from "../../../../foundation/database/sql.ts";
import { type LineKey, type LineRow, lineItem } from "../../line-item.ts";
import { loadInvoice, loadLines, ownLinesOf } from "../../store.ts";
import { lineWriter } from "../blob-line.ts";
import type { ExportRow } from "../export.ts";
import type { BlobRow } from "../store.ts";

/**
 * Lines that are read at once. To plan the read takes 1.2 ms, as long as to read 100 lines: pages
 * of 150 came at 0.24 of the rate of COPY, pages of 500 at 0.4.
 */
const pageLines = 500;

/**
 * One blob at a time in a process: each takes a processor and its memory, and a client
 * that asks for all at once gets them no sooner if they are made side by side.
 */
let turn: Promise<unknown> = Promise.resolve();

/** Runs `work` when all that was given before has ended. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => undefined);
  return done;
}

export function makeBlob(db: Db, row: ExportRow, blob: BlobRow): Promise<Buffer> {
  return compressed(textOf(db, row, blob));
}

async function compressed(text: AsyncIterable<string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  await pipeline(
    Readable.from(text, { highWaterMark: 1 }),
    gzip,
    async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) chunks.push(chunk);
    },
  );
  return Buffer.concat(chunks);
}

/** The text of a blob, a page of lines at a time. */
async function* textOf(db: Db, row: ExportRow, blob: BlobRow): AsyncGenerator<string> {
  const partner = { partnerId: row.partnerId, mpnId: blob.mpnId };
  const invoiceId = row.invoiceId ?? undefined;
  const write = lineWriter(row.attributeSet);
  for await (const page of pagesOf(db, row, blob)) {
    yield page.map((line) => write(lineItem(line, partner, invoiceId))).join("");
  }
}

/** Pages of the lines of a blob, by key. The next one is read while this one is written. */
async function* pagesOf(db: Db, row: ExportRow, blob: BlobRow): AsyncGenerator<LineRow[]> {
  const { partnerId, invoiceId } = row;
  const invoice = invoiceId === null ? undefined : await loadInvoice(db, partnerId, invoiceId);
  const amendment = invoice && ownLinesOf(invoice);
  const load = (after: LineKey | undefined) => {
    const page = loadLines(db, partnerId, {
      currency: row.currency,
      period: row.period,
      amendment,
      after,
      lastId: row.lastChargeId,
      onlyUnbilled: false,
      limit: pageLines,
    });
    // It is awaited below, unless what was read before could not be written.
    page.catch(() => undefined);
    return page;
  };
  let next = load(blob.after ?? undefined);
  for (;;) {
    const page = await next;
    const end = page.findIndex(({ chargeId }) => chargeId === blob.through.chargeId);
    const last = page.at(-1);
    if (end >= 0 || last === undefined) {
      yield page.slice(0, end + 1);
      return;
    }
    next = load(last);
    // The question goes out before this page is written: the database works beside this process.
    await turnOfEvents();
    yield page;
  }
}
