/** What one billing cycle costs, and when the cycles of a line are charged. */
import type { BillingCycleName } from "@kontor/contract";
import Big from "big.js";
import { addDuration, parseDuration } from "../../foundation/clock.ts";

const cycleMonths: Partial<Record<BillingCycleName, number>> = { monthly: 1, annual: 12 };

/** How many cycles a term has: 12 for a year billed monthly, 1 for what is charged once. */
export function cyclesIn(term: string | undefined, cycle: BillingCycleName): number {
  const step = cycleMonths[cycle];
  const months = term === undefined ? undefined : parseDuration(term)?.months;
  if (step === undefined || !months) return 1;
  return Math.max(1, Math.floor(months / step));
}

/**
 * The effective price of one unit for one cycle. Sheets price the whole term; a part of it is cut
 * to six digits, so that the figure on the line is exactly the one that is multiplied.
 */
export function cyclePrice(unitPrice: string, term: string | undefined, cycle: BillingCycleName) {
  const cycles = cyclesIn(term, cycle);
  if (cycles === 1) return unitPrice;
  return new Big(unitPrice).div(cycles).round(6, Big.roundDown).toFixed();
}

/**
 * The time that cycle `index` of a line covers, counted from the anchor so that none drifts; the
 * first cycle begins `before` months after it.
 */
export function cycleSpan(
  anchor: Date,
  term: string | undefined,
  cycle: BillingCycleName,
  index: number,
  before = 0,
): { startsAt: Date; endsAt: Date } {
  const step = cycleMonths[cycle];
  const at = (months: number) => addDuration(anchor, { months: before + months, ms: 0 });
  if (step === undefined) {
    const months = term === undefined ? undefined : parseDuration(term)?.months;
    return { startsAt: at(0), endsAt: at(months ?? 0) };
  }
  return { startsAt: at(step * index), endsAt: at(step * (index + 1)) };
}
