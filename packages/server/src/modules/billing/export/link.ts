/** What the token of a manifest grants, as parts of a signed link. Pure. */
import { readLink, signLink } from "../../../foundation/signed-link.ts";

export interface BlobGrant {
  partnerId: string;
  exportId: string;
}

const purpose = "line-export";
const parameter = "sig";

/** The query with which the blobs of an export are downloaded until `expiresAt`. */
export function sasTokenFor(grant: BlobGrant, expiresAt: Date, secret: Uint8Array): string {
  const token = signLink(purpose, [grant.partnerId, grant.exportId], expiresAt, secret);
  return `${parameter}=${token}`;
}

/** What a query grants, or why it grants nothing. */
export function readSasToken(
  search: string,
  secret: Uint8Array,
  now: Date,
): BlobGrant | "forged" | "expired" {
  const token = new URLSearchParams(search).get(parameter) ?? "";
  const link = readLink(purpose, token, secret, now);
  if (typeof link === "string") return link;
  const [partnerId = "", exportId = ""] = link.parts;
  return { partnerId, exportId };
}
