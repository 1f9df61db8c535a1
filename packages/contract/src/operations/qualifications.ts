import { access, controlPlaneErrors, operation } from "../operation.ts";
import { flag, guid, instant, integer, list, oneOf, optional, record, text } from "../schema.ts";
import { tenantParams as customerParams } from "./shared.ts";

/** In the order of the vendor's enumeration. */
const qualificationNames = [
  "None",
  "Education",
  "Nonprofit",
  "GovernmentCommunityCloud",
  "StateOwnedEntity",
] as const;

const QualificationName = oneOf(qualificationNames, { "x-members": qualificationNames });

const VettingStatus = oneOf(["Approved", "InReview", "Denied"]);

/** The date stands under both names; a state-owned entity has no status, which is an approval. */
const Qualification = record({
  qualification: QualificationName,
  vettingStatus: optional(VettingStatus),
  vettingReason: optional(text()),
  vettingCreateDate: instant(),
  vettingCreatedDate: instant(),
});

const QualificationRequest = record({
  qualification: QualificationName,
  educationSegment: optional(text({ max: 100 })),
  validationCode: optional(text({ max: 100 })),
  website: optional(text()),
});

/** The deprecated form: one text of an older spelling. */
const QualificationText = oneOf([
  "none",
  "education",
  "nonprofit",
  "government_community_cloud",
  "state_owned_entity",
]);

/** A code with which government customers are created. Its integers are never left out. */
const ValidationCode = record({
  partnerId: guid(),
  organizationName: text(),
  validationId: text(),
  maxCreates: integer(),
  remainingCreates: integer(),
  eTag: text(),
});

const code = { code: optional(text({ max: 100 })) };
const area = "customers";

export const qualificationOperations = {
  listCustomerQualifications: operation({
    id: "listCustomerQualifications",
    method: "GET",
    path: "/customers/{customerId}/qualifications",
    area,
    summary: "List a customer's qualifications, as a bare array",
    access: access.anyone,
    params: customerParams,
    query: record({}),
    responses: { 200: list(Qualification) },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  requestCustomerQualification: operation({
    id: "requestCustomerQualification",
    method: "POST",
    path: "/customers/{customerId}/qualifications",
    area,
    summary: "Ask for a qualification; it is reviewed before it counts",
    access: access.sellAsUser,
    params: customerParams,
    query: record(code),
    body: QualificationRequest,
    responses: { 201: Qualification },
    errors: [
      "MALFORMED_ARGUMENT",
      "TENANT_NOT_FOUND",
      "INVALID_INPUT",
      "INVALID_PROPERTY",
      "ENUM_UNPARSABLE",
    ],
  }),
  getCustomerQualification: operation({
    id: "getCustomerQualification",
    method: "GET",
    path: "/customers/{customerId}/qualification",
    area,
    summary: "Get a customer's latest approved qualification as a bare text (deprecated)",
    access: access.anyone,
    params: customerParams,
    query: record({}),
    responses: { 200: QualificationText },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  setCustomerQualification: operation({
    id: "setCustomerQualification",
    method: "PUT",
    path: "/customers/{customerId}/qualification",
    area,
    summary: "Set a customer's qualification, approved at once (deprecated)",
    access: access.sellAsUser,
    params: customerParams,
    query: record(code),
    body: QualificationName,
    responses: { 200: QualificationText },
    errors: [
      "MALFORMED_ARGUMENT",
      "TENANT_NOT_FOUND",
      "INVALID_INPUT",
      "INVALID_PROPERTY",
      "ENUM_UNPARSABLE",
    ],
  }),
  listValidationCodes: operation({
    id: "listValidationCodes",
    method: "GET",
    path: "/customers/all/validations",
    area,
    summary: "List the partner's validation codes for government customers, as a bare array",
    access: access.anyone,
    params: record({}),
    query: record({}),
    responses: { 200: list(ValidationCode) },
    errors: [],
  }),
  setCustomerStanding: operation({
    id: "setCustomerStanding",
    method: "POST",
    path: "/_kontor/customers/{customerId}/standing",
    area: "sandbox",
    summary: "Decide for the vendor and the customer: a vetted qualification, a direct signature",
    access: access.anyone,
    params: customerParams,
    query: record({}),
    body: record({
      qualification: optional(QualificationName),
      vettingStatus: optional(oneOf(["Approved", "Denied"])),
      vettingReason: optional(text({ max: 200 })),
      directSignature: optional(flag()),
    }),
    responses: { 200: record({ qualifications: list(Qualification), directSignature: flag() }) },
    errors: [
      ...controlPlaneErrors,
      "INVALID_INPUT",
      "MALFORMED_ARGUMENT",
      "TENANT_NOT_FOUND",
      "INVALID_PROPERTY",
      "ENUM_UNPARSABLE",
    ],
  }),
};
