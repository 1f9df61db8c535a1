import { expect, test } from "vitest";
import { Refusal } from "../../foundation/errors.ts";
import { isDomainName, planPartner, wellKnownSignIn } from "./partner.ts";

test("a partner of an empty specification is complete and like no other", () => {
  const first = planPartner({});
  const second = planPartner({});
  expect(first).toMatchObject({ country: "US", billingCurrency: "USD", taxRate: "0.1" });
  expect(isDomainName(first.partner.domain)).toBe(true);
  expect(first.user.name).toBe(`admin@${first.partner.domain}`);
  expect(first.mpnId).toMatch(/^\d{7}$/);
  const secrets = (partner: typeof first) => [
    partner.partner.id,
    partner.partner.domain,
    partner.app.clientId,
    partner.app.clientSecret,
    partner.user.password,
    partner.userId,
  ];
  expect(new Set([...secrets(first), ...secrets(second)]).size).toBe(12);
});

test("a partner's country and currency are upper case and its domain lower case", () => {
  const planned = planPartner({
    domain: "Fabrikam.Example",
    country: "de",
    billingCurrency: "eur",
  });
  expect(planned).toMatchObject({
    partner: { domain: "fabrikam.example" },
    country: "DE",
    billingCurrency: "EUR",
    name: "fabrikam.example",
  });
});

test.each([
  { domain: "contoso" },
  { domain: "-a.example" },
  { domain: "a..example" },
  { domain: "a.example1" },
  { domain: `${"a".repeat(64)}.example` },
  { country: "ZZ" },
  { billingCurrency: "XXY" },
])("a partner cannot have %j", (spec) => {
  expect(() => planPartner(spec)).toThrow(Refusal);
  expect(() => planPartner(spec)).toThrow(/INVALID_INPUT/);
});

test("the well-known sign-in is what the documentation promises", () => {
  expect(wellKnownSignIn.partner.domain).toBe("contoso.onmicrosoft.com");
  expect(wellKnownSignIn.app).toEqual({
    clientId: "00000000-0000-0000-0000-00000000c11e",
    clientSecret: "secret",
  });
  expect(wellKnownSignIn.user).toEqual({
    name: "admin@contoso.onmicrosoft.com",
    password: "secret",
  });
});
