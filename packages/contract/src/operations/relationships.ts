import { access, operation } from "../operation.ts";
import {
  Attributes,
  collection,
  flag,
  guid,
  instant,
  oneOf,
  optional,
  record,
  text,
} from "../schema.ts";
import { filterQuery, tenantParams } from "./shared.ts";

/** How the partner stands to the other: as its provider, or as its reseller. */
const relationshipTypes = [
  "is_indirect_cloud_solution_provider_of",
  "is_indirect_reseller_of",
] as const;

const PartnerRelationship = record({
  id: guid(),
  name: text(),
  relationshipType: oneOf(relationshipTypes),
  state: text(),
  mpnId: text(),
  location: text(),
  attributes: Attributes,
});

const RelationshipRequest = record({ url: text(), attributes: Attributes });

/** What clients send besides (administrator, address, contact, languages) is not looked at. */
const NewReseller = record({
  mpnId: text({ max: 20, pattern: "^\\d+$" }),
  tenant: record({
    domainPrefix: text({ max: 63, min: 1 }),
    displayName: optional(text({ max: 200 })),
    name: optional(text({ max: 200 })),
    country: text({ pattern: "^[A-Za-z]{2}$" }),
  }),
  legalBusinessProfile: record({ companyName: text({ max: 200, min: 1 }) }),
  /** Ours: false makes a reseller that has not signed, to try the refusals that follow from it. */
  isAgreementSigned: optional(flag()),
});

const Reseller = record({
  accountId: guid(),
  mpnId: text(),
  tenant: record({ id: guid(), adminUserAccount: text(), password: text() }),
  agreementSignature: optional(
    record({
      id: guid(),
      accountId: guid(),
      agreementType: text(),
      dateSigned: instant(),
      attributes: Attributes,
    }),
  ),
  partnerRelationship: record({
    id: guid(),
    name: text(),
    relationshipType: oneOf(relationshipTypes),
    state: text(),
    mpnId: text(),
    attributes: Attributes,
  }),
});

const area = "customers";

export const relationshipOperations = {
  getRelationshipRequest: operation({
    id: "getRelationshipRequest",
    method: "GET",
    path: "/customers/relationshiprequests",
    area,
    summary: "Get the address at which a customer accepts the partner as its reseller",
    access: access.sellAsUser,
    params: record({}),
    query: record({}),
    responses: { 200: RelationshipRequest },
    errors: [],
  }),
  listCustomerRelationships: operation({
    id: "listCustomerRelationships",
    method: "GET",
    path: "/customers/{customerId}/relationships",
    area,
    summary: "List the indirect resellers of a customer",
    access: access.anyUser,
    params: tenantParams,
    query: record({}),
    responses: { 200: collection(PartnerRelationship) },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  listRelationships: operation({
    id: "listRelationships",
    method: "GET",
    path: "/relationships",
    area,
    summary: "List the partner's relationships with other partners",
    access: access.anyUser,
    params: record({}),
    query: record({
      relationship_type: oneOf(relationshipTypes, {
        "x-aliases": ["relationshipType"],
        "x-error": "MALFORMED_ARGUMENT",
      }),
      ...filterQuery,
    }),
    responses: { 200: collection(PartnerRelationship) },
    errors: ["MALFORMED_ARGUMENT"],
  }),
  getAgreementStatus: operation({
    id: "getAgreementStatus",
    method: "GET",
    path: "/compliance/csp/agreementstatus",
    area,
    summary: "Get whether a partner has signed the partner agreement",
    access: access.anyUser,
    params: record({}),
    query: record({
      mpnId: optional(text({ max: 60, "x-error": "MALFORMED_ARGUMENT" })),
      tenantId: optional(text({ max: 60, "x-error": "MALFORMED_ARGUMENT" })),
    }),
    responses: { 200: record({ isAgreementSigned: flag() }) },
    errors: [
      "MALFORMED_ARGUMENT",
      "AGREEMENT_STATUS_OF_NOBODY",
      "MPN_ID_UNKNOWN",
      "MPN_ID_UNSIGNED",
      "TENANT_WITHOUT_ACCOUNT",
      "TENANT_UNSIGNED",
    ],
  }),
  createIndirectReseller: operation({
    id: "createIndirectReseller",
    method: "POST",
    path: "/sandboxIndirectReseller",
    area,
    summary: "Create an indirect reseller in a sandbox",
    access: access.sellAsUser,
    params: record({}),
    query: record({}),
    body: NewReseller,
    responses: { 200: Reseller },
    errors: [
      "INVALID_INPUT",
      "INVALID_PROPERTY",
      "NOT_SANDBOX_PROVIDER",
      "RESELLER_LIMIT_REACHED",
      "DOMAIN_TAKEN",
    ],
  }),
  deleteIndirectReseller: operation({
    id: "deleteIndirectReseller",
    method: "DELETE",
    path: "/sandboxIndirectReseller/{resellerId}",
    area,
    summary: "Delete an indirect reseller of a sandbox that has no customers",
    access: access.sellAsUser,
    params: record({ resellerId: guid({ "x-error": "MALFORMED_ARGUMENT" }) }),
    query: record({}),
    responses: { 204: "empty" },
    errors: ["MALFORMED_ARGUMENT", "NOT_FOUND", "NOT_SANDBOX_PROVIDER", "RESELLER_HAS_CUSTOMERS"],
  }),
};
