import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { type TestAnswer, testServer } from "../../../../test/harness.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { wellKnownSignIn } from "../partner.ts";

const server = await testServer();
const { partner, app, user } = wellKnownSignIn;
const api = "https://api.partnercenter.microsoft.com";
const person = { username: user.name, password: user.password };
type Form = Record<string, string>;

function post(path: string, form: Form): Promise<TestAnswer> {
  return server.call("POST", path, {
    token: "none",
    payload: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
}

async function begin(): Promise<{ user_code: string; device_code: string }> {
  const form = { client_id: app.clientId, scope: `${api}/user_impersonation` };
  return (await post(`/${partner.domain}/oauth2/v2.0/devicecode`, form)).body;
}

const poll = (device_code: string, extra: Form = {}) =>
  post(`/${partner.domain}/oauth2/v2.0/token`, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: app.clientId,
    device_code,
    ...extra,
  });

/** As if the last poll and the making of all codes were long ago. */
async function wait(column: "polled_at" | "expires_at"): Promise<void> {
  const past = new Date("2020-01-01T00:00:00Z");
  await server.database.query(
    column === "polled_at"
      ? sql`UPDATE device_code SET polled_at = ${past}`
      : sql`UPDATE device_code SET expires_at = ${past}`,
  );
}

test("a device gets a code for itself and one for its user", async () => {
  const form = { client_id: app.clientId, scope: `${api}/.default` };
  const { status, body } = await post(`/common/oauth2/v2.0/devicecode`, form);
  expect(status).toBe(200);
  expect(body).toEqual({
    user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
    device_code: expect.stringMatching(/^[\w-]{43}$/),
    verification_uri: "http://localhost:80/devicelogin",
    expires_in: 900,
    interval: 5,
    message: expect.stringContaining(body.user_code),
  });
  const resource = { client_id: app.clientId, resource: api };
  const v1 = await post(`/${partner.domain}/oauth2/devicecode`, resource);
  expect(v1.body).toMatchObject({ expires_in: "900", interval: "5" });
  expect(v1.body.verification_url).toBe(body.verification_uri);
});

test("the page asks for code, name and password", async () => {
  const page = await server.call("GET", "/devicelogin", { token: "none" });
  expect(page.status).toBe(200);
  for (const name of ["user_code", "username", "password"]) {
    expect(page.text).toContain(`<label for="${name}">`);
  }
  expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
});

test("a device waits until its user has signed in, then gets tokens once", async () => {
  const { user_code, device_code } = await begin();
  expect((await poll(device_code)).body.error).toBe("authorization_pending");
  expect((await poll(device_code)).body.error).toBe("slow_down");
  await wait("polled_at");
  expect((await poll(device_code)).body.error).toBe("authorization_pending");
  const typed = ` ${user_code.toLowerCase().replace("-", " ")} `;
  const page = await post("/devicelogin", { ...person, user_code: typed });
  expect(page.text).toContain("First app");
  const answer = await poll(device_code);
  expect(answer.status).toBe(200);
  expect(decodeJwt(answer.body.access_token)).toMatchObject({ aud: api, upn: user.name });
  expect((await poll(device_code)).body.error).toBe("bad_verification_code");
});

test("the first version calls the code by another name", async () => {
  const { user_code, device_code } = await begin();
  await post("/devicelogin", { ...person, user_code });
  const answer = await post(`/${partner.domain}/oauth2/token`, {
    grant_type: "device_code",
    client_id: app.clientId,
    code: device_code,
    resource: api,
  });
  expect(answer.body).toMatchObject({ scope: "user_impersonation", expires_in: "3600" });
});

describe("refused", () => {
  test.each<[string, Form]>([
    ["a wrong code", { user_code: "BBBB-BBBB" }],
    ["a wrong password", { password: "x" }],
    ["an unknown user", { username: "eve@contoso.onmicrosoft.com" }],
    ["a user of another partner", { username: "admin@other.example" }],
  ])("is %s, and which it was stays open", async (_name, wrong) => {
    const { user_code, device_code } = await begin();
    const page = await post("/devicelogin", { ...person, user_code, ...wrong });
    expect(page.status).toBe(400);
    expect(page.text).toContain(
      "The code, the user name or the password is wrong, or the code has expired.",
    );
    expect((await poll(device_code)).body.error).toBe("authorization_pending");
  });

  test("is a code that has expired, at the page and at the poll", async () => {
    const { user_code, device_code } = await begin();
    await wait("expires_at");
    expect((await post("/devicelogin", { ...person, user_code })).status).toBe(400);
    expect((await poll(device_code)).body).toMatchObject({ error: "expired_token" });
  });

  test("is a second sign-in for the same device", async () => {
    const { user_code } = await begin();
    expect((await post("/devicelogin", { ...person, user_code })).status).toBe(200);
    expect((await post("/devicelogin", { ...person, user_code })).status).toBe(400);
  });

  test("is the code of another app", async () => {
    const { user_code, device_code } = await begin();
    await post("/devicelogin", { ...person, user_code });
    const other = (await server.call("POST", "/_kontor/partners", { token: "none" })).body;
    const answer = await post(`/${other.partner.id}/oauth2/v2.0/token`, {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      client_id: other.app.clientId,
      device_code,
    });
    expect(answer.body.error).toBe("bad_verification_code");
    expect((await poll(device_code)).status).toBe(200);
  });

  test("is an unknown app, and a scope of no resource", async () => {
    const path = `/${partner.domain}/oauth2/v2.0/devicecode`;
    expect((await post(path, { client_id: "x" })).body.error).toBe("unauthorized_client");
    const scope = { client_id: app.clientId, scope: "User.Read" };
    expect((await post(path, scope)).body.error).toBe("invalid_scope");
  });
});
