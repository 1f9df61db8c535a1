/** The trusted issuers of a live database, as `KONTOR_ISSUERS` lists them. */
import { isIP } from "node:net";
import { isGuid, type Role, roles } from "@kontor/contract";
import { ConfigError } from "./config-error.ts";
import { limits } from "./limits.ts";

/** Names of claims; of several, the first one that a token has counts. */
type ClaimNames = readonly string[];

/** A claim whose presence says something, or only these of its values. */
export interface ClaimTest {
  claim: string;
  /** Undefined: any value will do. */
  values: readonly string[] | undefined;
}

/** Which claims of an issuer's tokens say what. The defaults are the vendor's. */
export interface ClaimMapping {
  tenant: ClaimNames;
  object: ClaimNames;
  app: ClaimNames;
  userName: ClaimNames;
  roles: ClaimNames;
  /** Tells a user's token from an app's. */
  user: ClaimTest;
  mfa: ClaimTest;
}

export interface IssuerSettings {
  /** As the claim `iss` has it; `{tenantid}` stands for the tenant of the token. */
  issuer: string;
  /** Where the keys are: exactly one of the two is there. */
  jwksUri: string | undefined;
  discoveryUri: string | undefined;
  audiences: readonly string[];
  algorithms: readonly string[];
  clockSkewSeconds: number;
  /** The keys are read again for an unknown key id, but not sooner than this after the last time. */
  keyRefetchSeconds: number;
  /** The partner of all its tokens; undefined: the tenant claim names the partner. */
  partner: string | undefined;
  claims: ClaimMapping;
  /** Roles for further values of the role claims, such as ids of groups. */
  roleNames: ReadonlyMap<string, Role>;
}

/** The vendor's names, which the tokens of the built-in sign-in have as well. */
export const defaultClaims: ClaimMapping = {
  tenant: ["tid"],
  object: ["oid", "sub"],
  app: ["appid", "azp"],
  userName: ["upn", "unique_name", "preferred_username"],
  roles: ["roles"],
  user: { claim: "scp", values: undefined },
  mfa: { claim: "amr", values: ["mfa"] },
};

/** Asymmetric only: with an HMAC, whoever knows the public key could sign. */
const algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA".split(" ");

type Fields = Record<string, unknown>;

/**
 * Reads the list.
 *
 * @throws ConfigError that names the entry, the member and what is expected of it
 */
