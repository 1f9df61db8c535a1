/** Lines that have no equal on the other side: which belong together, and how they differ. Pure. */
import type { ReconciliationLine } from "@kontor/contract";
import { minorUnit } from "./amount.ts";
import { addLine, amountsOf, type Columns, comparable, type Sums, textOf } from "./line.ts";

/** Why a line differs. Where several hold, the first: it explains the amounts behind it. */
export const causes = {
  missing: "missing from the file",
  extra: "not on the server",
  duplicate: "in the file more often than on the server",
  currency: "with another currency",
  quantity: "with another quantity",
  price: "with another price",
  rate: "with another exchange rate",
  rounding: "with amounts rounded otherwise, by one minor unit at most",
  tax: "with another tax",
  total: "with a total that is not subtotal and tax",
  period: "with another period",
  invoice: "of another invoice",
  other: "with other texts or ids",
} as const;

export type Cause = keyof typeof causes;

export interface Difference {
  cause: Cause;
  /** The line of the file, or of the server where the file has none. */
  line: ReconciliationLine;
  /** Columns that differ; none where one side has no such line. */
  columns: { name: string; file: string | number | null; server: string | number | null }[];
  /** File less server, by currency. */
  effect: Sums;
}

/** A line of the file without an equal; `repeats`: its equals on the server are taken by others. */
export interface Left {
  line: ReconciliationLine;
  repeats: boolean;
}

/** A line of the file and one of the server that must be the same line, changed. */
interface Pair {
  file: Left;
  server: ReconciliationLine;
  columns: Columns;
}

/**
 * Explains what was left of both sides. Lines of one order are paired, those first that differ
 * least, where at most one of product, SKU and charge type differs.
 */
export function explain(
  file: readonly Left[],
  server: readonly ReconciliationLine[],
  columns: Columns,
  exponentOf: (currency: string) => number,
): Difference[] {
  const theirs = Map.groupBy(server, (line) => textOf(line, "OrderId"));
  const found: Difference[] = [];
  for (const [orderId, ours] of Map.groupBy(file, ({ line }) => textOf(line, "OrderId"))) {
    const { pairs, extra, missing } = paired(ours, theirs.get(orderId) ?? [], columns);
    theirs.set(orderId, missing);
    for (const pair of pairs) found.push(changed(pair, exponentOf));
    for (const { line, repeats } of extra) {
      const again = repeats || pairs.some((pair) => isSame(pair.file.line, line, columns));
      found.push({ cause: again ? "duplicate" : "extra", line, columns: [], effect: of(line) });
    }
  }
  for (const line of [...theirs.values()].flat()) {
    found.push({ cause: "missing", line, columns: [], effect: of(line, -1n) });
  }
  return found;
}

function of(line: ReconciliationLine, sign: 1n | -1n = 1n): Sums {
  const sums: Sums = new Map();
  addLine(sums, line, sign);
  return sums;
}

const isSame = (one: ReconciliationLine, two: ReconciliationLine, columns: Columns) =>
  columns.every((column) => comparable(one, column) === comparable(two, column));

const identifying = new Set(["ProductId", "SkuId", "ChargeType"]);

function paired(ours: readonly Left[], theirs: readonly ReconciliationLine[], columns: Columns) {
  const candidates: (Pair & { weight: number })[] = [];
  for (const file of ours.filter(({ repeats }) => !repeats)) {
    for (const server of theirs) {
      const differing = columns.filter(
        (column) => comparable(file.line, column) !== comparable(server, column),
      );
      const strangers = differing.filter(({ name }) => identifying.has(name)).length;
      // Any line with the same product, SKU and type is nearer than one without.
      const weight = differing.length + strangers * columns.length;
      if (strangers <= 1) candidates.push({ file, server, columns: differing, weight });
    }
  }
  candidates.sort((a, b) => a.weight - b.weight);
  const taken = new Set<Left | ReconciliationLine>();
  const pairs: Pair[] = [];
  for (const pair of candidates) {
    if (taken.has(pair.file) || taken.has(pair.server)) continue;
    taken.add(pair.file).add(pair.server);
    pairs.push(pair);
  }
  return {
    pairs,
    extra: ours.filter((left) => !taken.has(left)),
    missing: theirs.filter((line) => !taken.has(line)),
  };
}

function changed(pair: Pair, exponentOf: (currency: string) => number): Difference {
  const { file, server, columns } = pair;
  const effect = of(file.line);
  addLine(effect, server, -1n);
  const exponent = exponentOf(textOf(server, "Currency"));
  return {
    cause: causeOf(pair, minorUnit(exponent)),
    line: file.line,
    columns: columns.map(({ name }) => ({
      name,
      file: file.line[name] ?? null,
      server: server[name] ?? null,
    })),
    effect,
  };
}

/** What a changed column means, if not another text; amounts are looked at by themselves. */
const meanings: Readonly<Record<string, Cause>> = {
  Currency: "currency",
  PricingCurrency: "currency",
  Quantity: "quantity",
  BillableQuantity: "quantity",
  UnitPrice: "price",
  EffectiveUnitPrice: "price",
  PCToBCExchangeRate: "rate",
  OrderDate: "period",
  SubscriptionStartDate: "period",
  SubscriptionEndDate: "period",
  ChargeStartDate: "period",
  ChargeEndDate: "period",
  InvoiceNumber: "invoice",
};
const order = Object.keys(causes);

function causeOf(pair: Pair, unit: bigint): Cause {
  const meant = pair.columns.map(({ name }): Cause => meanings[name] ?? "other");
  // Amounts follow from what they are made of: they tell something where that is the same.
  const figures = meant.filter((cause) => figureCauses.has(cause));
  const amounts = figures.length > 0 ? [] : amountCauses(pair, unit);
  return first([...meant, ...amounts]);
}

const figureCauses = new Set<Cause>(["currency", "quantity", "price", "rate"]);

function first(found: readonly Cause[]): Cause {
  return found.reduce<Cause>(
    (best, cause) => (order.indexOf(cause) < order.indexOf(best) ? cause : best),
    "other",
  );
}

/** A subtotal that differs alone tells of another price; a total that follows tells nothing. */
function amountCauses({ file, server }: Pair, unit: bigint): Cause[] {
  const ours = amountsOf(file.line);
  const theirs = amountsOf(server);
  const gaps = {
    price: ours.Subtotal - theirs.Subtotal,
    tax: ours.TaxTotal - theirs.TaxTotal,
    total:
      ours.Total -
      theirs.Total -
      (ours.Subtotal - theirs.Subtotal) -
      (ours.TaxTotal - theirs.TaxTotal),
  };
  const found = (Object.keys(gaps) as (keyof typeof gaps)[]).filter((name) => gaps[name] !== 0n);
  const isSmall = found.every((name) => gaps[name] <= unit && gaps[name] >= -unit);
  return isSmall && found.length > 0 ? ["rounding"] : found;
}
