import { countryRules, culturesByCountry } from "@kontor/contract";
import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, testServer } from "../../../test/harness.ts";
import { businessRows, newCustomer } from "../../../test/shop.ts";

const server = await testServer();
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

const address = {
  AddressLine1: "1 Contoso Way",
  City: "Redmond",
  State: "WA",
  PostalCode: "98052",
  Country: "US",
};

describe("address validation", () => {
  const validate = (body: unknown, client?: string, options: CallOptions = {}) =>
    server.call("POST", "/v1/validations/address", {
      body,
      headers: client === undefined ? {} : { "MS-PartnerCenter-Client": client },
      ...options,
    });

  test("answers an object with status 200 for good and bad addresses", async () => {
    const good = await validate(address, undefined, { token: "app" });
    expect(good.status).toBe(200);
    const echoed = {
      addressLine1: "1 Contoso Way",
      city: "Redmond",
      state: "WA",
      postalCode: "98052",
      country: "US",
    };
    expect(good.body).toEqual({
      originalAddress: echoed,
      suggestedAddresses: [echoed],
      status: "VerifiedShippable",
    });
    const bad = await validate({ ...address, State: "ZZ" }, "Partner Center .NET SDK");
    expect(bad.status).toBe(200);
    expect(bad.body).toMatchObject({
      suggestedAddresses: [],
      status: "None",
      validationMessage: expect.stringContaining("ZZ"),
    });
  });

  test.each(["Partner Center Java SDK", "Partner Center Open .NET SDK"])(
    "answers a bare true or 400 to the %s",
    async (client) => {
      const good = await validate(address, client);
      expect([good.status, good.text]).toEqual([200, "true"]);
      const bad = await validate({ ...address, PostalCode: "1" }, client);
      expect([bad.status, bad.body.code]).toEqual([400, 3000]);
    },
  );

  test("refuses what is no address, and writes nothing", async () => {
    const before = await businessRows(server);
    const missing = await validate({ ...address, AddressLine1: null });
    expect([missing.status, missing.body.code]).toEqual([400, 800002]);
    const nowhere = await validate({ ...address, Country: "ZZ" });
    expect([nowhere.status, nowhere.body.code]).toEqual([400, 3000]);
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("country rules", () => {
  const rulesOf = (country: string) =>
    server.call("GET", `/v1/countryvalidationrules/${country}`, { token: "app" });

  test("of the United States are as documented", async () => {
    const { status, body } = await rulesOf("us");
    expect(status).toBe(200);
    expect(body.supportedStatesList).toHaveLength(51);
    expect(body).toEqual({
      iso2Code: "US",
      iso3Code: "USA",
      defaultCulture: "en-US",
      isStateRequired: true,
      isPostalCodeRequired: true,
      isCityRequired: true,
      supportedStatesList: expect.arrayContaining(["WA", "DC"]),
      supportedLanguagesList: ["en", "es"],
      supportedCulturesList: ["en-US", "es-US"],
      countryCallingCodesList: ["1"],
      postalCodeRegex: "^\\d{5}(-\\d{4})?$",
      phoneNumberRegex:
        "^(1[\\-\\/\\.]?)?(\\((\\d{3})\\)|(\\d{3}))[\\-\\/\\.]?(\\d{3})[\\-\\/\\.]?(\\d{4})$",
      isVatIdSupported: false,
      isTaxIdSupported: true,
      isTaxIdOptional: true,
      taxIdFormat: "US######",
      taxIdSample: "US999965",
      isRegistrationNumberSupported: false,
      resellerAgreementRegion: "AOC",
      geographicRegion: "NorthAndLatinAmerica",
      attributes: { objectType: "CountryInformation" },
    });
  });

  test.each([...culturesByCountry.keys()])("of %s are complete", async (country) => {
    const { status, body } = await rulesOf(country);
    expect(status).toBe(200);
    expect(body.iso2Code).toBe(country);
    expect(body.iso3Code).toMatch(/^[A-Z]{3}$/);
    expect(body.supportedCulturesList.toSorted()).toEqual(
      [...(culturesByCountry.get(country) ?? [])].toSorted(),
    );
    expect(body.supportedCulturesList[0]).toBe(body.defaultCulture);
    for (const code of body.countryCallingCodesList) expect(code).toMatch(/^\d{1,4}$/);
    for (const name of ["postalCodeRegex", "phoneNumberRegex", "vatIdRegex"]) {
      if (Object.hasOwn(body, name)) expect(() => new RegExp(body[name])).not.toThrow();
    }
  });

  test("have postal forms that take real codes", () => {
    const samples: Record<string, string> = {
      AD: "AD500",
      AR: "C1425CLA",
      AU: "2000",
      BR: "01310-100",
      CA: "K1A 0B1",
      CH: "8001",
      CL: "8320000",
      DE: "20457",
      FR: "75001",
      GB: "SW1A 1AA",
      IE: "D02 X285",
      IN: "110 001",
      JP: "220-0012",
      KR: "04524",
      LV: "LV-1010",
      MT: "VLT 1117",
      NL: "1012 JS",
      PL: "00-001",
      PR: "00901",
      PT: "1000-001",
      SE: "111 22",
      SG: "018956",
      TW: "100",
      ZA: "0001",
    };
    for (const [country, postalCode] of Object.entries(samples)) {
      const form = countryRules.get(country)?.postalCodeRegex ?? "never^";
      expect(postalCode, country).toMatch(new RegExp(form));
      expect("??", country).not.toMatch(new RegExp(form));
    }
  });

  test.each(["ZZ", "USA"])("of %s are not found", async (country) => {
    const answer = await rulesOf(country);
    expect([answer.status, answer.body.code]).toEqual([404, 1000]);
  });

  test("of a name that is too long are refused", async () => {
    const answer = await rulesOf("x".repeat(101));
    expect([answer.status, answer.body.code]).toEqual([400, 800002]);
  });
});

describe("domains", () => {
  const head = (domain: string, token = "app") =>
    server.call("HEAD", `/v1/domains/${domain}`, { token });

  test("are taken by the partner and its customers, in any case, and free else", async () => {
    const id = await newCustomer(server);
    const { domain } = (await server.call("GET", `/v1/customers/${id}`)).body.companyProfile;
    for (const taken of [domain, domain.toUpperCase(), "Contoso.onmicrosoft.com"]) {
      const answer = await head(taken);
      expect([answer.status, answer.raw.length], taken).toEqual([200, 0]);
      expect(answer.headers["content-length"]).toBe("0");
    }
    const free = await head("nobody.example");
    expect([free.status, free.raw.length]).toEqual([404, 0]);
    expect(free.headers["content-length"]).toBe("0");
    expect(free.headers).not.toHaveProperty("content-type");
    expect((await head(domain, foreignToken)).status).toBe(404);
  });

  test("are asked about without a body even where the call is refused", async () => {
    const unknown = await head("nobody.example", "none");
    expect([unknown.status, unknown.text]).toEqual([401, ""]);
    const long = await head("x".repeat(254));
    expect([long.status, long.text]).toEqual([400, ""]);
  });

  test("are known by no other method", async () => {
    const answer = await server.call("GET", "/v1/domains/nobody.example");
    expect([answer.status, answer.headers.allow]).toEqual([405, "HEAD"]);
  });

  test("of a prefix are free or not, as a bare boolean", async () => {
    const free = (prefix: string) =>
      server.call("GET", `/v1/validations/checkdomainavailability/${prefix}`, { token: "app" });
    expect((await free("nobody")).text).toBe("true");
    expect((await free("contoso")).text).toBe("false");
    const long = await free("x".repeat(64));
    expect([long.status, long.body.code]).toEqual([400, 800002]);
  });
});
