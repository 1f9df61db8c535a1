/** Rules of partners: what a new one may look like, and the one that every sandbox has. */
import { randomBytes, randomInt } from "node:crypto";
import { culturesByCountry, type Role } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { newSecret, randomId } from "../../foundation/ids.ts";
import { isCurrency, toMinor } from "../../foundation/money.ts";

/** What a caller may say about a new partner; everything has a default. */
export interface PartnerSpec {
  name?: string;
  domain?: string;
  country?: string;
  billingCurrency?: string;
  /** Decimal in the billing currency; without it there is no limit. */
  creditLimit?: string;
}

/** How to sign in as a partner. Secrets are known here only once: they are stored as hashes. */
export interface PartnerSignIn {
  partner: { id: string; domain: string };
  app: { clientId: string; clientSecret: string };
  user: { name: string; password: string };
}

/** A partner with its first app and user, ready to be stored. */
export interface NewPartner extends PartnerSignIn {
  name: string;
  country: string;
  billingCurrency: string;
  mpnId: string;
  taxRate: string;
  creditLimitMinor: bigint | null;
  userId: string;
}

/** Roles of the first user: everything but the management of other users. */
export const firstUserRoles: readonly Role[] = ["AdminAgent", "BillingAdmin", "GlobalAdmin"];

const defaults = { country: "US", billingCurrency: "USD", taxRate: "0.1" } as const;

/** The partner that every sandbox database has, so that a first call needs no preparation. */
export const wellKnownPartner: NewPartner = {
  partner: { id: "00000000-0000-0000-0000-00000000c050", domain: "contoso.onmicrosoft.com" },
  app: { clientId: "00000000-0000-0000-0000-00000000c11e", clientSecret: "secret" },
  user: { name: "admin@contoso.onmicrosoft.com", password: "secret" },
  name: "Contoso",
  ...defaults,
  mpnId: "5000001",
  creditLimitMinor: null,
  userId: "00000000-0000-0000-0000-00000000ad01",
};

export function signInOf({ partner, app, user }: NewPartner): PartnerSignIn {
  return { partner, app, user };
}

/** How to sign in to a fresh sandbox, as the documentation says. */
export const wellKnownSignIn: PartnerSignIn = signInOf(wellKnownPartner);

/** The well-known user as a caller, for work that a sandbox does in its name. */
export const wellKnownUser = {
  userId: wellKnownPartner.userId,
  clientId: wellKnownPartner.app.clientId,
  name: wellKnownPartner.user.name,
  roles: firstUserRoles,
};

/**
 * Completes a specification: random ids and secrets, and the defaults of the well-known partner.
 *
 * @throws Refusal INVALID_INPUT for a domain, country or currency that does not exist
 */
export function planPartner(spec: PartnerSpec): NewPartner {
  const domain = (
    spec.domain ?? `p${randomBytes(6).toString("hex")}.onmicrosoft.com`
  ).toLowerCase();
  const country = (spec.country ?? defaults.country).toUpperCase();
  const billingCurrency = (spec.billingCurrency ?? defaults.billingCurrency).toUpperCase();
  if (!isDomainName(domain)) refuse("INVALID_INPUT", `domain ${domain} is not a domain name`);
  if (!culturesByCountry.has(country)) {
    refuse("INVALID_INPUT", `country ${country} is not a known ISO 3166 code`);
  }
  if (!isCurrency(billingCurrency)) {
    refuse("INVALID_INPUT", `billingCurrency ${billingCurrency} is not an ISO 4217 currency`);
  }
  return {
    partner: { id: randomId(), domain },
    app: { clientId: randomId(), clientSecret: newSecret() },
    user: { name: `admin@${domain}`, password: newSecret() },
    name: spec.name ?? domain,
    country,
    billingCurrency,
    mpnId: String(randomInt(1_000_000, 10_000_000)),
    taxRate: defaults.taxRate,
    creditLimitMinor:
      spec.creditLimit === undefined ? null : toMinor(spec.creditLimit, billingCurrency),
    userId: randomId(),
  };
}

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** True for a name of two labels or more with a top level of letters, e.g. `a-b.example`. */
export function isDomainName(text: string): boolean {
  const labels = text.split(".");
  const top = labels.at(-1) ?? "";
  return (
    text.length <= 253 &&
    labels.length >= 2 &&
    labels.every((part) => label.test(part)) &&
    /^[a-z]{2,}$/i.test(top)
  );
}
