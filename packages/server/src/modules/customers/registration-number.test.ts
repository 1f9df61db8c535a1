import { registrationNumberCountries } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { checkRegistration } from "./registration-number.ts";

test("the countries that demand a registration number are those of the later error table", () => {
  expect([...registrationNumberCountries].toSorted()).toEqual([
    "AM",
    "AZ",
    "BY",
    "HU",
    "IN",
    "KG",
    "KZ",
    "MD",
    "RU",
    "TJ",
    "UA",
    "UZ",
  ]);
});

describe.each([...registrationNumberCountries])("in %s", (country) => {
  test(`seven or ten digits and a phone number are right (${country})`, () => {
    expect(() => checkRegistration(country, "1234567", "1")).not.toThrow();
    expect(() => checkRegistration(country, "1234567890", "1")).not.toThrow();
  });
  test(`a missing number is named before a missing phone number (${country})`, () => {
    expect(() => checkRegistration(country, null, undefined)).toThrow(
      /^REGISTRATION_NUMBER_MISSING/,
    );
  });
  test(`a missing or blank phone number is refused (${country})`, () => {
    expect(() => checkRegistration(country, "1234567", undefined)).toThrow(/^PHONE_NUMBER_MISSING/);
    expect(() => checkRegistration(country, "1234567", " ")).toThrow(/^PHONE_NUMBER_MISSING/);
  });
  test.each(["123456", "12345678", "12345678901", "123456a", "12 34567"])(
    `%s has not the form (${country})`,
    (number) => {
      expect(() => checkRegistration(country, number, "1")).toThrow(/^REGISTRATION_NUMBER_INVALID/);
    },
  );
});

test.each(["US", "DE", "BR", "ZA"])("in %s anything goes, and nothing too", (country) => {
  expect(() => checkRegistration(country, null, undefined)).not.toThrow();
  expect(() => checkRegistration(country, "any text", undefined)).not.toThrow();
});
