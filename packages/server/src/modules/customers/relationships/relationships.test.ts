import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows } from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { randomId } from "../../../foundation/ids.ts";
import { wantedCustomer, wantedReseller } from "../test-support/wanted.ts";

const server = await testServer();
let token = "";
let foreignToken = "";
let partner = { id: "", domain: "" };
beforeAll(async () => {
  const own = await server.call("POST", "/_kontor/partners", { token: "none" });
  partner = own.body.partner;
  token = await server.signIn("user", own.body);
  appToken = await server.signIn("app", own.body);
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});
let appToken = "";

const make = (body: unknown, by = token) =>
  server.call("POST", "/v1//sandboxIndirectReseller", { token: by, body });
const remove = (id: string, by = token) =>
  server.call("DELETE", `/v1//sandboxIndirectReseller/${id}`, { token: by });
const get = (path: string, by = token) => server.call("GET", `/v1${path}`, { token: by });

async function newReseller(name?: string, mpnId?: string): Promise<string> {
  const made = await make(wantedReseller(name, mpnId));
  expect(made.status).toBe(200);
  return made.body.accountId;
}

async function newCustomer(associatedPartnerId?: string): Promise<string> {
  const made = await server.call("POST", "/v1/customers", {
    token,
    body: { ...wantedCustomer(), associatedPartnerId },
  });
  expect(made.status).toBe(201);
  return made.body.id;
}

