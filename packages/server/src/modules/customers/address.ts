/** Rules of addresses that differ by country. */
import { type Address as AddressSchema, countryRules, type Static } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";

export type Address = Static<typeof AddressSchema>;

/** Where state and postal code are checked and needed; in all other countries they are free. */
const checkedCountries: ReadonlySet<string> = new Set(["US"]);

/**
 * The address as it is stored: country and, where it is a code, state in upper case. `at` is the
 * path of the address in the request.
 *
 * @throws Refusal INVALID_PROPERTY
 */
export function addressForCountry(given: Address, country: string, at: string): Address {
  const rule = checkedCountries.has(country) ? countryRules.get(country) : undefined;
  if (!rule) return { ...given, country };
  const state = given.state?.trim().toUpperCase() ?? "";
  if (!rule.states.has(state)) {
    refuse("INVALID_PROPERTY", `${at}.state must be the abbreviation of a state in ${country}`);
  }
  const postalCode = given.postalCode?.trim() ?? "";
  if (!new RegExp(rule.postalCodeRegex ?? "").test(postalCode)) {
    refuse("INVALID_PROPERTY", `${at}.postalCode has not the form used in ${country}`);
  }
  return { ...given, country, state, postalCode };
}
