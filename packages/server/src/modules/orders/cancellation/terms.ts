/** The terms of a line after its first: what of them has been charged, and when one began. Pure. */
import { monthsFrom } from "../../subscriptions/index.ts";
import { cycleSpan, cyclesIn } from "../cycle.ts";
import type { OrderLineRow, OrderRow } from "../order.ts";
import { chargedAt } from "../place.ts";

/** A term that a renewal has begun. */
export interface LaterTerm {
  subscriptionId: string;
  /** `P1M`, `P1Y`, `P3Y`. */
  term: string;
  startsAt: Date;
  /** When the subscription began: the cycles of all its terms are counted from there. */
  anchor: Date;
}

/** When a line has been charged until `now`, in its first term and in the later ones. */
export function chargedInAllTerms(
  order: OrderRow,
  line: OrderLineRow,
  later: readonly LaterTerm[],
  now: Date,
): Date[] {
  const { billingCycle } = order;
  const renewed = later.flatMap(({ term, anchor, startsAt }) => {
    const before = monthsFrom(anchor, startsAt);
    return Array.from(
      { length: cyclesIn(term, billingCycle) },
      (_none, index) => cycleSpan(anchor, term, billingCycle, index, before).startsAt,
    );
  });
  return [...chargedAt(order, line, now), ...renewed.filter((at) => at <= now)];
}

/** When the term began that a line is in at `now`: the first one does with the purchase. */
export function termStart(order: OrderRow, later: readonly LaterTerm[], now: Date): Date {
  const starts = [order.createdAt, ...later.map(({ startsAt }) => startsAt)];
  return new Date(Math.max(...starts.filter((at) => at <= now).map((at) => at.getTime())));
}
