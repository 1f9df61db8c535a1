import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Database } from "../../../foundation/database/pool.ts";
import { type ReadOptions, readOfferBatches } from "../sheets/read-offers.ts";
import { type ImportReport, importOffers } from "./import-offers.ts";

export interface ImportProgress {
  file: string;
  bytesRead: number;
  bytesTotal: number;
  rowsRead: number;
}

export interface ImportFilesOptions extends ReadOptions {
  /** Called for each piece of at most 64 KiB, and once at the end of a file. */
  onProgress?: (progress: ImportProgress) => void;
}

/**
 * Imports price sheets and retail price files, one after the other, each by itself: a file that
 * fails changes nothing and ends the call, and the files before it stay imported.
 *
 * @throws NotASheetError, DamagedSheetError the file, without its name, and why; the error of the
 * file system where it cannot be opened; RangeError where `market` is no country
 */
export async function importFiles(
  database: Database,
  paths: readonly string[],
  options: ImportFilesOptions = {},
): Promise<ImportReport[]> {
  const reports: ImportReport[] = [];
  for (const path of paths) reports.push(await importFile(database, path, options));
  return reports;
}

async function importFile(
  database: Database,
  file: string,
  { onProgress, ...reading }: ImportFilesOptions,
): Promise<ImportReport> {
  const { size: bytesTotal } = await stat(file);
  const source = createReadStream(file);
  try {
    const batches = readOfferBatches(source, reading);
    // What is no sheet shows at its beginning: then no transaction is opened.
    const first = await batches.next();
    const report = (rowsRead: number) =>
      onProgress?.({ file, bytesRead: source.bytesRead, bytesTotal, rowsRead });
    return await importOffers(database, resumed(first, batches), { file, onProgress: report });
  } finally {
    source.destroy();
  }
}

/** The batches from the one that was taken on. */
async function* resumed<Batch>(
  first: IteratorResult<Batch, void>,
  rest: AsyncGenerator<Batch, void, undefined>,
): AsyncGenerator<Batch, void, undefined> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
