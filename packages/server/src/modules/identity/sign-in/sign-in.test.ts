import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { type TestAnswer, testServer } from "../../../../test/harness.ts";
import { systemNow } from "../../../foundation/clock.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { randomId } from "../../../foundation/ids.ts";
import { createLog } from "../../../foundation/telemetry/log.ts";
import { compose } from "../../../server.ts";
import { wellKnownSignIn } from "../partner.ts";
import { hashSecret } from "../secrets.ts";

const server = await testServer();
const { partner, app, user } = wellKnownSignIn;
const api = "https://api.partnercenter.microsoft.com";

type Form = Record<string, string>;

function post(path: string, form: Form, headers: Form = {}): Promise<TestAnswer> {
  return server.call("POST", path, {
    token: "none",
    payload: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
}

const v1 = `/${partner.domain}/oauth2/token`;
const v2 = `/${partner.domain}/oauth2/v2.0/token`;
const client = { client_id: app.clientId, client_secret: app.clientSecret };
const appForm = { grant_type: "client_credentials", ...client, resource: api };
const userForm = {
  grant_type: "password",
  ...client,
  username: user.name,
  password: user.password,
  resource: api,
};

async function refreshTokens(): Promise<number> {
  const [row] = await server.database.query<{ count: bigint }>(
    sql`SELECT count(*) AS count FROM refresh_token`,
  );
  return Number(row?.count);
}

/** A further app of the well-known partner; answers its client id. */
async function addApp(secret: string): Promise<string> {
  const clientId = randomId();
  await server.database.query(sql`
    INSERT INTO app (partner_id, client_id, name, secret_hash, created_at)
    VALUES (${partner.id}, ${clientId}, 'Second app', ${await hashSecret(secret)}, ${systemNow()})`);
  return clientId;
}

async function opensApi(token: string): Promise<number> {
  return (await server.call("GET", "/v1/customers", { token })).status;
}

test("an app signs in at the first version with numbers as texts", async () => {
  const answer = await post(v1, appForm);
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body)).toEqual([
    "token_type",
    "expires_in",
    "ext_expires_in",
    "expires_on",
    "not_before",
    "resource",
    "access_token",
  ]);
  const { body } = answer;
  expect(body).toMatchObject({ token_type: "Bearer", expires_in: "3600", resource: api });
  expect(Number(body.expires_on) - Number(body.not_before)).toBe(3900);
  expect(decodeJwt(body.access_token)).toMatchObject({
    iss: `http://localhost:80/${partner.id}/`,
    aud: api,
    tid: partner.id,
    appid: app.clientId,
    exp: Number(body.expires_on),
  });
  expect(answer.headers).toMatchObject({
    "cache-control": "no-cache, no-store",
    pragma: "no-cache",
    expires: "-1",
  });
  expect(await opensApi(body.access_token)).toBe(200);
});

test("an app signs in at the second version with numbers as numbers", async () => {
  const { resource: _none, ...form } = appForm;
  const { status, body } = await post(v2, { ...form, scope: `${api}/.default` });
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(["token_type", "expires_in", "ext_expires_in", "access_token"]);
  expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3600, ext_expires_in: 3600 });
  expect(decodeJwt(body.access_token)).toMatchObject({ ver: "2.0", azp: app.clientId });
  expect(await opensApi(body.access_token)).toBe(200);
});

test.each([partner.id.toUpperCase(), "Contoso.OnMicrosoft.com", "common", "Organizations"])(
  "the tenant may be named %s",
  async (tenant) => {
    const { status, body } = await post(`/${tenant}/oauth2/token`, appForm);
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token).tid).toBe(partner.id);
  },
);

test("paths of sign-in are matched without case, with doubled and trailing slashes", async () => {
  expect((await post(`//${partner.domain}//OAuth2/Token/`, appForm)).status).toBe(200);
});

test("the client may come as HTTP Basic", async () => {
  const basic = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64");
  const form = { grant_type: "client_credentials", resource: api };
  expect((await post(v1, form, { authorization: `Basic ${basic}` })).status).toBe(200);
  const wrong = Buffer.from(`${app.clientId}:wrong`).toString("base64");
  const refused = await post(v1, form, { authorization: `Basic ${wrong}` });
  expect(refused.status).toBe(401);
  expect(refused.headers["www-authenticate"]).toBe('Basic realm="kontor"');
});

