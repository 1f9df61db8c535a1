import { expect, test } from "vitest";
import { hashSecret, hashToken, matchesSecret } from "./secrets.ts";

test("a secret matches its own hash and no other secret does", async () => {
  const stored = await hashSecret("secret");
  expect(await matchesSecret("secret", stored)).toBe(true);
  expect(await matchesSecret("Secret", stored)).toBe(false);
  expect(await matchesSecret("", stored)).toBe(false);
});

test("the same secret is stored differently each time, and never as it is", async () => {
  const [first, second] = await Promise.all([hashSecret("secret"), hashSecret("secret")]);
  expect(first).not.toBe(second);
  expect(first).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(first).not.toContain("secret");
});

test("a stored text that is no hash of ours matches nothing", async () => {
  for (const stored of ["", "secret", "bcrypt$1$1$1$a$b", "scrypt$16384$8$1$$"]) {
    expect(await matchesSecret("", stored)).toBe(false);
    expect(await matchesSecret("secret", stored)).toBe(false);
  }
});

test("the hash of a refresh token is the same each time and is not the token", () => {
  expect(hashToken("token")).toBe(hashToken("token"));
  expect(hashToken("token")).not.toBe(hashToken("Token"));
});