export function readIssuers(text: string | undefined): IssuerSettings[] {
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`KONTOR_ISSUERS is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(parsed)) throw new ConfigError("KONTOR_ISSUERS must be a JSON array.");
  return parsed.map((entry, index) => readIssuer(entry, `KONTOR_ISSUERS[${index}]`));
}

const members = [
  ..."issuer jwksUri discoveryUri audiences algorithms clockSkewSeconds".split(" "),
  ..."keyRefetchSeconds partner claims roleNames".split(" "),
];

function readIssuer(entry: unknown, at: string): IssuerSettings {
  const fields = objectOf(entry, at, members);
  const issuer = textOf(fields.issuer, `${at}.issuer`);
  const partner = optional(fields.partner, (value) => textOf(value, `${at}.partner`));
  if (partner !== undefined && !isGuid(partner)) {
    throw new ConfigError(`${at}.partner must be the GUID of a partner, not ${partner}.`);
  }
  if (partner !== undefined && issuer.includes("{")) {
    throw new ConfigError(`${at} is for every tenant of the issuer, so it cannot name a partner.`);
  }
  const audiences = textsOf(fields.audiences, `${at}.audiences`);
  const chosen = optional(fields.algorithms, (value) => textsOf(value, `${at}.algorithms`));
  const wrong = chosen?.find((name) => !algorithms.includes(name));
  if (wrong !== undefined) {
    throw new ConfigError(`${at}.algorithms knows ${algorithms.join(", ")}, not ${wrong}.`);
  }
  return {
    issuer,
    ...keysOf(fields, issuer, at),
    audiences,
    algorithms: chosen ?? ["RS256"],
    clockSkewSeconds: secondsOf(fields.clockSkewSeconds, `${at}.clockSkewSeconds`, {
      usual: limits.issuerSkewSeconds,
      most: 3600,
    }),
    keyRefetchSeconds: secondsOf(fields.keyRefetchSeconds, `${at}.keyRefetchSeconds`, {
      usual: limits.issuerRefetchSeconds,
      most: 3600,
    }),
    partner: partner?.toLowerCase(),
    claims: claimsOf(fields.claims, `${at}.claims`),
    roleNames: roleNamesOf(fields.roleNames, `${at}.roleNames`),
  };
}

/** Where to read the keys: the JWKS itself, or the discovery document, which names it. */
function keysOf(fields: Fields, issuer: string, at: string) {
  const jwksUri = optional(fields.jwksUri, (value) => safeUri(value, `${at}.jwksUri`));
  const discoveryUri = optional(fields.discoveryUri, (value) =>
    safeUri(value, `${at}.discoveryUri`),
  );
  if (jwksUri !== undefined && discoveryUri !== undefined) {
    throw new ConfigError(`${at} has both jwksUri and discoveryUri; leave one of them out.`);
  }
  if (jwksUri !== undefined || discoveryUri !== undefined) return { jwksUri, discoveryUri };
  if (issuer.includes("{")) {
    throw new ConfigError(`${at}.issuer is a template, so jwksUri or discoveryUri is needed.`);
  }
  const usual = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  return { jwksUri, discoveryUri: safeUri(usual, `${at}.issuer`) };
}

/** Keys that come in the clear could be anybody's, except from this machine itself. */
export function isSafeUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const name = hostname.replace(/^\[(.*)\]$/, "$1");
  const here = name === "localhost" || name === "::1" || (isIP(name) === 4 && /^127\./.test(name));
  return protocol === "https:" || (protocol === "http:" && here);
}

function safeUri(value: unknown, at: string): string {
  const text = textOf(value, at);
  if (isSafeUri(text)) return text;
  throw new ConfigError(`${at} must be an https address (http on this machine only), not ${text}.`);
}

function claimsOf(value: unknown, at: string): ClaimMapping {
  const fields = objectOf(value ?? {}, at, Object.keys(defaultClaims));
  const names = (name: "tenant" | "object" | "app" | "userName" | "roles") =>
    optional(fields[name], (given) => textsOf(given, `${at}.${name}`)) ?? defaultClaims[name];
  const claimTest = (name: "user" | "mfa") =>
    optional(fields[name], (given) => claimTestOf(given, `${at}.${name}`)) ?? defaultClaims[name];
  return {
    tenant: names("tenant"),
    object: names("object"),
    app: names("app"),
    userName: names("userName"),
    roles: names("roles"),
    user: claimTest("user"),
    mfa: claimTest("mfa"),
  };
}

function claimTestOf(value: unknown, at: string): ClaimTest {
  const fields = objectOf(value, at, ["claim", "values"]);
  return {
    claim: textOf(fields.claim, `${at}.claim`),
    values: optional(fields.values, (given) => textsOf(given, `${at}.values`)),
  };
}

function roleNamesOf(value: unknown, at: string): ReadonlyMap<string, Role> {
  if (value === undefined) return new Map();
  const entries = Object.entries(objectOf(value, at)).map(([name, given]) => {
    const role = roles.find((candidate) => candidate === given);
    if (role) return [name, role] as const;
    throw new ConfigError(`${at}.${name} must be one of ${roles.join(", ")}.`);
  });
  return new Map(entries);
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function objectOf(value: unknown, at: string, allowed?: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(`${at} must be a JSON object.`);
  }
  const unknown = Object.keys(value).find((name) => allowed && !allowed.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`${at} has no member ${unknown}; it has ${allowed?.join(", ")}.`);
  }
  return value as Fields;
}

function textOf(value: unknown, at: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigError(`${at} must be a text.`);
}

/** One text, or a list of one and more. */
function textsOf(value: unknown, at: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new ConfigError(`${at} must name at least one.`);
  return list.map((item) => textOf(item, at));
}

function secondsOf(value: unknown, at: string, { usual, most }: { usual: number; most: number }) {
  if (value === undefined) return usual;
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  throw new ConfigError(`${at} must be a number of seconds from 0 to ${most}.`);
}
