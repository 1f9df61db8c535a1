import { access, operation, throttled } from "../operation.ts";
import {
  Attributes,
  collection,
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
import { tenantParams as customerParams, filterQuery } from "./shared.ts";

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

/** An address as it is sent: with what is required, in the documented lengths. */
const NewAddress = record({
  ...Address.properties,
  country: text({ pattern: "^[A-Za-z]{2}$" }),
  city: text({ max: 200, min: 1 }),
  state: optional(text({ max: 2 })),
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

const NewBillingProfile = record({
  email: text({ max: 320, pattern: "^[^@\\s]+@[^@\\s]+$" }),
  culture: text({ max: 20, min: 2 }),
  language: text({ max: 20, min: 2 }),
  companyName: text({ max: 200, min: 1 }),
  firstName: optional(text({ max: 50 })),
  lastName: optional(text({ max: 50 })),
  defaultAddress: NewAddress,
});

const NewCustomer = record({
  companyProfile: record({
    domain: text({ max: 253, min: 3, pattern: "^[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$" }),
    organizationRegistrationNumber: optional(text({ max: 64 })),
  }),
  billingProfile: NewBillingProfile,
  associatedPartnerId: optional(guid()),
});

/** The whole profile; `attributes.etag` is compared where there is no `If-Match`. */
const ChangedBillingProfile = record({
  ...NewBillingProfile.properties,
  attributes: optional(record({ etag: optional(text()) })),
});

const ValidationStatus = record({
  type: oneOf(["account"]),
  status: text(),
  lastUpdateDateTime: instant(),
});

/** Every member of the vendor's enumeration is read; only `none` is a change that is supported. */
const CustomerChange = record({
  relationshipToPartner: optional(
    oneOf(["unknown", "reseller", "advisor", "syndication", "microsoft_support", "none"], {
      "x-error": "INVALID_PROPERTY",
      "x-members": ["unknown", "reseller", "advisor", "syndication", "microsoft_support", "none"],
    }),
  ),
});

/** A former customer: nothing is shown but that the relationship is over. */
const FormerCustomer = record({
  relationshipToPartner: oneOf(["none"]),
  attributes: Attributes,
});

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
      ...filterQuery,
      seekOperation: optional(
        text({ max: 20, "x-aliases": ["seek_operation"], "x-error": "MALFORMED_ARGUMENT" }),
      ),
      "MS-ContinuationToken": optional(text({ max: 700, "x-error": "MALFORMED_ARGUMENT" })),
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
      "REGISTRATION_NUMBER_INVALID",
      "PHONE_NUMBER_MISSING",
      "CUSTOMER_LIMIT_REACHED",
    ],
  }),
  getCustomer: operation({
    id: "getCustomer",
    method: "GET",
    path: "/customers/{customerId}",
    area: "customers",
    summary: "Get a customer",
    access: access.anyone,
    throttle: throttled.customer,
    params: customerParams,
    query: record({}),
    responses: { 200: Customer },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
  deleteCustomer: operation({
    id: "deleteCustomer",
    method: "DELETE",
    path: "/customers/{customerId}",
    area: "customers",
    summary: "Delete a customer of a sandbox with all that is its own",
    access: access.sell,
    params: customerParams,
    query: record({}),
    responses: { 204: "empty" },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND", "SANDBOX_ONLY", "CUSTOMER_HAS_ORDERS"],
  }),
  updateCustomer: operation({
    id: "updateCustomer",
    method: "PATCH",
    path: "/customers/{customerId}",
    area: "customers",
    summary: "End the relationship with a customer",
    access: access.sellAsUser,
    params: customerParams,
    query: record({}),
    body: CustomerChange,
    responses: { 200: FormerCustomer },
    errors: [
      "INVALID_INPUT",
      "INVALID_PROPERTY",
      "MALFORMED_ARGUMENT",
      "TENANT_NOT_FOUND",
      "CHANGE_NOT_SUPPORTED",
      "CUSTOMER_HAS_ORDERS",
    ],
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
  updateCustomerBillingProfile: operation({
    id: "updateCustomerBillingProfile",
    method: "PUT",
    path: "/customers/{customerId}/profiles/billing",
    area: "customers",
    summary: "Replace a customer's billing profile; If-Match or attributes.etag guards it",
    access: access.sell,
    params: customerParams,
    query: record({}),
    body: ChangedBillingProfile,
    responses: { 200: CustomerBillingProfile },
    errors: [
      "INVALID_INPUT",
      "INVALID_PROPERTY",
      "MALFORMED_ARGUMENT",
      "TENANT_NOT_FOUND",
      "REGISTRATION_NUMBER_MISSING",
      "REGISTRATION_NUMBER_INVALID",
      "PHONE_NUMBER_MISSING",
      "ETAG_STALE",
    ],
  }),
  getCustomerValidationStatus: operation({
    id: "getCustomerValidationStatus",
    method: "GET",
    path: "/customers/{customerId}/validationStatus",
    area: "customers",
    summary: "Get whether a customer's account may buy",
    access: access.anyone,
    params: customerParams,
    query: record({ type: oneOf(["account"], { "x-error": "MALFORMED_ARGUMENT" }) }),
    responses: { 200: ValidationStatus },
    errors: ["MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
};
