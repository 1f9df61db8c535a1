import { expect, test } from "vitest";
import { readFilter } from "./filter.ts";

const known = {
  fields: new Map([
    ["companyname", "CompanyName"],
    ["displayname", "CompanyName"],
    ["0", "CompanyName"],
  ]),
  operators: ["starts_with", "equals"] as const,
};
const expected = { field: "CompanyName", operator: "starts_with", value: "cont" };

function filterOf(filter: string) {
  return readFilter({ filter }, known);
}

test.each([
  '{"Field":"CompanyName","Value":"cont","Operator":"starts_with"}',
  '{"Field":"CompanyName","Value":"cont","Operator":"StartsWith"}',
  '{"operator":"StartsWith","fieldType":"String","field":"CompanyName","value":"cont"}',
  '{"field":"companyname","value":"cont","operator":9}',
  '{"field":0,"value":"cont","operator":"9"}',
  '{"FIELD":"Display_Name","VALUE":"cont","OPERATOR":"STARTS_WITH","x":null}',
])("the filter %s is the prefix of a name", (text) => {
  expect(filterOf(text)).toEqual(expected);
});

test("equals is another operator, in words or as number", () => {
  const equal = { ...expected, operator: "equals", value: "" };
  expect(filterOf('{"Field":"CompanyName","Value":"","Operator":"Equals"}')).toEqual(equal);
  expect(filterOf('{"Field":"CompanyName","Value":"","Operator":0}')).toEqual(equal);
});

test("a filter may come in three parameters, and its value may be empty", () => {
  const dotted = { "filter.field": "companyName", "filter.operator": "startswith" };
  expect(readFilter({ ...dotted, "filter.value": "cont" }, known)).toEqual(expected);
  expect(readFilter(dotted, known)).toEqual({ ...expected, value: "" });
  expect(readFilter({}, known)).toBeUndefined();
});

test("of both forms the JSON counts", () => {
  const filter = '{"Field":"CompanyName","Value":"cont","Operator":"starts_with"}';
  expect(readFilter({ filter, "filter.value": "other" }, known)).toEqual(expected);
});

test.each([
  { "filter.field": "CompanyName" },
  { "filter.value": "cont" },
  { "filter.field": "Email", "filter.value": "a", "filter.operator": "equals" },
  { "filter.field": "CompanyName", "filter.value": "a", "filter.operator": "substring" },
])("the parameters %j are no filter", (query) => {
  expect(() => readFilter(query, known)).toThrow(/^MALFORMED_ARGUMENT/);
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
  '{"Field":"CompanyName","Value":"a","Operator":-1}',
  '{"Field":"CompanyName","Value":"a","Operator":11}',
  '{"Field":"Email","Value":"a","Operator":"equals"}',
  '{"Field":"__proto__","Value":"a","Operator":"equals"}',
  '{"LeftFilter":{},"RightFilter":{},"Operator":"and"}',
])("the filter %s is refused", (text) => {
  expect(() => filterOf(text)).toThrow(/^MALFORMED_ARGUMENT/);
});

test("a value at the limit is taken", () => {
  const value = "a".repeat(300);
  expect(filterOf(`{"Field":"CompanyName","Value":"${value}","Operator":"equals"}`)?.value).toBe(
    value,
  );
});
