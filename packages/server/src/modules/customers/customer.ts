/** Customers: what a new one must be, and how the wire shows one. */
import { createHash } from "node:crypto";
import {
  type BodyOf,
  canonicalCulture,
  culturesByCountry,
  type Operations,
  type ResultOf,
} from "@kontor/contract";
import { wireInstant } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { link } from "../../foundation/http/links.ts";
import { isDomainName } from "../identity/index.ts";
import { type Address, addressForCountry } from "./address.ts";
import { checkRegistration } from "./registration-number.ts";

export type NewCustomer = BodyOf<Operations["createCustomer"]>;
export type ChangedBillingProfile = BodyOf<Operations["updateCustomerBillingProfile"]>;
type CustomerView = ResultOf<Operations["getCustomer"]>;

/** A partner's customer as it is stored. */
export interface Customer {
  customerId: string;
  commerceId: string;
  domain: string;
  companyName: string;
  registrationNumber: string | null;
  email: string;
  firstName: string;
  lastName: string;
  /** In its canonical case, e.g. `en-US`. */
  culture: string;
  language: string;
  /** ISO 3166 alpha-2, upper case; the same as the address's. */
  country: string;
  address: Address;
  associatedPartnerId: string | null;
  billingProfileId: string;
  /** Counts the changes of the billing profile, from 1. */
  version: number;
  createdAt: Date;
}

/** Names compare and sort without case, in every script. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/**
 * Makes the row of a new customer.
 *
 * @throws Refusal INVALID_PROPERTY, REGISTRATION_NUMBER_MISSING, REGISTRATION_NUMBER_INVALID,
 * PHONE_NUMBER_MISSING, or DOMAIN_TAKEN where the domain is the partner's own
 */
export function planCustomer(
  given: NewCustomer,
  partnerDomain: string,
  newId: () => string,
  now: Date,
): Customer {
  const { companyProfile, billingProfile } = given;
  const domain = companyProfile.domain.trim();
  if (!isDomainName(domain)) {
    refuse("INVALID_PROPERTY", `companyProfile.domain ${domain} is not a domain name`);
  }
  if (domain.toLowerCase() === partnerDomain.toLowerCase()) {
    refuse("DOMAIN_TAKEN", `${domain} is the partner's own domain`);
  }
  const registrationNumber = companyProfile.organizationRegistrationNumber?.trim() || null;
  return {
    customerId: newId(),
    commerceId: newId(),
    domain,
    registrationNumber,
    ...checkedProfile(billingProfile, registrationNumber, "billingProfile."),
    associatedPartnerId: given.associatedPartnerId ?? null,
    billingProfileId: newId(),
    version: 1,
    createdAt: now,
  };
}

/**
 * The customer with another billing profile: all of it is replaced, and its etag is another one.
 * The country may change; the registration number stays and must suit it.
 *
 * @throws Refusal INVALID_PROPERTY, REGISTRATION_NUMBER_MISSING, REGISTRATION_NUMBER_INVALID,
 * PHONE_NUMBER_MISSING
 */
export function withBillingProfile(customer: Customer, given: ChangedBillingProfile): Customer {
  const profile = checkedProfile(given, customer.registrationNumber, "");
  return { ...customer, ...profile, version: customer.version + 1 };
}

type BillingProfile = Pick<
  Customer,
  | "companyName"
  | "email"
  | "firstName"
  | "lastName"
  | "culture"
  | "language"
  | "country"
  | "address"
>;

/** What holds for every billing profile. `at` stands before the names of its fields. */
function checkedProfile(
  given: NewCustomer["billingProfile"],
  registrationNumber: string | null,
  at: string,
): BillingProfile {
  const { defaultAddress } = given;
  const country = defaultAddress.country.toUpperCase();
  const culture = cultureFor(given.culture, country, at);
  requireLanguage(given.language, at);
  const address = addressForCountry(defaultAddress, country, `${at}defaultAddress`);
  checkRegistration(country, registrationNumber, address.phoneNumber);
  return {
    companyName: given.companyName,
    email: given.email,
    firstName: given.firstName ?? defaultAddress.firstName,
    lastName: given.lastName ?? defaultAddress.lastName,
    culture,
    language: given.language,
    country,
    address,
  };
}

