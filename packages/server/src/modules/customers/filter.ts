/** The filter of a list: one condition, in the spellings of all clients. */
import { loose } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { limits } from "../../foundation/limits.ts";

/** Parameters of a list that takes a filter. */
interface FilterQuery {
  /** JSON: `Field`, `Value`, `Operator` in any case; further members are not looked at. */
  filter?: string | undefined;
  /** The same condition in three parameters. */
  "filter.field"?: string | undefined;
  "filter.value"?: string | undefined;
  "filter.operator"?: string | undefined;
}

/** What a list can be filtered by. */
interface Filterable<F extends string, O extends FilterOperator> {
  /** Fields by their spelling in lower case, other names and numbers of members included. */
  fields: ReadonlyMap<string, F>;
  operators: readonly O[];
}

export interface Filter<F extends string, O extends FilterOperator> {
  field: F;
  operator: O;
  value: string;
}

/** In the order of the vendor's enumeration: some clients send the number. */
const filterOperators = [
  "equals",
  "not_equals",
  "greater_than",
  "greater_than_or_equals",
  "less_than",
  "less_than_or_equals",
  "substring",
  "and",
  "or",
  "starts_with",
  "not_starts_with",
] as const;
type FilterOperator = (typeof filterOperators)[number];

/**
 * Reads the filter; undefined without one. `starts_with`, `StartsWith` and 9 are the same.
 *
 * @throws Refusal MALFORMED_ARGUMENT for what is no JSON, another field or operator, a compound
 */
export function readFilter<F extends string, O extends FilterOperator>(
  query: FilterQuery,
  { fields, operators }: Filterable<F, O>,
): Filter<F, O> | undefined {
  const members = membersOf(query);
  if (!members) return undefined;
  const field = fields.get(loose(String(members.get("field"))));
  const spelling = loose(String(members.get("operator")));
  const operator = operators.find(
    (known) => loose(known) === spelling || String(filterOperators.indexOf(known)) === spelling,
  );
  if (members.has("leftfilter") || field === undefined || operator === undefined) {
    const known = [...new Set(fields.values())].join(", ");
    refuse(
      "MALFORMED_ARGUMENT",
      `filter must be one condition on ${known} with ${operators.join(" or ")}`,
    );
  }
  return { field, operator, value: checkedValue(members.get("value")) };
}

/** The members of the filter by lower-case name; undefined where there is no filter. */
function membersOf(query: FilterQuery): Map<string, unknown> | undefined {
  if (query.filter !== undefined) return membersOfJson(query.filter);
  const field = query["filter.field"];
  const operator = query["filter.operator"];
  const value = query["filter.value"];
  if (field === undefined && operator === undefined && value === undefined) return undefined;
  // A query cannot tell an empty text from none.
  return new Map(Object.entries({ field, operator, value: value ?? "" }));
}

function membersOfJson(text: string): Map<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("MALFORMED_ARGUMENT", "the filter is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("MALFORMED_ARGUMENT", "the filter is not a JSON object");
  }
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

/** A text that PostgreSQL can hold and a continuation token can carry. */
function checkedValue(value: unknown): string {
  if (typeof value !== "string" || value.includes("\u0000") || !value.isWellFormed()) {
    return refuse("MALFORMED_ARGUMENT", "the filter's value must be a text");
  }
  if (Buffer.byteLength(value) > limits.filterValueBytes) {
    const most = limits.filterValueBytes;
    refuse("MALFORMED_ARGUMENT", `the filter's value is longer than ${most} bytes`);
  }
  return value;
}