describe("an indirect reseller", () => {
  test("is answered with its tenant, its signature and its relationship", async () => {
    const body = wantedReseller("Lyon Cloud", "4847383");
    const made = await make(body);
    expect(made.status).toBe(200);
    const { accountId } = made.body;
    expect(made.body).toEqual({
      accountId,
      mpnId: "4847383",
      tenant: {
        id: accountId,
        adminUserAccount: `admin@${body.tenant.domainPrefix}.onmicrosoft.com`,
        password: expect.stringMatching(/^[\w-]{16}$/),
      },
      agreementSignature: {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        accountId,
        agreementType: "ValueAddedReseller",
        dateSigned: expect.stringMatching(/Z$/),
        attributes: { objectType: "AgreementSignatureResponse" },
      },
      partnerRelationship: {
        id: partner.id,
        name: expect.any(String),
        relationshipType: "is_indirect_reseller_of",
        state: "Active",
        mpnId: "4847383",
        attributes: { objectType: "PartnerRelationshipResponse" },
      },
    });
    const [row] = await server.database.query<{ text: string }>(sql`
      SELECT audit_record::text AS text FROM audit_record WHERE resource_id = ${accountId}`);
    expect(row?.text).toContain("create_partner_relationship");
    expect(row?.text).not.toContain(made.body.tenant.password);
    expect((await remove(accountId)).status).toBe(204);
  });

  test("is made once by a repeat of the MS-RequestId", async () => {
    const body = wantedReseller();
    const options = { token, body, headers: { "MS-RequestId": randomId() } };
    const first = await server.call("POST", "/v1/sandboxIndirectReseller", options);
    const before = await businessRows(server);
    const second = await server.call("POST", "/v1//sandboxIndirectReseller", options);
    expect([first.status, second.text]).toEqual([200, first.text]);
    expect(await businessRows(server)).toEqual(before);
    await remove(first.body.accountId);
  });

  test.each<[string, (body: ReturnType<typeof wantedReseller>) => unknown, number, number]>([
    ["no body", () => null, 400, 800002],
    ["no MPN id", (body) => ({ ...body, mpnId: null }), 400, 800002],
    ["an MPN id in letters", (body) => ({ ...body, mpnId: "x1" }), 400, 800002],
    ["no tenant", (body) => ({ ...body, tenant: null }), 400, 800002],
    ["no company", (body) => ({ ...body, legalBusinessProfile: {} }), 400, 800002],
    [
      "a prefix that begins no domain",
      (body) => ({ ...body, tenant: { ...body.tenant, domainPrefix: "a b" } }),
      400,
      3000,
    ],
    [
      "a prefix of two labels",
      (body) => ({ ...body, tenant: { ...body.tenant, domainPrefix: "a.b" } }),
      400,
      3000,
    ],
    [
      "an unknown country",
      (body) => ({ ...body, tenant: { ...body.tenant, country: "ZZ" } }),
      400,
      3000,
    ],
  ])("with %s is refused", async (_name, change, status, code) => {
    const before = await businessRows(server);
    const refused = await make(change(wantedReseller()));
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("needs a domain that no other tenant of the partner has", async () => {
    const body = wantedReseller();
    const first = await make(body);
    const prefix = `c${randomId().slice(0, 8)}`;
    const customer = await server.call("POST", "/v1/customers", {
      token,
      body: wantedCustomer("Taker", `${prefix}.onmicrosoft.com`),
    });
    const before = await businessRows(server);
    for (const domainPrefix of [
      body.tenant.domainPrefix.toUpperCase(),
      prefix,
      partner.domain.replace(".onmicrosoft.com", ""),
    ]) {
      const refused = await make({ ...body, tenant: { ...body.tenant, domainPrefix } });
      expect([refused.status, refused.body.code]).toEqual([409, 1003]);
    }
    expect(await businessRows(server)).toEqual(before);
    const second = await server.call("POST", "/v1/customers", {
      token,
      body: wantedCustomer("Taker", `${body.tenant.domainPrefix}.OnMicrosoft.com`),
    });
    expect([second.status, second.body.code]).toEqual([409, 1003]);
    expect(await businessRows(server)).toEqual(before);
    expect((await make(body, foreignToken)).status).toBe(200);
    await remove(first.body.accountId);
    await server.call("DELETE", `/v1/customers/${customer.body.id}`, { token });
  });

  test("is not deleted while it has customers", async () => {
    const resellerId = await newReseller();
    const customerId = await newCustomer(resellerId);
    const before = await businessRows(server);
    const refused = await remove(resellerId);
    expect([refused.status, refused.body.code]).toEqual([403, 6003]);
    expect(await businessRows(server)).toEqual(before);
    await server.call("DELETE", `/v1/customers/${customerId}`, { token });
    const deleted = await remove(resellerId);
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    const again = await remove(resellerId);
    expect([again.status, again.body.code]).toEqual([404, 1000]);
    const after = await businessRows(server);
    expect(after.audit_record).toBe((before.audit_record ?? 0) + 2);
  });

  test("of another partner is like an unknown one", async () => {
    const resellerId = await newReseller();
    const before = await businessRows(server);
    const foreign = await remove(resellerId, foreignToken);
    const nobody = randomId();
    const unknown = await remove(nobody, foreignToken);
    expect([foreign.status, foreign.body.code]).toEqual([404, 1000]);
    expect(foreign.text.replaceAll(resellerId, nobody)).toBe(unknown.text);
    const malformed = await remove("x");
    expect([malformed.status, malformed.body.code]).toEqual([400, 2000]);
    expect(await businessRows(server)).toEqual(before);
    await remove(resellerId);
  });

  test("is a matter of users", async () => {
    const resellerId = await newReseller();
    const before = await businessRows(server);
    for (const refused of [
      await make(wantedReseller(), appToken),
      await remove(resellerId, appToken),
      await get("/relationships?relationship_type=IsIndirectResellerOf", appToken),
      await get("/customers/relationshiprequests", appToken),
      await get(`/compliance/csp/agreementstatus?tenantId=${resellerId}`, appToken),
      await get(`/customers/${randomId()}/relationships`, appToken),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([403, 900329]);
    }
    expect(await businessRows(server)).toEqual(before);
    await remove(resellerId);
  });
});

describe("relationships", () => {
  let first = "";
  let second = "";
  beforeAll(async () => {
    first = await newReseller("Ärzte Cloud", "4847383");
    second = await newReseller("ReleCloud", "4847433");
  });
  const list = async (query: string) => (await get(`/relationships?${query}`)).body.items;
  const type = "relationship_type=IsIndirectCloudSolutionProviderOf";
  const ids = (items: { id: string }[]) => items.map((item) => item.id);

  test("of a provider are its resellers", async () => {
    const answer = await get(`/relationships?${type}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      totalCount: 2,
      items: [
        {
          id: first,
          name: "Ärzte Cloud",
          relationshipType: "is_indirect_cloud_solution_provider_of",
          state: "Active",
          mpnId: "4847383",
          location: "FR",
          attributes: { objectType: "PartnerRelationship" },
        },
        expect.objectContaining({ id: second, name: "ReleCloud" }),
      ],
      links: {
        self: {
          uri: "/relationships?relationship_type=is_indirect_cloud_solution_provider_of",
          method: "GET",
          headers: [],
        },
      },
      attributes: { objectType: "Collection" },
    });
    const other = await get(`/relationships?${type}`, foreignToken);
    expect(ids(other.body.items)).not.toContain(first);
  });

  test("are named in every spelling", async () => {
    for (const spelled of [
      "relationship_type=is_indirect_cloud_solution_provider_of",
      "Relationship_Type=isindirectcloudsolutionproviderof",
      "relationshipType=IsIndirectCloudSolutionProviderOf",
    ]) {
      expect(await list(spelled)).toHaveLength(2);
    }
  });

  test("of a reseller are none: the partner is a provider", async () => {
    expect(await list("relationship_type=IsIndirectResellerOf")).toEqual([]);
  });

  test.each([
    ["starts_with", "ÄRZ", ["first"]],
    ["StartsWith", "rele", ["second"]],
    ["starts_with", "cloud", []],
    ["substring", "CLOUD", ["first", "second"]],
    ["6", "zte", ["first"]],
  ])("are filtered by name with %s %s", async (operator, value, expected) => {
    const json = JSON.stringify({ Field: "Name", Value: value, Operator: operator });
    const wanted = expected.map((which) => (which === "first" ? first : second));
    expect(ids(await list(`${type}&filter=${encodeURIComponent(json)}`))).toEqual(wanted);
    const dotted = `filter.field=name&filter.value=${encodeURIComponent(value)}`;
    expect(ids(await list(`${type}&${dotted}&filter.operator=${operator}`))).toEqual(wanted);
  });

  test.each([
    "",
    "relationship_type=",
    "relationship_type=Friends",
    `${type}&filter=x`,
    `${type}&filter={"Field":"Name","Value":"a","Operator":"equals"}`,
    `${type}&filter={"Field":"MpnId","Value":"a","Operator":"substring"}`,
    'relationship_type=IsIndirectResellerOf&filter={"Field":"MpnId"}',
  ])("are refused for ?%s", async (query) => {
    const refused = await get(`/relationships?${query}`);
    expect([refused.status, refused.body.code]).toEqual([400, 2000]);
  });

  test("of a customer are the reseller through whom it buys", async () => {
    const through = await newCustomer(second);
    const direct = await newCustomer();
    const answer = await get(`/customers/${through}/relationships`);
    expect(answer.body.items).toEqual([(await list(type))[1]]);
    expect(answer.body.links.self.uri).toBe(`/customers/${through}/relationships`);
    expect((await get(`/customers/${direct}/relationships`)).body).toMatchObject({
      totalCount: 0,
      items: [],
    });
    const nobody = randomId();
    const foreign = await get(`/customers/${through}/relationships`, foreignToken);
    const unknown = await get(`/customers/${nobody}/relationships`, foreignToken);
    expect([foreign.status, foreign.body.code]).toEqual([404, 60003]);
    expect(foreign.text.replaceAll(through, nobody)).toBe(unknown.text);
    const malformed = await get("/customers/x/relationships");
    expect([malformed.status, malformed.body.code]).toEqual([400, 2000]);
  });

  test("are asked for at an address for the customer", async () => {
    const { body } = await get("/customers/relationshiprequests");
    expect(body).toEqual({
      url: expect.stringMatching(/^https:\/\/.*ResellerRelationship/),
      attributes: { objectType: "RelationshipRequest" },
    });
    expect(body.url).toContain(partner.id);
  });
});

describe("the status of the partner agreement", () => {
  let signed = "";
  let unsigned = "";
  beforeAll(async () => {
    signed = await newReseller("Signed", "7000001");
    const made = await make({ ...wantedReseller("Unsigned", "7000002"), isAgreementSigned: false });
    expect(made.body).not.toHaveProperty("agreementSignature");
    unsigned = made.body.accountId;
  });
  const status = (query: string) => get(`/compliance/csp/agreementstatus?${query}`);

  test("is true of a reseller that signed, and of the partner itself", async () => {
    const [own] = await server.database.query<{ mpn_id: string }>(sql`
      SELECT mpn_id FROM partner WHERE partner_id = ${partner.id}`);
    for (const query of [
      "mpnId=7000001&tenantId=",
      "mpnId=7000001",
      `mpnId=&tenantId=${signed}`,
      `TENANTID=${signed.toUpperCase()}`,
      `tenantId=${partner.id}`,
      `mpnId=${own?.mpn_id}`,
    ]) {
      const answer = await status(query);
      expect([answer.status, answer.body]).toEqual([200, { isAgreementSigned: true }]);
    }
  });

  test("is that of whichever reseller of an MPN id signed", async () => {
    const sibling = await newReseller("Sibling", "7000003");
    await make({ ...wantedReseller("Another", "7000003"), isAgreementSigned: false });
    expect((await status("mpnId=7000003")).body).toEqual({ isAgreementSigned: true });
    await remove(sibling);
    expect((await status("mpnId=7000003")).body.code).toBe(2203);
  });

  test.each<[string, () => string, number, boolean]>([
    ["neither id", () => "", 2001, false],
    ["two empty ids", () => "mpnId=&tenantId=", 2001, false],
    ["both ids", () => `mpnId=7000001&tenantId=${signed}`, 2000, false],
    ["an MPN id in letters", () => "mpnId=x", 2000, false],
    ["an MPN id of 61 digits", () => `mpnId=${"1".repeat(61)}`, 2000, false],
    ["a tenant that is no GUID", () => "tenantId=x", 2000, false],
    ["an unknown MPN id", () => "mpnId=7999999", 2200, true],
    ["an MPN id that has not signed", () => "mpnId=7000002", 2203, true],
    ["an unknown tenant", () => `tenantId=${randomId()}`, 2205, false],
    ["a tenant that has not signed", () => `tenantId=${unsigned}`, 2206, true],
  ])("is refused for %s", async (_name, query, code, helps) => {
    const refused = await status(query());
    expect([refused.status, refused.body.code]).toEqual([400, code]);
    expect(refused.body.data).toEqual(helps ? [expect.stringMatching(/^https:/)] : []);
  });

  test("is that of the partner itself too", async () => {
    const body = { partnerAgreement: false };
    const other = await server.call("POST", "/_kontor/partners", { token: "none", body });
    const by = await server.signIn("user", other.body);
    const [row] = await server.database.query<{ mpn_id: string }>(sql`
      SELECT mpn_id FROM partner WHERE partner_id = ${other.body.partner.id}`);
    const path = "/compliance/csp/agreementstatus";
    expect((await get(`${path}?mpnId=${row?.mpn_id}`, by)).body.code).toBe(2203);
    expect((await get(`${path}?tenantId=${other.body.partner.id}`, by)).body.code).toBe(2206);
  });

  test("of another partner's reseller is not known", async () => {
    const path = "/compliance/csp/agreementstatus";
    expect((await get(`${path}?mpnId=7000001`, foreignToken)).body.code).toBe(2200);
    expect((await get(`${path}?tenantId=${signed}`, foreignToken)).body.code).toBe(2205);
    expect((await get(`${path}?tenantId=${partner.id}`, foreignToken)).body.code).toBe(2205);
  });
});
