import fc from "fast-check";
import { expect, test } from "vitest";
import {
  customerPage,
  decodeToken,
  encodeToken,
  type PageRequest,
  readPageRequest,
} from "./customer-list.ts";

const id = "11111111-1111-4111-8111-111111111111";

function filterOf(filter: string): PageRequest["filter"] {
  return readPageRequest({ filter }).filter;
}

test.each([
  [undefined, 500],
  ["0", 500],
  ["1", 1],
  ["500", 500],
  ["501", 500],
  ["999999999999", 500],
])("size %s gives pages of %i", (size, expected) => {
  expect(readPageRequest(size === undefined ? {} : { size }).size).toBe(expected);
});

test.each(["-1", "1.5", "ten", "+1", "1e2", " 1"])("size %j is refused", (size) => {
  expect(() => readPageRequest({ size })).toThrow(/^MALFORMED_ARGUMENT/);
});

test.each([
  '{"Field":"CompanyName","Value":"cont","Operator":"starts_with"}',
  '{"Field":"CompanyName","Value":"cont","Operator":"StartsWith"}',
  '{"operator":"StartsWith","fieldType":"String","field":"CompanyName","value":"cont"}',
  '{"field":"companyname","value":"cont","operator":9}',
  '{"FIELD":"DisplayName","VALUE":"cont","OPERATOR":"STARTS_WITH","x":null}',
])("the filter %s is the prefix of a name", (text) => {
  expect(filterOf(text)).toEqual({ field: "CompanyName", operator: "starts_with", value: "cont" });
});

test("domains may be filtered too, and both fields by equality", () => {
  const text = '{"Field":"Domain","Value":"a.b","Operator":"equals"}';
  expect(filterOf(text)).toEqual({ field: "Domain", operator: "equals", value: "a.b" });
  expect(filterOf('{"Field":"DefaultDomainName","Value":"","Operator":0}')).toEqual({
    field: "Domain",
    operator: "equals",
    value: "",
  });
});

test.each([
  "",
  "cont",
  "[]",
  "null",
  "{}",
  '{"Field":"CompanyName","Operator":"starts_with"}',
  '{"Field":"CompanyName","Value":7,"Operator":"starts_with"}',
  '{"Field":"CompanyName","Value":"a\\u0000","Operator":"starts_with"}',
  '{"Field":"CompanyName","Value":"\\ud800","Operator":"starts_with"}',
  `{"Field":"CompanyName","Value":"${"a".repeat(301)}","Operator":"starts_with"}`,
  '{"Field":"CompanyName","Value":"a","Operator":"substring"}',
  '{"Field":"Email","Value":"a","Operator":"equals"}',
  '{"Field":"__proto__","Value":"a","Operator":"equals"}',
  '{"LeftFilter":{},"RightFilter":{},"Operator":"and"}',
])("the filter %s is refused", (text) => {
  expect(() => filterOf(text)).toThrow(/^MALFORMED_ARGUMENT/);
});

const requests = fc.record({
  filter: fc.option(
    fc.record({
      field: fc.constantFrom("CompanyName" as const, "Domain" as const),
      operator: fc.constantFrom("starts_with" as const, "equals" as const),
      value: fc
        .string({ unit: "grapheme", maxLength: 60 })
        .filter((value) => !value.includes("\u0000") && Buffer.byteLength(value) <= 300),
    }),
    { nil: undefined },
  ),
  size: fc.integer({ min: 1, max: 500 }),
  after: fc.uuid(),
}) as fc.Arbitrary<PageRequest & { after: string }>;

test("a token carries the whole request and survives headers and queries", () => {
  fc.assert(
    fc.property(requests, (request) => {
      const token = encodeToken(request);
      expect(token).toMatch(/^[\w-]{27,427}$/);
      expect(decodeToken(token)).toEqual(request);
    }),
  );
});

test("what is no token is refused, whatever it is", () => {
  const noToken = fc.oneof(fc.string(), fc.base64String(), fc.uuid());
  fc.assert(
    fc.property(noToken, (text) => {
      expect(() => decodeToken(text)).toThrow(/^MALFORMED_ARGUMENT/);
    }),
  );
  const token = encodeToken({ filter: undefined, size: 2, after: id });
  expect(() => decodeToken(`${token}==`)).toThrow(/^MALFORMED_ARGUMENT/);
  expect(() => decodeToken(`B${token.slice(1)}`)).toThrow(/^MALFORMED_ARGUMENT/);
  expect(() => decodeToken(`${token}AAAA`)).toThrow(/^MALFORMED_ARGUMENT/);
});

test("a token decides over the query that comes with it", () => {
  const token = encodeToken({ filter: undefined, size: 2, after: id });
  const next = { filter: undefined, size: 2, after: id };
  const query = { "MS-ContinuationToken": token, size: "7", filter: "{}" };
  expect(readPageRequest(query)).toEqual(next);
  expect(readPageRequest({ ...query, seekOperation: "NEXT" })).toEqual(next);
  expect(readPageRequest({ ...query, seekOperation: "0" })).toEqual(next);
  expect(readPageRequest({ ...query, seekOperation: "First" })).toEqual({
    ...next,
    after: undefined,
  });
});

test("a seek without its token, or of a kind that no client uses, is refused", () => {
  expect(() => readPageRequest({ seekOperation: "Next" })).toThrow(/^MALFORMED_ARGUMENT/);
  expect(() => readPageRequest({ seekOperation: "Last" })).toThrow(/^MALFORMED_ARGUMENT/);
  expect(readPageRequest({ seekOperation: "First" }).after).toBeUndefined();
});

test("a page links to the next one only where there is one", () => {
  const row = { customerId: id, domain: "a.example", companyName: "A" };
  const request: PageRequest = { filter: undefined, size: 1, after: undefined };
  const last = customerPage(request, [row]);
  expect(last).toMatchObject({ totalCount: 1, links: { self: { uri: "/customers?size=1" } } });
  expect(last).not.toHaveProperty("continuationToken");
  expect(last.links).not.toHaveProperty("next");
  const first = customerPage(request, [row, { ...row, customerId: "x" }]);
  expect(first.items).toHaveLength(1);
  expect(first.links?.next).toEqual({
    uri: "/customers?size=1&seekOperation=Next",
    method: "GET",
    headers: [{ key: "MS-ContinuationToken", value: first.continuationToken }],
  });
  expect(decodeToken(first.continuationToken ?? "").after).toBe(id);
});

test("the self link repeats the filter in a query that any client can take apart", () => {
  const filter = { field: "Domain", operator: "equals", value: "a&b?c" } as const;
  const { links } = customerPage({ filter, size: 5, after: undefined }, []);
  const uri = links?.self?.uri ?? "";
  expect(uri.split("?")).toHaveLength(2);
  const query = new URLSearchParams(uri.split("?")[1]);
  expect(readPageRequest({ filter: query.get("filter") ?? "" }).filter).toEqual(filter);
});
