/** Brings the rows of one source into the catalog: all of them, or nothing. */
import { strict as assert } from "node:assert";
import type pg from "pg";
import type { Database } from "../../../foundation/database/pool.ts";
import { limits } from "../../../foundation/limits.ts";
import { lineWriter } from "../import/staged-line.ts";
import {
  analyzeRows,
  beginImport,
  commitImport,
  copyRows,
  insertAvailabilities,
  insertPrices,
  removeRepeats,
  surveyRows,
  updatePrices,
  writeProducts,
  writeSkus,
} from "../import/store.ts";
import type { SheetRow } from "../sheets/read-offers.ts";

export interface RejectedRow {
  file: string;
  /** As `SheetRow` counts. */
  line: number;
  /** A sentence without its stop. */
  reason: string;
}

export interface ImportReport {
  file: string;
  rowsRead: number;
  /** Products and SKUs in the source. */
  products: number;
  skus: number;
  /** Of them, those that the catalog had with other texts, which are the source's now. */
  textsChanged: number;
  /** Those in the source; one has changed when a price of it is new or another than before. */
  availabilities: { made: number; changed: number; unchanged: number };
  /** The first `limits.importRejectsListed`, in the order of the file. */
  rejected: RejectedRow[];
  rejectedCount: number;
}

export interface ImportOptions {
  /** What the report and the rejected rows call the source. */
  file: string;
  /** Called after each batch. */
  onProgress?: (rowsRead: number) => void;
}

/**
 * Imports a source of any length in constant memory and one transaction. Prices are versions by
 * their start; a version that the source does not mention stays as it is. The same source again
 * changes no row. An error of the source, or of the database, leaves nothing behind.
 */
export async function importOffers(
  database: Database,
  batches: AsyncIterable<readonly SheetRow[]> | Iterable<readonly SheetRow[]>,
  { file, onProgress }: ImportOptions,
): Promise<ImportReport> {
  const rejects = rejectList(file);
  return database.withClient(async (client) => {
    // A connection that is lost fails what is under way; the event would end the process.
    const ignore = () => {};
    client.on("error", ignore);
    try {
      await beginImport(client);
      const rowsRead = await stageRows(client, batches, rejects, onProgress);
      const written = await mergeRows(client, rejects);
      await commitImport(client);
      return { file, rowsRead, ...written, ...rejects.list() };
    } catch (error) {
      // A lost connection has rolled back by itself; the first error is the one to tell.
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      client.off("error", ignore);
    }
  });
}

async function stageRows(
  client: pg.PoolClient,
  batches: AsyncIterable<readonly SheetRow[]> | Iterable<readonly SheetRow[]>,
  rejects: RejectList,
  onProgress: ImportOptions["onProgress"],
): Promise<number> {
  const copy = copyRows(client);
  const lineOf = lineWriter();
  let rowsRead = 0;
  try {
    for await (const rows of batches) {
      let text = "";
      for (const row of rows) {
        if ("offer" in row) text += lineOf(row.line, row.offer);
        else rejects.add(row.line, row.rejected);
      }
      rowsRead += rows.length;
      if (text !== "") await copy.write(text);
      onProgress?.(rowsRead);
    }
    await copy.end();
  } catch (error) {
    await copy.cancel();
    throw error;
  }
  return rowsRead;
}

async function mergeRows(client: pg.PoolClient, rejects: RejectList) {
  await analyzeRows(client);
  // Before repeats go: the texts of a later row may stand on one of them.
  const products = await writeProducts(client);
  const skus = await writeSkus(client);
  let survey = await surveyRows(client);
  if (survey.shared > 0) {
    const { count, repeats } = await removeRepeats(client, limits.importRejectsListed);
    for (const { line, first } of repeats) {
      rejects.add(line, `row ${first} has priced the same item from the same instant already`);
    }
    rejects.count(count - repeats.length);
    if (count > 0) survey = await surveyRows(client);
  }
  assert(survey.clashing === 0, `${survey.clashing} availability ids stand for other offers`);
  const { availabilities, made, changed } = survey;
  if (made > 0) await insertAvailabilities(client);
  if (changed > 0) await updatePrices(client);
  if (made + changed > 0) await insertPrices(client);
  const unchanged = availabilities - made - changed;
  return {
    products: products.total,
    skus: skus.total,
    textsChanged: products.changed + skus.changed,
    availabilities: { made, changed, unchanged },
  };
}

type RejectList = ReturnType<typeof rejectList>;

/** Counts all rejected rows and keeps the first ones. */
function rejectList(file: string) {
  const rejected: RejectedRow[] = [];
  let rejectedCount = 0;
  return {
    add(line: number, reason: string): void {
      rejectedCount += 1;
      if (rejected.length < limits.importRejectsListed) rejected.push({ file, line, reason });
    },
    /** Further rows that are not listed one by one. */
    count(more: number): void {
      rejectedCount += more;
    },
    list(): { rejected: RejectedRow[]; rejectedCount: number } {
      return { rejected: rejected.toSorted((a, b) => a.line - b.line), rejectedCount };
    },
  };
}
