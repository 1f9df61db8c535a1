import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonItem, jsonScanner } from "./json.ts";
import { DamagedSheetError, NotASheetError } from "./sheet-error.ts";

function scan(text: string, places: readonly number[] = [], longestItem = 10_000): JsonItem[] {
  const bytes = Buffer.from(text);
  const inside = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  const scanner = jsonScanner(longestItem);
  const items = [...inside, bytes.length].flatMap((place, index) => [
    ...scanner.push(bytes.subarray(inside[index - 1] ?? 0, place), false),
  ]);
  return [...items, ...scanner.push(Buffer.alloc(0), true)];
}

function valuesOf(text: string): unknown[] {
  return scan(text).map(({ value }) => value);
}

const page = (items: string) => `{"Currency": "USD", "Items": ${items}, "Count": 2}`;

describe("against JSON.parse", () => {
  const cuts = fc.array(fc.nat(), { maxLength: 6 });
  const indent = fc.constantFrom(undefined, 2);
  // Keys and strings full of what a scanner for braces and quotes could stumble over.
  const text = fc.string({ unit: fc.constantFrom("a", "é", '"', "\\", "{", "]", ",", "\n") });
  const tricky = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.constant(null),
      tie("list"),
      tie("map"),
    ),
    list: fc.array(tie("value"), { maxLength: 3 }),
    map: fc.dictionary(text, tie("value"), { maxKeys: 3 }),
  })).value;

  test("reads the items that JSON.parse reads, wherever the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(tricky), indent, cuts, (list, space, places) => {
        const source = JSON.stringify(list, null, space);
        const expected: unknown = JSON.parse(source);
        const items = scan(source, places);
        expect(items.map(({ value }) => value)).toEqual(expected);
        expect(items.map(({ number }) => number)).toEqual(list.map((_, index) => index + 1));
        const inPage = scan(page(source), places);
        expect(inPage.map(({ value }) => value)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("refuses every text that ends early", () => {
    const source = page('[{"a": "x]"}, {"b": [1, {"c": 2}]}]');
    for (let length = 1; length < source.length; length++) {
      expect(() => scan(source.slice(0, length)), `${length} bytes`).toThrow(
        /ends inside|not valid|without an array/,
      );
    }
    expect(scan(source)).toHaveLength(2);
  });
});

describe("forms", () => {
  test("an array and a page without items have none", () => {
    expect(valuesOf(" [ ] ")).toEqual([]);
    expect(valuesOf(page("[]"))).toEqual([]);
  });

  test("the member's name is matched without letter case", () => {
    expect(valuesOf('{"items":[1,2]}')).toEqual([1, 2]);
  });

  test("an object without items is no sheet", () => {
    expect(() => scan('{"a": 1}')).toThrow(NotASheetError);
  });
});

describe("damage", () => {
  test("a malformed item is refused with its number, after those before it", () => {
    const scanner = jsonScanner(1_000);
    const items = scanner.push(Buffer.from("[1,{]},3]"), true)[Symbol.iterator]();
    expect(items.next().value).toMatchObject({ number: 1, value: 1 });
    expect(() => items.next()).toThrow(/^Item 2 is not valid JSON/);
  });

  test("a comma without an item is refused", () => {
    expect(() => scan("[1,,2]")).toThrow(DamagedSheetError);
    expect(() => scan("[1,]")).toThrow(DamagedSheetError);
  });

  test("text behind the end is refused", () => {
    expect(() => scan("[1] 2")).toThrow(/around the 1 items is not valid/);
  });

  test("an item at the limit is read, one past it is refused", () => {
    expect(scan('["12345678"]', [11], 10)).toHaveLength(1);
    expect(() => scan('["123456789"]', [12], 10)).toThrow(/Item 1 is longer than 10 bytes/);
  });
});
