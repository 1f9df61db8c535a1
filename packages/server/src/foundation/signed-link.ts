/** Short-lived links that need no token: what they are for and until when, signed. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** 192 bits: what is cut off the signature keeps the token inside a path parameter's limit. */
const signatureLength = 32;

/**
 * A token of characters that need no escaping in a path. The purpose is signed with it, so that
 * no token of one purpose fits another. `parts` contain no line break.
 */
export function signLink(
  purpose: string,
  parts: readonly string[],
  expiresAt: Date,
  secret: Uint8Array,
): string {
  const seconds = Math.floor(expiresAt.getTime() / 1000);
  const payload = Buffer.from([seconds, ...parts].join("\n")).toString("base64url");
  return `${payload}.${signatureOf(purpose, payload, secret)}`;
}

/** The parts that a token was signed for and its end, or why it grants nothing. */
export function readLink(
  purpose: string,
  token: string,
  secret: Uint8Array,
  now: Date,
): { parts: string[]; expiresAt: Date } | "forged" | "expired" {
  const [payload = "", signature = "", ...rest] = token.split(".");
  const expected = Buffer.from(signatureOf(purpose, payload, secret));
  const given = Buffer.from(signature);
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isSigned || rest.length > 0) return "forged";
  const [seconds = "", ...parts] = Buffer.from(payload, "base64url").toString().split("\n");
  const expiresAt = new Date(Number(seconds) * 1000);
  return now.getTime() >= expiresAt.getTime() ? "expired" : { parts, expiresAt };
}

function signatureOf(purpose: string, payload: string, secret: Uint8Array): string {
  const mac = createHmac("sha256", secret).update(`${purpose}\n${payload}`).digest("base64url");
  return mac.slice(0, signatureLength);
}
