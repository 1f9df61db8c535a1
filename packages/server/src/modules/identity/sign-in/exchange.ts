/** The exchange of a directory token for the API's own. */
import type { IncomingHttpHeaders } from "node:http";
import { refuse } from "../../../foundation/errors.ts";
import { parseBody } from "../../../foundation/http/body.ts";
import { bearerOf } from "../gate.ts";
import type { SigningKey } from "../signing-key.ts";
import { exchangedClaims, signToken, verifyToken } from "../tokens.ts";
import { readForm } from "./form.ts";

export interface ExchangeRequest {
  headers: IncomingHttpHeaders;
  body: unknown;
  origin: string;
  now: Date;
}

/**
 * Issues a token with the identity and the end of life of the bearer's.
 *
 * @throws Refusal TOKEN_MISSING, TOKEN_INVALID, INVALID_INPUT for any other grant
 */
export async function exchangeToken(key: SigningKey, request: ExchangeRequest) {
  const token = await verifyToken(key, bearerOf(request.headers.authorization), request.now);
  const grant = grantOf(request);
  if (grant !== "jwt_token") {
    refuse("INVALID_INPUT", `grant_type must be jwt_token, not ${String(grant).slice(0, 100)}`);
  }
  const leftMs = token.expiresAt.getTime() - request.now.getTime();
  return {
    access_token: await signToken(key, exchangedClaims(token, request.origin, request.now)),
    token_type: "bearer",
    expires_in: Math.max(0, Math.floor(leftMs / 1000)),
  };
}

/** The grant of a form or of a JSON object, whichever the type says. */
function grantOf({ headers, body }: ExchangeRequest): unknown {
  if (!/json/i.test(headers["content-type"] ?? "")) return readForm(body).get("grant_type");
  const value = parseBody(body instanceof Uint8Array ? body : undefined);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name.toLowerCase() === "grant_type")?.[1];
}
