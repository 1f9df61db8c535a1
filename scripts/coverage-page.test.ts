import { expect, test } from "vitest";
import { allOperations, errors } from "../packages/contract/src/index.ts";
import { coveragePage, type Observation } from "./coverage-page.ts";

const getCart = allOperations.find(({ id }) => id === "getCart");
if (!getCart) throw new Error("the contract has no getCart");

function page(observations: readonly Observation[]): string {
  return coveragePage(getCart ? [getCart] : [], observations);
}

test("what no test has seen is bold, and listed at the end", () => {
  const text = page([]);
  expect(text).toContain("1 operations; 0 were seen to succeed");
  expect(text).toContain("**200**");
  expect(text).toMatch(/- `getCart`: 200, .*404\/800008/);
});

test("an answer and a refusal that were seen are plain", () => {
  const text = page([
    { operation: "getCart", status: 200 },
    { operation: "getCart", status: 404, code: errors.CART_NOT_FOUND.code },
    { operation: "getCart", status: 200, form: "doubled slash" },
    { operation: "getOrder", status: 404, code: 20000 },
  ]);
  expect(text).toContain("1 operations; 1 were seen to succeed");
  expect(text).not.toContain("**404/800008**");
  expect(text).toContain("| doubled slash |");
  expect(text).not.toContain("20000");
});

test("a status of the same number with another code is not the refusal", () => {
  const text = page([{ operation: "getCart", status: 404, code: errors.NOT_FOUND.code }]);
  expect(text).toContain("**404/800008**");
});

test("when each was seen, it says so", () => {
  const observed = (getCart?.errors ?? []).map((key) => ({
    operation: "getCart",
    status: errors[key].status,
    code: errors[key].code,
  }));
  const text = page([{ operation: "getCart", status: 200 }, ...observed]);
  expect(text).toContain("Nothing: each was seen.");
  expect(text).not.toMatch(/\*\*\d/);
});

test("a refusal to a HEAD is seen by its status, since it has no body", () => {
  const head = allOperations.find(({ method }) => method === "HEAD");
  if (!head) throw new Error("the contract has no HEAD");
  const seen = head.errors.map((key) => ({ operation: head.id, status: errors[key].status }));
  const text = coveragePage([head], [{ operation: head.id, status: 200 }, ...seen]);
  expect(text).toContain("Nothing: each was seen.");
  expect(coveragePage([head], [])).not.toContain("Nothing: each was seen.");
});
