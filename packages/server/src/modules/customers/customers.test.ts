import { agreementTemplates } from "@kontor/contract";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, type TestAnswer, testServer } from "../../../test/harness.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";
import { hasAcceptedAgreement } from "./store.ts";

const server = await testServer();
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

function wanted(companyName = "Fabrikam", domain = `d${randomId().slice(0, 13)}.example`) {
  return {
    companyProfile: { domain },
    billingProfile: {
      culture: "EN-US",
      language: "En",
      email: "ada@fabrikam.example",
      companyName,
      defaultAddress: {
        country: "US",
        city: "Seattle",
        state: "WA",
        addressLine1: "1 Pine Street",
        postalCode: "98101",
        firstName: "Ada",
        lastName: "Coleman",
      },
    },
  };
}

function create(body: unknown = wanted(), options: CallOptions = {}): Promise<TestAnswer> {
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
    const { companyProfile, billingProfile } = wanted("Pascal");
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
    const body = wanted();
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
    const body = wanted();
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
      spellings.map((spelling) => create(wanted("Racer", spelling))),
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
    const body = wanted();
    expect((await create(body)).status).toBe(201);
    expect((await create(body, { token: foreignToken })).status).toBe(201);
  });

  const { companyProfile, billingProfile } = wanted();
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
    ["no registration number", withAddress({ country: "IN" }), 400, 600049],
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

  test("for an indirect reseller needs a user", async () => {
    const body = { ...wanted(), associatedPartnerId: randomId() };
    const before = await written();
    const refused = await create(body, { token: "app" });
    expect([refused.status, refused.body.code]).toEqual([403, 900329]);
    expect(await written()).toEqual(before);
    const made = await create(body);
    expect(made.body.associatedPartnerId).toBe(body.associatedPartnerId);
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
});

describe("list", () => {
  let token = "";
  const names = ["alpha", "Alpha", "ALPHA", "Ähre", "ähnlich", "beta", "100% [_] Ltd", "Москва"];
  let all: string[] = [];
  const list = (query: string, headers: Record<string, string> = {}) =>
    server.call("GET", `/v1/customers${query}`, { token, headers });

  beforeAll(async () => {
    const other = await server.call("POST", "/_kontor/partners", { token: "none" });
    token = await server.signIn("app", other.body);
    for (const name of names) {
      const made = await create(wanted(name), { token });
      expect(made.status).toBe(201);
    }
    all = (await list("")).body.items.map((item: { id: string }) => item.id);
  });

  test("shows all customers by name without case", async () => {
    const { body } = await list("?size=0");
    const shown = body.items.map((item: { companyProfile: { companyName: string } }) =>
      item.companyProfile.companyName.toLowerCase(),
    );
    expect(shown).toHaveLength(names.length);
    expect(shown).toEqual(names.map((name) => name.toLowerCase()).toSorted());
    expect(body.totalCount).toBe(names.length);
    expect(body.links.self.uri).toBe("/customers?size=500");
    expect(Object.keys(body.items[0])).toEqual([
      "id",
      "companyProfile",
      "relationshipToPartner",
      "links",
      "attributes",
    ]);
  });

  test("pages of any size are the whole list, each customer once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.boolean(), async (size, inHeader) => {
        const seen: string[] = [];
        let page = await list(`?size=${size}`);
        for (;;) {
          expect(page.status).toBe(200);
          expect(page.body.totalCount).toBe(page.body.items.length);
          seen.push(...page.body.items.map((item: { id: string }) => item.id));
          const { next } = page.body.links;
          if (!next) break;
          const [{ key, value }] = next.headers;
          page = inHeader
            ? await list(next.uri.replace("/customers", ""), { [key]: value })
            : await list(`?seekOperation=Next&${key}=${value}`);
        }
        expect(seen).toEqual(all);
      }),
      { numRuns: 20 },
    );
  });

  test("filters in every spelling, without case, and pages the filtered list", async () => {
    const filter = (field: string, operator: string, value: string) =>
      encodeURIComponent(JSON.stringify({ Field: field, Value: value, Operator: operator }));
    const found = async (query: string) =>
      (await list(query)).body.items.map(
        (item: { companyProfile: { companyName: string } }) => item.companyProfile.companyName,
      );
    expect(await found(`?filter=${filter("CompanyName", "starts_with", "ALP")}`)).toHaveLength(3);
    expect(await found(`?filter=${filter("CompanyName", "StartsWith", "äh")}`)).toHaveLength(2);
    expect(await found(`?filter=${filter("CompanyName", "equals", "ÄHRE")}`)).toEqual(["Ähre"]);
    expect(await found(`?filter=${filter("CompanyName", "starts_with", "%")}`)).toEqual([]);
    expect(await found(`?filter=${filter("CompanyName", "starts_with", "100% [_")}`)).toEqual([
      "100% [_] Ltd",
    ]);
    expect(await found(`?filter=${filter("Domain", "starts_with", "D")}`)).toHaveLength(8);
    const first = await list(`?size=2&filter=${filter("CompanyName", "starts_with", "alpha")}`);
    const [{ key, value }] = first.body.links.next.headers;
    const second = await list("?seekOperation=Next", { [key]: value });
    expect(first.body.items.length + second.body.items.length).toBe(3);
    expect(second.body.links).not.toHaveProperty("next");
  });

  test.each([
    "?size=-1",
    "?size=x",
    "?filter=x",
    "?filter=%7B%22Field%22%3A%22Email%22%7D",
    "?seekOperation=Next",
    "?seekOperation=Previous",
    "?MS-ContinuationToken=nonsense",
  ])("refuses %s", async (query) => {
    const { status, body } = await list(query);
    expect([status, body.code]).toEqual([400, 2000]);
  });

  test("refuses a token of another partner's list", async () => {
    const page = await list("?size=1");
    const headers = { "MS-ContinuationToken": page.body.continuationToken };
    const answer = await server.call("GET", "/v1/customers?seekOperation=Next", { headers });
    expect([answer.status, answer.body.code]).toEqual([400, 2000]);
  });
});

