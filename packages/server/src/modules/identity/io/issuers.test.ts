import type { webcrypto } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { systemNow } from "../../../foundation/clock.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { readIssuers } from "../../../foundation/issuers.ts";
import { defaultPolicy } from "../../../foundation/policy.ts";
import { createLog } from "../../../foundation/telemetry/log.ts";
import { compose } from "../../../server.ts";
import { wellKnownPartner } from "../partner.ts";
import { loadInstallation } from "../use-cases.ts";

const partnerId = wellKnownPartner.partner.id;
const audience = "https://api.partnercenter.microsoft.com";

/** What the issuer answers at the moment. */
const state = { keys: [] as object[], status: 200, hangs: false, asked: 0, issuer: "" };

const service: Server = createServer((request, response) => {
  state.asked += 1;
  if (state.hangs) return;
  response.statusCode = state.status;
  const isKeys = request.url === "/keys";
  const document = { issuer: state.issuer, jwks_uri: `${origin}/keys` };
  response.end(JSON.stringify(isKeys ? { keys: state.keys } : document));
});
await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
afterAll(() => {
  service.closeAllConnections();
  service.close();
});
const origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
const issuer = `${origin}/tenant/v2.0`;
state.issuer = issuer;

interface Key {
  kid: string;
  privateKey: webcrypto.CryptoKey;
  publicKey: webcrypto.CryptoKey;
}

async function newKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair("RS256", { extractable: true })) };
}

const publicOf = async ({ kid, publicKey }: Key) => ({
  ...(await exportJWK(publicKey)),
  kid,
  use: "sig",
});

const first = await newKey("first");
const second = await newKey("second");
state.keys = [await publicOf(first)];

const seconds = () => Math.floor(systemNow().getTime() / 1000);
const user = () => ({
  iss: issuer,
  aud: audience,
  tid: partnerId,
  oid: "44444444-4444-4444-8444-444444444444",
  azp: "22222222-2222-4222-8222-222222222222",
  scp: "user_impersonation",
  upn: "ada@contoso.example",
  roles: ["SalesAgents"],
  amr: ["pwd", "mfa"],
  exp: seconds() + 600,
});

function tokenOf(change: Record<string, unknown> = {}, key = first): Promise<string> {
  return new SignJWT({ ...user(), ...change })
    .setProtectedHeader({ alg: "RS256", kid: key.kid })
    .sign(key.privateKey);
}

const database = await testDatabase();
await database.query(sql`UPDATE installation SET mode = 'live'`);

/** A process of its own, as far as keys are concerned. */
async function live(settings: object = {}, policy = defaultPolicy) {
  const entry = { issuer, jwksUri: `${origin}/keys`, audiences: [audience], ...settings };
  const issuers = readIssuers(JSON.stringify([{ keyRefetchSeconds: 0, ...entry }]));
  const options = { mode: "live" as const, issuers, policy };
  const installation = await loadInstallation(database, options, systemNow());
  const app = compose(database, installation, createLog("silent"));
  afterAll(() => app.close());
  return async (token: string, url = "/v1/customers", headers: Record<string, string> = {}) => {
    const authorization = `Bearer ${token}`;
    const answer = await app.inject({ url, headers: { authorization, ...headers } });
    const { code, description = "" } = answer.json();
    return { status: answer.statusCode, code, description, headers: answer.headers };
  };
}

test("a token of a trusted issuer is let in, with its roles and its second factor", async () => {
  const call = await live();
  const answer = await call(await tokenOf(), "/v1/customers", { ValidateMfa: "true" });
  expect([answer.status, answer.headers.ismfacompliant]).toEqual([200, "true"]);
  const invoices = await call(await tokenOf(), "/v1/invoices");
  expect([invoices.status, invoices.code]).toEqual([403, 900150]);
  const accountant = await tokenOf({ roles: ["BillingAdmins"] });
  expect((await call(accountant, "/v1/invoices")).status).toBe(200);
});

test("keys are read once for many tokens, and not before they are needed", async () => {
  const before = state.asked;
  const call = await live();
  expect(state.asked).toBe(before);
  for (const upn of ["a@x", "b@x", "c@x"]) await call(await tokenOf({ upn }));
  expect(state.asked).toBe(before + 1);
});

test("a new key counts as soon as a token names it, an old one no longer", async () => {
  const call = await live();
  expect((await call(await tokenOf())).status).toBe(200);
  state.keys = [await publicOf(second)];
  expect((await call(await tokenOf({}, second))).status).toBe(200);
  const old = await call(await tokenOf({ upn: "late@x" }));
  expect([old.status, old.code]).toEqual([401, 400]);
  expect(old.description).toContain("has no such key (kid first)");
  state.keys = [await publicOf(first)];
});

test("unknown keys do not make the issuer's keys be read each time", async () => {
  const call = await live({ keyRefetchSeconds: 30 });
  await call(await tokenOf());
  const before = state.asked;
  for (let n = 0; n < 5; n += 1) {
    expect((await call(await tokenOf({}, { ...second, kid: `k${n}` }))).status).toBe(401);
  }
  expect(state.asked).toBe(before);
});

