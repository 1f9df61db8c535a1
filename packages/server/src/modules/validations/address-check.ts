/**
 * Checks addresses by the rules of their country. There is no data base of addresses behind it: a
 * status says what the form of an address lets one say, and a suggestion is the same address in
 * the country's own form.
 */
import {
  type CountryRules,
  countryRules,
  type Operations,
  type ResultOf,
  type Static,
  type validationOperations,
} from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";

type AddressIn = Static<(typeof validationOperations.validateAddress)["body"]>;
type Validation = Exclude<ResultOf<Operations["validateAddress"]>, boolean>;

/**
 * What each status means here, from the worst:
 *
 * - `None`: the state is on no list of the country, or the postal code has not its form, or one
 *   of them is needed and missing. Nothing to suggest.
 * - `StreetPartial`: the first line is a number without a street.
 * - `PremisesPartial`: the first line names a street, and no number.
 * - `NotValidated`: of the country neither states nor a form of postal codes are known, so that
 *   nothing could be checked. Nothing to suggest.
 * - `InteractionRequired`: all is right, but not written as the country writes it (a state's name
 *   for its code, a postal code in small letters); the suggestion is.
 * - `Verified`: right, and a post box: nothing can be delivered there.
 * - `VerifiedShippable`: right.
 *
 * @throws Refusal INVALID_PROPERTY for a country that does not exist
 */
export function validateAddress(given: AddressIn): Validation {
  const rules = countryRules.get(given.country.toUpperCase());
  if (!rules) return refuse("INVALID_PROPERTY", `country ${given.country} is no ISO 3166 code`);
  const answer = (status: Validation["status"], suggested?: AddressIn, message?: string) => ({
    originalAddress: given,
    suggestedAddresses: suggested ? [suggested] : [],
    status,
    ...(message !== undefined && { validationMessage: message }),
  });
  const problem = problemOf(given, rules);
  if (problem !== undefined) return answer("None", undefined, problem);
  const mended = inCountryForm(given, rules);
  const street = mended.addressLine1;
  if (!/\p{L}/u.test(street)) {
    return answer("StreetPartial", mended, "addressLine1 names no street");
  }
  if (!/\p{N}/u.test(street)) {
    return answer("PremisesPartial", mended, "addressLine1 has no number of a building");
  }
  if (rules.states.size === 0 && rules.postalCodeRegex === undefined) {
    return answer("NotValidated", undefined, `no rules are known for ${rules.iso2Code}`);
  }
  if (differs(given, mended)) {
    return answer("InteractionRequired", mended, "the country writes the address differently");
  }
  const isBox = /^\s*(p\.?\s*o\.?\s*box|post office box|postfach)\b/i.test(street);
  return answer(isBox ? "Verified" : "VerifiedShippable", mended);
}

function problemOf(given: AddressIn, rules: CountryRules): string | undefined {
  const { iso2Code, states, postalCodeRegex } = rules;
  if (states.size > 0 && stateCode(given.state, rules) === undefined) {
    return given.state?.trim()
      ? `state ${given.state} is none of ${iso2Code}`
      : `state is needed in ${iso2Code}`;
  }
  if (postalCodeRegex === undefined) return undefined;
  const postalCode = given.postalCode?.trim() ?? "";
  if (postalCode === "") return `postalCode is needed in ${iso2Code}`;
  if (new RegExp(postalCodeRegex).test(postalCode)) return undefined;
  return `postalCode ${postalCode} has not the form used in ${iso2Code}`;
}

/** The code of a state that is given by its code or its name. */
function stateCode(given: string | undefined, { states }: CountryRules): string | undefined {
  const wanted = plain(given ?? "");
  return [...states].find(([code, name]) => plain(code) === wanted || plain(name) === wanted)?.[0];
}

/** Without case and accents: Querétaro is Queretaro. */
function plain(text: string): string {
  return text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function inCountryForm(given: AddressIn, rules: CountryRules): AddressIn {
  const texts = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, squeezed(value)]);
  const mended: AddressIn = Object.fromEntries(texts);
  const state = rules.states.size > 0 ? stateCode(given.state, rules) : mended.state;
  const { postalCode } = mended;
  return {
    ...mended,
    country: rules.iso2Code,
    ...(state !== undefined && { state }),
    ...(postalCode !== undefined && { postalCode: postalCode.toUpperCase() }),
  };
}

function squeezed(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

function differs(one: AddressIn, other: AddressIn): boolean {
  const names = Object.keys(one) as (keyof AddressIn)[];
  return names.some((name) => one[name] !== other[name]);
}

/** Statuses of an address that one may take as it is, or as the suggestion writes it. */
const good: readonly Validation["status"][] = [
  "VerifiedShippable",
  "Verified",
  "InteractionRequired",
  "NotValidated",
];

/** What the older clients are told: that an address is good, or why it is none. */
export function requireGood({ status, validationMessage }: Validation): true {
  if (good.includes(status)) return true;
  return refuse("INVALID_PROPERTY", validationMessage ?? `the address is ${status}`);
}

/** The clients that were made when the answer was a bare `true`, by `MS-PartnerCenter-Client`. */
const olderClients = ["partner center java sdk", "partner center open .net sdk"];

export function isOlderClient(name: string | undefined): boolean {
  return name !== undefined && olderClients.includes(name.trim().toLowerCase());
}
