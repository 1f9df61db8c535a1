/** The rules of a country as the wire shows them. */
import { type CountryRules, countryRules, type Operations, type ResultOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";

type CountryView = ResultOf<Operations["getCountryRules"]>;

/** @throws Refusal NOT_FOUND for a country that does not exist */
export function requireCountry(iso2Code: string): CountryRules {
  const rules = countryRules.get(iso2Code.toUpperCase());
  return rules ?? refuse("NOT_FOUND", `${iso2Code} is no ISO 3166 code of a country`);
}

export function countryView(rules: CountryRules): CountryView {
  const { postalCodeRegex, phoneNumberRegex, vatIdRegex, taxId } = rules;
  const { resellerAgreementRegion, geographicRegion } = rules;
  return {
    iso2Code: rules.iso2Code,
    iso3Code: rules.iso3Code,
    defaultCulture: rules.defaultCulture,
    isStateRequired: rules.states.size > 0,
    isPostalCodeRequired: postalCodeRegex !== undefined,
    isCityRequired: true,
    supportedStatesList: [...rules.states.keys()],
    supportedLanguagesList: [...rules.supportedLanguages],
    supportedCulturesList: [...rules.supportedCultures],
    countryCallingCodesList: [...rules.callingCodes],
    ...(postalCodeRegex !== undefined && { postalCodeRegex }),
    ...(phoneNumberRegex !== undefined && { phoneNumberRegex }),
    isVatIdSupported: vatIdRegex !== undefined,
    ...(vatIdRegex !== undefined && { vatIdRegex }),
    isTaxIdSupported: taxId !== undefined,
    // Nothing here asks for one.
    isTaxIdOptional: taxId !== undefined,
    ...(taxId && { taxIdFormat: taxId.format, taxIdSample: taxId.sample }),
    isRegistrationNumberSupported: rules.isRegistrationNumberSupported,
    ...(resellerAgreementRegion !== undefined && { resellerAgreementRegion }),
    ...(geographicRegion !== undefined && { geographicRegion }),
    attributes: { objectType: "CountryInformation" },
  };
}
