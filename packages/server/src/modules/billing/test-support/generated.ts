/**
 * Invoices by the thousand: charges made by the code, and what they must come to, worked out a
 * second time in whole numbers alone, without the decimal library that the code uses.
 */
import { addDays, addMs, addTerm, periodOf, startOfPeriod } from "../../../foundation/clock.ts";
import { exponentOf } from "../../../foundation/money.ts";
import { type ChargeBasis, chargeFor, type NewCharge } from "../charge.ts";
import { creditFor } from "../credit.ts";
import type { Tax } from "../taxes/tax.ts";

/** Whole numbers below `bound`, the same ones for the same seed (xorshift of 32 bits). */
export type Random = (bound: number) => number;

export function seeded(seed: number): Random {
  let state = seed | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const currencies = ["USD", "EUR", "JPY", "KWD"] as const;
const rates = ["1", "0.92", "151.337", "0.846202666", "0.00641", "1.08417"] as const;
const taxSets: readonly (readonly Tax[])[] = [
  [],
  [{ name: "Tax", rate: "0.1", included: false }],
  [
    { name: "GST", rate: "0.05", included: false },
    { name: "PST", rate: "0.09975", included: false },
  ],
  [{ name: "GST", rate: "0.1", included: true }],
  [
    { name: "Federal", rate: "0.0925", included: true },
    { name: "City", rate: "0.05", included: true },
    { name: "Levy", rate: "0.01", included: false },
  ],
];
const terms = ["P1M", "P1Y", "P3Y"] as const;

/** What a charge must come to. */
export interface Expected {
  subtotal: bigint;
  tax: bigint;
}

export interface Generated {
  charge: NewCharge;
  expected: Expected;
}

interface Fraction {
  digits: bigint;
  scale: number;
}

function fraction(decimal: string): Fraction {
  const [whole = "", part = ""] = decimal.split(".");
  return { digits: BigInt(whole + part), scale: part.length };
}

const ten = (power: number) => 10n ** BigInt(power);

/** A price at a rate, cut to minor units; the price is in millionths of a unit. */
function unitOf(millionths: bigint, rate: Fraction, currency: string): bigint {
  return (millionths * rate.digits * ten(exponentOf(currency) ?? 2)) / ten(6 + rate.scale);
}

const partOf = (amount: bigint, { digits, scale }: Fraction) => (amount * digits) / ten(scale);

/** The price without the taxes in it, in millionths, cut. */
function netOf(millionths: bigint, taxes: readonly Tax[]): bigint {
  const inside = taxes.filter(({ included }) => included).map(({ rate }) => fraction(rate));
  if (inside.length === 0) return millionths;
  const scale = Math.max(...inside.map((rate) => rate.scale));
  const sum = inside.reduce((all, rate) => all + rate.digits * ten(scale - rate.scale), 0n);
  return (millionths * ten(scale)) / (ten(scale) + sum);
}

function expectedOf(basis: ChargeBasis, millionths: bigint, taxes: readonly Tax[]): Expected {
  const rate = fraction(basis.exchangeRate);
  const quantity = BigInt(basis.quantity);
  const subtotal = unitOf(netOf(millionths, taxes), rate, basis.currency) * quantity;
  const contained = unitOf(millionths, rate, basis.currency) * quantity - subtotal;
  const added = taxes
    .filter(({ included }) => !included)
    .map((tax) => partOf(subtotal, fraction(tax.rate)));
  return { subtotal, tax: added.reduce((sum, tax) => sum + tax, contained) };
}

/** A sale of a month at a rate, and what it must come to. */
export function someCharge(
  random: Random,
  of: Pick<ChargeBasis, "customerId" | "orderId" | "referenceId" | "currency"> & { month: string },
): Generated {
  const { month, ...ids } = of;
  const occurredAt = addMs(startOfPeriod(month), random(27 * 24 * 3600e3));
  const millionths = BigInt(random(2_000_000_000)) * (random(2) === 0 ? 1n : 100n);
  const price = `${millionths / ten(6)}.${(millionths % ten(6)).toString().padStart(6, "0")}`;
  const exchangeRate = rates[random(rates.length)] ?? "1";
  const basis: ChargeBasis = {
    ...ids,
    lineNumber: 0,
    chargeType: "new",
    occurredAt,
    startsAt: occurredAt,
    endsAt: addTerm(occurredAt, terms[random(terms.length)] ?? "P1Y"),
    quantity: 1 + random(250),
    unitPrice: price,
    effectiveUnitPrice: price,
    pricingCurrency: exchangeRate === "1" ? of.currency : "CHF",
    exchangeRate,
    exchangeRateDate: startOfPeriod(month),
  };
  const taxes = taxSets[random(taxSets.length)] ?? [];
  const charge = chargeFor(basis, taxes);
  return { charge, expected: expectedOf(basis, millionths, taxes) };
}

/** The credit of a charge some days on, in its own month: whole, or for the days that are left. */
export function someCredit(random: Random, { charge, expected }: Generated): Generated | undefined {
  const at = addDays(charge.startsAt, random(5));
  if (periodOf(at) !== charge.period) return undefined;
  const refund = random(2) === 0 ? "whole" : "unused days";
  const credit = creditFor(charge, at, refund);
  if (!credit) return undefined;
  const total = Math.round((charge.endsAt.getTime() - charge.startsAt.getTime()) / (24 * 3600e3));
  const used = Math.round((at.getTime() - charge.startsAt.getTime()) / (24 * 3600e3));
  if (refund === "whole" || used === 0) {
    const { subtotal, tax } = expected;
    return { charge: credit, expected: { subtotal: -subtotal, tax: -tax } };
  }
  const price = fraction(charge.effectiveUnitPrice);
  const millionths = price.digits * ten(6 - price.scale);
  const left = (millionths * BigInt(total - used)) / BigInt(total);
  const unit = unitOf(left, fraction(charge.exchangeRate), charge.currency);
  const subtotal = unit * BigInt(charge.quantity);
  const taxSum = charge.taxLines.reduce((sum, { rate, included, minor }) => {
    if (!included) return sum + partOf(subtotal, fraction(rate));
    return expected.subtotal === 0n ? sum : sum + (minor * subtotal) / expected.subtotal;
  }, 0n);
  return { charge: credit, expected: { subtotal: -subtotal, tax: -taxSum } };
}

export function someCurrency(random: Random): string {
  return currencies[random(currencies.length)] ?? "USD";
}
