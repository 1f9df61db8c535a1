/**
 * The `filter` of the invoice list: comparisons of the invoice date, joined with `and` and `or`.
 * Whatever it says is a union of spans of time, so one prepared statement serves every filter.
 */
import { loose, read, type TSchema } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";

/** A span of time in ms since 1970: from inclusive, to exclusive, either may be infinite. */
export interface Span {
  from: number;
  to: number;
}

const always: readonly Span[] = [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];

/** Invoice dates are whole milliseconds: `> t` is the same as `>= t + 1`. */
const comparisons: Readonly<Record<string, (at: number) => Span[]>> = {
  equals: (at) => [{ from: at, to: at + 1 }],
  notequals: (at) => [
    { from: Number.NEGATIVE_INFINITY, to: at },
    { from: at + 1, to: Number.POSITIVE_INFINITY },
  ],
  greaterthan: (at) => [{ from: at + 1, to: Number.POSITIVE_INFINITY }],
  greaterthanorequals: (at) => [{ from: at, to: Number.POSITIVE_INFINITY }],
  lessthan: (at) => [{ from: Number.NEGATIVE_INFINITY, to: at }],
  lessthanorequals: (at) => [{ from: Number.NEGATIVE_INFINITY, to: at + 1 }],
};

/**
 * Reads a filter: `{"Field":"InvoiceDate","Value":"2024-01-01","Operator":"less_than"}`, or a node
 * `{"LeftFilter":…,"RightFilter":…,"Operator":"and"}`; names and words in any spelling. Answers
 * the spans of invoice dates that it lets through; refuses others with INVALID_PROPERTY.
 */
export function readInvoiceFilter(filter: string | undefined): readonly Span[] {
  if (filter === undefined || filter.trim() === "") return always;
  return spansOf(parse(filter));
}

function parse(filter: string): unknown {
  try {
    return JSON.parse(filter);
  } catch {
    return bad("it is not JSON");
  }
}

function bad(cause: string): never {
  return refuse("INVALID_PROPERTY", `filter cannot be applied: ${cause}`);
}

function spansOf(filter: unknown): Span[] {
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    return bad("it must be an object");
  }
  const members = new Map(Object.entries(filter).map(([name, value]) => [loose(name), value]));
  const operator = loose(String(members.get("operator") ?? ""));
  if (members.has("leftfilter") || members.has("rightfilter")) {
    const left = spansOf(members.get("leftfilter"));
    const right = spansOf(members.get("rightfilter"));
    if (operator === "and") return both(left, right);
    if (operator === "or") return [...left, ...right];
    return bad("two filters are joined with and, or");
  }
  if (loose(String(members.get("field") ?? "")) !== "invoicedate") {
    return bad("the field must be InvoiceDate");
  }
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (!compare) {
    return bad(
      "the operator must be one of equals, not_equals, greater_than, greater_than_or_equals, " +
        "less_than, less_than_or_equals",
    );
  }
  return compare(instantOf(members.get("value")));
}

const DateValue = { type: "string", format: "date-time", maxLength: 40 } as TSchema;

/** Dates are read as the contract reads them everywhere, a space for a lost `+` included. */
function instantOf(value: unknown): number {
  const reading = read(DateValue, value, "value");
  if (!reading.ok || typeof reading.value !== "string") {
    return bad("the value must be an ISO 8601 date or date-time");
  }
  return new Date(reading.value).getTime();
}

function both(left: readonly Span[], right: readonly Span[]): Span[] {
  return left
    .flatMap((a) =>
      right.map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })),
    )
    .filter(({ from, to }) => from < to);
}
