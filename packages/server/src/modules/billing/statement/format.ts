/** Figures and dates as the statement prints them, in English, the same on every machine. */

import type { Amount, StatementCurrency } from "./model.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

const plainDecimal = /^(-?)(\d+)(?:\.(\d+))?$/;

const dayMs = 86_400_000;

/** 123456n with 2 decimals gives "1,234.56"; with 0 decimals "123,456". */
export function formatAmount(amount: Amount, currency: StatementCurrency): string {
  const { minor } = amount;
  const digits = (minor < 0n ? -minor : minor).toString().padStart(currency.exponent + 1, "0");
  const cut = digits.length - currency.exponent;
  const fraction = digits.slice(cut);
  const sign = minor < 0n ? "-" : "";
  return `${sign}${groupThousands(digits.slice(0, cut))}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The same with the code in front: "USD 1,234.56". */
export function formatMoney(amount: Amount, currency: StatementCurrency): string {
  return `${currency.code} ${formatAmount(amount, currency)}`;
}

/**
 * A decimal in plain digits, grouped, with at least `decimals` decimals and no zeros beyond them:
 * ("14.4", 2) gives "14.40", ("0.03825", 2) gives "0.03825".
 *
 * @throws RangeError for anything that is not plain digits, such as "1e-7".
 */
export function formatDecimal(text: string, decimals: number): string {
  const [, sign, whole, fraction = ""] = plainDecimal.exec(text) ?? [];
  if (sign === undefined || whole === undefined) {
    throw new RangeError(`not a plain decimal number: ${JSON.stringify(text)}`);
  }
  const kept = fraction.replace(/0+$/, "").padEnd(decimals, "0");
  const grouped = groupThousands(whole.replace(/^0+(?=\d)/, ""));
  return `${sign}${grouped}${kept === "" ? "" : `.${kept}`}`;
}

/** A rate as a share of a hundred: "0.19" gives "19%", "0.0825" gives "8.25%". */
export function formatPercent(rate: string): string {
  const [whole = "0", fraction = ""] = rate.split(".");
  const digits = fraction.padEnd(2, "0");
  return `${formatDecimal(`${whole}${digits.slice(0, 2)}.${digits.slice(2)}0`, 0)}%`;
}

/** @throws RangeError when the quantity is not a whole number. */
export function formatQuantity(quantity: number): string {
  return formatAmount({ minor: BigInt(quantity) }, { code: "", exponent: 0 });
}

/** "8 November 2024", the UTC day. @throws RangeError for an invalid date. */
export function formatDate(date: Date): string {
  return `${date.getUTCDate()} ${monthOf(date)} ${date.getUTCFullYear()}`;
}

/** "8 Nov 2024", the UTC day, for table cells. @throws RangeError for an invalid date. */
export function formatShortDate(date: Date): string {
  return `${date.getUTCDate()} ${monthOf(date).slice(0, 3)} ${date.getUTCFullYear()}`;
}

/** The same time of day, `days` UTC days later. */
export function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * dayMs);
}

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function monthOf(date: Date): string {
  const month = months[date.getUTCMonth()];
  if (month === undefined) {
    throw new RangeError("a date on the statement is invalid");
  }
  return month;
}