/** A culture is good in the countries that list it; its case is mended. */
function cultureFor(given: string, country: string, at: string): string {
  const supported = culturesByCountry.get(country);
  if (!supported) {
    return refuse(
      "INVALID_PROPERTY",
      `${at}defaultAddress.country ${country} is not a known ISO 3166 code`,
    );
  }
  const culture = canonicalCulture(given.trim());
  if (culture !== undefined && supported.includes(culture)) return culture;
  return refuse(
    "INVALID_PROPERTY",
    `${at}culture ${given} is not supported in ${country}; use one of ${supported.join(", ")}`,
  );
}

/** Two letters, as documented; a region behind them, as some clients send it, does no harm. */
function requireLanguage(language: string, at: string): void {
  if (/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}$/i.test(language)) return;
  refuse("INVALID_PROPERTY", `${at}language ${language} is not a language code`);
}

/** A customer in full, as get and create answer it. */
export function customerView(customer: Customer): CustomerView {
  const { customerId } = customer;
  return {
    id: customerId,
    commerceId: customer.commerceId,
    companyProfile: companyProfileView(customer),
    billingProfile: billingProfileView(customer),
    relationshipToPartner: "reseller",
    allowDelegatedAccess: true,
    customDomains: [customer.domain],
    ...(customer.associatedPartnerId !== null && {
      associatedPartnerId: customer.associatedPartnerId,
    }),
    links: { self: link(`/customers/${customerId}`) },
    attributes: { objectType: "Customer" },
  };
}

export function companyProfileView(
  customer: Customer,
): ResultOf<Operations["getCustomerCompanyProfile"]> {
  const { customerId, registrationNumber } = customer;
  return {
    tenantId: customerId,
    domain: customer.domain,
    companyName: customer.companyName,
    ...(registrationNumber !== null && { organizationRegistrationNumber: registrationNumber }),
    address: customer.address,
    email: customer.email,
    links: { self: link(`/customers/${customerId}/profiles/company`) },
    attributes: { objectType: "CustomerCompanyProfile" },
  };
}

export function billingProfileView(
  customer: Customer,
): ResultOf<Operations["getCustomerBillingProfile"]> {
  return {
    id: customer.billingProfileId,
    firstName: customer.firstName,
    lastName: customer.lastName,
    email: customer.email,
    culture: customer.culture,
    language: customer.language,
    companyName: customer.companyName,
    defaultAddress: customer.address,
    links: { self: link(`/customers/${customer.customerId}/profiles/billing`) },
    attributes: { etag: billingProfileEtag(customer), objectType: "CustomerBillingProfile" },
  };
}

/** A signed 64-bit integer in decimal, as clients know it; another one for each version. */
export function billingProfileEtag({ billingProfileId, version }: Customer): string {
  const digest = createHash("sha256").update(`${billingProfileId}:${version}`).digest();
  return digest.readBigInt64BE().toString();
}

/** What a list shows of a customer. */
export type ShortCustomer = Pick<Customer, "customerId" | "domain" | "companyName">;
type ShortCustomerView = ResultOf<Operations["listCustomers"]>["items"][number];

export function shortCustomerView(customer: ShortCustomer): ShortCustomerView {
  const { customerId, domain, companyName } = customer;
  return {
    id: customerId,
    companyProfile: {
      tenantId: customerId,
      domain,
      companyName,
      attributes: { objectType: "CustomerCompanyProfile" },
    },
    relationshipToPartner: "reseller",
    links: { self: link(`/customers/${customerId}`) },
    attributes: { objectType: "Customer" },
  };
}

/** What is left to show of a customer whose relationship is over. */
export const formerCustomerView: ResultOf<Operations["updateCustomer"]> = {
  relationshipToPartner: "none",
  attributes: { objectType: "Customer" },
};

/**
 * Whether the customer's account may buy: here it always may. Since when it is so, is the time of
 * its creation.
 */
export function validationStatusView(
  customer: Customer,
): ResultOf<Operations["getCustomerValidationStatus"]> {
  return {
    type: "account",
    status: "Allowed",
    lastUpdateDateTime: wireInstant(customer.createdAt),
  };
}
