/** What is given back of a charge when its order line is cancelled. Pure. */
import Big from "big.js";
import { addDays, periodOf } from "../../foundation/clock.ts";
import { unitAmount } from "../../foundation/money.ts";
import type { NewCharge } from "./charge.ts";
import { creditedLines, mirrored, sumOfLines } from "./taxes/tax.ts";

/** All of a charge, or what its days cost that are not over. */
export type Refund = "whole" | "unused days";

const day = 24 * 3600 * 1000;

/** Days that the charge covers, and those of them that are over at `at`. */
function daysOf({ startsAt, endsAt }: NewCharge, at: Date): { total: number; used: number } {
  const total = Math.round((endsAt.getTime() - startsAt.getTime()) / day);
  const passed = Math.floor((at.getTime() - startsAt.getTime()) / day);
  return { total, used: Math.min(Math.max(passed, 0), total) };
}

/**
 * The credit of a charge at `at`; undefined where all its days are over. Amounts are negative, prices
 * and quantity stay as they are on any line. A part is the price of a unit for the days that are
 * left, cut to six digits, from which the amount follows as that of a charge does, at the rates of
 * the charge; the whole is its own amounts, tax included, so that both come to nothing together.
 */
export function creditFor(charge: NewCharge, at: Date, refund: Refund): NewCharge | undefined {
  const credit: NewCharge = {
    ...charge,
    chargeType: "cancelImmediate",
    occurredAt: at,
    period: periodOf(at),
    subtotalMinor: -charge.subtotalMinor,
    taxMinor: -charge.taxMinor,
    taxLines: mirrored(charge.taxLines),
  };
  const { total, used } = daysOf(charge, at);
  if (refund === "whole" || used === 0) return credit;
  if (used === total) return undefined;
  const effectiveUnitPrice = new Big(charge.effectiveUnitPrice)
    .times(total - used)
    .div(total)
    .round(6, Big.roundDown)
    .toFixed();
  const unitMinor = unitAmount(effectiveUnitPrice, charge.exchangeRate, charge.currency);
  const exact = unitMinor * BigInt(charge.quantity);
  // A note may have credited the rest already; and rounded by another rule than the charge, a part
  // could come to more than the whole.
  const subtotalMinor = exact > charge.subtotalMinor ? charge.subtotalMinor : exact;
  const taxLines = creditedLines(charge, subtotalMinor);
  return {
    ...credit,
    startsAt: addDays(charge.startsAt, used),
    effectiveUnitPrice,
    subtotalMinor: -subtotalMinor,
    taxMinor: sumOfLines(taxLines),
    taxLines,
  };
}
