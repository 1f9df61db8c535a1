/** Rules of addresses that differ by country. */
import type { Address as AddressSchema, Static } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";

export type Address = Static<typeof AddressSchema>;

interface AddressRule {
  /** States by their abbreviation; one of them is required. */
  states: ReadonlySet<string>;
  /** A postal code of this form is required. */
  postalCode: RegExp;
}

const statesOfTheUs =
  "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM " +
  "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC";

/** Countries with rules of their own; in all others state and postal code are free. */
const rules: ReadonlyMap<string, AddressRule> = new Map([
  ["US", { states: new Set(statesOfTheUs.split(" ")), postalCode: /^\d{5}(-\d{4})?$/ }],
]);

/**
 * The address as it is stored: country and, where it is a code, state in upper case. `at` is the
 * path of the address in the request.
 *
 * @throws Refusal INVALID_PROPERTY
 */
export function addressForCountry(given: Address, country: string, at: string): Address {
  const rule = rules.get(country);
  if (!rule) return { ...given, country };
  const state = given.state?.trim().toUpperCase() ?? "";
  if (!rule.states.has(state)) {
    refuse("INVALID_PROPERTY", `${at}.state must be the abbreviation of a state in ${country}`);
  }
  const postalCode = given.postalCode?.trim() ?? "";
  if (!rule.postalCode.test(postalCode)) {
    refuse("INVALID_PROPERTY", `${at}.postalCode has not the form used in ${country}`);
  }
  return { ...given, country, state, postalCode };
}
