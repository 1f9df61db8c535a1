/** The exchange of a directory token for the API's own. */
import { refuse } from "../../../foundation/errors.ts";
import type { Policy } from "../../../foundation/policy.ts";
import type { SigningKey } from "../signing-key.ts";
import { bearerOf, exchangedClaims, signToken, verifyToken } from "../tokens.ts";

interface ExchangeRequest {
  authorization: string | undefined;
  /** Reads `grant_type` of the body, whatever it is, once the bearer is known to be good. */
  readGrant: () => unknown;
  origin: string;
  now: Date;
  policy: Policy;
}

/**
 * Issues a token with the identity and the end of life of the bearer's.
 *
 * @throws Refusal TOKEN_MISSING, TOKEN_INVALID, AUDIENCE_RETIRED, INVALID_INPUT for any other grant
 */
export async function exchangeToken(key: SigningKey, request: ExchangeRequest) {
  const { authorization, readGrant, origin, now, policy } = request;
  const token = await verifyToken(key, bearerOf(authorization), now, policy);
  const grant = readGrant();
  if (grant !== "jwt_token") {
    refuse("INVALID_INPUT", `grant_type must be jwt_token, not ${String(grant).slice(0, 100)}`);
  }
  const leftMs = token.expiresAt.getTime() - now.getTime();
  return {
    access_token: await signToken(key, exchangedClaims(token, origin, now)),
    token_type: "bearer",
    expires_in: Math.max(0, Math.floor(leftMs / 1000)),
  };
}
