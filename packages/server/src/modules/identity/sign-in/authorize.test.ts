import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { newAppCertificate } from "../../../../test/certificates.ts";
import { type TestAnswer, testServer } from "../../../../test/harness.ts";
import { systemNow } from "../../../foundation/clock.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { wellKnownSignIn } from "../partner.ts";

const server = await testServer();
const { partner, app, user } = wellKnownSignIn;
const redirect = "http://localhost:4711/back";
const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
const path = `/${partner.domain}/oauth2/v2.0/authorize`;
const person = { username: user.name, password: user.password };
type Form = Record<string, string>;

const asked = { client_id: app.clientId, redirect_uri: redirect, response_type: "code" };
const pkce = { code_challenge: challenge, code_challenge_method: "S256" };

function get(query: Form, at = path): Promise<TestAnswer> {
  return server.call("GET", `${at}?${new URLSearchParams(query)}`, { token: "none" });
}

function post(at: string, form: Form): Promise<TestAnswer> {
  return server.call("POST", at, {
    token: "none",
    payload: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
}

/** Where the answer leads, and with what. */
function leadsTo({ headers }: TestAnswer): { to: string; query: Form; fragment: Form } {
  const url = new URL(String(headers.location));
  return {
    to: url.origin + url.pathname,
    query: Object.fromEntries(url.searchParams),
    fragment: Object.fromEntries(new URLSearchParams(url.hash.slice(1))),
  };
}

async function newCode(extra: Form = pkce): Promise<string> {
  const answer = await post(path, { ...asked, ...extra, ...person });
  return leadsTo(answer).query.code ?? "";
}

const redeem = (form: Form) =>
  post(`/${partner.domain}/oauth2/v2.0/token`, {
    grant_type: "authorization_code",
    client_id: app.clientId,
    ...form,
  });

async function codes(): Promise<number> {
  const [row] = await server.database.query<{ count: bigint }>(
    sql`SELECT count(*) AS count FROM authorization_code`,
  );
  return Number(row?.count);
}

describe("the page", () => {
  test("asks for name and password, without scripts and without anybody else", async () => {
    const page = await get({ ...asked, state: `"><script>`, login_hint: "ada@x.example" });
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).toContain('<label for="username">User name</label>');
    expect(page.text).toContain('<label for="password">Password</label>');
    expect(page.text).toContain('value="ada@x.example"');
    expect(page.text).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(page.text).not.toMatch(/<script|<link|<img|https?:\/\/(?!localhost)/);
  });

  test("may not be framed, kept, or given anything from elsewhere", async () => {
    const { headers } = await get(asked);
    expect(headers["content-security-policy"]).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  test("takes a password from a form alone, never from an address", async () => {
    const before = await codes();
    const page = await get({ ...asked, ...person });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(`value="${user.password}"`);
    expect(await codes()).toBe(before);
  });

  test("asks again after a mistake, and carries the request on", async () => {
    const before = await codes();
    const again = await post(path, { ...asked, ...person, state: "s1", password: "hunter2" });
    expect(again.status).toBe(400);
    expect(again.text).toContain('role="alert">The user name or the password is wrong.');
    expect(again.text).toContain('name="state" value="s1"');
    expect(again.text).toContain(`value="${user.name}"`);
    expect(again.text).not.toContain("hunter2");
    expect(await codes()).toBe(before);
  });
});

describe("the way back", () => {
  test("is by query with code and state", async () => {
    const answer = await post(path, { ...asked, ...person, state: "a b&c" });
    expect(answer.status).toBe(303);
    const { to, query } = leadsTo(answer);
    expect([to, query.state]).toEqual([redirect, "a b&c"]);
    expect(query.code).toHaveLength(43);
  });

  test("is by fragment when asked, and keeps what the address had", async () => {
    const redirect_uri = `${redirect}?mine=1`;
    const form = { ...asked, redirect_uri, ...person, response_mode: "fragment" };
    const { query, fragment } = leadsTo(await post(path, form));
    expect(query).toEqual({ mine: "1" });
    expect(Object.keys(fragment)).toEqual(["code"]);
  });

  test("is by a form that also works without scripts when asked", async () => {
    const answer = await post(path, {
      ...asked,
      ...person,
      response_mode: "form_post",
      state: "<",
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`<form method="post" action="${redirect}">`);
    expect(answer.text).toMatch(/name="code" value="[\w-]{43}"/);
    expect(answer.text).toContain('name="state" value="&lt;"');
    expect(answer.text).toContain('<button type="submit">Go on</button>');
  });

  test("has an id token bound to nonce and code in the hybrid flow", async () => {
    const form = { ...asked, ...person, response_type: "code id_token", nonce: "n-1" };
    const { fragment } = leadsTo(await post(path, form));
    const claims = decodeJwt(fragment.id_token ?? "");
    const half = createHash("sha256")
      .update(fragment.code ?? "")
      .digest()
      .subarray(0, 16);
    expect(claims).toMatchObject({ aud: app.clientId, nonce: "n-1", upn: user.name });
    expect(claims.c_hash).toBe(half.toString("base64url"));
  });

  test.each<[string, Form, string]>([
    ["another response type", { response_type: "token" }, "unsupported_response_type"],
    ["another response mode", { response_mode: "pigeon" }, "invalid_request"],
    ["an id token without a nonce", { response_type: "id_token" }, "invalid_request"],
    [
      "an id token in the query",
      { response_type: "id_token", nonce: "n", response_mode: "query" },
      "invalid_request",
    ],
    ["another challenge method", { ...pkce, code_challenge_method: "S512" }, "invalid_request"],
    ["a challenge that is too short", { code_challenge: "short" }, "invalid_request"],
    ["prompt=none", { prompt: "none" }, "login_required"],
    ["a scope of no resource", { scope: "User.Read" }, "invalid_scope"],
  ])("tells the app of %s", async (_name, change, error) => {
    const before = await codes();
    const { to, query, fragment } = leadsTo(await get({ ...asked, state: "s", ...change }));
    expect(to).toBe(redirect);
    expect({ ...query, ...fragment }).toMatchObject({ error, state: "s" });
    expect(await codes()).toBe(before);
  });

  test.each([
    "https://evil.example/back",
    "http://localhost.evil.example/",
    "http://localhost@evil.example/",
    "http://evil.example#localhost",
    "javascript:alert(1)",
    "data:text/html,x",
    "//localhost/x",
    "http://user:pass@localhost/",
  ])("never leads to %s", async (redirect_uri) => {
    const before = await codes();
    for (const answer of [
      await get({ ...asked, redirect_uri }),
      await post(path, { ...asked, ...person, redirect_uri }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.headers).not.toHaveProperty("location");
      expect(answer.text).toContain("AADSTS50011");
      expect(answer.text).not.toContain("evil");
    }
    expect(await codes()).toBe(before);
  });

  test("leads to any port of this machine, and to what is registered letter for letter", async () => {
    for (const redirect_uri of ["http://127.0.0.1:1/", "http://[::1]:2/x", "https://localhost/y"]) {
      expect((await get({ ...asked, redirect_uri })).status).toBe(200);
    }
    const registered = "https://app.example/signed-in";
    const body = { redirectUris: [registered] };
    const made = await server.call("POST", "/_kontor/partners", { token: "none", body });
    const at = `/${made.body.partner.id}/oauth2/authorize`;
    const query = { client_id: made.body.app.clientId, redirect_uri: registered };
    expect((await get(query, at)).status).toBe(200);
    // The only one that is registered need not be said.
    expect((await get({ client_id: query.client_id }, at)).status).toBe(200);
    expect((await get({ ...query, redirect_uri: `${registered}/more` }, at)).status).toBe(400);
  });

  test("of an unknown app or tenant is none", async () => {
    expect((await get({ ...asked, client_id: "x" })).text).toContain("AADSTS700016");
    expect((await get(asked, "/nobody.example/oauth2/authorize")).text).toContain("AADSTS90002");
    expect((await get(asked, "/common/oauth2/authorize")).status).toBe(200);
  });
});

describe("a code", () => {
  test("gives a public app tokens for its verifier, once", async () => {
    const code = await newCode({ ...pkce, nonce: "n-2" });
    const form = { code, redirect_uri: redirect, code_verifier: verifier, client_info: "1" };
    const first = await redeem(form);
    expect(first.status).toBe(200);
    expect(decodeJwt(first.body.access_token)).toMatchObject({
      upn: user.name,
      amr: ["pwd", "mfa"],
    });
    expect(decodeJwt(first.body.id_token).nonce).toBe("n-2");
    expect(Object.keys(first.body)).toContain("client_info");
    const again = await redeem(form);
    expect(again.body).toMatchObject({ error: "invalid_grant", error_codes: [54005] });
  });

  test("of two who redeem it at once, one alone gets tokens", async () => {
    const form = { code: await newCode(), code_verifier: verifier };
    const answers = await Promise.all([redeem(form), redeem(form), redeem(form)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
  });

  test("gives a secret's owner tokens without PKCE, as the vendor's sample asks", async () => {
    const code = await newCode({ resource: "https://api.partnercenter.microsoft.com" });
    const answer = await post(`/${partner.domain}/oauth2/token`, {
      grant_type: "authorization_code",
      client_id: app.clientId,
      client_secret: app.clientSecret,
      code,
      resource: "https://api.partnercenter.microsoft.com",
    });
    expect(answer.status).toBe(200);
    expect(answer.body.scope).toBe("user_impersonation");
  });

  test.each<[string, Form, Form, number]>([
    ["without its verifier", pkce, {}, 501481],
    ["with another verifier", pkce, { code_verifier: "w".repeat(43) }, 501481],
    ["with its challenge for a verifier", pkce, { code_verifier: challenge }, 501481],
    ["with a verifier that nobody announced", {}, { code_verifier: verifier }, 501481],
    ["without PKCE and secret", {}, {}, 7000218],
    [
      "at another address",
      pkce,
      { code_verifier: verifier, redirect_uri: "http://localhost:4711/else" },
      500112,
    ],
    ["that is none", pkce, { code_verifier: verifier, code: "x" }, 70000],
  ])("%s is refused", async (_name, request, form, error) => {
    const code = await newCode(request);
    const answer = await redeem({ code, ...form });
    expect([answer.status < 402, answer.body.error_codes]).toEqual([true, [error]]);
    const [row] = await server.database.query(
      sql`SELECT 1 FROM authorization_code WHERE redeemed_at IS NULL`,
    );
    expect(row).toBeDefined();
    await server.database.query(sql`DELETE FROM authorization_code`);
  });

  test("of another app is refused", async () => {
    const other = (await server.call("POST", "/_kontor/partners", { token: "none" })).body;
    const answer = await post(`/${other.partner.id}/oauth2/v2.0/token`, {
      grant_type: "authorization_code",
      client_id: other.app.clientId,
      client_secret: other.app.clientSecret,
      code: await newCode(),
      code_verifier: verifier,
    });
    expect(answer.body.error_codes).toEqual([70000]);
  });

  test("ends after minutes", async () => {
    const code = await newCode();
    const past = new Date("2020-01-01T00:00:00Z");
    await server.database.query(sql`UPDATE authorization_code SET expires_at = ${past}`);
    const answer = await redeem({ code, code_verifier: verifier });
    expect(answer.body).toMatchObject({ error: "invalid_grant", error_codes: [70008] });
  });

  test("may have a plain challenge", async () => {
    const code = await newCode({ code_challenge: verifier });
    expect((await redeem({ code, code_verifier: verifier })).status).toBe(200);
  });
});

test.each([
  ["redirectUris", ["ftp://x.example/"]],
  ["redirectUris", ["https://x.example/#f"]],
  ["certificates", ["nonsense"]],
  ["roles", ["Gardener"]],
])("a partner whose %s are %j is refused", async (name, value) => {
  const count = sql`SELECT count(*) AS count FROM partner`;
  const before = await server.database.query(count);
  const body = { [name]: value };
  const answer = await server.call("POST", "/_kontor/partners", { token: "none", body });
  expect([answer.status, answer.body.code]).toEqual([400, 800002]);
  expect(await server.database.query(count)).toEqual(before);
});

test("a partner's certificate may have ended, which its assertions then show", async () => {
  const { certificate } = await newAppCertificate(new Date(systemNow().getTime() - 9e8), 1);
  const body = { certificates: [certificate] };
  const made = await server.call("POST", "/_kontor/partners", { token: "none", body });
  expect(made.status).toBe(201);
});
