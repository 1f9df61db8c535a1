/**
 * Compares a file with the lines of a server. Held in memory are the sums, a digest of each line of
 * the file, and the lines that have no equal on the other side.
 */
import type { ReconciliationLine } from "@kontor/contract";
import { reconciliationColumns } from "@kontor/contract";
import { type Difference, explain, type Left } from "./difference.ts";
import { addLine, type Columns, digestOf, type Sums, textOf } from "./line.ts";

type Lines = AsyncIterable<ReconciliationLine>;

export interface Side {
  lines: number;
  sums: Sums;
}

/** What a file holds, once it has been read. */
export interface Summary extends Side {
  columns: Columns;
  /** The invoices that it names; an empty text where a line names none. */
  invoices: Set<string>;
  /** How often each line is there, by its digest. */
  counts: Map<string, number>;
}

export interface Comparison {
  file: Side;
  server: Side;
  differences: Difference[];
}

export async function summarize(file: Lines): Promise<Summary> {
  const sums: Sums = new Map();
  const counts = new Map<string, number>();
  const invoices = new Set<string>();
  let columns: Columns = [];
  let lines = 0;
  for await (const line of file) {
    // What the first line has is compared; a later one without it differs.
    if (lines === 0) columns = reconciliationColumns.filter(({ name }) => name in line);
    lines += 1;
    addLine(sums, line);
    invoices.add(textOf(line, "InvoiceNumber"));
    const digest = digestOf(line, columns);
    counts.set(digest, (counts.get(digest) ?? 0) + 1);
  }
  return { lines, sums, columns, invoices, counts };
}

/** Reads the file once more where something is left of it. Uses up the counts of its summary. */
export async function compare(
  { columns, counts, lines, sums }: Summary,
  file: Lines,
  server: Lines,
  exponentOf: (currency: string) => number,
): Promise<Comparison> {
  const theirs: Side = { lines: 0, sums: new Map() };
  const missing: ReconciliationLine[] = [];
  const repeated = new Set<string>();
  for await (const line of server) {
    theirs.lines += 1;
    addLine(theirs.sums, line);
    const digest = digestOf(line, columns);
    const count = counts.get(digest) ?? 0;
    if (count === 0) missing.push(line);
    else if (count === 1) counts.delete(digest);
    else counts.set(digest, count - 1);
    // Until its last one is gone, a line that the server has is in the file more often.
    if (count > 1) repeated.add(digest);
    else repeated.delete(digest);
  }
  const left: Left[] = [];
  if (counts.size > 0) {
    for await (const line of file) {
      const digest = digestOf(line, columns);
      const count = counts.get(digest) ?? 0;
      if (count === 0) continue;
      left.push({ line, repeats: repeated.has(digest) });
      counts.set(digest, count - 1);
    }
  }
  const differences = explain(left, missing, columns, exponentOf);
  return { file: { lines, sums }, server: theirs, differences };
}
