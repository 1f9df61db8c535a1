/**
 * Time. The only file that reads the machine's clock; everything else is given an instant.
 * All calendar arithmetic is in UTC.
 */
import { performance } from "node:perf_hooks";

/** The machine's time. */
export function systemNow(): Date {
  return new Date();
}

/** Milliseconds from an arbitrary start, for durations. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}

/** The state of a partner's clock: an offset from the machine's, or a standstill. */
export interface PartnerClock {
  offsetMs: number;
  frozenAt: Date | null;
}

export const realClock: PartnerClock = { offsetMs: 0, frozenAt: null };

/** The partner's commerce time at the machine's time `system`. */
export function commerceNow(clock: PartnerClock, system: Date): Date {
  return clock.frozenAt ?? new Date(system.getTime() + clock.offsetMs);
}

/** An ISO 8601 duration of whole parts, e.g. `P1Y`, `P45D`, `PT12H`. */
export interface Duration {
  months: number;
  ms: number;
}

const durationForm =
  /^P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/i;

const second = 1000;
const day = 24 * 3600 * second;

/** Reads an ISO 8601 duration; undefined when it is none or uses fractions. */
export function parseDuration(text: string): Duration | undefined {
  const parts = durationForm.exec(text.trim());
  if (!parts) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = parts
    .slice(1)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number, number];
  return {
    months: years * 12 + months,
    ms: (weeks * 7 + days) * day + (hours * 3600 + minutes * 60 + seconds) * second,
  };
}

/**
 * Adds a duration. A month step keeps the day where the month has it and else takes the month's
 * last (31 January + P1M = 28 February); always count from the anchor, so that nothing drifts.
 */
export function addDuration(from: Date, duration: Duration): Date {
  const anchor = from.getUTCDate();
  const moved = new Date(from);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + duration.months);
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(anchor, last));
  return new Date(moved.getTime() + duration.ms);
}

/** Adds a term such as `P1Y` that the catalog guarantees to be a duration. */
export function addTerm(from: Date, term: string): Date {
  const duration = parseDuration(term);
  if (!duration) throw new Error(`${term} is not an ISO 8601 duration`);
  return addDuration(from, duration);
}

export function addMs(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

export function addDays(from: Date, days: number): Date {
  return addMs(from, days * day);
}

/** 00:00 UTC of the day. */
export function startOfDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / day) * day);
}

/** A calendar month in UTC, `YYYY-MM`: the billing period. */
export type Period = string;

export function periodOf(at: Date): Period {
  return at.toISOString().slice(0, 7);
}

export function startOfPeriod(period: Period): Date {
  return new Date(`${period}-01T00:00:00.000Z`);
}

export function nextPeriod(period: Period, months = 1): Period {
  return periodOf(addDuration(startOfPeriod(period), { months, ms: 0 }));
}

/** The last second of the period, as invoices show it. */
export function endOfPeriod(period: Period): Date {
  return addMs(startOfPeriod(nextPeriod(period)), -second);
}

/** The wire form of an instant, with seven fraction digits. */
export function wireInstant(at: Date): string {
  return `${at.toISOString().slice(0, -1)}0000Z`;
}

/** A line item names five days, and a million lines those of a month: made once, a tenth is saved. */
const days = new Map<number, string>();
const daysKept = 1000;

/** The wire form of a day: midnight UTC without fraction. */
export function wireDay(at: Date): string {
  const number = Math.floor(at.getTime() / day);
  let text = days.get(number);
  if (text === undefined) {
    if (days.size >= daysKept) days.clear();
    text = `${at.toISOString().slice(0, 10)}T00:00:00Z`;
    days.set(number, text);
  }
  return text;
}
