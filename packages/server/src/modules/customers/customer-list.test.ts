import { expect, test } from "vitest";
import { customerPage, readPageRequest } from "./customer-list.ts";
import { openPage, sealPage } from "./list-token.ts";
import type { PageRequest } from "./page-request.ts";

const seal = { secret: new Uint8Array(32).fill(7), partnerId: "p" };
const after = { sortName: "a", customerId: "11111111-1111-4111-8111-111111111111" };
const read = (query: Parameters<typeof readPageRequest>[0]) => readPageRequest(query, seal);

test.each([
  [undefined, 500],
  ["0", 500],
  ["1", 1],
  ["500", 500],
  ["501", 500],
  ["999999999999", 500],
])("size %s gives pages of %i", (size, expected) => {
  expect(read(size === undefined ? {} : { size }).size).toBe(expected);
});

test.each(["-1", "1.5", "ten", "+1", "1e2", " 1"])("size %j is refused", (size) => {
  expect(() => read({ size })).toThrow(/^MALFORMED_ARGUMENT/);
});

test.each([
  ["CompanyName", "CompanyName"],
  ["DisplayName", "CompanyName"],
  ["Domain", "Domain"],
  ["defaultDomainName", "Domain"],
  ["IndirectReseller", "IndirectReseller"],
  ["indirect_cloud_solution_provider", "IndirectCloudSolutionProvider"],
  ["1", "Domain"],
])("customers are filtered by %s", (spelling, field) => {
  const filter = JSON.stringify({ Field: spelling, Value: "v", Operator: "equals" });
  expect(read({ filter }).filter).toEqual({ field, operator: "equals", value: "v" });
});

test("a token decides over the query that comes with it", () => {
  const page: PageRequest = { filter: undefined, size: 2, after: undefined };
  const next = { ...page, after };
  const query = { "MS-ContinuationToken": sealPage(seal, page, after), size: "7", filter: "{}" };
  expect(read(query)).toEqual(next);
  expect(read({ ...query, seekOperation: "NEXT" })).toEqual(next);
  expect(read({ ...query, seekOperation: "0" })).toEqual(next);
  expect(read({ ...query, seekOperation: "First" })).toEqual(page);
});

test("a seek without its token, or of a kind that no client uses, is refused", () => {
  expect(() => read({ seekOperation: "Next" })).toThrow(/^MALFORMED_ARGUMENT/);
  expect(() => read({ seekOperation: "Last" })).toThrow(/^MALFORMED_ARGUMENT/);
  expect(() => read({ "MS-ContinuationToken": "x" })).toThrow(/^MALFORMED_ARGUMENT/);
  expect(read({ seekOperation: "First" }).after).toBeUndefined();
});

test("a page links to the next one only where there is one, and never back", () => {
  const row = { ...after, domain: "a.example", companyName: "A" };
  const request: PageRequest = { filter: undefined, size: 1, after: undefined };
  const last = customerPage(request, [row], seal);
  expect(last).toMatchObject({ totalCount: 1, links: { self: { uri: "/customers?size=1" } } });
  expect(last).not.toHaveProperty("continuationToken");
  expect(Object.keys(last.links ?? {})).toEqual(["self"]);
  const first = customerPage(request, [row, { ...row, customerId: "x" }], seal);
  expect(first.items).toHaveLength(1);
  expect(first.links?.next).toEqual({
    uri: "/customers?size=1&seekOperation=Next",
    method: "GET",
    headers: [{ key: "MS-ContinuationToken", value: first.continuationToken }],
  });
  expect(openPage(seal, first.continuationToken ?? "")?.after).toEqual(after);
});

test("the self link repeats the filter in a query that any client can take apart", () => {
  const filter = { field: "Domain", operator: "equals", value: "a&b?c" } as const;
  const { links } = customerPage({ filter, size: 5, after: undefined }, [], seal);
  const uri = links?.self?.uri ?? "";
  expect(uri.split("?")).toHaveLength(2);
  const query = new URLSearchParams(uri.split("?")[1]);
  expect(read({ filter: query.get("filter") ?? "" }).filter).toEqual(filter);
});
