import fc from "fast-check";
import { expect, test } from "vitest";
import { newId } from "../../foundation/ids.ts";
import { type Continuation, lastIdOf, openContinuation, sealContinuation } from "./continuation.ts";

const seal = {
  secret: new Uint8Array(32).fill(1),
  partnerId: "3b33e682-00c3-41ee-9dd2-a548adf56438",
  list: "/invoices/unbilled/lineitems?provider=OneTime&currencycode=USD&period=previous",
};

const continuation: Continuation = {
  size: 2000,
  month: "2024-10",
  after: {
    occurredAt: new Date("2024-10-11T09:14:07.118Z"),
    orderId: "2y6dF_rVgDAXMxypQPPnTquuXhKVK_3N1",
    lineNumber: 199,
    chargeId: "0192f0a0-0000-7000-8000-000000000001",
  },
  readAt: 1_728_638_047_118,
};

test("a token gives back what was sealed", () => {
  expect(openContinuation(seal, sealContinuation(seal, continuation))).toEqual(continuation);
});

test("a token is base64url and shorter than the longest that is read", () => {
  const token = sealContinuation(seal, continuation);
  expect(token).toMatch(/^[\w-]+$/);
  expect(token.length).toBeLessThan(512);
});

test.each([
  ["secret", { secret: new Uint8Array(32) }],
  ["partner", { partnerId: "another" }],
  ["list", { list: "/invoices/G000000001/lineitems" }],
])("a token of another %s is none", (_name, other) => {
  const token = sealContinuation(seal, continuation);
  expect(openContinuation({ ...seal, ...other }, token)).toBeUndefined();
});

test("a token with any character changed, added or lost is none", () => {
  const token = sealContinuation(seal, continuation);
  const position = fc.nat({ max: token.length - 1 });
  const character = fc.constantFrom(..."abcXYZ019-_=+/. \n");
  fc.assert(
    fc.property(position, character, fc.nat({ max: 1 }), (at, other, cut) => {
      const changed = token.slice(0, at) + other + token.slice(at + cut);
      fc.pre(changed !== token);
      expect(openContinuation(seal, changed)).toBeUndefined();
    }),
  );
  expect(openContinuation(seal, token.slice(0, -1))).toBeUndefined();
  expect(openContinuation(seal, "")).toBeUndefined();
});

test("the last id of a millisecond is above all ids made in it and below those made later", () => {
  const id = newId();
  const ms = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  expect(lastIdOf(ms)).toMatch(/^[\da-f]{8}-[\da-f]{4}-7fff-bfff-f{12}$/);
  expect(lastIdOf(ms) >= id).toBe(true);
  expect(lastIdOf(ms - 1) < id).toBe(true);
});
