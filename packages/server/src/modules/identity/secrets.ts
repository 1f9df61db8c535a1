/** Passwords and client secrets are kept as scrypt hashes, each with a salt of its own. */
import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/**
 * Work factor of new hashes; a stored hash names its own, so that these may rise. Measured: 16 MiB
 * and 60 ms each on one core, on libuv's threads, so that the event loop serves on meanwhile.
 */
const cost = { N: 16_384, r: 8, p: 1 } as const;
const keyLength = 32;
const saltLength = 16;

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(saltLength);
  const hash = await derive(secret, salt, cost);
  const parts = [cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64url")];
  return `scrypt$${parts.join("$")}`;
}

/** Compares in constant time. False for a hash that is none of ours. */
export async function matchesSecret(secret: string, stored: string): Promise<boolean> {
  const [scheme, n, r, p, salt = "", hash = ""] = stored.split("$");
  const expected = Buffer.from(hash, "base64url");
  if (scheme !== "scrypt" || expected.length !== keyLength) return false;
  const work = { N: Number(n), r: Number(r), p: Number(p) };
  const given = await derive(secret, Buffer.from(salt, "base64url"), work);
  return timingSafeEqual(given, expected);
}

function derive(
  secret: string,
  salt: Buffer,
  work: { N: number; r: number; p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, keyLength, work, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** The stored form of a refresh token: 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
