/** Profiles of the partner itself: what they are without a change, and how the wire shows them. */
import { createHash } from "node:crypto";
import {
  type BodyOf,
  canonicalCulture,
  countryRules,
  culturesByCountry,
  type Operations,
  type ResultOf,
} from "@kontor/contract";
import { addMs } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { link } from "../../foundation/http/links.ts";
import type { Partner } from "../../foundation/partner.ts";

type OrganizationIn = BodyOf<Operations["updateOrganizationProfile"]>;
type LegalBusinessIn = BodyOf<Operations["updateLegalBusinessProfile"]>;
type SupportIn = BodyOf<Operations["updateSupportProfile"]>;
type BillingIn = BodyOf<Operations["updateBillingProfile"]>;

/** What each profile holds, without what the partner and the version decide. */
export interface Contents {
  organization: Omit<OrganizationIn, "attributes">;
  legalbusiness: LegalBusinessIn;
  support: SupportIn;
  billing: Omit<BillingIn, "attributes" | "billingCurrency">;
}
export type Kind = keyof Contents;

/** A profile as it is stored, or version 0: as it is derived where nothing was changed. */
export interface Profile<K extends Kind> {
  content: Contents[K];
  /** What was vetted before; only of the legal business profile. */
  vettedContent: Contents[K] | null;
  version: number;
  /** Null: never. */
  changedAt: Date | null;
}

/** A place in the partner's country that looks like one: nobody was asked for an address yet. */
function placeholderAddress({ country }: Partner) {
  const state = countryRules.get(country)?.states.has("WA") ? "WA" : firstState(country);
  return {
    country,
    city: "Example City",
    ...(state !== undefined && { state }),
    addressLine1: "1 Example Street",
    ...(country === "US" && { postalCode: "98052" }),
  };
}

function firstState(country: string): string | undefined {
  return countryRules.get(country)?.states.keys().next().value;
}

/** The profiles of a partner that changed nothing. */
const derived: { [K in Kind]: (partner: Partner) => Contents[K] } = {
  organization: (partner) => {
    const rules = countryRules.get(partner.country);
    return {
      companyName: partner.name,
      defaultAddress: placeholderAddress(partner),
      email: `admin@${partner.domain}`,
      language: rules?.supportedLanguages[0] ?? "en",
      culture: rules?.defaultCulture ?? "en-US",
    };
  },
  legalbusiness: (partner) => ({
    companyName: partner.name,
    address: placeholderAddress(partner),
    primaryContact: contactOf(partner),
    companyApproverAddress: placeholderAddress(partner),
    companyApproverEmail: `admin@${partner.domain}`,
  }),
  support: (partner) => ({
    email: `support@${partner.domain}`,
    telephone: "555 0100",
    website: `https://www.${partner.domain}`,
  }),
  billing: (partner) => ({
    companyName: partner.name,
    address: placeholderAddress(partner),
    primaryContact: contactOf(partner),
  }),
};

function contactOf({ domain }: Partner) {
  return { firstName: "Partner", lastName: "Admin", email: `admin@${domain}` };
}

export function derivedProfile<K extends Kind>(kind: K, partner: Partner): Profile<K> {
  return { content: derived[kind](partner), vettedContent: null, version: 0, changedAt: null };
}

/** A signed 64-bit integer in decimal, as of other profiles; another one for each version. */
export function profileEtag(partner: Partner, kind: Kind, version: number): string {
  const text = `${partner.partnerId}:${kind}:${version}`;
  return createHash("sha256").update(text).digest().readBigInt64BE().toString();
}

/** The address as it is kept. @throws Refusal INVALID_PROPERTY for a country that does not exist */
function inKnownCountry<A extends { country: string }>(address: A, field: string): A {
  const country = address.country.toUpperCase();
  if (!countryRules.has(country)) {
    refuse("INVALID_PROPERTY", `${field}.country ${country} is not a known ISO 3166 code`);
  }
  return { ...address, country };
}

