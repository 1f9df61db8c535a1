import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyAlphabet, keyFrom, keyLength, newProductKey, openKey, sealKey } from "./product-key.ts";

const form = /^[2-9A-HJ-NP-Z]{5}(-[2-9A-HJ-NP-Z]{5}){4}$/;

describe("a product key", () => {
  test("comes 100 000 times without a repeat, in form, with all characters alike", () => {
    const count = 100_000;
    const keys = new Set(Array.from({ length: count }, newProductKey));
    expect(keys.size).toBe(count);
    const seen = new Map<string, number>();
    for (const key of keys) {
      if (!form.test(key)) throw new Error(`${key} is not in form`);
      for (const character of key.replaceAll("-", "")) {
        seen.set(character, (seen.get(character) ?? 0) + 1);
      }
    }
    const mean = (count * keyLength) / keyAlphabet.length;
    const chiSquare = [...keyAlphabet]
      .map((character) => ((seen.get(character) ?? 0) - mean) ** 2 / mean)
      .reduce((sum, part) => sum + part, 0);
    // 31 degrees of freedom: chance goes beyond 110 once in 10^10 runs.
    expect(chiSquare).toBeLessThan(110);
  });

  test("favours no character: each stands for as many bytes as any other", () => {
    expect(new Set(keyAlphabet).size).toBe(keyAlphabet.length);
    const bytes = Uint8Array.from({ length: 256 }, (_none, byte) => byte);
    const counts = Map.groupBy(keyFrom(bytes).replaceAll("-", ""), (character) => character);
    expect([...counts.values()].map((of) => of.length)).toEqual(Array(32).fill(256 / 32));
  });

  test("differs where its bytes differ in what a character holds", () => {
    const bytes = fc.uint8Array({ minLength: keyLength, maxLength: keyLength, max: 31 });
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        expect(keyFrom(one) === keyFrom(other)).toBe(Buffer.from(one).equals(Buffer.from(other)));
      }),
    );
  });
});

describe("a sealed key", () => {
  const secret = randomBytes(32);
  const owner = { partnerId: "p", orderId: "o1", lineNumber: 0 };
  const key = newProductKey();

  test("opens to what was sealed, and is sealed otherwise each time", () => {
    const [one, other] = [sealKey(key, owner, secret), sealKey(key, owner, secret)];
    expect([openKey(one, owner, secret), openKey(other, owner, secret)]).toEqual([key, key]);
    expect(one.equals(other)).toBe(false);
    expect(one.toString("latin1")).not.toContain(key.slice(0, 5));
  });

  test.each([
    ["another partner", { ...owner, partnerId: "q" }],
    ["another order", { ...owner, orderId: "o2" }],
    ["another line", { ...owner, lineNumber: 1 }],
    ["parts that read alike when joined", { ...owner, partnerId: "po", orderId: "1" }],
  ])("stays shut for %s", (_name, other) => {
    const sealed = sealKey(key, owner, secret);
    expect(() => openKey(sealed, other, secret)).toThrow();
  });

  test("stays shut without the installation's secret", () => {
    const sealed = sealKey(key, owner, secret);
    expect(() => openKey(sealed, owner, randomBytes(32))).toThrow();
  });

  test("stays shut when a bit of it was turned, or a part cut off", () => {
    const sealed = sealKey(key, owner, secret);
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const altered = Buffer.from(sealed);
        const at = Math.floor(bit / 8);
        altered[at] = (altered[at] ?? 0) ^ (1 << (bit % 8));
        expect(() => openKey(altered, owner, secret)).toThrow();
      }),
    );
    for (const length of [0, 1, 12, 28, sealed.length - 1]) {
      expect(() => openKey(sealed.subarray(0, length), owner, secret)).toThrow();
    }
  });
});
