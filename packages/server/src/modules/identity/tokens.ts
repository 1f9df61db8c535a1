/** Access tokens: claims, signature, and what a verified one says about the caller. */
import { createHash } from "node:crypto";
import { type JWTPayload, errors as joseErrors, jwtVerify, SignJWT } from "jose";
import { refuse } from "../../foundation/errors.ts";
import { randomId } from "../../foundation/ids.ts";
import { limits } from "../../foundation/limits.ts";
import type { Caller } from "../../foundation/partner.ts";
import { defaultPolicy, type Policy } from "../../foundation/policy.ts";
import { callerOf, ownRules } from "./claims.ts";
import { algorithm, type SigningKey } from "./signing-key.ts";

/** Who a token speaks for. */
export interface Subject {
  partnerId: string;
  clientId: string;
  /** The user, or the app's service principal. */
  objectId: string;
  /** Undefined for an app-only token. */
  user: { name: string; displayName: string; roles: readonly string[]; mfa: boolean } | undefined;
}

export type TokenVersion = "1.0" | "2.0";

/** What a token is asked for. */
export interface TokenTerms {
  audience: string;
  version: TokenVersion;
  /** `http://host:port` under which the client reached this server. */
  origin: string;
  issuedAt: Date;
}

/** The resources whose tokens open the API; compared without case and trailing slash. */
const audiences: ReadonlySet<string> = new Set([
  "https://graph.windows.net",
  "https://api.partnercenter.microsoft.com",
  "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
]);

/** The audience of tokens of the API itself, and what a sign-in without a resource gets. */
export const apiAudience = "https://api.partnercenter.microsoft.com";

export function isApiAudience(audience: string): boolean {
  return audiences.has(plain(audience));
}

function isGraph(audience: string): boolean {
  return plain(audience) === "https://graph.windows.net";
}

function plain(audience: string): string {
  return audience.toLowerCase().replace(/\/$/, "");
}

/** Tokens hold from five minutes before their issue, so that a slow client clock does no harm. */
const backdatedSeconds = 300;

export function issuerOf(origin: string, partnerId: string, version: TokenVersion): string {
  return version === "1.0" ? `${origin}/${partnerId}/` : `${origin}/${partnerId}/v2.0`;
}

/** The claims of an access token. */
export function accessClaims(subject: Subject, terms: TokenTerms): JWTPayload {
  const { user } = subject;
  const v1 = terms.version === "1.0";
  return {
    ...lifeClaims(subject, terms),
    aud: terms.audience,
    oid: subject.objectId,
    sub: subject.objectId,
    [v1 ? "appid" : "azp"]: subject.clientId,
    idtyp: user ? "user" : "app",
    ...(user && {
      ...nameClaims(user, terms.version),
      scp: "user_impersonation",
      roles: user.roles,
      amr: user.mfa ? ["pwd", "mfa"] : ["pwd"],
    }),
    uti: randomId(),
  };
}

/** The claims of an id token: for the client, so the API does not accept it. */
export function idClaims(
  subject: Subject,
  terms: TokenTerms,
  binding: { nonce?: string | undefined; code?: string | undefined } = {},
): JWTPayload {
  const { nonce, code } = binding;
  return {
    ...lifeClaims(subject, terms),
    aud: subject.clientId,
    oid: subject.objectId,
    sub: subject.objectId,
    ...(subject.user && nameClaims(subject.user, terms.version)),
    ...(nonce !== undefined && { nonce }),
    ...(code !== undefined && { c_hash: halfHash(code) }),
  };
}

/** OpenID Connect, 3.3.2.11: binds the code that comes beside an id token to it. */
function halfHash(code: string): string {
  return createHash("sha256").update(code).digest().subarray(0, 16).toString("base64url");
}

function lifeClaims(subject: Subject, { origin, issuedAt, version }: TokenTerms): JWTPayload {
  const iat = Math.floor(issuedAt.getTime() / 1000);
  return {
    iss: issuerOf(origin, subject.partnerId, version),
    tid: subject.partnerId,
    iat,
    nbf: iat - backdatedSeconds,
    exp: iat + limits.tokenLifeSeconds,
    ver: version,
  };
}

