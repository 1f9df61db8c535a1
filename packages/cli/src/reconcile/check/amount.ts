/** Amounts of files, added up exactly: whole billionths of a currency's unit. Pure. */
import { digitsOf } from "../cells.ts";

const digits = 9;

/** Digits behind the ninth are cut off: no currency, price or rate of a line has as many. */
export function nanosOf(value: number): bigint {
  const text = digitsOf(value);
  const [whole = "", part = ""] = text.replace("-", "").split(".");
  const nanos = BigInt(whole + part.slice(0, digits).padEnd(digits, "0"));
  return text.startsWith("-") ? -nanos : nanos;
}

/** One minor unit of a currency with so many digits behind the point. */
export function minorUnit(exponent: number): bigint {
  return 10n ** BigInt(digits - exponent);
}

/** `-551.10` for a currency with two digits; with more where the amount has more. */
export function amountText(nanos: bigint, exponent: number): string {
  const text = (nanos < 0n ? -nanos : nanos).toString().padStart(digits + 1, "0");
  const part = text.slice(-digits);
  const kept = Math.max(exponent, part.replace(/0+$/, "").length);
  const point = kept === 0 ? "" : `.${part.slice(0, kept)}`;
  return `${nanos < 0n ? "-" : ""}${text.slice(0, -digits)}${point}`;
}
