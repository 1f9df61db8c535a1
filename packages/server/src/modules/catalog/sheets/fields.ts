import Big from "big.js";
import currencyCodes from "currency-codes";
import { openStart, type Segment, type Term } from "../offer.ts";

/*
 * Cells of a sheet as values. Each reader gives null for what it cannot read; the caller says
 * what was wrong, because it knows the column.
 */

const mostAnswers = 256;

/**
 * Remembers answers: a sheet has few different dates, markets and terms, and reading dates anew
 * took a third of the time of a row. Keys are copied, for V8 keeps a piece of a text together
 * with the whole text.
 */
function remember<Value>(read: (text: string) => Value): (text: string) => Value {
  const answers = new Map<string, Value>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (answers.size === mostAnswers) answers.clear();
    const answer = read(text);
    answers.set(Buffer.from(text).toString(), answer);
    return answer;
  };
}

const regionNames = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
/** Codes that CLDR names and ISO 3166 does not assign to a country. */
const notACountry = new Set("EU EZ QO UK UN XA XB ZZ".split(" "));

/** ISO 3166 alpha-2 in upper case. */
export const readMarket = remember((text): string | null => {
  const code = text.toUpperCase();
  if (!/^[A-Z]{2}$/.test(code) || notACountry.has(code)) return null;
  return regionNames.of(code) === undefined ? null : code;
});

/** ISO 4217 in upper case; metals, bond units, XTS and XXX are no money. */
export const readCurrency = remember((text): string | null => {
  const code = text.toUpperCase();
  const known = currencyCodes.code(code);
  if (known === undefined || known.code !== code) return null;
  return known.countries.some((country) => /^zz/i.test(country)) ? null : code;
});

const segments: ReadonlyMap<string, Segment> = new Map([
  ["", "commercial"],
  ["commercial", "commercial"],
  ["education", "education"],
  ["government", "government"],
  ["charity", "nonprofit"],
  ["nonprofit", "nonprofit"],
  ["non-profit", "nonprofit"],
]);

/** A sheet without the column, or with an empty cell, is a commercial one. */
export const readSegment = remember(
  (text): Segment | null => segments.get(text.toLowerCase()) ?? null,
);

export function readProductId(text: string): string | null {
  const id = text.toUpperCase();
  return /^[0-9A-Z]{12}$/.test(id) ? id : null;
}

/** Four characters: spreadsheets strip leading zeros ("1" is 0001), so they are put back. */
export function readSkuId(text: string): string | null {
  const id = text.toUpperCase();
  return /^[0-9A-Z]{1,4}$/.test(id) ? id.padStart(4, "0") : null;
}

const terms: ReadonlyMap<string, Term> = new Map([
  ["P1M", "P1M"],
  ["P1Y", "P1Y"],
  ["P3Y", "P3Y"],
  ["1 YEAR", "P1Y"],
  ["3 YEARS", "P3Y"],
]);

/** The terms that the contract knows, as sheets and the retail service spell them. */
export const readTerm = remember((text): Term | null => terms.get(text.toUpperCase()) ?? null);

const plain = /^(\d{1,15})(?:\.(\d{1,15}))?$/;
const scientific = /^\d{1,15}(?:\.\d{1,15})?E[+-]?\d{1,2}$/i;

/** A decimal without exponent and without trailing zeros behind the point; never negative. */
export function readPrice(text: string): string | null {
  const found = plain.exec(text);
  if (found === null) return scientific.test(text) ? readPrice(new Big(text).toFixed()) : null;
  const [, whole = "", fraction = ""] = found;
  const integer = whole.length > 1 ? whole.replace(/^0+(?=\d)/, "") : whole;
  const digits = fraction.endsWith("0") ? fraction.replace(/0+$/, "") : fraction;
  return digits === "" ? integer : `${integer}.${digits}`;
}

const isoInstant =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/i;
const minute = 60_000;

/** Milliseconds since 1970. A date without a zone, which the retail service writes, is UTC. */
function readInstant(text: string): number | null {
  const found = isoInstant.exec(text);
  if (found === null) return null;
  const [, year, month, day, hour = "0", minutes = "0", seconds = "0", fraction = "0"] = found;
  if (Number(hour) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  // Date.UTC takes the years 0 to 99, as in the placeholder 0001-01-01, for 1900 to 1999.
  const midnight = Date.UTC(Math.max(100, Number(year)), Number(month) - 1, Number(day));
  // 31 February rolls over into March, month 13 into the next year.
  if (new Date(midnight).getUTCDate() !== Number(day) || Number(month) > 12) return null;
  const clock = (Number(hour) * 60 + Number(minutes)) * minute + Number(seconds) * 1000;
  const millis = fraction === "0" ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000);
  return midnight + clock + millis - zoneOffset(found[8]);
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone.length === 1) return 0;
  const size = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * minute;
  return zone.startsWith("-") ? -size : size;
}

/** ISO 8601 in UTC with milliseconds. Dates before 1900 are placeholders for "always". */
export const readStart = remember((text): string | null => {
  const instant = readInstant(text);
  if (instant === null) return null;
  return instant < Date.UTC(1900, 0, 1) ? openStart : new Date(instant).toISOString();
});

/**
 * The first instant at which the price no longer holds: `{ at: null }` is an open end (an empty
 * cell, the placeholder year 9999), null an unreadable one. Sources write the last minute or
 * second of a day for an inclusive end; that is the following midnight here, where the next
 * price of the same item starts.
 */
export const readEnd = remember((text): { at: string | null } | null => {
  if (text === "") return openEnd;
  const instant = readInstant(text);
  if (instant === null) return null;
  if (instant >= Date.UTC(9999, 0, 1)) return openEnd;
  const day = 24 * 60 * minute;
  const untilMidnight = day - (instant - Math.floor(instant / day) * day);
  const exclusive = untilMidnight <= minute ? instant + untilMidnight : instant;
  return { at: new Date(exclusive).toISOString() };
});

const openEnd = Object.freeze({ at: null });

/** Control characters other than tab and line ends, and what decoding puts for broken UTF-8. */
const unprintable = /[^\P{Cc}\t\n\r]|\uFFFD/u;

/** No character that PostgreSQL or a JSON reader refuses, and none that decoding has lost. */
export function isPlainText(text: string): boolean {
  return !unprintable.test(text) && text.isWellFormed();
}