describe("refused is a token", async () => {
  const call = await live();
  const spki = new TextEncoder().encode(await exportSPKI(first.publicKey));
  const hmac = new SignJWT(user()).setProtectedHeader({ alg: "HS256", kid: first.kid });
  const cases: [string, () => Promise<string> | string, RegExp][] = [
    ["for another audience", () => tokenOf({ aud: "https://x.example" }), /claim aud/],
    ["that ended before the skew", () => tokenOf({ exp: seconds() - 301 }), /has expired/],
    ["without an end", () => tokenOf({ exp: undefined }), /claim exp/],
    ["that begins after the skew", () => tokenOf({ nbf: seconds() + 400 }), /claim nbf/],
    ["of an issuer nobody named", () => tokenOf({ iss: `${origin}/x` }), /is not trusted here/],
    ["of a tenant that is no partner", () => tokenOf({ tid: user().oid }), /no partner has/],
    ["without a tenant", () => tokenOf({ tid: undefined }), /claim tid is no GUID/],
    ["without a subject", () => tokenOf({ oid: undefined }), /no claim oid or sub/],
    ["signed with another key", () => tokenOf({}, { ...second, kid: "first" }), /not signed by/],
    ["signed with the public key as a secret", () => hmac.sign(spki), /not signed with RS256/],
    ["without a signature", () => new UnsecuredJWT(user()).encode(), /signed/],
    ["that is no JWT", () => "a.b.c", /no signed JWT/],
  ];
  test.each(cases)("%s", async (_name, make, cause) => {
    const answer = await call(await make());
    expect([answer.status, answer.code]).toEqual([401, 400]);
    expect(answer.description).toMatch(cause);
  });

  test("of the old graph where the policy says so", async () => {
    const graph = "https://graph.windows.net";
    const strict = await live(
      { audiences: [graph, audience] },
      { ...defaultPolicy, refuseGraphAudience: true },
    );
    const answer = await strict(await tokenOf({ aud: graph }));
    expect([answer.status, answer.code]).toEqual([401, 900420]);
    expect((await strict(await tokenOf())).status).toBe(200);
  });
});

test("clocks may differ by five minutes, or by what the entry says", async () => {
  const ended = await tokenOf({ exp: seconds() - 200 });
  expect((await (await live())(ended)).status).toBe(200);
  expect((await (await live({ clockSkewSeconds: 60 }))(ended)).status).toBe(401);
});

describe("an issuer in trouble", () => {
  test("is a 503 that says so, and is asked again", async () => {
    const call = await live();
    state.status = 500;
    const refused = await call(await tokenOf());
    expect([refused.status, refused.code]).toEqual([503, 900192]);
    expect(refused.description).toContain(issuer);
    state.status = 200;
    expect((await call(await tokenOf())).status).toBe(200);
  });

  test("that is not there at all is a 503 too", async () => {
    const call = await live({ jwksUri: "http://127.0.0.1:9/keys" });
    expect((await call(await tokenOf())).status).toBe(503);
  });

  test("that never answers holds nobody for longer than five seconds", async () => {
    const call = await live();
    state.hangs = true;
    const started = performance.now();
    const refused = await call(await tokenOf());
    state.hangs = false;
    expect(refused.status).toBe(503);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("whose keys are known already harms no token", async () => {
    const call = await live();
    await call(await tokenOf());
    state.status = 500;
    expect((await call(await tokenOf({ upn: "b@x" }))).status).toBe(200);
    state.status = 200;
  });
});

describe("discovery", () => {
  const discovery = { jwksUri: undefined, discoveryUri: undefined };

  test("leads to the keys", async () => {
    expect((await (await live(discovery))(await tokenOf())).status).toBe(200);
  });

  test("of another issuer is not believed", async () => {
    state.issuer = `${origin}/else`;
    const call = await live(discovery);
    const refused = await call(await tokenOf());
    expect([refused.status, refused.description]).toEqual([
      503,
      expect.stringContaining("is of the issuer"),
    ]);
    state.issuer = issuer;
    expect((await call(await tokenOf())).status).toBe(200);
  });
});

test("one entry may stand for every tenant of an issuer", async () => {
  const call = await live({ issuer: `${origin}/{tenantid}/v2.0` });
  expect((await call(await tokenOf({ iss: `${origin}/${partnerId}/v2.0` }))).status).toBe(200);
  const other = await call(await tokenOf({ iss: `${origin}/${user().oid}/v2.0` }));
  expect(other.description).toContain("is not trusted here");
});

test("claims of other names and subjects of other forms are mapped", async () => {
  const call = await live({
    partner: partnerId,
    claims: {
      object: "sub",
      app: "client_id",
      userName: "email",
      roles: ["groups"],
      user: { claim: "typ", values: ["Person"] },
      mfa: { claim: "acr", values: ["2"] },
    },
    roleNames: { accounting: "BillingAdmin" },
  });
  const claims = { tid: undefined, oid: undefined, scp: undefined, roles: undefined };
  const person = { ...claims, sub: "auth|7", typ: "Person", email: "a@x", acr: "1" };
  const asked = { ValidateMfa: "true" };
  const groups = ["accounting", "strangers"];
  const answer = await call(await tokenOf({ ...person, groups }), "/v1/invoices", asked);
  expect([answer.status, answer.headers.ismfacompliant]).toEqual([200, "false"]);
  const robot = await call(await tokenOf({ ...claims, sub: "robot" }), "/v1/customers", asked);
  expect([robot.status, robot.headers.ismfacompliant]).toEqual([200, undefined]);
});

test("a live database without issuers lets nobody in", async () => {
  const options = { mode: "live" as const };
  const installation = await loadInstallation(database, options, systemNow());
  const app = compose(database, installation, createLog("silent"));
  const headers = { authorization: `Bearer ${await tokenOf()}` };
  expect((await app.inject({ url: "/v1/customers", headers })).statusCode).toBe(401);
  await app.close();
});
