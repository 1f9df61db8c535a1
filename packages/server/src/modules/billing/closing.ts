/** When a billing period is closed, and what the work that closes it is called. Pure. */
import { addDays, nextPeriod, type Period, startOfPeriod } from "../../foundation/clock.ts";
import type { DueWork } from "../due/index.ts";

/** Kind of the due work that `closePeriodHandler` does. */
export const closePeriodKind = "close_period";

/** An invoice is published at 00:00 UTC on the 8th of the month after its period. */
export function closingOf(currency: string, period: Period): DueWork {
  const dueAt = addDays(startOfPeriod(nextPeriod(period)), 7);
  return { kind: closePeriodKind, subject: `${currency}:${period}`, dueAt };
}

export function readClosing(subject: string): { currency: string; period: Period } {
  const [, currency, period] = /^([A-Z]{3}):(\d{4}-\d{2})$/.exec(subject) ?? [];
  if (currency === undefined || period === undefined) {
    throw new Error(`${closePeriodKind} ${subject} does not name a currency and a month`);
  }
  return { currency, period };
}
