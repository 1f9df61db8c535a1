import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readInvoiceFilter } from "./invoice-filter.ts";

/** True when the filter lets an invoice of that date through. */
function lets(filter: object, date: string): boolean {
  const at = new Date(date).getTime();
  return readInvoiceFilter(JSON.stringify(filter)).some(({ from, to }) => at >= from && at < to);
}

const leaf = (Operator: string, Value: unknown = "2024-06-08") => ({
  Field: "InvoiceDate",
  Value,
  Operator,
});

describe("an invoice filter", () => {
  test.each([
    ["equals", false, true, false],
    ["not_equals", true, false, true],
    ["greater_than", false, false, true],
    ["greater_than_or_equals", false, true, true],
    ["less_than", true, false, false],
    ["less_than_or_equals", true, true, false],
  ])("%s compares with the invoice date", (operator, before, on, after) => {
    const filter = leaf(operator);
    expect([
      lets(filter, "2024-06-07T23:59:59.999Z"),
      lets(filter, "2024-06-08"),
      lets(filter, "2024-06-08T00:00:00.001Z"),
    ]).toEqual([before, on, after]);
  });

  test.each([
    {
      operator: "GreaterThanOrEquals",
      fieldType: "String",
      field: "invoice_date",
      value: "2024-06-08T00:00:00.0000000Z",
    },
    { OPERATOR: "GREATER_THAN_OR_EQUALS", Field: "INVOICEDATE", VALUE: "2024-06-08" },
    { Operator: "greaterthanorequals", field: "InvoiceDate", value: "2024-06-08T02:00:00 02:00" },
  ])("names and words are read in the spelling of %j", (filter) => {
    expect(lets(filter, "2024-06-07")).toBe(false);
    expect(lets(filter, "2024-06-08")).toBe(true);
  });

  test("and, or and nesting decide as logic does", () => {
    const operators = ["equals", "not_equals", "greater_than", "less_than_or_equals"] as const;
    const days = fc.integer({ min: 1, max: 6 });
    type Node = { test: (day: number) => boolean; json: object };
    const compare = {
      equals: (a: number, b: number) => a === b,
      not_equals: (a: number, b: number) => a !== b,
      greater_than: (a: number, b: number) => a > b,
      less_than_or_equals: (a: number, b: number) => a <= b,
    };
    const { node } = fc.letrec<{ node: Node; leaf: Node; pair: Node }>((tie) => ({
      node: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("leaf"), tie("pair")),
      leaf: fc.tuple(fc.constantFrom(...operators), days).map(([operator, day]) => ({
        test: (other) => compare[operator](other, day),
        json: leaf(operator, `2024-06-0${day}`),
      })),
      pair: fc
        .tuple(fc.constantFrom("and", "OR"), tie("node"), tie("node"))
        .map(([Operator, left, right]) => ({
          test: (day) =>
            Operator === "and"
              ? left.test(day) && right.test(day)
              : left.test(day) || right.test(day),
          json: { LeftFilter: left.json, RightFilter: right.json, Operator },
        })),
    }));
    fc.assert(
      fc.property(node, days, (filter, day) => {
        expect(lets(filter.json, `2024-06-0${day}`)).toBe(filter.test(day));
      }),
    );
  });

  test.each([
    ["no JSON", "InvoiceDate > 2024"],
    ["a list", "[]"],
    ["null", "null"],
    ["another field", JSON.stringify({ ...leaf("equals"), Field: "Total" })],
    ["substring", JSON.stringify(leaf("substring"))],
    ["starts_with", JSON.stringify(leaf("starts_with"))],
    ["a word of every object", JSON.stringify(leaf("constructor"))],
    ["no date", JSON.stringify(leaf("equals", "yesterday"))],
    ["no value", JSON.stringify({ Field: "InvoiceDate", Operator: "equals" })],
    ["half a node", JSON.stringify({ LeftFilter: leaf("equals"), Operator: "and" })],
    [
      "another node",
      JSON.stringify({
        LeftFilter: leaf("equals"),
        RightFilter: leaf("equals"),
        Operator: "xor",
      }),
    ],
  ])("%s is refused", (_name, filter) => {
    expect(() => readInvoiceFilter(filter)).toThrow("INVALID_PROPERTY");
  });

  test("no filter lets everything through", () => {
    expect(readInvoiceFilter(undefined)).toEqual([{ from: -Infinity, to: Infinity }]);
    expect(readInvoiceFilter(" ")).toEqual([{ from: -Infinity, to: Infinity }]);
  });
});
