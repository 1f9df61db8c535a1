import Type from "typebox";
import { access, operation } from "../operation.ts";
import { flag, list, oneOf, optional, record, text } from "../schema.ts";
import { Address } from "./customers.ts";

const AddressToValidate = record({
  ...Address.properties,
  country: text({ pattern: "^[A-Za-z]{2}$" }),
  city: text({ max: 200, min: 1 }),
  addressLine1: text({ max: 200, min: 1 }),
});

/** All statuses of the contract. `Multiple` takes a data base of addresses: never answered. */
const addressStatuses = [
  "VerifiedShippable",
  "Verified",
  "InteractionRequired",
  "StreetPartial",
  "PremisesPartial",
  "Multiple",
  "None",
  "NotValidated",
] as const;

const AddressValidation = record({
  originalAddress: Address,
  suggestedAddresses: list(Address),
  status: oneOf(addressStatuses),
  validationMessage: optional(text()),
});

const CountryRules = record({
  iso2Code: text(),
  iso3Code: text(),
  defaultCulture: text(),
  isStateRequired: flag(),
  isPostalCodeRequired: flag(),
  isCityRequired: flag(),
  supportedStatesList: list(text()),
  supportedLanguagesList: list(text()),
  supportedCulturesList: list(text()),
  countryCallingCodesList: list(text()),
  postalCodeRegex: optional(text()),
  phoneNumberRegex: optional(text()),
  isVatIdSupported: flag(),
  vatIdRegex: optional(text()),
  isTaxIdSupported: flag(),
  isTaxIdOptional: flag(),
  taxIdFormat: optional(text()),
  taxIdSample: optional(text()),
  isRegistrationNumberSupported: flag(),
  resellerAgreementRegion: optional(text()),
  geographicRegion: optional(text()),
  attributes: record({ objectType: text() }),
});

const area = "validations";

export const validationOperations = {
  validateAddress: operation({
    id: "validateAddress",
    method: "POST",
    path: "/validations/address",
    area,
    summary: "Check an address; two older clients get a bare true, or a refusal",
    access: access.anyone,
    params: record({}),
    query: record({}),
    body: AddressToValidate,
    responses: { 200: Type.Union([AddressValidation, Type.Boolean()]) },
    errors: ["INVALID_INPUT", "INVALID_PROPERTY"],
    readOnly: true,
  }),
  getCountryRules: operation({
    id: "getCountryRules",
    method: "GET",
    path: "/countryvalidationrules/{countryCode}",
    area,
    summary: "Get what a country asks of addresses and companies",
    access: access.anyone,
    params: record({ countryCode: text({ max: 100 }) }),
    query: record({}),
    responses: { 200: CountryRules },
    errors: ["INVALID_INPUT", "NOT_FOUND"],
  }),
  domainExists: operation({
    id: "domainExists",
    method: "HEAD",
    path: "/domains/{domain}",
    area,
    summary: "Ask whether a domain is taken: 200, or 404 where it is free",
    access: access.anyone,
    params: record({ domain: text({ max: 253 }) }),
    query: record({}),
    responses: { 200: "empty" },
    errors: ["INVALID_INPUT", "NOT_FOUND"],
  }),
  checkDomainAvailability: operation({
    id: "checkDomainAvailability",
    method: "GET",
    path: "/validations/checkdomainavailability/{prefix}",
    area,
    summary: "Ask whether a prefix of onmicrosoft.com is free, as a bare boolean (deprecated)",
    access: access.anyone,
    params: record({ prefix: text({ max: 63 }) }),
    query: record({}),
    responses: { 200: flag() },
    errors: ["INVALID_INPUT"],
  }),
};