/** @throws Refusal INVALID_PROPERTY for a country, or a culture that it lacks */
export function plannedOrganization(given: OrganizationIn): Contents["organization"] {
  const { companyName, email, language } = given;
  const defaultAddress = inKnownCountry(given.defaultAddress, "defaultAddress");
  const culture = canonicalCulture(given.culture.trim());
  const supported = culturesByCountry.get(defaultAddress.country) ?? [];
  if (culture === undefined || !supported.includes(culture)) {
    const known = supported.join(", ");
    return refuse("INVALID_PROPERTY", `culture ${given.culture} is none of ${known}`);
  }
  return { companyName, defaultAddress, email, language, culture };
}

/** @throws Refusal INVALID_PROPERTY for a country */
export function plannedLegalBusiness(given: LegalBusinessIn): Contents["legalbusiness"] {
  const { companyApproverAddress: approver } = given;
  return {
    ...given,
    address: inKnownCountry(given.address, "address"),
    ...(approver && {
      companyApproverAddress: inKnownCountry(approver, "companyApproverAddress"),
    }),
  };
}

/** @throws Refusal INVALID_PROPERTY for a country, and for a currency other than the partner's */
export function plannedBilling(given: BillingIn, partner: Partner): Contents["billing"] {
  const { attributes: _read, billingCurrency, billingDay, ...content } = given;
  if (billingCurrency && billingCurrency.toUpperCase() !== partner.billingCurrency) {
    refuse("INVALID_PROPERTY", `billingCurrency stays ${partner.billingCurrency}`);
  }
  return {
    ...content,
    address: inKnownCountry(given.address, "address"),
    ...(billingDay !== undefined && billingDay > 0 && { billingDay }),
  };
}

export function organizationView(
  partner: Partner,
  { content, version }: Profile<"organization">,
): ResultOf<Operations["getOrganizationProfile"]> {
  return {
    id: partner.partnerId,
    ...content,
    tenantId: partner.partnerId,
    domain: partner.domain,
    profileType: "OrganizationProfile",
    links: { self: link("/profiles/organization") },
    attributes: {
      etag: profileEtag(partner, "organization", version),
      objectType: "OrganizationProfile",
    },
  };
}

/** Whether the last change has been vetted by now. */
export function isVetted(
  { changedAt }: Profile<"legalbusiness">,
  now: Date,
  vettingMs: number,
): boolean {
  return changedAt === null || addMs(changedAt, vettingMs).getTime() <= now.getTime();
}

/** The profile as it is, or as it was last vetted. */
export function legalBusinessView(
  profile: Profile<"legalbusiness">,
  version: "None" | "Current" | "LastFinalized",
  vetted: boolean,
): ResultOf<Operations["getLegalBusinessProfile"]> {
  const isEarlier = version === "LastFinalized" && !vetted && profile.vettedContent !== null;
  const isDone = vetted || isEarlier;
  return {
    ...((isEarlier && profile.vettedContent) || profile.content),
    vettingStatus: isDone ? "authorized" : "pending",
    vettingSubStatus: isDone ? "none" : "business_verification",
    profileType: "LegalBusinessProfile",
    links: { self: link("/profiles/legalbusiness") },
    attributes: { objectType: "LegalBusinessProfile" },
  };
}

export function mpnView(holder: {
  name: string;
  mpnId: string;
}): ResultOf<Operations["getMpnProfile"]> {
  return {
    partnerName: holder.name,
    mpnId: holder.mpnId,
    profileType: "MpnProfile",
    links: { self: link("/profiles/mpn") },
    attributes: { objectType: "MpnProfile" },
  };
}

export function supportView({
  content,
}: Profile<"support">): ResultOf<Operations["getSupportProfile"]> {
  return {
    ...content,
    profileType: "support_profile",
    links: { self: link("/profiles/support") },
    attributes: { objectType: "PartnerSupportProfile" },
  };
}

export function billingView(
  partner: Partner,
  { content, version }: Profile<"billing">,
): ResultOf<Operations["getBillingProfile"]> {
  return {
    ...content,
    billingCurrency: partner.billingCurrency,
    profileType: "BillingProfile",
    links: { self: link("/profiles/billing") },
    attributes: { etag: profileEtag(partner, "billing", version), objectType: "BillingProfile" },
  };
}
