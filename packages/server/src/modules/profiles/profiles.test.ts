import { allOperations } from "@kontor/contract";
import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, type TestServer, testServer } from "../../../test/harness.ts";
import { sql } from "../../foundation/database/sql.ts";

const server = await testServer();
let german: TestServer;
beforeAll(async () => {
  const made = await server.call("POST", "/_kontor/partners", {
    token: "none",
    body: { name: "Hanse IT", country: "DE", billingCurrency: "EUR" },
  });
  const token = await server.signIn("user", made.body);
  german = {
    ...server,
    partnerId: made.body.partner.id,
    call: (method, path, options: CallOptions = {}) =>
      server.call(method, path, { token, ...options }),
  };
});

const get = (kind: string, on = server) => on.call("GET", `/v1/profiles/${kind}`);
const put = (kind: string, body: unknown, options: CallOptions = {}) =>
  server.call("PUT", `/v1/profiles/${kind}`, { body, ...options });
const written = () => server.database.query(sql`SELECT * FROM partner_profile ORDER BY kind`);

describe("from the start", () => {
  test("the organization says country and culture, as a client asks after its sign-in", async () => {
    const { status, body } = await get("organization");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: server.partnerId,
      companyName: "Contoso",
      defaultAddress: { country: "US", state: "WA", postalCode: "98052" },
      tenantId: server.partnerId,
      domain: "contoso.onmicrosoft.com",
      email: expect.stringContaining("@"),
      language: "en",
      culture: "en-US",
      profileType: "OrganizationProfile",
      links: { self: { uri: "/profiles/organization", method: "GET", headers: [] } },
      attributes: { etag: expect.stringMatching(/^-?\d+$/), objectType: "OrganizationProfile" },
    });
    const other = await get("organization", german);
    expect(other.body).toMatchObject({
      id: german.partnerId,
      companyName: "Hanse IT",
      defaultAddress: { country: "DE" },
      language: "de",
      culture: "de-DE",
    });
    expect(other.body.attributes.etag).not.toBe(body.attributes.etag);
  });

  test.each(["None", "current", "LastFinalized", "1", ""])(
    "the legal business is authorized in the version '%s'",
    async (version) => {
      const { status, body } = await get(`legalbusiness?vettingVersion=${version}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        companyName: "Contoso",
        address: { country: "US" },
        primaryContact: { firstName: expect.any(String), lastName: expect.any(String) },
        companyApproverAddress: { country: "US" },
        companyApproverEmail: expect.stringContaining("@"),
        vettingStatus: "authorized",
        vettingSubStatus: "none",
        profileType: "LegalBusinessProfile",
        attributes: { objectType: "LegalBusinessProfile" },
      });
    },
  );

  test("the network profile is the partner's, with and without its id", async () => {
    const expected = {
      partnerName: "Contoso",
      mpnId: "5000001",
      profileType: "MpnProfile",
      attributes: { objectType: "MpnProfile" },
    };
    expect((await get("mpn")).body).toMatchObject(expected);
    expect((await get("mpn?mpnId=5000001")).body).toMatchObject(expected);
  });

  test("support and billing are there", async () => {
    expect((await get("support")).body).toMatchObject({
      email: expect.stringContaining("@"),
      telephone: expect.any(String),
      website: expect.stringMatching(/^https:/),
      profileType: "support_profile",
      attributes: { objectType: "PartnerSupportProfile" },
    });
    const billing = (await get("billing", german)).body;
    expect(billing).toMatchObject({
      companyName: "Hanse IT",
      address: { country: "DE" },
      primaryContact: { email: expect.any(String) },
      billingCurrency: "EUR",
      profileType: "BillingProfile",
      attributes: { etag: expect.any(String), objectType: "BillingProfile" },
    });
    expect(billing).not.toHaveProperty("billingDay");
  });

  test("an unknown MPN id is not found", async () => {
    for (const id of ["1", "x"]) {
      const answer = await get(`mpn?mpnId=${id}`);
      expect([answer.status, answer.body.code]).toEqual([404, 3000]);
    }
    const long = await get(`mpn?mpnId=${"1".repeat(41)}`);
    expect([long.status, long.body.code]).toEqual([400, 800002]);
  });

  test("the network profile of an indirect reseller is found by its MPN id", async () => {
    await server.database.query(sql`
      INSERT INTO indirect_reseller (partner_id, reseller_tenant_id, domain, name, mpn_id,
        location, created_at)
      VALUES (${server.partnerId}, ${german.partnerId}, 'r.example', 'Reseller', '7654321', 'US',
        '2026-01-01')`);
    expect((await get("mpn?mpnId=7654321")).body).toMatchObject({
      partnerName: "Reseller",
      mpnId: "7654321",
    });
    expect((await get("mpn?mpnId=7654321", german)).status).toBe(404);
  });
});

describe("changes", () => {
  test.each(["organization", "billing"])(
    "of %s are kept, give a new etag, and are the partner's own",
    async (kind) => {
      const { body: before } = await get(kind);
      const change = { ...before, companyName: `Contoso ${kind}` };
      const changed = await put(kind, change);
      expect(changed.status).toBe(200);
      const { etag } = changed.body.attributes;
      expect(etag).not.toBe(before.attributes.etag);
      expect(changed.body).toEqual({
        ...before,
        companyName: `Contoso ${kind}`,
        attributes: { ...before.attributes, etag },
      });
      expect((await get(kind)).body).toEqual(changed.body);
      expect((await get(kind, german)).body.companyName).toBe("Hanse IT");
    },
  );

  test.each(["organization", "billing"])("of an older version of %s are refused", async (kind) => {
    const { body: read } = await get(kind);
    const older = { ...read, attributes: { etag: "1" } };
    const { attributes: _gone, ...unversioned } = read;
    const before = await written();
    const stale = [
      await put(kind, older),
      await put(kind, read, { headers: { "If-Match": '"1"' } }),
      await put(kind, unversioned, { headers: { "If-Match": 'W/"1"' } }),
    ];
    for (const answer of stale) expect([answer.status, answer.body.code]).toEqual([400, 2055]);
    expect(await written()).toEqual(before);
    const { etag } = read.attributes;
    const fine = [
      await put(kind, older, { headers: { "If-Match": `"${etag}"` } }),
      await put(kind, older, { headers: { "If-Match": "*" } }),
      await put(kind, unversioned),
    ];
    expect(fine.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await put(kind, read)).body.code).toBe(2055);
  });

  test("at the same moment of one version of the organization are one change", async () => {
    const { body } = await get("organization");
    const answers = await Promise.all([1, 2, 3].map(() => put("organization", body)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
  });

  test.each(["support", "supportprofile"])("of the support profile go to %s", async (path) => {
    const change = {
      Email: `${path}@contoso.example`,
      Telephone: "4255550101",
      Website: "www.contoso.example",
    };
    const answer = await put(path, change);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      email: `${path}@contoso.example`,
      telephone: "4255550101",
      website: "www.contoso.example",
      links: { self: { uri: "/profiles/support" } },
    });
    expect((await get("support")).body).toEqual(answer.body);
  });

  test("of billing keep number, tax id and day; the day 0 says not set", async () => {
    const { body } = await get("billing");
    const full = { ...body, purchaseOrderNumber: "PO 7", taxId: "US999965", billingDay: 5 };
    const { attributes: _read, ...unversioned } = full;
    expect((await put("billing", full)).body).toMatchObject({
      purchaseOrderNumber: "PO 7",
      taxId: "US999965",
      billingDay: 5,
    });
    const cleared = await put("billing", { ...unversioned, billingDay: 0, taxId: null });
    expect(cleared.body).not.toHaveProperty("billingDay");
    expect(cleared.body).not.toHaveProperty("taxId");
  });

  test("of the legal business are vetted before they are final", async () => {
    const slow = await testServer({ profile: "realistic" });
    const read = async (version: string) =>
      (await slow.call("GET", `/v1/profiles/legalbusiness?vettingVersion=${version}`)).body;
    await slow.at("2031-01-01T00:00:00Z");
    const before = await read("Current");
    const change = (companyName: string) =>
      slow.call("PUT", "/v1/profiles/legalbusiness", { body: { ...before, companyName } });
    const changed = await change("Contoso Ltd");
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      companyName: "Contoso Ltd",
      vettingStatus: "pending",
      vettingSubStatus: "business_verification",
    });
    await change("Contoso plc");
    expect((await read("Current")).companyName).toBe("Contoso plc");
    expect(await read("LastFinalized")).toEqual(before);
    await slow.call("POST", "/_kontor/clock", { body: { advance: "PT15M" } });
    const final = { companyName: "Contoso plc", vettingStatus: "authorized" };
    expect(await read("Current")).toMatchObject(final);
    expect(await read("LastFinalized")).toMatchObject(final);
  });
});

describe("refusals", () => {
  test.each<[string, string, object, number]>([
    ["an organization without a name", "organization", { companyName: " " }, 800002],
    ["an organization without an address", "organization", { defaultAddress: null }, 800002],
    ["an organization of nowhere", "organization", { defaultAddress: nowhere() }, 3000],
    ["an organization of another culture", "organization", { culture: "de-DE" }, 3000],
    ["a legal business without contact", "legalbusiness", { primaryContact: null }, 800002],
    ["a legal business of nowhere", "legalbusiness", { address: nowhere() }, 3000],
    ["an approver of nowhere", "legalbusiness", { companyApproverAddress: nowhere() }, 3000],
    ["support without e-mail", "support", { email: "x" }, 800002],
    ["documented support without e-mail", "supportprofile", { email: "x" }, 800002],
    ["billing without a name", "billing", { companyName: null }, 800002],
    ["billing on the 29th", "billing", { billingDay: 29 }, 800002],
    ["billing of nowhere", "billing", { address: nowhere() }, 3000],
    ["billing in another currency", "billing", { billingCurrency: "EUR" }, 3000],
  ])("%s leaves nothing", async (_case, kind, change, code) => {
    const { body } = await get(kind === "supportprofile" ? "support" : kind);
    const before = await written();
    const answer = await put(kind, { ...body, ...change });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await written()).toEqual(before);
  });

  test("an unknown vetting version is no member of its enumeration", async () => {
    const answer = await get("legalbusiness?vettingVersion=x");
    expect([answer.status, answer.body.code]).toEqual([400, 900126]);
  });

  test("an app reads the legal business and nothing else", async () => {
    const before = await written();
    const own = allOperations.filter(({ area }) => area === "profiles");
    expect(own).toHaveLength(10);
    for (const { method, path } of own) {
      const answer = await server.call(method, `/v1${path}`, { token: "app", body: {} });
      const isOpen = method === "GET" && path === "/profiles/legalbusiness";
      expect(answer.body.code, `${method} ${path}`).toBe(isOpen ? undefined : 900329);
    }
    expect(await written()).toEqual(before);
  });
});

function nowhere() {
  return { country: "ZZ", city: "Nowhere", addressLine1: "1 Way" };
}
