import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, testServer } from "../../../test/harness.ts";
import { businessRows } from "../../../test/shop.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";
import { wantedCustomer } from "./test-support/wanted.ts";

const server = await testServer();
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

async function newProfile() {
  const made = await server.call("POST", "/v1/customers", { body: wantedCustomer() });
  expect(made.status).toBe(201);
  return { id: made.body.id as string, profile: made.body.billingProfile };
}

const put = (id: string, body: unknown, options: CallOptions = {}) =>
  server.call("PUT", `/v1/customers/${id}/profiles/billing`, { body, ...options });
const read = async (id: string) =>
  (await server.call("GET", `/v1/customers/${id}/profiles/billing`)).body;

describe("a billing profile", () => {
  test("is replaced as a whole, and shows in all that is said of the customer", async () => {
    const { id, profile } = await newProfile();
    const changed = await put(id, {
      ...profile,
      email: "grace@fabrikam.example",
      companyName: "Fabrikam Two",
      culture: "ES-us",
      firstName: null,
      defaultAddress: { ...profile.defaultAddress, city: "Tacoma", state: "wa", firstName: "Gr" },
    });
    expect(changed.status).toBe(200);
    const { attributes, ...rest } = changed.body;
    expect(rest).toEqual({
      ...profile,
      attributes: undefined,
      email: "grace@fabrikam.example",
      companyName: "Fabrikam Two",
      culture: "es-US",
      firstName: "Gr",
      defaultAddress: { ...profile.defaultAddress, city: "Tacoma", firstName: "Gr" },
    });
    expect(attributes.etag).toMatch(/^-?\d{1,19}$/);
    expect(attributes.etag).not.toBe(profile.attributes.etag);
    expect(await read(id)).toEqual(changed.body);
    const customer = await server.call("GET", `/v1/customers/${id}`);
    expect(customer.body.billingProfile).toEqual(changed.body);
    expect(customer.body.companyProfile).toMatchObject({
      companyName: "Fabrikam Two",
      address: { city: "Tacoma" },
      email: "grace@fabrikam.example",
    });
    const filter = '{"Field":"CompanyName","Value":"FABRIKAM TWO","Operator":"equals"}';
    const found = await server.call("GET", `/v1/customers?filter=${encodeURIComponent(filter)}`);
    expect(found.body.items.map((item: { id: string }) => item.id)).toEqual([id]);
  });

  test("is read from an SDK's PascalCase, with its own members and nulls", async () => {
    const { id, profile } = await newProfile();
    const { defaultAddress: address } = profile;
    const changed = await put(id, {
      Id: profile.id,
      FirstName: "Grace",
      LastName: "Hopper",
      Email: profile.email,
      Culture: profile.culture,
      Language: profile.language,
      CompanyName: "Pascal",
      DefaultAddress: {
        Country: address.country,
        Region: null,
        City: address.city,
        State: address.state,
        AddressLine1: address.addressLine1,
        AddressLine2: null,
        PostalCode: address.postalCode,
        FirstName: address.firstName,
        LastName: address.lastName,
        PhoneNumber: null,
      },
      Links: null,
      Attributes: { Etag: profile.attributes.etag, ObjectType: "CustomerBillingProfile" },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ firstName: "Grace", companyName: "Pascal" });
    expect(changed.text).not.toContain("null");
  });

  test("changes for an app too, and is recorded", async () => {
    const { id, profile } = await newProfile();
    expect((await put(id, profile, { token: "app" })).status).toBe(200);
    const records = await server.database.query<{ operation_type: string; new_value: unknown }>(sql`
      SELECT operation_type, new_value FROM audit_record WHERE customer_id = ${id}
      ORDER BY audit_id`);
    expect(records.map((record) => record.operation_type)).toEqual([
      "add_customer",
      "update_customer_billing_profile",
    ]);
    expect(records[1]?.new_value).toEqual(await read(id));
  });

  test("is changed once by a repeat of the MS-RequestId", async () => {
    const { id, profile } = await newProfile();
    const options = { headers: { "MS-RequestId": randomId() } };
    const first = await put(id, profile, options);
    const before = await businessRows(server);
    const second = await put(id, profile, options);
    expect([first.status, second.text]).toEqual([200, first.text]);
    expect(second.headers["kontor-replayed"]).toBe("true");
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("the etag of a billing profile", () => {
  const forms: [string, (etag: string) => string][] = [
    ["quoted", (etag) => `"${etag}"`],
    ["bare", (etag) => etag],
    ["weak", (etag) => `W/"${etag}"`],
    ["any", () => "*"],
    ["doubled", (etag) => `"${etag}","${etag}"`],
  ];
  test.each(forms)("%s in If-Match lets the change through", async (_name, form) => {
    const { id, profile } = await newProfile();
    const headers = { "If-Match": form(profile.attributes.etag) };
    // The header counts, whatever the body says.
    const body = { ...profile, attributes: { etag: "1" } };
    expect((await put(id, body, { headers })).status).toBe(200);
  });

  test("is not asked for", async () => {
    const { id, profile } = await newProfile();
    const { attributes: _none, ...body } = profile;
    expect((await put(id, body)).status).toBe(200);
    expect((await put(id, { ...body, attributes: null })).status).toBe(200);
    expect((await put(id, { ...body, attributes: { etag: null } })).status).toBe(200);
  });

  test.each<[string, (etag: string) => CallOptions]>([
    ["the body", () => ({})],
    ["If-Match, quoted", (etag) => ({ headers: { "If-Match": `"${etag}"` } })],
    ["If-Match, bare", (etag) => ({ headers: { "If-Match": etag } })],
    ["If-Match, weak", (etag) => ({ headers: { "if-match": `W/"${etag}"` } })],
  ])("out of date in %s refuses the change", async (_name, options) => {
    const { id, profile } = await newProfile();
    const current = await put(id, profile);
    const before = await businessRows(server);
    const stale = profile.attributes.etag;
    const refused = await put(id, { ...profile, companyName: "Lost" }, options(stale));
    expect([refused.status, refused.body.code]).toEqual([400, 2055]);
    expect(await businessRows(server)).toEqual(before);
    expect(await read(id)).toEqual(current.body);
  });

  test("lets one of several changes at once through", async () => {
    const { id, profile } = await newProfile();
    const before = await businessRows(server);
    const answers = await Promise.all(
      ["a", "b", "c", "d"].map((companyName) => put(id, { ...profile, companyName })),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 400, 400, 400]);
    const winner = answers.find((answer) => answer.status === 200);
    expect(await read(id)).toEqual(winner?.body);
    const after = await businessRows(server);
    expect(after.audit_record).toBe((before.audit_record ?? 0) + 1);
  });
});

describe("a change of a billing profile", () => {
  const { billingProfile } = wantedCustomer();
  const withAddress = (change: object) => ({
    ...billingProfile,
    defaultAddress: { ...billingProfile.defaultAddress, ...change },
  });
  test.each<[string, unknown, number, number]>([
    ["no body", null, 400, 800002],
    ["no e-mail", { ...billingProfile, email: null }, 400, 800002],
    ["no address", { ...billingProfile, defaultAddress: null }, 400, 800002],
    ["a state of three letters", withAddress({ state: "WAS" }), 400, 800002],
    ["an unknown state", withAddress({ state: "ZZ" }), 400, 3000],
    ["an unknown country", withAddress({ country: "ZZ" }), 400, 3000],
    ["a culture of another country", { ...billingProfile, culture: "de-DE" }, 400, 3000],
    ["a country that wants a registration number", withAddress({ country: "HU" }), 400, 600049],
  ])("with %s is refused and changes nothing", async (_name, body, status, code) => {
    const { id, profile } = await newProfile();
    const before = await businessRows(server);
    const refused = await put(id, body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await businessRows(server)).toEqual(before);
    expect(await read(id)).toEqual(profile);
  });

  test("keeps to the rules for the registration number and the phone", async () => {
    const hungarian = wantedCustomer();
    const made = await server.call("POST", "/v1/customers", {
      body: {
        companyProfile: {
          ...hungarian.companyProfile,
          organizationRegistrationNumber: "12345678",
        },
        billingProfile: hungarian.billingProfile,
      },
    });
    const wrong = await put(made.body.id, withAddress({ country: "HU", phoneNumber: "1" }));
    expect([wrong.status, wrong.body.code]).toEqual([400, 600050]);
    await server.database.query(sql`
      UPDATE customer SET registration_number = '1234567' WHERE customer_id = ${made.body.id}`);
    const silent = await put(made.body.id, withAddress({ country: "HU" }));
    expect([silent.status, silent.body.code]).toEqual([400, 600051]);
    expect(await read(made.body.id)).toEqual(made.body.billingProfile);
    const right = await put(made.body.id, withAddress({ country: "HU", phoneNumber: "1" }));
    expect(right.status).toBe(200);
  });

  test("of a foreign customer answers like that of an unknown one", async () => {
    const { id, profile } = await newProfile();
    const before = await businessRows(server);
    const nobody = randomId();
    const foreign = await put(id, profile, { token: foreignToken });
    const unknown = await put(nobody, profile, { token: foreignToken });
    expect([foreign.status, foreign.body.code]).toEqual([404, 60003]);
    expect(foreign.text.replaceAll(id, nobody)).toBe(unknown.text);
    const malformed = await put("x", profile);
    expect([malformed.status, malformed.body.code]).toEqual([400, 2000]);
    expect(await businessRows(server)).toEqual(before);
    expect(await read(id)).toEqual(profile);
  });
});
