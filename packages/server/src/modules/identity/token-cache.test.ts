import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenCache } from "./token-cache.ts";
import type { VerifiedToken } from "./tokens.ts";

const start = new Date("2026-01-01T00:00:00Z");

function tokenUntil(seconds: number): VerifiedToken {
  return {
    claims: {},
    expiresAt: new Date(start.getTime() + seconds * 1000),
    caller: {
      partnerId: "p",
      kind: "app",
      objectId: "o",
      applicationId: "a",
      userName: undefined,
      roles: [],
    },
  };
}

test("a remembered token is known until it expires, and not from then on", () => {
  const cache = createTokenCache(2);
  const token = tokenUntil(60);
  cache.put("t", token);
  expect(cache.get("t", start)).toBe(token);
  expect(cache.get("t", new Date(start.getTime() + 59_999))).toBe(token);
  expect(cache.get("t", new Date(start.getTime() + 60_000))).toBeUndefined();
  expect(cache.get("t", start)).toBeUndefined();
});

test("of more tokens than the limit the least recently used is forgotten", () => {
  const cache = createTokenCache(2);
  cache.put("a", tokenUntil(60));
  cache.put("b", tokenUntil(60));
  cache.get("a", start);
  cache.put("c", tokenUntil(60));
  expect(cache.get("b", start)).toBeUndefined();
  expect(cache.get("a", start)).toBeDefined();
  expect(cache.get("c", start)).toBeDefined();
});

test("the memory of tokens never answers another token and never outgrows its limit", () => {
  const step = fc.record({ put: fc.boolean(), name: fc.constantFrom(..."abcdefgh") });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = createTokenCache(3);
      const put = new Map<string, VerifiedToken>();
      for (const { put: puts, name } of steps) {
        if (puts) {
          put.set(name, tokenUntil(60));
          cache.put(name, put.get(name) as VerifiedToken);
        } else {
          expect([undefined, put.get(name)]).toContain(cache.get(name, start));
        }
      }
      const kept = [..."abcdefgh"].filter((name) => cache.get(name, start));
      expect(kept.length).toBeLessThanOrEqual(3);
    }),
  );
});