describe("agreements", () => {
  const confirmation = {
    primaryContact: { firstName: "Ada", lastName: "Coleman", email: "ada@fabrikam.example" },
    templateId: agreementTemplates.MicrosoftCustomerAgreement,
    dateAgreed: "2026-01-01",
    type: "MicrosoftCustomerAgreement",
  };
  const confirm = (id: string, body: unknown = confirmation, options: CallOptions = {}) =>
    server.call("POST", `/v1/customers/${id}/agreements`, { body, ...options });
  const list = async (id: string, query: string) =>
    (await server.call("GET", `/v1/customers/${id}/agreements${query}`)).body.items;

  test("are confirmed by a user, and listed by type", async () => {
    const { id } = (await create()).body;
    expect(await hasAcceptedAgreement(server.database, server.partnerId, id)).toBe(false);
    const made = await confirm(id);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      primaryContact: confirmation.primaryContact,
      templateId: confirmation.templateId,
      type: "MicrosoftCustomerAgreement",
      userId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(await hasAcceptedAgreement(server.database, server.partnerId, id)).toBe(true);
    expect(await list(id, "")).toEqual([]);
    expect(await list(id, "?agreementType=MicrosoftCustomerAgreement")).toMatchObject([
      { dateAgreed: "2026-01-01T00:00:00", agreementLink: expect.any(String) },
    ]);
    expect(await list(id, "?agreementType=*")).toHaveLength(1);
  });

  test("of the older kind open no purchase", async () => {
    const { id } = (await create()).body;
    const older = {
      ...confirmation,
      type: "MicrosoftCloudAgreement",
      templateId: agreementTemplates.MicrosoftCloudAgreement,
    };
    expect((await confirm(id, older)).status).toBe(201);
    expect(await hasAcceptedAgreement(server.database, server.partnerId, id)).toBe(false);
  });

  test("are confirmed once by the same contact, even at the same moment", async () => {
    const { id } = (await create()).body;
    const before = await written();
    const answers = await Promise.all([confirm(id), confirm(id), confirm(id)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400, 400]);
    expect(answers.find((answer) => answer.status === 400)?.body.code).toBe(600061);
    const after = await written();
    expect(after.agreements).toBe((before.agreements ?? 0) + 1);
    expect(after.records).toBe((before.records ?? 0) + 1);
    const contact = { ...confirmation.primaryContact, phoneNumber: "1" };
    expect((await confirm(id, { ...confirmation, primaryContact: contact })).status).toBe(201);
  });

  test.each<[string, object, number]>([
    ["no contact", { ...confirmation, primaryContact: null }, 800002],
    ["a date that is none", { ...confirmation, dateAgreed: "soon" }, 800002],
    ["an unknown type", { ...confirmation, type: "Other" }, 900126],
    ["another template", { ...confirmation, templateId: randomId() }, 800002],
  ])("with %s are refused and leave nothing", async (_name, body, code) => {
    const { id } = (await create()).body;
    const before = await written();
    const answer = await confirm(id, body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await written()).toEqual(before);
  });

  test("need a user, and a customer of the partner", async () => {
    const { id } = (await create()).body;
    const before = await written();
    expect((await confirm(id, confirmation, { token: "app" })).body.code).toBe(900329);
    expect((await confirm(id, confirmation, { token: foreignToken })).body.code).toBe(60003);
    expect(await written()).toEqual(before);
  });

  test("have templates", async () => {
    const { body } = await server.call("GET", "/v1/agreements?agreementType=*");
    expect(body.items.map((item: { templateId: string }) => item.templateId)).toEqual(
      Object.values(agreementTemplates),
    );
    const unknown = await server.call("GET", "/v1/agreements?agreementType=x");
    expect([unknown.status, unknown.body.code]).toEqual([400, 900126]);
  });
});
