/** What a comparison found, as text for people and as JSON for programs. Pure. */
import { amountText } from "./amount.ts";
import type { Comparison } from "./compare.ts";
import { type Cause, causes, type Difference } from "./difference.ts";
import { addSums, amountColumns, type Sums, textOf } from "./line.ts";

export interface Report {
  file: string;
  equal: boolean;
  lines: { file: number; server: number };
  /** By currency and column: amounts as texts with the currency's digits. */
  totals: Total[];
  /** Causes in a fixed order; their effects add up to the differences of the totals. */
  causes: {
    cause: Cause;
    count: number;
    effect: Record<string, Record<string, string>>;
    differences: ReportedDifference[];
  }[];
}

interface Total {
  currency: string;
  column: string;
  file: string;
  server: string;
  difference: string;
}

interface ReportedDifference {
  customerId: string;
  orderId: string;
  productId: string;
  skuId: string;
  chargeType: string;
  columns: Difference["columns"];
  effect: Record<string, Record<string, string>>;
}

type ExponentOf = (currency: string) => number;

export function reportOf(file: string, found: Comparison, exponentOf: ExponentOf): Report {
  const byCause = Map.groupBy(found.differences, ({ cause }) => cause);
  return {
    file,
    equal: found.differences.length === 0,
    lines: { file: found.file.lines, server: found.server.lines },
    totals: totalsOf(found, exponentOf),
    causes: (Object.keys(causes) as Cause[]).flatMap((cause) => {
      const differences = byCause.get(cause);
      if (!differences) return [];
      const effect: Sums = new Map();
      for (const difference of differences) addSums(effect, difference.effect);
      return {
        cause,
        count: differences.length,
        effect: written(effect, exponentOf),
        differences: differences.map((difference) => reported(difference, exponentOf)),
      };
    }),
  };
}

function totalsOf({ file, server }: Comparison, exponentOf: ExponentOf): Total[] {
  const currencies = [...new Set([...file.sums.keys(), ...server.sums.keys()])].sort();
  return currencies.flatMap((currency) =>
    amountColumns.map((column) => {
      const ours = file.sums.get(currency)?.[column] ?? 0n;
      const theirs = server.sums.get(currency)?.[column] ?? 0n;
      const text = (amount: bigint) => amountText(amount, exponentOf(currency));
      return {
        currency,
        column,
        file: text(ours),
        server: text(theirs),
        difference: text(ours - theirs),
      };
    }),
  );
}

function written(sums: Sums, exponentOf: ExponentOf): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...sums].map(([currency, amounts]) => [
      currency,
      Object.fromEntries(
        amountColumns.map((name) => [name, amountText(amounts[name], exponentOf(currency))]),
      ),
    ]),
  );
}

function reported(difference: Difference, exponentOf: ExponentOf): ReportedDifference {
  const { line, columns, effect } = difference;
  return {
    customerId: textOf(line, "CustomerId"),
    orderId: textOf(line, "OrderId"),
    productId: textOf(line, "ProductId"),
    skuId: textOf(line, "SkuId"),
    chargeType: textOf(line, "ChargeType"),
    columns,
    effect: written(effect, exponentOf),
  };
}

/** The report as text, with `shown` lines of each cause at most. */
export function reportText({ file, lines, causes: found, totals }: Report, shown: number): string {
  const rows = [`${file}: ${lines.file} line(s); on the server: ${lines.server}`];
  for (const { cause, count, effect, differences } of found) {
    rows.push("", `${count} line(s) ${causes[cause]}${effectText(effect)}`);
    for (const difference of differences.slice(0, shown)) rows.push(...differenceRows(difference));
    if (count > shown) rows.push(`  and ${count - shown} more`);
  }
  const cells = totals.map(({ currency, column, ...sums }) => [
    `${currency} ${column}`,
    sums.file,
    sums.server,
    sums.difference,
  ]);
  const table = [["Sum", "file", "server", "difference"], ...cells];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  rows.push("");
  for (const [name = "", ...amounts] of table) {
    const texts = amounts.map((text, index) => text.padStart(widths[index + 1] ?? 0));
    rows.push([name.padEnd(widths[0] ?? 0), ...texts].join("  "));
  }
  rows.push("", found.length === 0 ? "No difference." : "The file differs.");
  return `${rows.join("\n")}\n`;
}

function effectText(effect: Record<string, Record<string, string>>): string {
  const texts = Object.entries(effect).map(
    ([currency, { Subtotal, TaxTotal }]) => `${currency} ${Subtotal} and tax ${TaxTotal}`,
  );
  return texts.length === 0 ? "" : ` (${texts.join("; ")})`;
}

function differenceRows({ orderId, productId, skuId, chargeType, columns }: ReportedDifference) {
  return [
    `  order ${orderId}, ${productId}:${skuId}, ${chargeType}`,
    ...columns.map(({ name, file, server }) => {
      const [ours, theirs] = [file, server].map((value) => (value === null ? "nothing" : value));
      return `    ${name}: ${ours} in the file, ${theirs} on the server`;
    }),
  ];
}
