/** What a link to a download grants, as parts of a signed link. */
import { readLink, signLink } from "../../../foundation/signed-link.ts";

export interface DownloadGrant {
  productId: string;
  skuId: string;
  optionKey: string;
  expiresAt: Date;
}

const purpose = "download";

export function signGrant(grant: DownloadGrant, secret: Uint8Array): string {
  const { productId, skuId, optionKey, expiresAt } = grant;
  return signLink(purpose, [productId, skuId, optionKey], expiresAt, secret);
}

/** The grant of a token, or why it grants nothing. */
export function readGrant(
  token: string,
  secret: Uint8Array,
  now: Date,
): DownloadGrant | "forged" | "expired" {
  const link = readLink(purpose, token, secret, now);
  if (typeof link === "string") return link;
  const [productId = "", skuId = "", optionKey = ""] = link.parts;
  return { productId, skuId, optionKey, expiresAt: link.expiresAt };
}