test("a user signs in at the first version", async () => {
  const { status, body } = await post(v1, { ...userForm, scope: "openid", client_info: "1" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ scope: "user_impersonation", expires_in: "3600", resource: api });
  expect(decodeJwt(body.access_token)).toMatchObject({
    scp: "user_impersonation",
    upn: user.name,
    roles: ["AdminAgent", "BillingAdmin", "GlobalAdmin"],
    amr: ["pwd", "mfa"],
  });
  expect(decodeJwt(body.id_token)).toMatchObject({ aud: app.clientId, upn: user.name });
  expect(await opensApi(body.access_token)).toBe(200);
  expect(await opensApi(body.id_token)).toBe(401);
  const info = JSON.parse(Buffer.from(body.client_info, "base64url").toString());
  expect(info).toEqual({ uid: decodeJwt(body.access_token).oid, utid: partner.id });
});

test("a user of a public client signs in without a secret", async () => {
  const { client_secret: _none, resource: _neither, ...form } = userForm;
  const { status, body } = await post(v2, {
    ...form,
    username: user.name.toUpperCase(),
    scope: `${api}/user_impersonation offline_access openid profile`,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ scope: `${api}/user_impersonation`, expires_in: 3600 });
  expect(body).not.toHaveProperty("client_info");
  expect(await opensApi(body.access_token)).toBe(200);
});

describe("refresh", () => {
  const refresh = (token: string, form: Form = client) =>
    post(v1, { grant_type: "refresh_token", refresh_token: token, resource: api, ...form });

  test("answers a new token each time, and the old ones keep working", async () => {
    const first = (await post(v1, userForm)).body.refresh_token;
    const second = await refresh(first);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first);
    expect(await opensApi(second.body.access_token)).toBe(200);
    expect((await refresh(first)).status).toBe(200);
    expect((await refresh(second.body.refresh_token)).status).toBe(200);
  });

  test("works at the second version without a scope", async () => {
    const token = (await post(v1, userForm)).body.refresh_token;
    const answer = await post(v2, { grant_type: "refresh_token", ...client, refresh_token: token });
    expect(answer.status).toBe(200);
    expect(decodeJwt(answer.body.access_token).aud).toBe(api);
  });

  test("needs the secret if the first sign-in had it", async () => {
    const withSecret = (await post(v1, userForm)).body.refresh_token;
    const refused = await refresh(withSecret, { client_id: app.clientId });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ error: "invalid_client", error_codes: [7000218] });
    const { client_secret: _none, ...publicForm } = userForm;
    const withoutSecret = (await post(v1, publicForm)).body.refresh_token;
    expect((await refresh(withoutSecret, { client_id: app.clientId })).status).toBe(200);
  });

  test("ends with the token's life, and with another app", async () => {
    const token = (await post(v1, userForm)).body.refresh_token;
    const other = (await server.call("POST", "/_kontor/partners", { token: "none" })).body;
    const foreign = await post(`/${other.partner.domain}/oauth2/token`, {
      grant_type: "refresh_token",
      refresh_token: token,
      client_id: other.app.clientId,
      client_secret: other.app.clientSecret,
    });
    expect(foreign.body).toMatchObject({ error: "invalid_grant", error_codes: [70000] });
    const second = await addApp("another secret");
    const ofSecond = await refresh(token, { client_id: second, client_secret: "another secret" });
    expect(ofSecond.body).toMatchObject({ error: "invalid_grant", error_codes: [70000] });
    await server.database.query(
      sql`UPDATE refresh_token SET expires_at = ${new Date("2020-01-01T00:00:00Z")}`,
    );
    const expired = await refresh(token);
    expect(expired.status).toBe(400);
    expect(expired.body).toMatchObject({ error: "invalid_grant", error_codes: [70008] });
  });
});

const withoutSecret: Form = { grant_type: "client_credentials", client_id: app.clientId };

