import { expect, test } from "vitest";
import { differencesOf } from "./shape.ts";

test.each([
  ["a missing member", { a: 1, b: "x" }, { a: 2 }, [{ path: "b", kind: "we-omit" }]],
  ["a further member", { a: 1 }, { a: 2, c: true }, [{ path: "c", kind: "we-add" }]],
  ["another type", { a: "1" }, { a: 1 }, [{ path: "a", kind: "other-type" }]],
  [
    "another case of a name",
    { Aa: 1 },
    { aa: 1 },
    [
      { path: "Aa", kind: "we-omit" },
      { path: "aa", kind: "we-add" },
    ],
  ],
  [
    "in the items of a list",
    { items: [{ a: 1 }] },
    { items: [{ b: 1 }] },
    [
      { path: "items[].a", kind: "we-omit" },
      { path: "items[].b", kind: "we-add" },
    ],
  ],
  [
    "a list for an object",
    { a: { b: 1 } },
    { a: [1] },
    [
      { path: "a", kind: "other-type" },
      { path: "a.b", kind: "we-omit" },
      { path: "a[]", kind: "we-add" },
    ],
  ],
  ["once, for what holds further members", { a: { b: { c: 1 } } }, {}, []],
])("finds %s", (_case, documented, ours, expected) => {
  const found = differencesOf(documented, ours);
  if (expected.length === 0) expect(found).toEqual([{ path: "a", kind: "we-omit" }]);
  else expect(found).toEqual(expected);
});

test.each([
  ["values", { a: 1, b: ["x"] }, { a: 2, b: ["y", "z"] }],
  ["a documented null", { a: null }, {}],
  ["a documented null that we fill", { a: null }, { a: { b: 1 } }],
  ["an empty documented list", { a: [] }, { a: [{ b: 1 }] }],
  ["our empty list", { a: [{ b: 1 }] }, { a: [] }],
  ["names that are data", { dynamicAttributes: { x: "1" } }, { dynamicAttributes: { y: "1" } }],
  ["a member of some items only", { a: [{ b: 1 }, {}] }, { a: [{ b: 1 }] }],
])("lets pass %s", (_case, documented, ours) => {
  expect(differencesOf(documented, ours)).toEqual([]);
});
