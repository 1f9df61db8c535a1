import { customerOperations, read } from "@kontor/contract";
import { expect, test } from "vitest";
import { randomId } from "../../foundation/ids.ts";
import {
  billingProfileView,
  type Customer,
  customerView,
  type NewCustomer,
  nameKey,
  planCustomer,
  withBillingProfile,
} from "./customer.ts";

const now = new Date("2026-01-01T00:00:00Z");

function wanted(
  address: Partial<NewCustomer["billingProfile"]["defaultAddress"]> = {},
  billing: Partial<NewCustomer["billingProfile"]> = {},
  company: Partial<NewCustomer["companyProfile"]> = {},
): NewCustomer {
  return {
    companyProfile: { domain: "fabrikam.onmicrosoft.com", ...company },
    billingProfile: {
      email: "ada@fabrikam.example",
      culture: "EN-US",
      language: "En",
      companyName: "Fabrikam",
      defaultAddress: {
        country: "us",
        city: "Seattle",
        state: "wa",
        addressLine1: "1 Pine Street",
        postalCode: "98101",
        firstName: "Ada",
        lastName: "Coleman",
        ...address,
      },
      ...billing,
    },
  };
}

function plan(given: NewCustomer): Customer {
  return planCustomer(given, "contoso.onmicrosoft.com", randomId, now);
}

const german = { country: "DE", city: "Hamburg", postalCode: "x" };

test("a new customer is stored in canonical case", () => {
  expect(plan(wanted())).toMatchObject({
    domain: "fabrikam.onmicrosoft.com",
    culture: "en-US",
    language: "En",
    country: "US",
    address: { country: "US", state: "WA", postalCode: "98101" },
    firstName: "Ada",
    lastName: "Coleman",
    registrationNumber: null,
    version: 1,
    createdAt: now,
  });
});

test("the billing profile's own names win over those of the address", () => {
  expect(plan(wanted({}, { firstName: "Grace", lastName: "H" }))).toMatchObject({
    firstName: "Grace",
    lastName: "H",
  });
});

test("every culture of a country is taken in any case, and no culture of another", () => {
  expect(plan(wanted(german, { culture: "de-de" })).culture).toBe("de-DE");
  expect(plan(wanted(german, { culture: "en-us" })).culture).toBe("en-US");
  expect(() => plan(wanted(german, { culture: "fr-FR" }))).toThrow(/INVALID_PROPERTY.*de-DE/);
  expect(() => plan(wanted({ country: "SR" }))).toThrow(/INVALID_PROPERTY.*nl-NL/);
});

test.each([
  ["an unknown country", wanted({ country: "ZZ" }), "INVALID_PROPERTY"],
  ["an unknown culture", wanted({}, { culture: "xx-XX" }), "INVALID_PROPERTY"],
  ["a language in words", wanted({}, { language: "english" }), "INVALID_PROPERTY"],
  ["a broken domain", wanted({}, {}, { domain: "a..example" }), "INVALID_PROPERTY"],
  ["the partner's domain", wanted({}, {}, { domain: "Contoso.onmicrosoft.com" }), "DOMAIN_TAKEN"],
  ["no state in the US", wanted({ state: "" }), "INVALID_PROPERTY"],
  ["a state that the US has not", wanted({ state: "ZZ" }), "INVALID_PROPERTY"],
  ["a postal code that the US has not", wanted({ postalCode: "9810" }), "INVALID_PROPERTY"],
])("a customer with %s is refused", (_name, given, key) => {
  expect(() => plan(given)).toThrow(new RegExp(`^${key}`));
});

test("US postal codes may have nine digits, and other countries need none", () => {
  expect(plan(wanted({ postalCode: "98101-1234" })).address.postalCode).toBe("98101-1234");
  const { postalCode: _none, ...address } = german;
  expect(plan(wanted({ ...address, state: "HH" })).address.state).toBe("HH");
});

