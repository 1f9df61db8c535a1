import { access, operation } from "../operation.ts";
import {
  Attributes,
  collection,
  decimal,
  flag,
  guid,
  instant,
  list,
  oneOf,
  optional,
  record,
  SelfLinks,
  text,
} from "../schema.ts";

/** A customer id of the customers area: malformed is 400/2000 there. */
const customerParams = record({ customerId: guid({ "x-error": "MALFORMED_ARGUMENT" }) });

export const Address = record({
  country: optional(text({ pattern: "^[A-Za-z]{2}$" })),
  region: optional(text({ max: 100 })),
  city: optional(text({ max: 200 })),
  state: optional(text({ max: 100 })),
  addressLine1: optional(text({ max: 200 })),
  addressLine2: optional(text({ max: 200 })),
  postalCode: optional(text({ max: 40 })),
  firstName: optional(text({ max: 50 })),
  middleName: optional(text({ max: 50 })),
  lastName: optional(text({ max: 50 })),
  phoneNumber: optional(text({ max: 50 })),
});

const NewAddress = record({
  ...Address.properties,
  country: text({ pattern: "^[A-Za-z]{2}$" }),
  city: text({ max: 200, min: 1 }),
  addressLine1: text({ max: 200, min: 1 }),
  firstName: text({ max: 50, min: 1 }),
  lastName: text({ max: 50, min: 1 }),
});

export const CustomerCompanyProfile = record({
  tenantId: guid(),
  domain: text(),
  companyName: text(),
  organizationRegistrationNumber: optional(text()),
  address: optional(Address),
  email: optional(text()),
  links: optional(SelfLinks),
  attributes: Attributes,
});

export const CustomerBillingProfile = record({
  id: guid(),
  firstName: text(),
  lastName: text(),
  email: text(),
  culture: text(),
  language: text(),
  companyName: text(),
  defaultAddress: Address,
  links: optional(SelfLinks),
  attributes: Attributes,
});

const ShortCustomer = record({
  id: guid(),
  companyProfile: record({
    tenantId: guid(),
    domain: text(),
    companyName: text(),
    attributes: Attributes,
  }),
  relationshipToPartner: text(),
  links: SelfLinks,
  attributes: Attributes,
});

export const Customer = record({
  id: guid(),
  commerceId: guid(),
  companyProfile: CustomerCompanyProfile,
  billingProfile: CustomerBillingProfile,
  relationshipToPartner: oneOf(["reseller", "none"]),
  allowDelegatedAccess: flag(),
  userCredentials: optional(record({ userName: text(), password: text() })),
  customDomains: optional(list(text())),
  associatedPartnerId: optional(guid()),
  links: SelfLinks,
  attributes: Attributes,
});

const NewCustomer = record({
  companyProfile: record({
    domain: text({ max: 253, min: 3, pattern: "^[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$" }),
    organizationRegistrationNumber: optional(text({ max: 64 })),
  }),
  billingProfile: record({
    email: text({ max: 320, pattern: "^[^@\\s]+@[^@\\s]+$" }),
    culture: text({ max: 20, min: 2 }),
    language: text({ max: 20, min: 2 }),
    companyName: text({ max: 200, min: 1 }),
    firstName: optional(text({ max: 50 })),
    lastName: optional(text({ max: 50 })),
    defaultAddress: NewAddress,
  }),
  associatedPartnerId: optional(guid()),
});

const Contact = record({
  firstName: text({ max: 50, min: 1 }),
  lastName: text({ max: 50, min: 1 }),
  email: text({ max: 320, pattern: "^[^@\\s]+@[^@\\s]+$" }),
  phoneNumber: optional(text({ max: 50 })),
});

/** Agreement types of the contract; the first is the default of the list calls. */
export const agreementTypes = ["MicrosoftCloudAgreement", "MicrosoftCustomerAgreement"] as const;

/** Templates that exist at the vendor, by agreement type. */
export const agreementTemplates = {
  MicrosoftCloudAgreement: "998b88de-aa99-4388-a42c-1b3517d49490",
  MicrosoftCustomerAgreement: "117a77b0-9360-443b-8795-c6dedc750cf9",
} as const;

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

const agreementQuery = record({ agreementType: optional(text({ max: 60 })) });

export const customerOperations = {
  listCustomers: operation({
    id: "listCustomers",
    method: "GET",
    path: "/customers",
    area: "customers",
    summary: "List the partner's customers",
    access: access.anyone,
    params: record({}),
    query: record({
      size: optional(text({ max: 12, "x-error": "MALFORMED_ARGUMENT" })),
      filter: optional(text({ max: 1024, "x-error": "MALFORMED_ARGUMENT" })),
      seekOperation: optional(text({ max: 20, "x-aliases": ["seek_operation"] })),
      "MS-ContinuationToken": optional(text({ max: 512, "x-error": "MALFORMED_ARGUMENT" })),
    }),
    responses: { 200: collection(ShortCustomer) },
    errors: ["MALFORMED_ARGUMENT"],
  }),
  createCustomer: operation({
    id: "createCustomer",
    method: "POST",
    path: "/customers",
    area: "customers",
    summary: "Create a customer",
    access: access.sell,
    params: record({}),
    query: record({}),
    body: NewCustomer,
    responses: { 201: Customer },
    errors: [
      "INVALID_INPUT",
      "INVALID_PROPERTY",
      "DOMAIN_TAKEN",
      "REGISTRATION_NUMBER_MISSING",
      "PHONE_NUMBER_MISSING",
    ],
  }),
  getCustomer: operation({
    id: "getCustomer",
    method: "GET",
    path: "/customers/{customerId}",
    area: "customers",
    summary: "Get a customer",
    access: access.anyone,
    params: customerParams,
    query: record({}),
    responses: { 200: Customer },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  getCustomerCompanyProfile: operation({
    id: "getCustomerCompanyProfile",
    method: "GET",
    path: "/customers/{customerId}/profiles/company",
    area: "customers",
    summary: "Get a customer's company profile",
    access: access.anyUser,
    params: customerParams,
    query: record({}),
    responses: { 200: CustomerCompanyProfile },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  getCustomerBillingProfile: operation({
    id: "getCustomerBillingProfile",
    method: "GET",
    path: "/customers/{customerId}/profiles/billing",
    area: "customers",
    summary: "Get a customer's billing profile",
    access: access.anyone,
    params: customerParams,
    query: record({}),
    responses: { 200: CustomerBillingProfile },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  listAgreementMetaData: operation({
    id: "listAgreementMetaData",
    method: "GET",
    path: "/agreements",
    area: "customers",
    summary: "List the agreement templates",
    access: access.anyUser,
    params: record({}),
    query: agreementQuery,
    responses: { 200: collection(AgreementMetaData) },
    errors: ["ENUM_UNPARSABLE"],
  }),
  listCustomerAgreements: operation({
    id: "listCustomerAgreements",
    method: "GET",
    path: "/customers/{customerId}/agreements",
    area: "customers",
    summary: "List the agreements that a customer accepted",
    access: access.anyUser,
    params: customerParams,
    query: agreementQuery,
    responses: { 200: collection(Agreement) },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND", "ENUM_UNPARSABLE"],
  }),
  confirmCustomerAgreement: operation({
    id: "confirmCustomerAgreement",
    method: "POST",
    path: "/customers/{customerId}/agreements",
    area: "customers",
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
};
