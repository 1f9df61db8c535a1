import fc from "fast-check";
import { expect, test } from "vitest";
import { readLink, signLink } from "./signed-link.ts";

const secret = Buffer.from("a secret of the installation");
const end = new Date("2026-05-01T12:00:00Z");
const before = new Date("2026-05-01T11:59:59Z");
const part = fc.string({ maxLength: 40 }).filter((text) => !text.includes("\n"));

test("a link gives back what was signed, until its end", () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const token = signLink("a", parts, end, secret);
      expect(token).toMatch(/^[\w.-]+$/);
      expect(readLink("a", token, secret, before)).toEqual({ parts, expiresAt: end });
      expect(readLink("a", token, secret, end)).toBe("expired");
    }),
  );
});

test("a link of another purpose or secret, or with a changed character, is forged", () => {
  const token = signLink("a", ["x", "y"], end, secret);
  expect(readLink("b", token, secret, before)).toBe("forged");
  expect(readLink("a", token, Buffer.from("another"), before)).toBe("forged");
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === "A" ? "B" : "A";
    const changed = token.slice(0, at) + other + token.slice(at + 1);
    expect(readLink("a", changed, secret, before)).toBe("forged");
  }
  expect(readLink("a", `${token}.x`, secret, before)).toBe("forged");
  expect(readLink("a", "", secret, before)).toBe("forged");
});
