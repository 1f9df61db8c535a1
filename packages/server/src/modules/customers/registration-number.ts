/** Countries that want an organization's registration number and its phone number. */
import { registrationNumberCountries } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";

interface Rule {
  use: "required" | "optional";
  /** The number must have this form; undefined: any form will do. */
  form: RegExp | undefined;
}

/** The one form that is published: seven or ten digits. */
const publishedForm = /^(\d{7}|\d{10})$/;

/** Where a number is not wanted it is taken all the same: many clients send one everywhere. */
const elsewhere: Rule = { use: "optional", form: undefined };

const rules: ReadonlyMap<string, Rule> = new Map(
  [...registrationNumberCountries].map((country) => [
    country,
    { use: "required", form: publishedForm },
  ]),
);

/**
 * Checks number and phone number against the country's rule; a blank text counts as none.
 *
 * @throws Refusal REGISTRATION_NUMBER_MISSING, REGISTRATION_NUMBER_INVALID, PHONE_NUMBER_MISSING
 */
export function checkRegistration(
  country: string,
  registrationNumber: string | null,
  phoneNumber: string | undefined,
): void {
  const { use, form } = rules.get(country) ?? elsewhere;
  if (registrationNumber !== null && form && !form.test(registrationNumber)) {
    refuse("REGISTRATION_NUMBER_INVALID", `in ${country} it matches ${form.source}`);
  }
  if (use === "optional") return;
  if (registrationNumber === null) refuse("REGISTRATION_NUMBER_MISSING", `country ${country}`);
  if (!phoneNumber?.trim()) refuse("PHONE_NUMBER_MISSING", `country ${country}`);
}
