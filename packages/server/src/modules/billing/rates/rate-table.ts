/** Rates as people give them: rows of a file, or items of a call. Pure. */
import { type Period, startOfPeriod } from "../../../foundation/clock.ts";
import { isCurrency } from "../../../foundation/money.ts";
import { readTable, refuseRepeats, TableError, type TableRow } from "../tables/table-file.ts";
import type { Rate } from "./rate.ts";

const rateColumns = ["from", "to", "month", "rate", "date"] as const;

/** One rate in words; without a date it was fixed as its month began. */
export interface GivenRate {
  from: string;
  to: string;
  month: Period;
  rate: string;
  date?: string | undefined;
}

/** The rates of a file. @throws TableError at the first row that is none, with its line */
export function readRates(text: string): Rate[] {
  const rows = readTable(text, rateColumns, ["date"]);
  refuseRepeats(rows, ({ cells }) => keyOf(cells as unknown as GivenRate));
  return rows.map(({ place, cells }: TableRow) => {
    const rate = rateOf(cells as unknown as GivenRate);
    if (typeof rate === "string") throw new TableError(place, rate);
    return rate;
  });
}

/** What two rates of one pair and month have in common. */
export function keyOf({ from, to, month }: Pick<GivenRate, "from" | "to" | "month">): string {
  return `${from.toUpperCase()} to ${to.toUpperCase()} in ${month}`;
}

/** A JSON number carries 15 digits exactly: line items show the rate as one. */
const plainRate = /^\d{1,7}(?:\.\d{1,8})?$|^0\.\d{1,14}$/;

/** The rate, or the reason why it is none. */
export function rateOf(given: GivenRate): Rate | string {
  const [from, to] = [given.from.toUpperCase(), given.to.toUpperCase()];
  for (const code of [from, to]) {
    if (!isCurrency(code)) return `${code} is not an ISO 4217 currency`;
  }
  if (from === to) return `${from} to itself is 1 and needs no rate`;
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(given.month)) {
    return `the month must be YYYY-MM, not ${given.month}`;
  }
  if (!plainRate.test(given.rate) || !/[1-9]/.test(given.rate)) {
    return `the rate must be a decimal above 0 of 15 digits at most, not ${given.rate}`;
  }
  const rateDate = dateOf(given);
  if (!rateDate) return `the date must be YYYY-MM-DD, not ${given.date}`;
  return { from, to, month: given.month, rate: given.rate, rateDate };
}

function dateOf({ month, date }: GivenRate): Date | undefined {
  if (!date) return startOfPeriod(month);
  const at = new Date(`${date}T00:00:00.000Z`);
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === date;
  return isDay ? at : undefined;
}
