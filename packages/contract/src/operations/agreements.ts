import { access, operation } from "../operation.ts";
import {
  Attributes,
  collection,
  decimal,
  flag,
  guid,
  instant,
  oneOf,
  optional,
  record,
  text,
} from "../schema.ts";
import { tenantParams as customerParams } from "./shared.ts";

/** Agreement types of the contract; the first is the default of the list calls. */
export const agreementTypes = ["MicrosoftCloudAgreement", "MicrosoftCustomerAgreement"] as const;

/** Templates that exist at the vendor, by agreement type. */
export const agreementTemplates = {
  MicrosoftCloudAgreement: "998b88de-aa99-4388-a42c-1b3517d49490",
  MicrosoftCustomerAgreement: "117a77b0-9360-443b-8795-c6dedc750cf9",
} as const;

export const Contact = record({
  firstName: text({ max: 50, min: 1 }),
  lastName: text({ max: 50, min: 1 }),
  email: text({ max: 320, pattern: "^[^@\\s]+@[^@\\s]+$" }),
  phoneNumber: optional(text({ max: 50 })),
});

const Agreement = record({
  userId: optional(guid()),
  primaryContact: Contact,
  templateId: guid(),
  dateAgreed: text(),
  type: oneOf(agreementTypes),
  agreementLink: optional(text()),
  attributes: optional(Attributes),
});

const NewAgreement = record({
  primaryContact: Contact,
  templateId: guid(),
  dateAgreed: instant(),
  type: oneOf(agreementTypes),
});

const AgreementMetaData = record({
  templateId: guid(),
  agreementType: oneOf(agreementTypes),
  agreementLink: text(),
  versionRank: decimal(),
});

/** Links to a template's document, new on each call and short-lived. */
const AgreementDocument = record({
  displayUri: text(),
  downloadUri: text(),
  language: text(),
  country: text(),
});

const agreementQuery = record({ agreementType: optional(text({ max: 60 })) });
const area = "customers";

export const agreementOperations = {
  listAgreementMetaData: operation({
    id: "listAgreementMetaData",
    method: "GET",
    path: "/agreements",
    area,
    summary: "List the agreement templates",
    access: access.viewAgreements,
    params: record({}),
    query: agreementQuery,
    responses: { 200: collection(AgreementMetaData) },
    errors: ["INVALID_INPUT", "ENUM_UNPARSABLE"],
  }),
  getAgreementDocument: operation({
    id: "getAgreementDocument",
    method: "GET",
    path: "/agreementtemplates/{templateId}/document",
    area,
    summary: "Get links to an agreement template's document",
    access: access.viewAgreements,
    // A text, not a GUID: the vendor compares it with its case.
    params: record({ templateId: text({ max: 100 }) }),
    query: record({ language: optional(text({ max: 20 })), country: optional(text({ max: 20 })) }),
    responses: { 200: AgreementDocument },
    errors: ["NOT_FOUND", "INVALID_INPUT", "INVALID_PROPERTY"],
  }),
  listCustomerAgreements: operation({
    id: "listCustomerAgreements",
    method: "GET",
    path: "/customers/{customerId}/agreements",
    area,
    summary: "List the agreements that a customer accepted",
    access: access.viewAgreements,
    params: customerParams,
    query: agreementQuery,
    responses: { 200: collection(Agreement) },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND", "INVALID_INPUT", "ENUM_UNPARSABLE"],
  }),
  confirmCustomerAgreement: operation({
    id: "confirmCustomerAgreement",
    method: "POST",
    path: "/customers/{customerId}/agreements",
    area,
    summary: "Confirm that a customer accepted the agreement",
    access: access.sellAsUser,
    params: customerParams,
    query: record({}),
    body: NewAgreement,
    responses: { 201: Agreement },
    errors: [
      "INVALID_INPUT",
      "ENUM_UNPARSABLE",
      "MALFORMED_ARGUMENT",
      "TENANT_NOT_FOUND",
      "AGREEMENT_EXISTS",
    ],
  }),
  getDirectSignStatus: operation({
    id: "getDirectSignStatus",
    method: "GET",
    path: "/customers/{customerId}/directSignedMicrosoftCustomerAgreementStatus",
    area,
    summary: "Say whether the customer signed the customer agreement itself",
    access: access.viewAgreements,
    params: customerParams,
    query: record({}),
    responses: { 200: record({ isSigned: flag() }) },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
};
