/** Tokens of other issuers: their keys are read from where the configuration says. */
import {
  createRemoteJWKSet,
  decodeJwt,
  type JWTPayload,
  type JWTVerifyGetKey,
  errors as joseErrors,
  jwtVerify,
} from "jose";
import { addMs } from "../../../foundation/clock.ts";
import { Refusal, refuse } from "../../../foundation/errors.ts";
import { type IssuerSettings, isSafeUri } from "../../../foundation/issuers.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Policy } from "../../../foundation/policy.ts";
import { callerOf } from "../claims.ts";
import { causeOf, refuseRetired, type VerifiedToken } from "../tokens.ts";

interface TrustedIssuer {
  settings: IssuerSettings;
  keyOf: JWTVerifyGetKey;
}

/**
 * The check of tokens against the trusted issuers. Keys are read when a token first needs them,
 * kept, and read again for a key id that is not among them.
 *
 * @throws Refusal TOKEN_INVALID, AUDIENCE_RETIRED, or ISSUER_UNREACHABLE within `issuerWaitMs`
 */
export function createIssuers(list: readonly IssuerSettings[], policy: Policy) {
  const trusted = list.map((settings): TrustedIssuer => ({ settings, keyOf: keysOf(settings) }));
  return async (token: string, now: Date): Promise<VerifiedToken> => {
    const { settings, keyOf } = issuerOf(trusted, token);
    const claims = await verifiedClaims(settings, keyOf, token, now);
    refuseRetired(claims.aud, policy);
    const endOfLife = (claims.exp ?? 0) * 1000;
    return {
      claims,
      caller: callerOf(claims, settings),
      expiresAt: new Date(Math.min(endOfLife, addMs(now, limits.issuerTokenMs).getTime())),
    };
  };
}

/** The issuer that a token names; what it names is proved by the signature afterwards. */
function issuerOf(trusted: readonly TrustedIssuer[], token: string): TrustedIssuer {
  const claims = unprovedClaims(token);
  const found = trusted.find(({ settings }) => {
    const tenant = settings.claims.tenant.map((name) => claims[name]).find(Boolean);
    return settings.issuer.replaceAll("{tenantid}", String(tenant)) === claims.iss;
  });
  return (
    found ??
    refuse("TOKEN_INVALID", `its issuer ${String(claims.iss).slice(0, 200)} is not trusted here`)
  );
}

function unprovedClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    return refuse("TOKEN_INVALID", "the token is no signed JWT");
  }
}

async function verifiedClaims(
  { issuer, algorithms, audiences, clockSkewSeconds }: IssuerSettings,
  keyOf: JWTVerifyGetKey,
  token: string,
  now: Date,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [...algorithms],
      audience: [...audiences],
      clockTolerance: clockSkewSeconds,
      currentDate: now,
      requiredClaims: ["exp", "iss", "aud"],
    });
    return payload;
  } catch (error) {
    if (error instanceof Refusal || !(error instanceof joseErrors.JOSEError)) throw error;
    return refuse("TOKEN_INVALID", causeOf(error, `its issuer ${issuer}`, algorithms));
  }
}

/** The issuer's keys by key id. What cannot be read is the issuer's trouble, not the token's. */
function keysOf(settings: IssuerSettings): JWTVerifyGetKey {
  let reading: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    try {
      reading ??= remoteKeys(settings);
      const keys = await reading.catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return await keys(header, token);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (isAboutToken(error)) {
        const kid = String(header.kid).slice(0, 100);
        return refuse(
          "TOKEN_INVALID",
          `its issuer ${settings.issuer} has no such key (kid ${kid})`,
        );
      }
      const reason = error instanceof Error ? error.message : String(error);
      return refuse("ISSUER_UNREACHABLE", `${settings.issuer}: ${reason}`);
    }
  };
}

function isAboutToken(error: unknown): boolean {
  return (
    error instanceof joseErrors.JWKSNoMatchingKey ||
    error instanceof joseErrors.JWKSMultipleMatchingKeys ||
    error instanceof joseErrors.JOSENotSupported
  );
}

async function remoteKeys(settings: IssuerSettings): Promise<JWTVerifyGetKey> {
  const { jwksUri, keyRefetchSeconds } = settings;
  return createRemoteJWKSet(new URL(jwksUri ?? (await discoveredUri(settings))), {
    timeoutDuration: limits.issuerWaitMs,
    cooldownDuration: keyRefetchSeconds * 1000,
    cacheMaxAge: limits.issuerKeysMs,
  });
}

/** `jwks_uri` of the discovery document, which must be the issuer's own. */
async function discoveredUri({ issuer, discoveryUri = "" }: IssuerSettings): Promise<string> {
  const answer = await fetch(discoveryUri, {
    redirect: "manual",
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(limits.issuerWaitMs),
  });
  if (answer.status !== 200) throw new Error(`${discoveryUri} answered ${answer.status}`);
  const document = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (document.issuer !== issuer) {
    throw new Error(`${discoveryUri} is of the issuer ${String(document.issuer)}`);
  }
  const uri = String(document.jwks_uri);
  if (!isSafeUri(uri)) throw new Error(`${discoveryUri} names no safe jwks_uri`);
  return uri;
}
