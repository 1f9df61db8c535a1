/**
 * Money: whole minor units of one currency, never a float. Prices and rates may have more digits
 * than the currency; `unitAmount` is the one step from price to amount.
 */
import { strict as assert } from "node:assert";
import Big from "big.js";
import currencyCodes from "currency-codes";

/** An amount in minor units: 1 USD is 100n, 1 JPY is 1n, 1 KWD is 1000n. */
export type Money = Readonly<{ minor: bigint; currency: string }>;

/** An exact decimal as text, e.g. `14.40`: a unit price or an exchange rate. */
export type Decimal = string;

/** How a decimal becomes whole minor units. Truncation is the documented rule. */
export type Rounding = "truncate" | "half-up";

/** The contract documents truncation toward zero. */
let rounding: Rounding = "truncate";

/** The one switch of the rounding rule, for the whole process: set as it starts, or never. */
export function roundBy(rule: Rounding): void {
  rounding = rule;
}

const modes = { truncate: Big.roundDown, "half-up": Big.roundHalfUp } as const;

/** The package searches its list for each look-up: 1.2 µs, paid several times a line. */
const exponents = new Map(
  currencyCodes.codes().map((code) => [code, currencyCodes.code(code)?.digits]),
);

/** Digits after the point of a currency by ISO 4217; undefined when the code is unknown. */
export function exponentOf(currency: string): number | undefined {
  return exponents.get(currency);
}

function knownExponent(currency: string): number {
  const exponent = exponentOf(currency);
  assert(exponent !== undefined, `currency ${currency} has no ISO 4217 entry`);
  return exponent;
}

/** True for a currency of ISO 4217 with whole minor units. */
export function isCurrency(code: string): boolean {
  return exponentOf(code) !== undefined;
}

export function money(minor: bigint, currency: string): Money {
  return { minor, currency };
}

export function addMoney(a: Money, b: Money): Money {
  assert(
    a.currency === b.currency,
    `cannot add ${a.currency} to ${b.currency}: convert first, the rate must be recorded`,
  );
  return { minor: a.minor + b.minor, currency: a.currency };
}

/** Cuts a decimal to whole minor units by the rounding rule. */
export function toMinor(decimal: Big | Decimal, currency: string): bigint {
  return whole(new Big(decimal).times(new Big(10).pow(knownExponent(currency))));
}

/** The one place where digits are lost. */
function whole(exact: Big): bigint {
  return BigInt(exact.round(0, modes[rounding]).toFixed(0));
}

/**
 * The amount of one unit in the billing currency: price times rate, cut to minor units. A line's
 * subtotal is this times its quantity, so the cut happens once per unit, as documented:
 * 14.40 at 0.92 is 13.24, and 50 of them are 662.00, not 662.40.
 */
export function unitAmount(price: Decimal, rate: Decimal, currency: string): bigint {
  return toMinor(new Big(price).times(rate), currency);
}

/** True for a part of an amount as decimal text: from 0 to 1, in six digits at most. */
export function isPart(text: string): boolean {
  return /^(?:0(?:\.\d{1,6})?|1)$/.test(text);
}

/** Tax on an amount, cut by the same rule. */
export function taxOn(subtotal: bigint, rate: Decimal): bigint {
  return whole(new Big(subtotal.toString()).times(rate));
}

/**
 * Shares an amount by weights so that the shares add up to it: each gets its part cut toward zero,
 * and what is left goes, a minor unit each, to those that lost most; of equals, to the first.
 * Weights are not negative; without any weight there is nothing to share.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  assert(sum > 0n || total === 0n, `${total} cannot be shared by weights of nothing`);
  if (sum === 0n) return weights.map(() => 0n);
  const [amount, sign] = total < 0n ? [-total, -1n] : [total, 1n];
  const shares = weights.map((weight) => (amount * weight) / sum);
  const left = Number(shares.reduce((rest, share) => rest - share, amount));
  const lost = weights.map((weight, index) => ({ index, rest: (amount * weight) % sum }));
  const first = lost.toSorted((a, b) => Number(b.rest > a.rest) - Number(b.rest < a.rest));
  const more = new Set(first.slice(0, left).map(({ index }) => index));
  return shares.map((share, index) => sign * (share + (more.has(index) ? 1n : 0n)));
}

/** Exact decimal text of an amount: 70500n USD is `705.00`. */
export function decimalOf(amount: Money): Decimal {
  const exponent = knownExponent(amount.currency);
  return new Big(amount.minor.toString()).div(new Big(10).pow(exponent)).toFixed(exponent);
}

/**
 * The JSON number of an exact decimal. A double prints up to 15 significant digits back exactly;
 * the limits keep prices and line amounts below that.
 */
export function jsonNumber(decimal: Decimal): number {
  return Number(decimal);
}

/** The JSON number of an amount. */
export function jsonAmount(minor: bigint, currency: string): number {
  // A quotient of two exact numbers is rounded as a decimal text is read: to the nearest double.
  const exact = Number(minor);
  if (Number.isSafeInteger(exact)) return exact / 10 ** knownExponent(currency);
  return jsonNumber(decimalOf({ minor, currency }));
}

const symbols = new Map<string, string>();

/** The symbol that amounts carry (`$`, `€`, `¥`); the code itself where there is none. */
export function symbolOf(currency: string): string {
  let symbol = symbols.get(currency);
  if (symbol === undefined) {
    const parts = new Intl.NumberFormat("en-US", { style: "currency", currency }).formatToParts(0);
    symbol = parts.find((part) => part.type === "currency")?.value ?? currency;
    symbols.set(currency, symbol);
  }
  return symbol;
}
