/** Rules of a partner's first app and user: where it may sign in from, with what, as whom. */
import { X509Certificate } from "node:crypto";
import type { Role } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { roleNamed } from "./claims.ts";

/** What a caller may say about them; everything has a default. */
export interface RegistrationSpec {
  redirectUris?: readonly string[];
  /** PEM. */
  certificates?: readonly string[];
  /** Of the first user, in the singular or as the directory's groups are called. */
  roles?: readonly string[];
  /** Whether the first user signs in with a second factor; without a word, it does. */
  mfa?: boolean;
}

export interface Registration {
  redirectUris: readonly string[];
  certificates: readonly string[];
  userRoles: readonly Role[];
  userMfa: boolean;
}

/** Roles of the first user: everything but the management of other users. */
export const firstUserRoles: readonly Role[] = ["AdminAgent", "BillingAdmin", "GlobalAdmin"];

/**
 * Checks a specification and completes it.
 *
 * @throws Refusal INVALID_INPUT for an address, certificate or role that cannot be
 */
export function planRegistration(spec: RegistrationSpec): Registration {
  return {
    redirectUris: (spec.redirectUris ?? []).map(registrable),
    certificates: (spec.certificates ?? []).map(rsaCertificate),
    userRoles: spec.roles?.map(knownRole) ?? firstUserRoles,
    userMfa: spec.mfa ?? true,
  };
}

function knownRole(name: string): Role {
  return roleNamed(name) ?? refuse("INVALID_INPUT", `roles names ${name}, which is no role`);
}

function registrable(uri: string): string {
  if (isRedirectForm(uri)) return uri;
  return refuse(
    "INVALID_INPUT",
    `redirectUris names ${uri}: it must be http or https, without user, password and fragment`,
  );
}

/** Whether an address may be sent an answer at all; other schemes could run code in the page. */
function isRedirectForm(uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes("#")) return false;
  const { protocol, username, password } = new URL(uri);
  return ["http:", "https:"].includes(protocol) && username === "" && password === "";
}

/**
 * Whether an app may have its users sent back to an address: one that is registered, letter for
 * letter, or any of this machine, where only who sits at it listens (RFC 8252, 7.3).
 */
export function mayRedirectTo(uri: string, registered: readonly string[]): boolean {
  if (registered.includes(uri)) return true;
  if (!isRedirectForm(uri)) return false;
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(uri).hostname);
}

function rsaCertificate(pem: string): string {
  const certificate = parsed(pem);
  if (certificate?.publicKey.asymmetricKeyType === "rsa") return certificate.toString();
  return refuse("INVALID_INPUT", "certificates must be X.509 certificates of RSA keys as PEM");
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
