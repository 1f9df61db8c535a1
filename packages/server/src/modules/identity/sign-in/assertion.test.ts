import { importPKCS8, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { newAppCertificate } from "../../../../test/certificates.ts";
import { testServer } from "../../../../test/harness.ts";
import { addDays, systemNow } from "../../../foundation/clock.ts";

const server = await testServer();
const now = systemNow();
const own = await newAppCertificate(addDays(now, -1));
const foreign = await newAppCertificate(addDays(now, -1));
const ended = await newAppCertificate(addDays(now, -9), 1);
const made = await server.call("POST", "/_kontor/partners", {
  token: "none",
  body: { certificates: [own.certificate, ended.certificate] },
});
const { partner, app } = made.body;
const endpoint = `http://localhost:80/${partner.domain}/oauth2/v2.0/token`;

interface Change {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  by?: typeof own;
  life?: number;
  algorithm?: string;
}

async function assertion({ claims = {}, header = {}, by = own, ...change }: Change = {}) {
  const { life = 600, algorithm = "PS256" } = change;
  const x5t = Buffer.from(by.thumbprintSha256, "hex").toString("base64url");
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT({
    iss: app.clientId,
    sub: app.clientId,
    aud: endpoint,
    exp: seconds + life,
    ...claims,
  })
    .setProtectedHeader({ alg: algorithm, "x5t#S256": x5t, ...header })
    .sign(await importPKCS8(by.privateKey, algorithm));
}

function signIn(client_assertion: string, tenant = partner.domain) {
  return server.call("POST", `/${tenant}/oauth2/v2.0/token`, {
    token: "none",
    payload: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: app.clientId,
      scope: "https://api.partnercenter.microsoft.com/.default",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion,
    }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
}

describe("an assertion of a registered certificate", () => {
  test.each<[string, Change]>([
    ["as MSAL makes it", {}],
    ["signed the older way", { algorithm: "RS256" }],
    ["without a thumbprint", { header: { "x5t#S256": undefined } }],
    ["for the issuer", { claims: { aud: `http://localhost:80/${partner.id}/v2.0` } }],
    ["for the common endpoint", { claims: { aud: "http://localhost:80/common/oauth2/token" } }],
  ])("opens the API %s", async (_name, change) => {
    const { status, body } = await signIn(await assertion(change));
    expect([status, body.error_description]).toEqual([200, undefined]);
    const customers = await server.call("GET", "/v1/customers", { token: body.access_token });
    expect(customers.status).toBe(200);
  });
});

test.each<[string, Change, RegExp]>([
  ["by another key", { by: foreign }, /certificate is unknown/],
  [
    "by another key under a known thumbprint",
    {
      by: foreign,
      header: { "x5t#S256": Buffer.from(own.thumbprintSha256, "hex").toString("base64url") },
    },
    /signature verification failed/,
  ],
  ["by a certificate that has ended", { by: ended }, /not valid now/],
  ["of another app", { claims: { iss: partner.id, sub: partner.id } }, /"iss"/],
  ["about another app", { claims: { sub: partner.id } }, /"sub"/],
  ["for another server", { claims: { aud: "https://x.example/common/oauth2/token" } }, /its aud/],
  [
    "for another tenant",
    { claims: { aud: "http://localhost:80/contoso.onmicrosoft.com/oauth2/token" } },
    /its aud/,
  ],
  ["that has ended", { life: -60 }, /"exp"/],
  ["that hardly ends", { life: 90_000 }, /longer than a day/],
  ["without an end", { claims: { exp: undefined } }, /"exp"/],
])("an assertion %s is refused", async (_name, change, cause) => {
  const { status, body } = await signIn(await assertion(change));
  expect([status, body.error, body.error_codes]).toEqual([401, "invalid_client", [700027]]);
  expect(body.error_description).toMatch(cause);
});

test("an assertion signed with the certificate as an HMAC secret is refused", async () => {
  const forged = await new SignJWT({ iss: app.clientId, sub: app.clientId, aud: endpoint })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(own.certificate));
  expect((await signIn(forged)).status).toBe(401);
});

test("an assertion of an app without certificates is refused", async () => {
  const answer = await signIn(await assertion(), "common");
  expect(answer.status).toBe(200);
  await server.database.query({ text: "UPDATE app SET certificates = '{}'", values: [] });
  expect((await signIn(await assertion())).status).toBe(401);
});
