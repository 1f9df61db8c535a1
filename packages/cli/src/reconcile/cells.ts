/** The cells of a CSV file: numbers and dates of a place, and texts that stay texts. Pure. */

/** How numbers and instants are written; without a tag as ISO 8601 and with a point. */
export interface CellStyle {
  delimiter: string;
  decimal(value: number): string;
  readDecimal(text: string): number;
  instant(iso: string): string;
  /** ISO 8601 to the second; undefined where the text is no instant of this style. */
  readInstant(text: string): string | undefined;
}

type Part = "year" | "month" | "day" | "hour" | "minute" | "second";

const plain: CellStyle = {
  delimiter: ",",
  decimal: digitsOf,
  readDecimal: Number,
  instant: (iso) => iso,
  readInstant: (text) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? text.slice(0, 19) : undefined,
};

/** @throws RangeError where the tag is no language tag */
export function cellStyle(tag: string | undefined): CellStyle {
  if (tag === undefined) return plain;
  const locale = new Intl.Locale(tag, { numberingSystem: "latn", calendar: "gregory" });
  const sign = decimalSign(locale);
  const dates = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  });
  const known = new Set(["year", "month", "day", "hour", "minute", "second"]);
  const order = dates
    .formatToParts(0)
    .filter(({ type }) => known.has(type))
    .map(({ type }) => type as Part);
  return {
    delimiter: sign === "," ? ";" : ",",
    decimal: (value) => digitsOf(value).replace(".", sign),
    readDecimal: (text) => Number(text.replace(sign, ".")),
    instant: (iso) => dates.format(new Date(iso)),
    readInstant: (text) => readParts(text, order),
  };
}

function decimalSign(locale: Intl.Locale): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find(({ type }) => type === "decimal")?.value ?? ".";
}

/** Digits without an exponent. */
export function digitsOf(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return value.toLocaleString("en", { maximumSignificantDigits: 17, useGrouping: false });
}

function readParts(text: string, order: readonly Part[]): string | undefined {
  const figures = text.match(/\d+/g) ?? [];
  if (figures.length !== order.length) return undefined;
  const of = (part: Part) => (figures[order.indexOf(part)] ?? "").padStart(2, "0");
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${of("second")}`;
}

/** Begins a formula, or a text that was marked already. */
const formula = /^['=+\-@\t\r\n|]/;
/** What a spreadsheet takes for a number, a date or a truth value, and shows as another text. */
const converted = new RegExp(
  [
    "^[\\d.,\\s]+(e[+-]?\\d+)?$",
    "^\\d+[-/.:]\\d+([-/.:]\\d+)?$",
    "^\\d+\\s?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-\\s]?\\d+$",
    "^(true|false)$",
  ].join("|"),
  "i",
);

/** A text that a spreadsheet leaves alone: one that it would not gets an apostrophe in front. */
export function guarded(text: string): string {
  return formula.test(text) || converted.test(text) ? `'${text}` : text;
}

/** The text that was guarded, and any other text as it is. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
