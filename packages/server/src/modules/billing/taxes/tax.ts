/** Taxes as lines, never as one total: which ones a charge carries, and what each comes to. Pure. */
import Big from "big.js";
import { allocate, type Decimal, taxOn, unitAmount } from "../../../foundation/money.ts";

export interface Tax {
  /** As the law calls it: `VAT`, `GST`. */
  name: string;
  /** Part of the amount before tax, e.g. `0.19`. */
  rate: Decimal;
  /** True where the price on the list contains it. */
  included: boolean;
}

/** What one tax comes to on one charge. Stored with it and never worked out again. */
export interface TaxLine extends Tax {
  /** Minor units of the billing currency; negative on a credit. */
  minor: bigint;
}

/** The taxes of a sale to a customer, at prices of the list of a market. */
export type TaxRule = (customerId: string, market: string) => readonly Tax[];

/** The name of a tax that is told by its rate alone. */
const plainName = "Tax";

/** The taxes of a partner with one rate for everything; none at a rate of 0. */
export function flatTax(rate: Decimal): Tax[] {
  return new Big(rate).eq(0) ? [] : [{ name: plainName, rate, included: false }];
}

/** The price of a charge without the taxes in it, and the lines of all its taxes. */
export interface Taxed {
  effectiveUnitPrice: Decimal;
  subtotalMinor: bigint;
  taxLines: TaxLine[];
}

/**
 * Taxes a quantity at a price. A tax in the price is taken out of it: the price of a unit without
 * it, cut to six digits, is the effective one, and what is left of the full amount is shared among
 * the taxes by their rates, so that nothing is lost. Every other tax is worked out by itself.
 */
export function taxed(
  price: { effectiveUnitPrice: Decimal; exchangeRate: Decimal; currency: string; quantity: number },
  taxes: readonly Tax[],
): Taxed {
  const { exchangeRate, currency } = price;
  const amountOf = (unitPrice: Decimal) =>
    unitAmount(unitPrice, exchangeRate, currency) * BigInt(price.quantity);
  const inside = taxes.filter(({ included }) => included);
  const effectiveUnitPrice = withoutTaxes(price.effectiveUnitPrice, inside);
  const subtotalMinor = amountOf(effectiveUnitPrice);
  const shares = allocate(
    amountOf(price.effectiveUnitPrice) - subtotalMinor,
    inside.map(({ rate }) => BigInt(new Big(rate).times(rateUnits).toFixed(0))),
  );
  const taxLines = [
    ...inside.map((tax, index) => ({ ...tax, minor: shares[index] ?? 0n })),
    ...taxes
      .filter(({ included }) => !included)
      .map((tax) => ({ ...tax, minor: taxOn(subtotalMinor, tax.rate) })),
  ];
  return { effectiveUnitPrice, subtotalMinor, taxLines };
}

/** Rates have six digits at most, as `isPart` says. */
const rateUnits = 1_000_000;

function withoutTaxes(price: Decimal, inside: readonly Tax[]): Decimal {
  if (inside.length === 0) return price;
  const whole = inside.reduce((sum, { rate }) => sum.plus(rate), new Big(1));
  // Divided last: the quotient itself is cut, so that it is never above the true one.
  return new Big(price).div(whole).round(6, Big.roundDown).toFixed();
}

export function sumOfLines(taxLines: readonly TaxLine[]): bigint {
  return taxLines.reduce((sum, { minor }) => sum + minor, 0n);
}

/**
 * The taxes that a credit gives back of a charge, never more than it took: at the rates of the
 * charge, and of a tax that was in the price the same part as of the subtotal. What the price
 * contained was cut with it, for each unit, so its rate alone would give back too much.
 */
export function creditedLines(
  charge: { subtotalMinor: bigint; taxLines: readonly TaxLine[] },
  subtotalMinor: bigint,
): TaxLine[] {
  const part = (minor: bigint) =>
    charge.subtotalMinor === 0n ? 0n : (minor * subtotalMinor) / charge.subtotalMinor;
  return charge.taxLines.map((line) => {
    const back = line.included ? part(line.minor) : taxOn(subtotalMinor, line.rate);
    return { ...line, minor: back > line.minor ? -line.minor : -back };
  });
}

export function mirrored(taxLines: readonly TaxLine[]): TaxLine[] {
  return taxLines.map((line) => ({ ...line, minor: -line.minor }));
}
