/** The list of customers: filter, size, position, and the token that carries them on. */
import { loose, type Operations, type QueryOf, type ResultOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { link, uriWith } from "../../foundation/http/links.ts";
import { limits } from "../../foundation/limits.ts";
import { type ShortCustomer, shortCustomerView } from "./customer.ts";
import { readFilter } from "./filter.ts";
import { openPage, type Seal, sealPage } from "./list-token.ts";
import {
  type CustomerFilter,
  filterFields,
  filterOperators,
  type PageRequest,
  type Position,
} from "./page-request.ts";

/** What customers can be filtered by; `DisplayName` and the like are the OpenAPI file's names. */
const filterable = {
  fields: new Map<string, CustomerFilter["field"]>([
    ...filterFields.flatMap((field, number): [string, CustomerFilter["field"]][] => [
      [field.toLowerCase(), field],
      [String(number), field],
    ]),
    ["displayname", "CompanyName"],
    ["defaultdomainname", "Domain"],
  ]),
  operators: filterOperators,
};

/** Reads the query of the list. @throws Refusal MALFORMED_ARGUMENT */
export function readPageRequest(
  query: QueryOf<Operations["listCustomers"]>,
  seal: Seal,
): PageRequest {
  const token = query["MS-ContinuationToken"];
  const seek = readSeek(query.seekOperation);
  if (token !== undefined) {
    const page = openPage(seal, token);
    if (!page) {
      return refuse("MALFORMED_ARGUMENT", "MS-ContinuationToken is not a token of this list");
    }
    return seek === "first" ? { ...page, after: undefined } : page;
  }
  if (seek === "next") {
    refuse("MALFORMED_ARGUMENT", "seekOperation Next needs the MS-ContinuationToken of a page");
  }
  return {
    filter: readFilter(query, filterable),
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

/** The answer's envelope. `rows` holds one row more than the page where there is a further one. */
export function customerPage(
  request: PageRequest,
  rows: readonly (ShortCustomer & Position)[],
  seal: Seal,
): ResultOf<Operations["listCustomers"]> {
  const shown = rows.slice(0, request.size);
  const last = shown.at(-1);
  const next =
    rows.length > shown.length && last !== undefined ? sealPage(seal, request, last) : undefined;
  return {
    totalCount: shown.length,
    items: shown.map(shortCustomerView),
    ...(next !== undefined && { continuationToken: next }),
    links: {
      self: pageLink(request, seal),
      ...(next !== undefined && { next: seekLink(request.size, next) }),
    },
    attributes: { objectType: "Collection" },
  };
}

/** The request as it was understood, with its defaults. */
function pageLink(request: PageRequest, seal: Seal) {
  const { filter, size, after } = request;
  if (after !== undefined) return seekLink(size, sealPage(seal, request, after));
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