test.each<[string, string, Form, number, string, number]>([
  ["an unknown tenant", "/nobody.example/oauth2/token", appForm, 400, "invalid_request", 90002],
  ["a tenant with NUL", "/a%00b/oauth2/token", appForm, 400, "invalid_request", 90002],
  [
    "an unknown tenant id",
    "/11111111-1111-4111-8111-111111111111/oauth2/token",
    appForm,
    400,
    "invalid_request",
    90002,
  ],
  ["no grant", v1, client, 400, "invalid_request", 900144],
  ["no client", v1, { grant_type: "password" }, 400, "invalid_request", 900144],
  [
    "an unknown grant",
    v1,
    { ...appForm, grant_type: "implicit" },
    400,
    "unsupported_grant_type",
    70003,
  ],
  ["an unknown client", v1, { ...appForm, client_id: "x" }, 400, "unauthorized_client", 700016],
  [
    "an unknown client at the common endpoint",
    "/common/oauth2/token",
    { ...appForm, client_id: "11111111-1111-4111-8111-111111111111" },
    400,
    "unauthorized_client",
    700016,
  ],
  ["no secret", v1, withoutSecret, 401, "invalid_client", 7000216],
  ["a wrong secret", v1, { ...appForm, client_secret: "x" }, 401, "invalid_client", 7000215],
  [
    "a wrong secret for a user",
    v1,
    { ...userForm, client_secret: "x" },
    401,
    "invalid_client",
    7000215,
  ],
  [
    "a client assertion",
    v1,
    {
      ...withoutSecret,
      client_assertion: "a.b.c",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    },
    401,
    "invalid_client",
    700027,
  ],
  ["a wrong password", v1, { ...userForm, password: "Secret" }, 400, "invalid_grant", 50126],
  ["an unknown user", v1, { ...userForm, username: "eve@x.y" }, 400, "invalid_grant", 50126],
  ["no user name", v1, { ...userForm, username: "" }, 400, "invalid_request", 900144],
  [
    "an unknown refresh token",
    v1,
    { grant_type: "refresh_token", ...client, refresh_token: "x" },
    400,
    "invalid_grant",
    70000,
  ],
  ["a broken resource", v1, { ...userForm, resource: "x" }, 400, "invalid_resource", 50001],
  ["no scope", v2, appForm, 400, "invalid_request", 900144],
  [
    "a permission where an app has none",
    v2,
    { ...appForm, scope: `${api}/user_impersonation` },
    400,
    "invalid_scope",
    1002012,
  ],
])("a sign-in with %s is refused", async (_name, path, form, status, error, code) => {
  const before = await refreshTokens();
  const answer = await post(path, form);
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({
    error,
    error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: \\S.*\\.$`)),
    error_codes: [code],
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
    trace_id: expect.stringMatching(/^[\da-f-]{36}$/),
    correlation_id: expect.stringMatching(/^[\da-f-]{36}$/),
  });
  expect(answer.headers["cache-control"]).toBe("no-cache, no-store");
  expect(await refreshTokens()).toBe(before);
});

test("a refused secret or password is not repeated in the answer", async () => {
  const secret = await post(v1, { ...appForm, client_secret: "hunter2" });
  const password = await post(v1, { ...userForm, password: "hunter2" });
  expect(`${secret.text}${password.text}`).not.toContain("hunter2");
});

test("what MSAL adds is ignored, and its request id is echoed when asked", async () => {
  const form = { ...appForm, "x-client-SKU": "MSAL.NetCore", client_info: "1" };
  const id = "aaaaaaaa-1111-4111-8111-111111111111";
  const headers = { "x-client-ver": "4.31", "client-request-id": id };
  const silent = await post(v1, form, headers);
  expect(silent.status).toBe(200);
  expect(silent.body).not.toHaveProperty("client_info");
  expect(silent.headers).not.toHaveProperty("client-request-id");
  const asked = { ...headers, "return-client-request-id": "true" };
  expect((await post(v1, form, asked)).headers["client-request-id"]).toBe(id);
  const refused = await post(v1, { ...form, client_secret: "x" }, asked);
  expect(refused.headers["client-request-id"]).toBe(id);
  expect(refused.body.correlation_id).toBe(id);
});

describe("discovery", () => {
  const get = (path: string) => server.call("GET", path, { token: "none" });

  test("of the instance names this server as its whole network", async () => {
    const query = "?api-version=1.1&authorization_endpoint=https%3A%2F%2Fx.example%2Fcommon";
    const { status, body } = await get(`/common/discovery/instance${query}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      tenant_discovery_endpoint: "http://localhost:80/common/v2.0/.well-known/openid-configuration",
      "api-version": "1.1",
      metadata: [
        {
          preferred_network: "localhost:80",
          preferred_cache: "localhost:80",
          aliases: ["localhost:80"],
        },
      ],
    });
  });

  test.each([
    ["", `http://localhost:80/${partner.id}/`, "/oauth2/token"],
    ["/v2.0", `http://localhost:80/${partner.id}/v2.0`, "/oauth2/v2.0/token"],
  ])("of OpenID Connect%s leads to token endpoint and keys", async (segment, issuer, tokens) => {
    const path = `/${partner.domain}${segment}/.well-known/openid-configuration`;
    const { status, body } = await get(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issuer,
      token_endpoint: `http://localhost:80/${partner.domain}${tokens}`,
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
    expect(body.response_modes_supported).toContain("form_post");
    const keys = await get(new URL(body.jwks_uri).pathname);
    const scope = `${api}/.default`;
    const token = (await post(new URL(body.token_endpoint).pathname, { ...appForm, scope })).body
      .access_token;
    const verified = await jwtVerify(token, createLocalJWKSet(keys.body), { issuer });
    expect(verified.payload.tid).toBe(partner.id);
    expect(keys.text).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
  });

  test("of the common endpoints has a template for its issuer", async () => {
    const { body } = await get("/common/v2.0/.well-known/openid-configuration");
    expect(body.issuer).toBe("http://localhost:80/{tenantid}/v2.0");
  });

  test("of an unknown tenant is refused", async () => {
    const { status, body } = await get("/nobody.example/.well-known/openid-configuration");
    expect([status, body.error_codes]).toEqual([400, [90002]]);
  });

  test("of a user's realm says that the password is known here", async () => {
    const { body } = await get(`/common/UserRealm/${user.name}?api-version=1.0`);
    expect(body).toMatchObject({ account_type: "Managed", domain_name: partner.domain });
  });
});

