/** What the claims of a verified token say about the caller. */
import { roles as allRoles, isGuid, type Role } from "@kontor/contract";
import type { JWTPayload } from "jose";
import { refuse } from "../../foundation/errors.ts";
import { derivedId } from "../../foundation/ids.ts";
import { type ClaimTest, defaultClaims, type IssuerSettings } from "../../foundation/issuers.ts";
import type { Caller } from "../../foundation/partner.ts";

/** How an issuer writes what Kontor wants to know. */
export type ClaimRules = Pick<IssuerSettings, "claims" | "roleNames" | "partner">;

export const ownRules: ClaimRules = {
  claims: { ...defaultClaims, object: ["oid"] },
  roleNames: new Map(),
  partner: undefined,
};

/**
 * The caller of a token whose signature holds.
 *
 * @throws Refusal TOKEN_INVALID when a claim that is needed is missing or no GUID
 */
export function callerOf(claims: JWTPayload, rules: ClaimRules): Caller {
  const { claims: names, partner } = rules;
  const isUser = holds(claims, names.user);
  return {
    partnerId: partner ?? tenantOf(claims, names.tenant),
    kind: isUser ? "user" : "app",
    objectId: objectIdOf(claims, names.object),
    applicationId: firstText(claims, names.app) ?? "",
    userName: isUser ? firstText(claims, names.userName) : undefined,
    roles: rolesOf(claims, rules),
    ...(isUser && { mfa: holds(claims, names.mfa) }),
  };
}

/** The tenant in lower case: the partner's id. */
function tenantOf(claims: JWTPayload, names: readonly string[]): string {
  const tenant = firstText(claims, names)?.toLowerCase() ?? "";
  if (isGuid(tenant)) return tenant;
  return refuse("TOKEN_INVALID", `the token's claim ${names.join(" or ")} is no GUID`);
}

/** Agreements and audit records name callers by GUID; other issuers may have other subjects. */
function objectIdOf(claims: JWTPayload, names: readonly string[]): string {
  const subject = firstText(claims, names);
  if (subject === undefined) {
    return refuse("TOKEN_INVALID", `the token has no claim ${names.join(" or ")}`);
  }
  return isGuid(subject) ? subject.toLowerCase() : derivedId("subject", claims.iss ?? "", subject);
}

function firstText(claims: JWTPayload, names: readonly string[]): string | undefined {
  return names.map((name) => claims[name]).find((value) => typeof value === "string" && value) as
    | string
    | undefined;
}

/** The values of a claim that is one text, or a list of them. */
function textsOf(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === "string").filter((item) => item !== "");
}

function holds(claims: JWTPayload, { claim, values }: ClaimTest): boolean {
  const given = textsOf(claims[claim]);
  return values === undefined ? given.length > 0 : given.some((value) => values.includes(value));
}

function rolesOf(claims: JWTPayload, { claims: names, roleNames }: ClaimRules): Role[] {
  const given = names.roles.flatMap((name) => textsOf(claims[name]));
  const held = new Set(given.map((name) => roleNames.get(name) ?? roleNamed(name)));
  return allRoles.filter((role) => held.has(role));
}

/** A role by its own name or by that of the directory's group: `AdminAgent`, `adminagents`. */
export function roleNamed(name: string): Role | undefined {
  const singular = name.toLowerCase().replace(/s$/, "");
  return allRoles.find((role) => role.toLowerCase() === singular);
}
