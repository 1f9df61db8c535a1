/** Sign-in, tokens and access: the tables of the contract, a test for each row. */
import { allOperations, type Operation } from "@kontor/contract";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { sql } from "../../src/foundation/database/sql.ts";
import { defaultPolicy, type Policy } from "../../src/foundation/policy.ts";
import { createLog } from "../../src/foundation/telemetry/log.ts";
import { wellKnownSignIn } from "../../src/modules/identity/index.ts";
import { compose } from "../../src/server.ts";
import { type TestAnswer, testServer } from "../harness.ts";
import { businessRows, newBuyer, newCustomer, offerOf } from "../shop.ts";

const server = await testServer();
const { partner, app, user } = wellKnownSignIn;
const api = "https://api.partnercenter.microsoft.com";
const graph = "https://graph.windows.net";
const apiId = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd";
type Form = Record<string, string>;

function form(path: string, fields: Form, headers: Form = {}): Promise<TestAnswer> {
  return server.call("POST", path, {
    token: "none",
    payload: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
}

const get = (path: string) => server.call("GET", path, { token: "none" });
const v1 = `/${partner.domain}/oauth2/token`;
const v2 = `/${partner.domain}/oauth2/v2.0/token`;
const client = { client_id: app.clientId, client_secret: app.clientSecret };
const person = { username: user.name, password: user.password };
const asApp: Form = { grant_type: "client_credentials", ...client };
const asUser: Form = { grant_type: "password", ...client, ...person };
const tokenOf = async (fields: Form, path = v1) =>
  (await form(path, { resource: api, ...fields })).body.access_token as string;
const decoded = async (fields: Form, path = v1) => decodeJwt(await tokenOf(fields, path));

/** The same database behind other switches; answers status and code of one call. */
function switched(policy: Partial<Policy>) {
  const installation = { ...server.installation, policy: { ...defaultPolicy, ...policy } };
  const other = compose(server.database, installation, createLog("silent"));
  afterAll(() => other.close());
  return async (token: string, url = "/v1/customers", headers: Form = {}) => {
    const authorization = `Bearer ${token}`;
    const answer = await other.inject({ url, headers: { authorization, ...headers } });
    const { code, description } = answer.json();
    return { status: answer.statusCode, code, description, headers: answer.headers };
  };
}

/** A partner whose user has other roles, or no second factor. */
async function partnerWith(body: object) {
  const made = (await server.call("POST", "/_kontor/partners", { token: "none", body })).body;
  return server.signIn("user", made);
}

describe("kinds of caller (4.1)", () => {
  test("App-only: no scp, no user name, idtyp app, oid is sub", async () => {
    const claims = await decoded(asApp);
    for (const name of ["scp", "upn", "unique_name", "preferred_username"]) {
      expect(claims).not.toHaveProperty(name);
    }
    expect(claims.idtyp).toBe("app");
    expect(claims.oid).toBe(claims.sub);
  });

  test("App+User: scp has user_impersonation, oid is the user, with upn", async () => {
    const claims = await decoded(asUser);
    expect(claims).toMatchObject({ scp: "user_impersonation", upn: user.name });
    expect(claims.oid).not.toBe((await decoded(asApp)).oid);
  });
});

describe("operations that need App+User (4.2)", () => {
  const rows: [string, RegExp, "yes" | "no"][] = [
    [
      "Products, SKUs, availabilities, check inventory",
      /^GET (\/customers\/\{\w+\})?\/products|checkinventory$/,
      "yes",
    ],
    ["Carts", /^\w+ \/customers\/\{\w+\}\/carts/, "yes"],
    [
      "Orders",
      /^\w+ \/customers\/\{\w+\}\/orders(\/\{\w+\})?((\/lineitems\/\{\w+\})?\/activationlinks)?$/,
      "yes",
    ],
    ["Subscriptions", /^\w+ \/customers\/\{\w+\}\/subscriptions(?!.*provisioning)/, "yes"],
    [
      "Invoices: collection, account balance, line items, estimates",
      /^GET \/invoices(\/summary|\/\{\w+\}\/lineitems.*|\/estimates.*)?$/,
      "yes",
    ],
    [
      "Customers: list, get, create, delete, billing profile",
      /^(GET|POST|DELETE) \/customers(\/\{\w+\})?$|^\w+ \/customers\/\{\w+\}\/profiles\/billing$/,
      "yes",
    ],
    [
      "Address validation, country rules, domain check, validation codes, legal profile GET",
      /^\w+ \/(validations\/|countryvalidationrules|domains)|all\/validations|^GET \/profiles\/legal/,
      "yes",
    ],
    ["Qualifications GET", /^GET \/customers\/\{\w+\}\/qualifications?$/, "yes"],
    ["Entitlements", /entitlements|artifacts/, "no"],
    [
      "Invoice by id, statement, receipt, summaries",
      /^GET \/invoices\/(\{\w+\}(\/receipts\/\{\w+\})?(\/documents.*)?|summaries)$/,
      "no",
    ],
    ["Exports of line items", /^\w+ \/reports\/partners\/billing\//, "yes"],
    ["Provisioning status", /provisioningstatus/, "no"],
    ["Customer company profile", /profiles\/company/, "no"],
    ["Agreements", /agreement(s|templates)|directSigned/i, "no"],
    ["Qualifications POST", /^(POST|PUT) .*\/qualifications?$/, "no"],
    [
      "Partner profiles",
      /^\w+ \/profiles\/(organization|mpn|billing|support)|^PUT \/profiles\/legal/,
      "no",
    ],
    [
      "Relationships, agreement status of the partner, sandbox resellers",
      /relationship|agreementstatus|sandboxIndirect|^PATCH \/customers\/\{\w+\}$/,
      "no",
    ],
  ];
  const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

  test.each(rows)("the group: %s", (_row, form, appOnly) => {
    const group = allOperations.filter((operation) => form.test(nameOf(operation)));
    expect(group).not.toEqual([]);
    expect(group.filter(({ access }) => access.app !== (appOnly === "yes")).map(nameOf)).toEqual(
      [],
    );
  });

  test("every operation of the contract is in a row", () => {
    const own = allOperations.filter(({ area }) => area !== "sandbox").map(nameOf);
    expect(own.filter((name) => !rows.some(([, row]) => row.test(name)))).toEqual([
      "GET /customers/{customerId}/validationStatus",
    ]);
  });

  test("the switch: strict refuses app-only with 403/900329, lenient lets it through", async () => {
    const customerId = await newCustomer(server);
    const url = `/v1/customers/${customerId}/entitlements`;
    const before = await businessRows(server);
    const token = await tokenOf(asApp);
    const refused = await switched({})(token, url);
    expect([refused.status, refused.code]).toEqual([403, 900329]);
    expect(refused.description).toContain("needs an app+user token");
    expect((await switched({ appUser: "lenient" })(token, url)).status).toBe(200);
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("endpoints that clients call (4.3)", () => {
  test.each([
    ["1: POST /{tenant}/oauth2/token", v1, { ...asApp, resource: graph }],
    ["2: POST /{tenant}/oauth2/v2.0/token", v2, { ...asApp, scope: `${graph}/.default` }],
    ["7: POST /{tenant}/oauth2/devicecode", `/common/oauth2/devicecode`, client],
    ["7: POST /{tenant}/oauth2/v2.0/devicecode", `/common/oauth2/v2.0/devicecode`, client],
  ])("row %s", async (_row, path, fields) => {
    expect((await form(path, fields)).status).toBe(200);
  });

  const authorize = `client_id=${app.clientId}&redirect_uri=http%3A%2F%2Flocalhost%3A1`;
  test.each([
    ["3: instance discovery", "/common/discovery/instance?api-version=1.1", "metadata"],
    ["4: openid-configuration", "/common/.well-known/openid-configuration", "issuer"],
    ["4: openid-configuration v2", "/common/v2.0/.well-known/openid-configuration", "issuer"],
    ["5: keys", "/common/discovery/keys", '"kty":"RSA"'],
    ["5: keys v2", "/common/discovery/v2.0/keys", '"kty":"RSA"'],
    ["6: authorize", `/common/oauth2/authorize?${authorize}`, "<form"],
    ["6: authorize v2", `/common/oauth2/v2.0/authorize?${authorize}`, "<form"],
    ["8: UserRealm", "/common/UserRealm/a@b.example?api-version=1.0", '"Managed"'],
  ])("row %s answers", async (_row, path, text) => {
    const answer = await get(path);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(text)]);
  });

  test.each(["/generatetoken", "/v3/generatetoken", "/GenerateToken"])(
    "9: POST %s",
    async (path) => {
      const headers = { authorization: `Bearer ${await tokenOf(asUser)}` };
      const answer = await form(path, { grant_type: "jwt_token" }, headers);
      expect([answer.status, Object.keys(answer.body)]).toEqual([
        200,
        ["access_token", "token_type", "expires_in"],
      ]);
    },
  );
});

describe("token requests (4.4)", () => {
  test.each([graph, api])("app-only for %s at either version", async (resource) => {
    expect((await form(v1, { ...asApp, resource })).status).toBe(200);
    expect((await form(v2, { ...asApp, scope: `${resource}/.default` })).status).toBe(200);
  });

  test("code, without redirect_uri as in the vendor's sample", async () => {
    const page = `/${partner.domain}/oauth2/authorize`;
    const asked = { client_id: app.clientId, redirect_uri: "http://localhost:1/", resource: api };
    const back = await form(page, { ...asked, ...person, response_type: "code" });
    const code = new URL(String(back.headers.location)).searchParams.get("code") ?? "";
    const fields = { grant_type: "authorization_code", ...client, code, resource: api };
    expect((await form(v1, fields)).body).toMatchObject({ scope: "user_impersonation" });
  });

  test("refresh: a new token each time, and the old one goes on for a while", async () => {
    const { refresh_token } = (await form(v1, { ...asUser, resource: api })).body;
    const fields = { grant_type: "refresh_token", ...client, refresh_token, resource: api };
    const first = await form(v1, { ...fields, scope: "openid" });
    expect(first.body.refresh_token).not.toBe(refresh_token);
    const scope = `${api}/user_impersonation`;
    expect((await form(v2, { ...fields, scope })).status).toBe(200);
  });

  test("password", async () => {
    const fields = { ...asUser, resource: api, scope: "openid" };
    expect((await form(v1, fields)).status).toBe(200);
  });

  test("device code", async () => {
    const begun = (await form("/common/oauth2/devicecode", { ...client, resource: api })).body;
    await form("/devicelogin", { ...person, user_code: begun.user_code });
    const fields = { ...client, grant_type: "device_code", code: begun.device_code };
    expect((await form(v1, fields)).status).toBe(200);
  });

  test("client certificate: an assertion that does not hold is 401 invalid_client", async () => {
    const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    const assertion = { client_assertion_type: type, client_assertion: "a.b.c" };
    const { client_id } = client;
    const answer = await form(v1, { grant_type: "client_credentials", client_id, ...assertion });
    expect([answer.status, answer.body.error]).toEqual([401, "invalid_client"]);
  });

  test("what MSAL adds is ignored, and HTTP Basic names the client too", async () => {
    const basic = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64");
    const fields = { grant_type: "client_credentials", resource: api, "x-client-SKU": "MSAL" };
    const headers = { authorization: `Basic ${basic}`, "x-client-ver": "4", "x-client-os": "x" };
    expect((await form(v1, fields, headers)).status).toBe(200);
  });
});

describe("token responses (4.5)", () => {
  test("v1 app-only: numbers as texts, expires_on less not_before is 3900", async () => {
    const { body } = await form(v1, { ...asApp, resource: graph });
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: "3600", resource: graph });
    expect(Number(body.expires_on) - Number(body.not_before)).toBe(3900);
  });

  test("v1 App+User adds scope, refresh_token, id_token and client_info", async () => {
    const { body } = await form(v1, { ...asUser, resource: api, client_info: "1" });
    expect(body.scope).toBe("user_impersonation");
    for (const name of ["refresh_token", "id_token", "client_info"]) {
      expect(body).toHaveProperty(name);
    }
  });

  test("v2: numbers as numbers, scope with its resource", async () => {
    const { body } = await form(v2, { ...asUser, scope: `${api}/user_impersonation` });
    expect(body).toMatchObject({ expires_in: 3600, scope: `${api}/user_impersonation` });
  });

  test("headers: not kept, and client-request-id echoed when asked", async () => {
    const headers = { "client-request-id": "id-1", "return-client-request-id": "true" };
    const answer = await form(v1, asApp, headers);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-cache, no-store",
      pragma: "no-cache",
      expires: "-1",
      "client-request-id": "id-1",
    });
  });

  test("errors: 401 for invalid_client, else 400, with their codes", async () => {
    const secret = await form(v1, { ...asApp, client_secret: "x" });
    expect([secret.status, secret.body.error]).toEqual([401, "invalid_client"]);
    const grant = await form(v1, { ...asUser, password: "x" });
    expect([grant.status, grant.body.error]).toEqual([400, "invalid_grant"]);
    expect(grant.body.error_description).toMatch(/^AADSTS50126: /);
  });

  test("discovery document: form_post, RS256, pairwise", async () => {
    const { body } = await get(`/${partner.domain}/v2.0/.well-known/openid-configuration`);
    expect(body.response_modes_supported).toContain("form_post");
    expect(body.response_types_supported).toContain("code id_token");
    expect(body.id_token_signing_alg_values_supported).toEqual(["RS256"]);
    expect(body.subject_types_supported).toEqual(["pairwise"]);
    for (const name of ["authorization_endpoint", "device_authorization_endpoint"]) {
      expect(body[name]).toMatch(/^http/);
    }
  });
});

describe("token exchange (4.6)", () => {
  const bodies: [string, string, string][] = [
    ["a form", "application/x-www-form-urlencoded", "grant_type=jwt_token&client_id=x"],
    ["JSON", "application/json", '{"grant_type":"jwt_token"}'],
    ["XML", "text/xml", "<r xmlns='urn:x'><grant_type>jwt_token</grant_type></r>"],
  ];
  const exchange = (token: string, [, type, payload]: [string, string, string]) =>
    server.call("POST", "/generatetoken", { token, payload, headers: { "content-type": type } });

  test.each(bodies)("a body of %s", async (...body) => {
    const token = await tokenOf({ ...asUser, resource: graph });
    const { status, body: made } = await exchange(token, body);
    expect([status, made.token_type]).toEqual([200, "bearer"]);
    const [given, issued] = [decodeJwt(token), decodeJwt(made.access_token)];
    expect(issued).toMatchObject({ oid: given.oid, tid: given.tid, upn: given.upn, aud: api });
  });

  test.each(bodies)("another grant in a body of %s is 400", async (name, type, payload) => {
    const other = payload.replace("jwt_token", "x");
    const { status, body } = await exchange("user", [name, type, other]);
    expect([status, body.code]).toEqual([400, 800002]);
  });

  test("a bad token is 401", async () => {
    for (const body of bodies) expect((await exchange("a.b.c", body)).status).toBe(401);
  });
});

describe("claims (4.7)", () => {
  test.each<[string, string, Form]>([
    ["iss, ver and appid of the first version", v1, { ver: "1.0", appid: app.clientId }],
    ["iss, ver and azp of the second version", v2, { ver: "2.0", azp: app.clientId }],
  ])("claims %s", async (_row, path, expected) => {
    const scope = `${api}/.default`;
    const claims = await decoded({ ...asApp, scope }, path);
    expect(claims).toMatchObject({ ...expected, tid: partner.id });
    expect(claims.iss).toContain(partner.id);
  });

  test.each([graph, api, apiId])("aud: %s opens the API", async (resource) => {
    const token = await tokenOf({ ...asApp, resource });
    expect(decodeJwt(token).aud).toBe(resource);
    expect((await server.call("GET", "/v1/customers", { token })).status).toBe(200);
  });

  test("amr has mfa when the user has a second factor", async () => {
    expect((await decoded(asUser)).amr).toEqual(["pwd", "mfa"]);
    expect(decodeJwt(await partnerWith({ mfa: false })).amr).toEqual(["pwd"]);
  });

  test("exp, nbf, iat and a key id that the keys have", async () => {
    const token = await tokenOf(asApp);
    const { exp = 0, nbf = 0, iat = 0 } = decodeJwt(token);
    expect([exp - iat, iat - nbf]).toEqual([3600, 300]);
    const { keys } = (await get("/common/discovery/keys")).body;
    expect(keys.map(({ kid }: { kid: string }) => kid)).toContain(decodeProtectedHeader(token).kid);
  });

  test("roles: the groups' plural names count as the roles", async () => {
    const token = await partnerWith({ roles: ["BillingAdmins"] });
    await server.database.query(
      sql`UPDATE app_user SET roles = '{BillingAdmins}' WHERE roles = '{BillingAdmin}'`,
    );
    expect((await server.call("GET", "/v1/invoices", { token })).status).toBe(200);
    const refused = await server.call("POST", "/v1/customers", { token, body: {} });
    expect([refused.status, refused.body.code]).toEqual([403, 900150]);
  });
});

describe("validation, MFA, 401 and 403 (4.8)", () => {
  test("no bearer is 401/800001, a bad one 401/400", async () => {
    const none = await get("/v1/customers");
    expect([none.status, none.body.code]).toEqual([401, 800001]);
    const bad = await server.call("GET", "/v1/customers", { token: "a.b.c" });
    expect([bad.status, bad.body.code]).toEqual([401, 400]);
  });

  test("the old audience is 401/900420 when switched, and let in by default", async () => {
    const token = await tokenOf({ ...asApp, resource: graph });
    expect((await switched({})(token)).status).toBe(200);
    const strict = switched({ refuseGraphAudience: true });
    const refused = await strict(token);
    expect([refused.status, refused.code]).toEqual([401, 900420]);
    expect(refused.description).toContain(graph);
    expect((await strict(await tokenOf(asApp))).status).toBe(200);
  });

  test("App+User without MFA is 401/900421 when enforced, and let in by default", async () => {
    const without = await partnerWith({ mfa: false });
    const asked = { ValidateMfa: "true" };
    const mild = await switched({})(without, "/v1/customers", asked);
    expect([mild.status, mild.headers.ismfacompliant]).toEqual([200, "false"]);
    const strict = switched({ requireMfa: true });
    const refused = await strict(without, "/v1/customers", asked);
    expect([refused.status, refused.code]).toEqual([401, 900421]);
    expect(refused.headers.ismfacompliant).toBe("false");
    expect(refused.description).toContain("amr does not contain mfa");
    const own = await strict(await tokenOf(asUser), "/v1/customers", asked);
    expect([own.status, own.headers.ismfacompliant]).toEqual([200, "true"]);
    expect((await strict(await tokenOf(asApp))).status).toBe(200);
  });

  test("isMfaCompliant is answered to who asks, and to users only", async () => {
    const silent = await server.call("GET", "/v1/customers");
    expect(silent.headers).not.toHaveProperty("ismfacompliant");
    const headers = { ValidateMfa: "true" };
    const ofApp = await server.call("GET", "/v1/customers", { token: "app", headers });
    expect(ofApp.headers).not.toHaveProperty("ismfacompliant");
  });

  test("isMfaCompliant is never part of a stored answer", async () => {
    const path = `/v1/customers/${await newCustomer(server)}/carts`;
    const id = { "MS-RequestId": "mfa-1" };
    const headers = { ...id, ValidateMfa: "true" };
    const first = await server.call("POST", path, { headers, body: {} });
    const again = await server.call("POST", path, { headers: id, body: {} });
    expect(first.headers.ismfacompliant).toBe("true");
    expect(again.headers).toMatchObject({ "kontor-replayed": "true" });
    expect(again.headers).not.toHaveProperty("ismfacompliant");
  });

  test("app-only on an App+User operation is 403/900329", async () => {
    const answer = await server.call("GET", "/v1/invoices/G000000001", { token: "app" });
    expect([answer.status, answer.body.code]).toEqual([403, 900329]);
  });

  test("a partner that has not signed its agreement is 403/900124", async () => {
    const { customerId } = await newBuyer(server);
    const sign = (signed: boolean) =>
      server.database.query(
        sql`UPDATE partner SET agreement_signed = ${signed} WHERE partner_id = ${partner.id}`,
      );
    await sign(false);
    const before = await businessRows(server);
    const body = {
      lineItems: [{ offerId: offerOf("perpetual_software").catalogItemId, quantity: 1 }],
    };
    const answer = await server.call("POST", `/v1/customers/${customerId}/orders`, { body });
    expect([answer.status, answer.body.code]).toEqual([403, 900124]);
    expect(await businessRows(server)).toEqual(before);
    await sign(true);
  });

  test("a role too weak is 403/900150", async () => {
    const token = await partnerWith({ roles: ["HelpdeskAgent"] });
    const before = await businessRows(server);
    const answer = await server.call("GET", "/v1/invoices", { token });
    expect([answer.status, answer.body.code]).toEqual([403, 900150]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("a partner not related to the customer is 403/20002", async () => {
    const customerId = await newCustomer(server);
    const token = await partnerWith({});
    const path = `/v1/customers/${customerId}/products?targetView=Azure`;
    const answer = await server.call("GET", path, { token });
    expect([answer.status, answer.body.code]).toEqual([403, 20002]);
  });
});