describe("exchange", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const directoryToken = async () =>
    (await post(v1, { ...userForm, resource: "https://graph.windows.net" })).body.access_token;

  test.each(["/generatetoken", "/GenerateToken", "/v3/generatetoken"])(
    "at %s gives the API's own token to the bearer of a directory's",
    async (path) => {
      const token = await directoryToken();
      const answer = await server.call("POST", path, {
        token,
        payload: "grant_type=jwt_token&client_id=x",
        headers: { ...form, "MS-RequestId": "r-1", "MS-CorrelationId": "c-1" },
      });
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body)).toEqual(["access_token", "token_type", "expires_in"]);
      expect(answer.body.token_type).toBe("bearer");
      expect(answer.body.expires_in).toBeGreaterThan(3590);
      expect(answer.body.expires_in).toBeLessThanOrEqual(3600);
      expect(answer.headers).toMatchObject({ "ms-requestid": "r-1", "ms-correlationid": "c-1" });
      const [given, made] = [decodeJwt(token), decodeJwt(answer.body.access_token)];
      expect(made).toMatchObject({ aud: api, oid: given.oid, exp: given.exp, roles: given.roles });
      expect(await opensApi(answer.body.access_token)).toBe(200);
    },
  );

  test("takes JSON as well", async () => {
    const body = { Grant_Type: "jwt_token" };
    const answer = await server.call("POST", "/generatetoken", { token: "app", body });
    expect(answer.status).toBe(200);
    expect(decodeJwt(answer.body.access_token)).not.toHaveProperty("scp");
  });

  test.each(["grant_type=password", "", "grant_type=", "grant_type=jwt%00token"])(
    "refuses the form %j",
    async (payload) => {
      const answer = await server.call("POST", "/generatetoken", {
        token: "user",
        payload,
        headers: form,
      });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 800002, data: [] });
      expect(answer.headers).toHaveProperty("ms-requestid");
    },
  );

  test("refuses who has no token, or a bad one", async () => {
    const payload = "grant_type=jwt_token";
    const none = await server.call("POST", "/generatetoken", {
      token: "none",
      payload,
      headers: form,
    });
    expect([none.status, none.body.code]).toEqual([401, 800001]);
    const bad = await server.call("POST", "/generatetoken", {
      token: "a.b.c",
      payload,
      headers: form,
    });
    expect([bad.status, bad.body.code]).toEqual([401, 400]);
  });
});

test("a live database has no sign-in of its own", async () => {
  const live = { ...server.installation, mode: "live" as const };
  const other = compose(server.database, live, createLog("silent"));
  const requests = [
    { method: "POST" as const, url: v1 },
    { method: "POST" as const, url: v2 },
    { method: "POST" as const, url: "/generatetoken" },
    { method: "GET" as const, url: `/${partner.domain}/discovery/keys` },
    { method: "GET" as const, url: `/${partner.domain}/.well-known/openid-configuration` },
  ];
  for (const request of requests) {
    const answer = await other.inject(request);
    expect([request.url, answer.statusCode, answer.json().code]).toEqual([request.url, 404, 1000]);
  }
  await other.close();
});
