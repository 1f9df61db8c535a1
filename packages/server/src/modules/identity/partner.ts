/** Rules of partners: what a new one may look like, and the one that every sandbox has. */
import { randomBytes, randomInt } from "node:crypto";
import { type EntitlementShape, isGuid, markets } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { newSecret, randomId } from "../../foundation/ids.ts";
import { isCurrency, isPart, toMinor } from "../../foundation/money.ts";
import {
  firstUserRoles,
  planRegistration,
  type Registration,
  type RegistrationSpec,
} from "./registration.ts";

/** What a caller may say about a new partner; everything has a default. */
export interface PartnerSpec extends RegistrationSpec {
  /** The tenant's id in the directory that signs its tokens; without it, a random one. */
  id?: string;
  name?: string;
  domain?: string;
  country?: string;
  billingCurrency?: string;
  /** What invoices are in: the currency of each price (without a word), or the billing currency. */
  invoiceCurrency?: "price" | "partner";
  /** `none`, `country` for the taxes imported for its country, or one rate: without a word 0.1. */
  tax?: string;
  /** Decimal in the billing currency; without it there is no limit. */
  creditLimit?: string;
  /** Whether the partner has signed its own agreement; without a word, it has. */
  partnerAgreement?: boolean;
  /** Countries; without them the partner sells in every market. */
  sellsIn?: readonly string[];
  perpetualSoftware?: boolean;
  /** Without a word, the form of July 2021. */
  entitlementShape?: EntitlementShape;
}

/** How to sign in as a partner. Secrets are known here only once: they are stored as hashes. */
export interface PartnerSignIn {
  partner: { id: string; domain: string };
  app: { clientId: string; clientSecret: string };
  user: { name: string; password: string };
}

/** A partner with its first app and user, ready to be stored. */
export interface NewPartner extends PartnerSignIn, Registration {
  name: string;
  country: string;
  billingCurrency: string;
  invoiceCurrency: "price" | "partner";
  mpnId: string;
  taxRate: string | null;
  creditLimitMinor: bigint | null;
  agreementSigned: boolean;
  sellsIn: readonly string[] | null;
  perpetualSoftware: boolean;
  entitlementShape: EntitlementShape;
  userId: string;
}

const defaults = {
  country: "US",
  billingCurrency: "USD",
  invoiceCurrency: "price",
  taxRate: "0.1",
} as const;

/** The partner that every sandbox database has, so that a first call needs no preparation. */
export const wellKnownPartner: NewPartner = {
  partner: { id: "00000000-0000-0000-0000-00000000c050", domain: "contoso.onmicrosoft.com" },
  app: { clientId: "00000000-0000-0000-0000-00000000c11e", clientSecret: "secret" },
  user: { name: "admin@contoso.onmicrosoft.com", password: "secret" },
  name: "Contoso",
  ...defaults,
  ...planRegistration({}),
  mpnId: "5000001",
  creditLimitMinor: null,
  agreementSigned: true,
  sellsIn: null,
  perpetualSoftware: true,
  entitlementShape: "2021-07",
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
 * @throws Refusal INVALID_INPUT for a domain, country, market, currency or tax that is none
 */
export function planPartner(spec: PartnerSpec): NewPartner {
  const domain = (
    spec.domain ?? `p${randomBytes(6).toString("hex")}.onmicrosoft.com`
  ).toLowerCase();
  const country = (spec.country ?? defaults.country).toUpperCase();
  const billingCurrency = (spec.billingCurrency ?? defaults.billingCurrency).toUpperCase();
  if (spec.id !== undefined && !isGuid(spec.id))
    refuse("INVALID_INPUT", `id ${spec.id} is no GUID`);
  if (!isDomainName(domain)) refuse("INVALID_INPUT", `domain ${domain} is not a domain name`);
  if (!markets.has(country)) {
    refuse("INVALID_INPUT", `country ${country} is not a known ISO 3166 code`);
  }
  if (!isCurrency(billingCurrency)) {
    refuse("INVALID_INPUT", `billingCurrency ${billingCurrency} is not an ISO 4217 currency`);
  }
  const sellsIn = spec.sellsIn?.map((market) => market.toUpperCase()) ?? null;
  const noMarket = sellsIn?.find((market) => !markets.has(market));
  if (noMarket !== undefined)
    refuse("INVALID_INPUT", `sellsIn names ${noMarket}, which is no market`);
  return {
    partner: { id: spec.id?.toLowerCase() ?? randomId(), domain },
    app: { clientId: randomId(), clientSecret: newSecret() },
    user: { name: `admin@${domain}`, password: newSecret() },
    name: spec.name ?? domain,
    ...planRegistration(spec),
    country,
    billingCurrency,
    invoiceCurrency: spec.invoiceCurrency ?? defaults.invoiceCurrency,
    mpnId: String(randomInt(1_000_000, 10_000_000)),
    taxRate: taxRateOf(spec.tax),
    creditLimitMinor:
      spec.creditLimit === undefined ? null : toMinor(spec.creditLimit, billingCurrency),
    agreementSigned: spec.partnerAgreement ?? true,
    sellsIn,
    perpetualSoftware: spec.perpetualSoftware ?? true,
    entitlementShape: spec.entitlementShape ?? "2021-07",
    userId: randomId(),
  };
}

/** @throws Refusal INVALID_INPUT */
function taxRateOf(tax: string = defaults.taxRate): string | null {
  const named = new Map([
    ["none", "0"],
    ["country", null],
  ]).get(tax.toLowerCase());
  if (named !== undefined) return named;
  if (isPart(tax)) return tax;
  return refuse("INVALID_INPUT", `tax must be none, country or a rate such as 0.19, not ${tax}`);
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