/** The PowerShell module asks for `upn` whatever the version is. */
function nameClaims(user: { name: string; displayName: string }, version: TokenVersion) {
  return {
    name: user.displayName,
    upn: user.name,
    unique_name: user.name,
    ...(version === "2.0" && { preferred_username: user.name }),
  };
}

export async function signToken(key: SigningKey, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: key.kid })
    .sign(key.privateKey);
}

/** The token of an `Authorization` header; refuses with TOKEN_MISSING when there is none. */
export function bearerOf(authorization: string | undefined): string {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  return token ?? refuse("TOKEN_MISSING", "the request has no Authorization: Bearer header");
}

/** A token whose signature, time, issuer and audience hold. */
export interface VerifiedToken {
  caller: Caller;
  claims: JWTPayload;
  expiresAt: Date;
}

/**
 * Checks a token against our own key.
 *
 * @throws Refusal TOKEN_INVALID with the reason, AUDIENCE_RETIRED where the policy says so
 */
export async function verifyToken(
  key: SigningKey,
  token: string,
  now: Date,
  policy: Pick<Policy, "refuseGraphAudience"> = defaultPolicy,
): Promise<VerifiedToken> {
  const claims = await verifiedClaims(key, token, now);
  const caller = callerOf(claims, ownRules);
  if (tenantOfIssuer(claims.iss) !== caller.partnerId) {
    refuse("TOKEN_INVALID", "the token's issuer is not the tenant of its tid");
  }
  if (![claims.aud].flat().some((audience) => audience && isApiAudience(audience))) {
    refuse("TOKEN_INVALID", `the token is for another audience: ${String(claims.aud)}`);
  }
  refuseRetired(claims.aud, policy);
  return { claims, expiresAt: new Date((claims.exp ?? 0) * 1000), caller };
}

/** Refuses tokens for the directory's old graph alone, where the policy says so. */
export function refuseRetired(
  audience: JWTPayload["aud"],
  policy: Pick<Policy, "refuseGraphAudience">,
): void {
  const named = [audience].flat().filter((name) => name !== undefined);
  if (!policy.refuseGraphAudience || !named.every(isGraph)) return;
  refuse("AUDIENCE_RETIRED", `the token is for ${named.join(", ")}`);
}

async function verifiedClaims(key: SigningKey, token: string, now: Date): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      // A list of one: neither `none` nor an HMAC over the public key gets past it.
      algorithms: [algorithm],
      clockTolerance: limits.tokenSkewSeconds,
      currentDate: now,
      requiredClaims: ["exp", "iss", "aud", "tid", "oid"],
    });
    return payload;
  } catch (error) {
    if (!(error instanceof joseErrors.JOSEError)) throw error;
    return refuse("TOKEN_INVALID", causeOf(error, "this server's key", [algorithm]));
  }
}

/** Why a token does not hold; `signer` is who should have signed it, with one of `algorithms`. */
export function causeOf(
  error: joseErrors.JOSEError,
  signer: string,
  algorithms: readonly string[],
): string {
  if (error instanceof joseErrors.JWTExpired) return "the token has expired";
  if (error instanceof joseErrors.JWSSignatureVerificationFailed) {
    return `the token was not signed by ${signer}`;
  }
  if (error instanceof joseErrors.JOSEAlgNotAllowed) {
    return `the token is not signed with ${algorithms.join(", ")}`;
  }
  if (error instanceof joseErrors.JWTClaimValidationFailed) {
    return `the token's claim ${error.claim} is missing or does not hold`;
  }
  return "the token is no signed JWT";
}

/** The first segment of an issuer's path: the origin is how the client reached us, no more. */
function tenantOfIssuer(issuer: string | undefined): string | undefined {
  if (issuer === undefined || !URL.canParse(issuer)) return undefined;
  return new URL(issuer).pathname.split("/")[1]?.toLowerCase();
}

/**
 * The claims of the API's own token for the bearer of another one: the same identity and end of
 * life, issued by this server for the API.
 */
export function exchangedClaims(token: VerifiedToken, origin: string, now: Date): JWTPayload {
  const iat = Math.floor(now.getTime() / 1000);
  const version: TokenVersion = token.claims.ver === "2.0" ? "2.0" : "1.0";
  return {
    ...token.claims,
    iss: issuerOf(origin, token.caller.partnerId, version),
    aud: apiAudience,
    iat,
    nbf: iat - backdatedSeconds,
    uti: randomId(),
  };
}
