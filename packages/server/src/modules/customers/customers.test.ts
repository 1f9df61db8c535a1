import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, type TestAnswer, testServer } from "../../../test/harness.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";
import { wantedCustomer, wantedReseller } from "./test-support/wanted.ts";

const server = await testServer();
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

function create(body: unknown = wantedCustomer(), options: CallOptions = {}): Promise<TestAnswer> {
  return server.call("POST", "/v1/customers", { body, ...options });
}

/** How many rows a write could have left. */
async function written(): Promise<Record<string, number>> {
  const [row] = await server.database.query<Record<string, bigint>>(sql`
    SELECT (SELECT count(*) FROM customer) AS customers,
      (SELECT count(*) FROM agreement) AS agreements,
      (SELECT count(*) FROM audit_record) AS records`);
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, n]) => [name, Number(n)]));
}

describe("create", () => {
  test("answers the customer with a password that is shown here only", async () => {
    const before = await written();
    const made = await create();
    expect(made.status).toBe(201);
    const { userCredentials, ...customer } = made.body;
    expect(userCredentials).toEqual({
      userName: "admin",
      password: expect.stringMatching(/^[\w-]{16}$/),
    });
    expect(customer).toMatchObject({
      relationshipToPartner: "reseller",
      allowDelegatedAccess: true,
      billingProfile: { culture: "en-US", language: "En" },
      companyProfile: { companyName: "Fabrikam" },
      links: { self: { uri: `/customers/${customer.id}`, method: "GET", headers: [] } },
      attributes: { objectType: "Customer" },
    });
    const read = await server.call("GET", `/v1/customers/${customer.id}`, { token: "app" });
    expect(read.body).toEqual(customer);
    expect(await written()).toEqual({
      ...before,
      customers: (before.customers ?? 0) + 1,
      records: (before.records ?? 0) + 1,
    });
    const [record] = await server.database.query<{ text: string }>(sql`
      SELECT audit_record::text AS text FROM audit_record WHERE customer_id = ${customer.id}`);
    expect(record?.text).toContain("add_customer");
    expect(record?.text).not.toContain(userCredentials.password);
    const rows = await server.database.query(
      sql`SELECT customer::text AS text FROM customer WHERE customer_id = ${customer.id}`,
    );
    expect(JSON.stringify(rows)).not.toContain(userCredentials.password);
  });

  test("reads PascalCase names with nulls and a trailing comma", async () => {
    const { companyProfile, billingProfile } = wantedCustomer("Pascal");
    const pascal = (value: object): object =>
      Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
          typeof member === "object" ? pascal(member) : member,
        ]),
      );
    const body = {
      Id: null,
      CommerceId: null,
      UserCredentials: null,
      AssociatedPartnerId: null,
      RelationshipToPartner: "none",
      CompanyProfile: { ...pascal(companyProfile), TenantId: null, Links: null },
      BillingProfile: { ...pascal(billingProfile), FirstName: null, Attributes: null },
      Links: null,
      Attributes: null,
    };
    const payload = JSON.stringify(body).replace(/}$/, ",}");
    const made = await create(undefined, { payload });
    expect(made.status).toBe(201);
    expect(made.body.billingProfile).toMatchObject({ companyName: "Pascal", firstName: "Ada" });
  });

  test("answers a repeat of its MS-RequestId with the same bytes", async () => {
    const headers = { "MS-RequestId": randomId() };
    const body = wantedCustomer();
    const first = await create(body, { headers });
    const before = await written();
    const second = await create(body, { headers });
    expect(first.status).toBe(201);
    expect(second.status).toBe(201);
    expect(second.raw.equals(first.raw)).toBe(true);
    expect(second.headers["kontor-replayed"]).toBe("true");
    expect(await written()).toEqual(before);
  });

  test("makes one customer of five copies sent at once", async () => {
    const before = await written();
    const headers = { "MS-RequestId": randomId() };
    const body = wantedCustomer();
    const answers = await Promise.all(Array.from({ length: 5 }, () => create(body, { headers })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(await written()).toEqual({
      ...before,
      customers: (before.customers ?? 0) + 1,
      records: (before.records ?? 0) + 1,
    });
  });

  test("gives a domain to one of those who ask for it at once, in whatever case", async () => {
    const before = await written();
    const domain = `race${randomId().slice(0, 8)}.example`;
    const spellings = [domain, domain.toUpperCase(), domain, domain];
    const answers = await Promise.all(
      spellings.map((spelling) => create(wantedCustomer("Racer", spelling))),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409]);
    const refused = answers.find((answer) => answer.status === 409);
    expect(refused?.body).toMatchObject({ code: 1003, data: [] });
    expect(await written()).toEqual({
      ...before,
      customers: (before.customers ?? 0) + 1,
      records: (before.records ?? 0) + 1,
    });
  });

  test("leaves a domain of one partner to another", async () => {
    const body = wantedCustomer();
    expect((await create(body)).status).toBe(201);
    expect((await create(body, { token: foreignToken })).status).toBe(201);
  });

  const { companyProfile, billingProfile } = wantedCustomer();
  const address = billingProfile.defaultAddress;
  const withAddress = (change: object) => ({
    companyProfile,
    billingProfile: { ...billingProfile, defaultAddress: { ...address, ...change } },
  });
  test.each<[string, unknown, number, number]>([
    ["a body of null", null, 400, 800002],
    ["an empty object", {}, 400, 800002],
    ["no billing profile", { companyProfile }, 400, 800002],
    ["no city", withAddress({ city: " " }), 400, 800002],
    ["a country of three letters", withAddress({ country: "USA" }), 400, 800002],
    ["no state", withAddress({ state: null }), 400, 3000],
    ["an unknown country", withAddress({ country: "ZZ" }), 400, 3000],
    ["no registration number", withAddress({ country: "IN" }), 400, 600049],
    [
      "a registration number of another form",
      {
        ...withAddress({ country: "HU", phoneNumber: "1" }),
        companyProfile: { ...companyProfile, organizationRegistrationNumber: "12345678" },
      },
      400,
      600050,
    ],
    [
      "no phone number",
      {
        ...withAddress({ country: "IN" }),
        companyProfile: { ...companyProfile, organizationRegistrationNumber: "1234567" },
      },
      400,
      600051,
    ],
    [
      "a culture of another country",
      { companyProfile, billingProfile: { ...billingProfile, culture: "de-DE" } },
      400,
      3000,
    ],
    [
      "the partner's own domain",
      { ...withAddress({}), companyProfile: { domain: "contoso.onmicrosoft.com" } },
      409,
      1003,
    ],
  ])("refuses %s and writes nothing", async (_name, body, status, code) => {
    const before = await written();
    const answer = await create(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await written()).toEqual(before);
  });

  test("for an indirect reseller needs a user, and a reseller of the partner", async () => {
    const made = await server.call("POST", "/v1//sandboxIndirectReseller", {
      body: wantedReseller(),
    });
    const body = { ...wantedCustomer(), associatedPartnerId: made.body.accountId };
    const before = await written();
    const refused = await create(body, { token: "app" });
    expect([refused.status, refused.body.code]).toEqual([403, 900329]);
    for (const [id, token] of [
      [randomId(), "user"],
      [server.partnerId, "user"],
      [made.body.accountId, foreignToken],
    ]) {
      const unknown = await create({ ...body, associatedPartnerId: id }, { token: token ?? "" });
      expect([unknown.status, unknown.body.code]).toEqual([400, 3000]);
    }
    const none = await create({ ...body, associatedPartnerId: "x" });
    expect([none.status, none.body.code]).toEqual([400, 800002]);
    expect(await written()).toEqual(before);
    const customer = await create(body);
    expect(customer.status).toBe(201);
    expect(customer.body.associatedPartnerId).toBe(made.body.accountId);
    const read = await server.call("GET", `/v1/customers/${customer.body.id}`);
    expect(read.body.associatedPartnerId).toBe(made.body.accountId);
  });
});

