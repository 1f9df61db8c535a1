import { access, operation } from "../operation.ts";
import { Attributes, guid, integer, oneOf, optional, record, SelfLinks, text } from "../schema.ts";
import { Contact } from "./agreements.ts";
import { Address } from "./customers.ts";

const email = text({ max: 320, pattern: "^[^@\\s]+@[^@\\s]+$" });
const companyName = text({ max: 200, min: 1 });

/** A partner's own address; unlike a customer's it need not name a person. */
const ProfileAddress = record({
  ...Address.properties,
  country: text({ pattern: "^[A-Za-z]{2}$" }),
  city: text({ max: 200, min: 1 }),
  addressLine1: text({ max: 200, min: 1 }),
});

/** What every answer carries beside its own members. */
const shown = { profileType: text(), links: SelfLinks, attributes: Attributes };
/** A version that the caller has read; compared where there is no `If-Match`. */
const versioned = { attributes: optional(record({ etag: optional(text()) })) };

const OrganizationIn = record({
  companyName,
  defaultAddress: ProfileAddress,
  email,
  language: text({ max: 20, min: 2 }),
  culture: text({ max: 20, min: 2 }),
  ...versioned,
});
const Organization = record({
  id: guid(),
  ...OrganizationIn.properties,
  tenantId: guid(),
  domain: text(),
  ...shown,
});

const legalVettingStatuses = ["none", "pending", "authorized", "rejected"] as const;
const legalVettingSubStatuses = [
  "none",
  "entry",
  "email_ownership",
  "email_domain",
  "employment_verification",
  "decision",
  "other",
  "business_verification",
] as const;

const LegalBusinessIn = record({
  companyName,
  address: ProfileAddress,
  primaryContact: Contact,
  companyApproverAddress: optional(ProfileAddress),
  companyApproverEmail: optional(email),
});
const LegalBusiness = record({
  ...LegalBusinessIn.properties,
  vettingStatus: oneOf(legalVettingStatuses),
  vettingSubStatus: oneOf(legalVettingSubStatuses),
  ...shown,
});

const MpnProfile = record({ partnerName: text(), mpnId: text(), ...shown });

const SupportIn = record({
  email,
  telephone: text({ max: 50, min: 1 }),
  website: text({ max: 400, min: 1 }),
});
const Support = record({ ...SupportIn.properties, ...shown });

const BillingIn = record({
  companyName,
  address: ProfileAddress,
  primaryContact: Contact,
  purchaseOrderNumber: optional(text({ max: 100 })),
  taxId: optional(text({ max: 100 })),
  /** 0 says "not set": one client cannot leave an integer out. */
  billingDay: optional(integer({ min: 0, max: 28 })),
  billingCurrency: optional(text({ max: 10 })),
  ...versioned,
});
const Billing = record({ ...BillingIn.properties, billingCurrency: text(), ...shown });

const area = "profiles";
const none = { params: record({}), query: record({}) };
const vetting = record({
  vettingVersion: optional(
    oneOf(["None", "Current", "LastFinalized"], {
      "x-members": ["None", "Current", "LastFinalized"],
    }),
  ),
});

export const profileOperations = {
  getOrganizationProfile: operation({
    id: "getOrganizationProfile",
    method: "GET",
    path: "/profiles/organization",
    area,
    summary: "Get the partner's organization profile",
    access: access.viewProfiles,
    ...none,
    responses: { 200: Organization },
    errors: [],
  }),
  updateOrganizationProfile: operation({
    id: "updateOrganizationProfile",
    method: "PUT",
    path: "/profiles/organization",
    area,
    summary: "Replace the partner's organization profile",
    access: access.editProfiles,
    ...none,
    body: OrganizationIn,
    responses: { 200: Organization },
    errors: ["INVALID_INPUT", "INVALID_PROPERTY", "ETAG_STALE"],
  }),
  getLegalBusinessProfile: operation({
    id: "getLegalBusinessProfile",
    method: "GET",
    path: "/profiles/legalbusiness",
    area,
    summary: "Get the partner's legal business profile: as it is, or as it was last vetted",
    access: access.readProfiles,
    params: record({}),
    query: vetting,
    responses: { 200: LegalBusiness },
    errors: ["ENUM_UNPARSABLE"],
  }),
  updateLegalBusinessProfile: operation({
    id: "updateLegalBusinessProfile",
    method: "PUT",
    path: "/profiles/legalbusiness",
    area,
    summary: "Replace the partner's legal business profile, which is then vetted",
    access: access.editProfiles,
    ...none,
    body: LegalBusinessIn,
    responses: { 200: LegalBusiness },
    errors: ["INVALID_INPUT", "INVALID_PROPERTY"],
  }),
  getMpnProfile: operation({
    id: "getMpnProfile",
    method: "GET",
    path: "/profiles/mpn",
    area,
    summary: "Get the partner's network profile, or the one of an MPN id",
    access: access.viewProfiles,
    params: record({}),
    query: record({ mpnId: optional(text({ max: 40 })) }),
    responses: { 200: MpnProfile },
    errors: ["INVALID_INPUT", "MPN_PROFILE_NOT_FOUND"],
  }),
  getSupportProfile: operation({
    id: "getSupportProfile",
    method: "GET",
    path: "/profiles/support",
    area,
    summary: "Get how the partner's customers reach its support",
    access: access.viewProfiles,
    ...none,
    responses: { 200: Support },
    errors: [],
  }),
  updateSupportProfile: operation({
    id: "updateSupportProfile",
    method: "PUT",
    path: "/profiles/support",
    area,
    summary: "Replace the partner's support profile",
    access: access.editProfiles,
    ...none,
    body: SupportIn,
    responses: { 200: Support },
    errors: ["INVALID_INPUT"],
  }),
  updateSupportProfileAsDocumented: operation({
    id: "updateSupportProfileAsDocumented",
    method: "PUT",
    path: "/profiles/supportprofile",
    area,
    summary: "Replace the partner's support profile, under the path of the documents",
    access: access.editProfiles,
    ...none,
    body: SupportIn,
    responses: { 200: Support },
    errors: ["INVALID_INPUT"],
  }),
  getBillingProfile: operation({
    id: "getBillingProfile",
    method: "GET",
    path: "/profiles/billing",
    area,
    summary: "Get the partner's billing profile",
    access: access.viewProfiles,
    ...none,
    responses: { 200: Billing },
    errors: [],
  }),
  updateBillingProfile: operation({
    id: "updateBillingProfile",
    method: "PUT",
    path: "/profiles/billing",
    area,
    summary: "Replace the partner's billing profile",
    access: access.editProfiles,
    ...none,
    body: BillingIn,
    responses: { 200: Billing },
    errors: ["INVALID_INPUT", "INVALID_PROPERTY", "ETAG_STALE"],
  }),
};
