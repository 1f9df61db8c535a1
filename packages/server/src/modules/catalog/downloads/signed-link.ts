/** Short-lived links to downloads: what they are for and until when, signed. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface DownloadGrant {
  productId: string;
  skuId: string;
  optionKey: string;
  expiresAt: Date;
}

/** 192 bits: what is cut off the signature keeps the token inside a path parameter's limit. */
const signatureLength = 32;

/** A token of characters that need no escaping in a path. */
export function signGrant(grant: DownloadGrant, secret: Uint8Array): string {
  const seconds = Math.floor(grant.expiresAt.getTime() / 1000);
  const text = [seconds, grant.productId, grant.skuId, grant.optionKey].join("\n");
  const payload = Buffer.from(text).toString("base64url");
  return `${payload}.${signatureOf(payload, secret)}`;
}

/** The grant of a token, or why it grants nothing. */
export function readGrant(
  token: string,
  secret: Uint8Array,
  now: Date,
): DownloadGrant | "forged" | "expired" {
  const [payload = "", signature = "", ...rest] = token.split(".");
  const expected = Buffer.from(signatureOf(payload, secret));
  const given = Buffer.from(signature);
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isSigned || rest.length > 0) return "forged";
  const [seconds = "", productId = "", skuId = "", optionKey = ""] = Buffer.from(
    payload,
    "base64url",
  )
    .toString()
    .split("\n");
  const expiresAt = new Date(Number(seconds) * 1000);
  if (now.getTime() >= expiresAt.getTime()) return "expired";
  return { productId, skuId, optionKey, expiresAt };
}

/** The purpose is signed with it, so that no other signature of the same secret fits here. */
function signatureOf(payload: string, secret: Uint8Array): string {
  const mac = createHmac("sha256", secret).update(`download\n${payload}`).digest("base64url");
  return mac.slice(0, signatureLength);
}
