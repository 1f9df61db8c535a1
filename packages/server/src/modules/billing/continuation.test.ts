import fc from "fast-check";
import { expect, test } from "vitest";
import { type Continuation, openContinuation, sealContinuation } from "./continuation.ts";

const signer = {
  secret: new Uint8Array(32).fill(1),
  partnerId: "3b33e682-00c3-41ee-9dd2-a548adf56438",
};

const continuation: Continuation = {
  list: "/invoices/unbilled/lineitems?provider=OneTime&invoicelineitemtype=BillingLineItems&currencycode=USD&period=previous",
  size: 2000,
  month: "2024-10",
  after: {
    occurredAt: new Date("2024-10-11T09:14:07.118Z"),
    orderId: "2y6dF_rVgDAXMxypQPPnTquuXhKVK_3N1",
    lineNumber: 199,
    chargeId: "0192f0a0-0000-7000-8000-000000000001",
  },
  snapshot: 123_456_789_012n,
};

test("a token gives back what was sealed", () => {
  expect(openContinuation(signer, sealContinuation(signer, continuation))).toEqual(continuation);
});

test("a token is base64url and shorter than the longest that is read", () => {
  const token = sealContinuation(signer, continuation);
  expect(token).toMatch(/^[\w-]+$/);
  expect(token.length).toBeLessThan(512);
});

test("a token of another secret or partner is none", () => {
  const token = sealContinuation(signer, continuation);
  expect(openContinuation({ ...signer, secret: new Uint8Array(32) }, token)).toBeUndefined();
  expect(openContinuation({ ...signer, partnerId: "another" }, token)).toBeUndefined();
});

test("a token with any character changed, added or lost is none", () => {
  const token = sealContinuation(signer, continuation);
  const position = fc.nat({ max: token.length - 1 });
  const character = fc.constantFrom(..."abcXYZ019-_=+/. \n");
  fc.assert(
    fc.property(position, character, fc.nat({ max: 1 }), (at, other, cut) => {
      const changed = token.slice(0, at) + other + token.slice(at + cut);
      fc.pre(changed !== token);
      expect(openContinuation(signer, changed)).toBeUndefined();
    }),
  );
  expect(openContinuation(signer, token.slice(0, -1))).toBeUndefined();
  expect(openContinuation(signer, "")).toBeUndefined();
});
