/** The list of customers: filter, size, position, and the token that carries them on. */
import { loose, type Operations, type QueryOf, type ResultOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { link, uriWith } from "../../foundation/http/links.ts";
import { limits } from "../../foundation/limits.ts";
import { type ShortCustomer, shortCustomerView } from "./customer.ts";

/** The filters that the contract knows, by the number that stands for each in a token. */
const filterKinds = [
  { field: "CompanyName", operator: "starts_with" },
  { field: "CompanyName", operator: "equals" },
  { field: "Domain", operator: "starts_with" },
  { field: "Domain", operator: "equals" },
] as const;

export type CustomerFilter = (typeof filterKinds)[number] & { value: string };

/** One page to read. */
export interface PageRequest {
  filter: CustomerFilter | undefined;
  /** 1 to the largest page. */
  size: number;
  /** The customer after whom the page begins. */
  after: string | undefined;
}

/** Spellings of the fields; the latter two are those of the published OpenAPI file. */
const fields = new Map<string, CustomerFilter["field"]>([
  ["companyname", "CompanyName"],
  ["domain", "Domain"],
  ["displayname", "CompanyName"],
  ["defaultdomainname", "Domain"],
]);

/** Spellings of the operators, and their numbers in the vendor's enumeration. */
const operators = new Map<string, CustomerFilter["operator"]>([
  ["startswith", "starts_with"],
  ["9", "starts_with"],
  ["equals", "equals"],
  ["0", "equals"],
]);

/** Reads the query of the list. @throws Refusal MALFORMED_ARGUMENT */
export function readPageRequest(query: QueryOf<Operations["listCustomers"]>): PageRequest {
  const token = query["MS-ContinuationToken"];
  const seek = readSeek(query.seekOperation);
  if (token !== undefined) {
    const position = decodeToken(token);
    return seek === "first" ? { ...position, after: undefined } : position;
  }
  if (seek === "next") {
    refuse("MALFORMED_ARGUMENT", "seekOperation Next needs the MS-ContinuationToken of a page");
  }
  return {
    filter: query.filter === undefined ? undefined : readFilter(query.filter),
    size: readSize(query.size),
    after: undefined,
  };
}

/** Only these two of the vendor's five are used by clients; 0 and 2 are their numbers. */
function readSeek(operation: string | undefined): "next" | "first" | undefined {
  if (operation === undefined) return undefined;
  const spelling = loose(operation);
  if (spelling === "next" || spelling === "0") return "next";
  if (spelling === "first" || spelling === "2") return "first";
  return refuse("MALFORMED_ARGUMENT", `seekOperation ${operation} is not supported; use Next`);
}

/** Clients send `size=0` for "as you like"; more than a page is a page. */
function readSize(text: string | undefined): number {
  if (text === undefined) return limits.customerPage;
  if (!/^\d+$/.test(text)) refuse("MALFORMED_ARGUMENT", `size ${text} is not a whole number`);
  const size = Number(text);
  return size === 0 ? limits.customerPage : Math.min(size, limits.customerPage);
}

/** Reads a simple filter in any of its three spellings. */
function readFilter(text: string): CustomerFilter {
  const members = membersOf(text);
  const field = fields.get(loose(String(members.get("field"))));
  const operator = operators.get(loose(String(members.get("operator"))));
  if (members.has("leftfilter") || !field || !operator) {
    return refuse(
      "MALFORMED_ARGUMENT",
      "filter must be one condition on CompanyName or Domain with starts_with or equals",
    );
  }
  const value = members.get("value");
  return { field, operator, value: typeof value === "string" ? checkedValue(value) : noValue() };
}

function noValue(): never {
  return refuse("MALFORMED_ARGUMENT", "the filter's value must be a text");
}

/** A text that PostgreSQL can hold and a token can carry. */
function checkedValue(value: string): string {
  if (value.includes("\u0000") || !value.isWellFormed()) noValue();
  if (Buffer.byteLength(value) > limits.filterValueBytes) {
    refuse(
      "MALFORMED_ARGUMENT",
      `the filter's value is longer than ${limits.filterValueBytes} bytes`,
    );
  }
  return value;
}

/** The members of a JSON object by lower-case name. */
function membersOf(text: string): Map<string, unknown> {
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

/**
 * A token is base64url of: 1 (its form), the filter's number from 1 or 0 for none, the size in two
 * bytes, the customer's id in 16, the filter's value in UTF-8. It holds no more than the caller
 * may ask for anyway, so it is not signed; at most 427 characters.
 */
const tokenForm = 1;
const tokenHead = 20;

export function encodeToken(request: PageRequest & { after: string }): string {
  const { filter, size, after } = request;
  const kind = filterKinds.findIndex(
    (known) => known.field === filter?.field && known.operator === filter.operator,
  );
  const head = Buffer.alloc(4);
  head.writeUInt8(tokenForm, 0);
  head.writeUInt8(kind + 1, 1);
  head.writeUInt16BE(size, 2);
  const id = Buffer.from(after.replaceAll("-", ""), "hex");
  return Buffer.concat([head, id, Buffer.from(filter?.value ?? "")]).toString("base64url");
}

export function decodeToken(token: string): PageRequest & { after: string } {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.toString("base64url") !== token || bytes.length < tokenHead) return unknownToken();
  const kind = bytes.readUInt8(1);
  const size = bytes.readUInt16BE(2);
  const known = filterKinds[kind - 1];
  const value = utf8(bytes.subarray(tokenHead));
  const isWhole = kind === 0 ? value === "" : known !== undefined;
  if (bytes.readUInt8(0) !== tokenForm || size < 1 || size > limits.customerPage || !isWhole) {
    return unknownToken();
  }
  const id = bytes.subarray(4, tokenHead).toString("hex");
  return {
    filter: known && { ...known, value: checkedValue(value) },
    size,
    after: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  };
}

export function unknownToken(): never {
  return refuse("MALFORMED_ARGUMENT", "MS-ContinuationToken is not a token of this list");
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return unknownToken();
  }
}

/** The answer's envelope. `rows` holds one row more than the page where there is a further one. */
export function customerPage(
  request: PageRequest,
  rows: readonly ShortCustomer[],
): ResultOf<Operations["listCustomers"]> {
  const shown = rows.slice(0, request.size);
  const last = shown.at(-1);
  const next =
    rows.length > shown.length && last
      ? encodeToken({ ...request, after: last.customerId })
      : undefined;
  return {
    totalCount: shown.length,
    items: shown.map(shortCustomerView),
    ...(next !== undefined && { continuationToken: next }),
    links: {
      self: pageLink(request),
      ...(next !== undefined && { next: seekLink(request.size, next) }),
    },
    attributes: { objectType: "Collection" },
  };
}

/** The request as it was understood, with its defaults. */
function pageLink(request: PageRequest) {
  const { filter, size, after } = request;
  if (after !== undefined) return seekLink(size, encodeToken({ ...request, after }));
  const condition = filter && {
    Field: filter.field,
    Value: filter.value,
    Operator: filter.operator,
  };
  return link(uriWith("/customers", { size, filter: condition && JSON.stringify(condition) }));
}

/** Clients copy the header from here: the token in the body is read by some of them only. */
function seekLink(size: number, token: string) {
  return link(uriWith("/customers", { size, seekOperation: "Next" }), "GET", [
    { key: "MS-ContinuationToken", value: token },
  ]);
}
