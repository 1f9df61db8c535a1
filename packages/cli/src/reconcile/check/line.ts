/** Lines in the form in which they are compared, and what is held of each. Pure. */
import { hash } from "node:crypto";
import type { ReconciliationColumn, ReconciliationLine } from "@kontor/contract";
import { nanosOf } from "./amount.ts";

export type Columns = readonly ReconciliationColumn[];

/**
 * The value of a column as it is compared: nothing and an empty text are the same, instants count
 * to the second (spreadsheets keep no more), charge types without regard to case.
 */
export function comparable(
  line: ReconciliationLine,
  { name, kind }: ReconciliationColumn,
): string | number | null {
  const value = line[name] ?? null;
  if (value === null || value === "") return null;
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (kind === "instant") return value.slice(0, 19);
  return name === "ChargeType" ? value.toLowerCase() : value;
}

/** The same for two lines that differ in none of the columns. */
export function digestOf(line: ReconciliationLine, columns: Columns): string {
  const values = columns.map((column) => comparable(line, column));
  return hash("sha256", JSON.stringify(values), "base64url");
}

export function textOf(line: ReconciliationLine, name: string): string {
  return String(line[name] ?? "");
}

export const amountColumns = ["Subtotal", "TaxTotal", "Total"] as const;

/** An amount for each of the columns, in billionths. */
export type Amounts = Record<(typeof amountColumns)[number], bigint>;

/** Amounts by currency. */
export type Sums = Map<string, Amounts>;

export function amountsOf(line: ReconciliationLine): Amounts {
  const of = (name: string) => nanosOf(Number(line[name] ?? 0));
  return { Subtotal: of("Subtotal"), TaxTotal: of("TaxTotal"), Total: of("Total") };
}

/** Adds the amounts of a line to its currency, or takes them off. */
export function addLine(sums: Sums, line: ReconciliationLine, sign: 1n | -1n = 1n): void {
  addAmounts(sums, textOf(line, "Currency"), amountsOf(line), sign);
}

export function addSums(sums: Sums, more: Sums, sign: 1n | -1n = 1n): void {
  for (const [currency, amounts] of more) addAmounts(sums, currency, amounts, sign);
}

function addAmounts(sums: Sums, currency: string, amounts: Amounts, sign: bigint): void {
  const sum = sums.get(currency) ?? { Subtotal: 0n, TaxTotal: 0n, Total: 0n };
  for (const name of amountColumns) sum[name] += sign * amounts[name];
  sums.set(currency, sum);
}