test("some countries demand a registration number and a phone number", () => {
  const indian = { country: "IN", city: "Pune" };
  const number = { organizationRegistrationNumber: "1234567" };
  expect(() => plan(wanted(indian))).toThrow(/^REGISTRATION_NUMBER_MISSING/);
  expect(() => plan(wanted(indian, {}, { organizationRegistrationNumber: " " }))).toThrow(
    /^REGISTRATION_NUMBER_MISSING/,
  );
  expect(() => plan(wanted(indian, {}, number))).toThrow(/^PHONE_NUMBER_MISSING/);
  const odd = { organizationRegistrationNumber: "12345678" };
  expect(() => plan(wanted({ ...indian, phoneNumber: "123" }, {}, odd))).toThrow(
    /^REGISTRATION_NUMBER_INVALID.*\\d\{7\}/,
  );
  const complete = plan(wanted({ ...indian, phoneNumber: "123" }, {}, number));
  expect(complete.registrationNumber).toBe("1234567");
  expect(plan(wanted({}, {}, number)).registrationNumber).toBe("1234567");
});

test("a customer is shown in the contract's form", () => {
  const customer = plan(wanted());
  const view = customerView(customer);
  const reading = read(customerOperations.getCustomer.responses[200], view);
  expect(reading).toEqual({ ok: true, value: view });
  expect(view.id).toBe(view.companyProfile.tenantId);
  expect(view.links.self.uri).toBe(`/customers/${customer.customerId}`);
  expect(view.relationshipToPartner).toBe("reseller");
});

test("the billing profile's etag is a signed 64-bit number of its version", () => {
  const customer = plan(wanted());
  const etag = (of: Customer) => billingProfileView(of).attributes.etag ?? "";
  expect(etag(customer)).toMatch(/^-?\d{1,19}$/);
  expect(BigInt.asIntN(64, BigInt(etag(customer)))).toBe(BigInt(etag(customer)));
  expect(etag(customer)).toBe(etag({ ...customer, companyName: "Other" }));
  expect(etag(customer)).not.toBe(etag({ ...customer, version: 2 }));
});

test("names are compared without case in every script", () => {
  expect(nameKey("ÄRZTE")).toBe(nameKey("A\u0308rzte"));
  expect(nameKey("Ελλάς")).toBe(nameKey("ΕΛΛΆς"));
  expect(nameKey("МОСКВА")).toBe("москва");
});

test("another billing profile replaces all of the old one and nothing else", () => {
  const customer = plan(wanted({ addressLine2: "Floor 2" }, { firstName: "Grace" }));
  const { billingProfile } = wanted(german, { companyName: "Other", culture: "DE-de" });
  const changed = withBillingProfile(customer, billingProfile);
  expect(changed).toMatchObject({
    companyName: "Other",
    culture: "de-DE",
    country: "DE",
    firstName: "Ada",
    version: 2,
  });
  expect(changed.address).not.toHaveProperty("addressLine2");
  const { customerId, commerceId, domain, billingProfileId, createdAt } = customer;
  expect(changed).toMatchObject({ customerId, commerceId, domain, billingProfileId, createdAt });
});

test.each([
  ["a culture of another country", wanted({}, { culture: "de-DE" }), /^INVALID_PROPERTY: culture/],
  ["an unknown country", wanted({ country: "ZZ" }), /^INVALID_PROPERTY: defaultAddress.country/],
  ["no state in the US", wanted({ state: "" }), /^INVALID_PROPERTY: defaultAddress.state/],
  ["a language in words", wanted({}, { language: "english" }), /^INVALID_PROPERTY: language/],
  ["a country that demands a number", wanted({ country: "IN" }), /^REGISTRATION_NUMBER_MISSING/],
])("a billing profile with %s is refused like a new customer's", (_name, given, message) => {
  expect(() => withBillingProfile(plan(wanted()), given.billingProfile)).toThrow(message);
});
