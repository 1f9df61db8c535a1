/** Indirect resellers: what a new one must be, and how the wire shows a relationship. */
import {
  type BodyOf,
  culturesByCountry,
  isGuid,
  type Operations,
  type ResultOf,
} from "@kontor/contract";
import { wireInstant } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import type { Partner } from "../../../foundation/partner.ts";
import { isDomainName } from "../../identity/index.ts";
import { nameKey } from "../customer.ts";
import type { Filter } from "../filter.ts";

/** A reseller through whom the partner sells, as it is stored. */
export interface Reseller {
  resellerId: string;
  domain: string;
  name: string;
  mpnId: string;
  /** ISO 3166 alpha-2, upper case. */
  location: string;
  /** When it signed the partner agreement; null: it has not. */
  signedAt: Date | null;
  createdAt: Date;
}

type NewReseller = BodyOf<Operations["createIndirectReseller"]>;
type ResellerView = ResultOf<Operations["createIndirectReseller"]>;
type RelationshipView = ResultOf<Operations["listRelationships"]>["items"][number];

/** Where the vendor gives out the domains of new tenants. */
const tenantDomain = "onmicrosoft.com";

/**
 * Makes the row of a new reseller, with the id of its tenant.
 *
 * @throws Refusal INVALID_PROPERTY
 */
export function planReseller(given: NewReseller, resellerId: string, now: Date): Reseller {
  const { tenant, legalBusinessProfile } = given;
  const domain = `${tenant.domainPrefix.trim()}.${tenantDomain}`;
  if (!isDomainName(domain) || tenant.domainPrefix.includes(".")) {
    refuse("INVALID_PROPERTY", `tenant.domainPrefix ${tenant.domainPrefix} begins no domain name`);
  }
  const location = tenant.country.toUpperCase();
  if (!culturesByCountry.has(location)) {
    refuse("INVALID_PROPERTY", `tenant.country ${location} is not a known ISO 3166 code`);
  }
  return {
    resellerId,
    domain,
    name: tenant.displayName ?? tenant.name ?? legalBusinessProfile.companyName,
    mpnId: given.mpnId,
    location,
    signedAt: given.isAgreementSigned === false ? null : now,
    createdAt: now,
  };
}

/** The answer to who made the reseller: the password is shown here only. */
export function newResellerView(
  reseller: Reseller,
  provider: Partner,
  signatureId: string,
  password: string,
): ResellerView {
  const { resellerId, mpnId, signedAt } = reseller;
  return {
    accountId: resellerId,
    mpnId,
    tenant: { id: resellerId, adminUserAccount: `admin@${reseller.domain}`, password },
    ...(signedAt !== null && {
      agreementSignature: {
        id: signatureId,
        accountId: resellerId,
        agreementType: "ValueAddedReseller",
        dateSigned: wireInstant(signedAt),
        attributes: { objectType: "AgreementSignatureResponse" },
      },
    }),
    // As the reseller sees it: the provider, and that it is its reseller.
    partnerRelationship: {
      id: provider.partnerId,
      name: provider.name,
      relationshipType: "is_indirect_reseller_of",
      state: "Active",
      mpnId,
      attributes: { objectType: "PartnerRelationshipResponse" },
    },
  };
}

/** The relationship as the partner sees it: it is the provider of the reseller. */
export function relationshipView(reseller: Reseller): RelationshipView {
  return {
    id: reseller.resellerId,
    name: reseller.name,
    relationshipType: "is_indirect_cloud_solution_provider_of",
    state: "Active",
    mpnId: reseller.mpnId,
    location: reseller.location,
    attributes: { objectType: "PartnerRelationship" },
  };
}

export const relationshipFilter = {
  fields: new Map<string, "Name">([["name", "Name"]]),
  operators: ["starts_with", "substring"] as const,
};
type RelationshipFilter = Filter<"Name", (typeof relationshipFilter.operators)[number]>;

/** Names compare without case. */
export function meetsFilter(reseller: Reseller, { operator, value }: RelationshipFilter): boolean {
  const name = nameKey(reseller.name);
  return operator === "starts_with"
    ? name.startsWith(nameKey(value))
    : name.includes(nameKey(value));
}

/** Whose agreement is asked for: an MPN id, or a tenant. */
export type AgreementHolder = { mpnId: string } | { tenantId: string };

/** Reads the query; one client always sends both names, one of them empty. */
export function readAgreementHolder(query: {
  mpnId?: string | undefined;
  tenantId?: string | undefined;
}): AgreementHolder {
  const mpnId = query.mpnId?.trim();
  const tenantId = query.tenantId?.trim().toLowerCase();
  if (mpnId && tenantId) refuse("MALFORMED_ARGUMENT", "send mpnId or tenantId, not both");
  if (mpnId) {
    if (!/^\d{1,20}$/.test(mpnId)) refuse("MALFORMED_ARGUMENT", "mpnId must be digits");
    return { mpnId };
  }
  if (!tenantId) return refuse("AGREEMENT_STATUS_OF_NOBODY");
  if (!isGuid(tenantId)) refuse("MALFORMED_ARGUMENT", "tenantId must be a GUID");
  return { tenantId };
}

/** Where the signing of the agreement is explained: `data` of a refusal that concerns it. */
export const agreementHelp = "https://learn.microsoft.com/partner-center/agreements";