describe("read", () => {
  test("answers the profiles of a customer", async () => {
    const { body: made } = await create();
    const company = await server.call("GET", `/v1/customers/${made.id}/profiles/company`);
    expect(company.body).toEqual(made.companyProfile);
    const billing = await server.call("GET", `/v1/customers/${made.id}/profiles/billing`);
    expect(billing.body).toEqual(made.billingProfile);
    const path = `/v1/customers/${made.id}/profiles/company`;
    expect((await server.call("GET", path, { token: "app" })).body.code).toBe(900329);
  });

  test("answers a foreign customer like an unknown one", async () => {
    const { body: made } = await create();
    const nobody = randomId();
    const paths = ["", "/profiles/company", "/profiles/billing", "/agreements", "/subscriptions"];
    for (const rest of paths) {
      const read = (id: string) =>
        server.call("GET", `/v1/customers/${id}${rest}`, { token: foreignToken });
      const [foreign, unknown] = [await read(made.id), await read(nobody)];
      expect(foreign.status).toBe(rest === "/subscriptions" ? 403 : 404);
      expect(foreign.body.code).toBe(rest === "/subscriptions" ? 20002 : 60003);
      expect(foreign.text.replaceAll(made.id, nobody)).toBe(unknown.text);
      expect(foreign.status).toBe(unknown.status);
    }
  });

  test("refuses an id that is no GUID, and takes one in any case", async () => {
    const bad = await server.call("GET", "/v1/customers/x");
    expect([bad.status, bad.body.code]).toEqual([400, 2000]);
    const { body: made } = await create();
    const read = await server.call("GET", `/v1/customers/${made.id.toUpperCase()}`);
    expect(read.body.id).toBe(made.id);
  });

  test("answers whether a customer's account may buy", async () => {
    await server.at("2026-12-24T12:00:00Z");
    const { body: made } = await create();
    const path = `/v1/customers/${made.id}/validationStatus`;
    for (const type of ["Account", "account"]) {
      expect((await server.call("GET", `${path}?type=${type}`)).body).toEqual({
        type: "account",
        status: "Allowed",
        lastUpdateDateTime: "2026-12-24T12:00:00.0000000Z",
      });
    }
    for (const query of ["", "?type=", "?type=Other"]) {
      const refused = await server.call("GET", `${path}${query}`);
      expect([refused.status, refused.body.code]).toEqual([400, 2000]);
    }
  });

  test("shows no nulls", async () => {
    const { body: made } = await create();
    for (const rest of ["", "/profiles/company", "/profiles/billing"]) {
      const { text } = await server.call("GET", `/v1/customers/${made.id}${rest}`);
      expect(text).not.toContain("null");
    }
  });
});

describe("words in the place of a customer's id", () => {
  test.each(["all", "relationshiprequests", "usagerecords", "ALL", "UsageRecords"])(
    "%s is nobody's",
    async (word) => {
      const paths = [`/v1/customers/${word}/subscriptions`, `/customers/${word}/profiles/billing`];
      for (const path of paths) {
        const answer = await server.call("GET", path);
        expect([answer.status, answer.body.code]).toEqual([404, 1000]);
      }
    },
  );

  test("usage records are not served", async () => {
    for (const path of ["/v1/customers/usagerecords", "/v1//customers/usagerecords/"]) {
      const answer = await server.call("GET", path);
      expect([answer.status, answer.body.code]).toEqual([404, 1000]);
      expect(answer.headers.allow).toBeUndefined();
    }
  });

  test("relationship requests are read and nothing else", async () => {
    const answer = await server.call("GET", "/v1/customers/RelationshipRequests");
    expect(answer.status).toBe(200);
    const refused = await server.call("DELETE", "/v1/customers/relationshiprequests");
    expect([refused.status, refused.body.code, refused.headers.allow]).toEqual([
      405,
      900141,
      "GET",
    ]);
  });
});
