import fc from "fast-check";
import { expect, test } from "vitest";
import { openPage, sealPage } from "./list-token.ts";
import { filterFields, filterOperators, type PageRequest, type Position } from "./page-request.ts";

const seal = { secret: new Uint8Array(32).fill(7), partnerId: "p" };

const requests = fc.record({
  filter: fc.option(
    fc.record({
      field: fc.constantFrom(...filterFields),
      operator: fc.constantFrom(...filterOperators),
      value: fc
        .string({ unit: "grapheme", maxLength: 60 })
        .filter((value) => Buffer.byteLength(value) <= 300),
    }),
    { nil: undefined },
  ),
  size: fc.integer({ min: 1, max: 500 }),
  after: fc.record({
    sortName: fc.string({ unit: "binary", maxLength: 40 }).filter((name) => name.isWellFormed()),
    customerId: fc.uuid(),
  }),
}) as fc.Arbitrary<PageRequest & { after: Position }>;

test("a token carries the whole request and survives headers and queries", () => {
  fc.assert(
    fc.property(requests, (request) => {
      const token = sealPage(seal, request, request.after);
      expect(token).toMatch(/^[\w-]{48,662}$/);
      expect(openPage(seal, token)).toEqual(request);
    }),
  );
});

test("the longest token fits the query", () => {
  const filter = { field: "Domain", operator: "equals", value: "v".repeat(300) } as const;
  const after = {
    sortName: "\u{1f600}".repeat(40),
    customerId: "11111111-1111-4111-8111-111111111111",
  };
  expect(sealPage(seal, { filter, size: 500, after: undefined }, after)).toHaveLength(662);
});

test("what is no token is refused, whatever it is", () => {
  const noToken = fc.oneof(fc.string(), fc.base64String(), fc.uuid());
  fc.assert(
    fc.property(noToken, (text) => {
      expect(openPage(seal, text)).toBeUndefined();
    }),
  );
});

test("a token is good to the letter, and only for the partner and installation that made it", () => {
  fc.assert(
    fc.property(requests, fc.nat(), (request, at) => {
      const token = sealPage(seal, request, request.after);
      const index = at % token.length;
      const other = token[index] === "A" ? "B" : "A";
      const changed = `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
      expect(openPage(seal, changed)).toBeUndefined();
      expect(openPage(seal, `${token}=`)).toBeUndefined();
      expect(openPage({ ...seal, partnerId: "q" }, token)).toBeUndefined();
      expect(openPage({ ...seal, secret: new Uint8Array(32) }, token)).toBeUndefined();
    }),
  );
});
