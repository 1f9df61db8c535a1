import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../foundation/errors.ts";
import { type SigningKey, signingKeyFrom } from "./signing-key.ts";
import {
  accessClaims,
  exchangedClaims,
  idClaims,
  isApiAudience,
  type Subject,
  signToken,
  type TokenTerms,
  verifyToken,
} from "./tokens.ts";

const partnerId = "11111111-1111-4111-8111-111111111111";
const app: Subject = {
  partnerId,
  clientId: "22222222-2222-4222-8222-222222222222",
  objectId: "33333333-3333-4333-8333-333333333333",
  user: undefined,
};
const user: Subject = {
  ...app,
  objectId: "44444444-4444-4444-8444-444444444444",
  user: {
    name: "ada@contoso.example",
    displayName: "Ada",
    roles: ["SalesAgent", "Gardener"],
    mfa: true,
  },
};
const issuedAt = new Date("2026-01-01T12:00:00.700Z");
const terms: TokenTerms = {
  audience: "https://api.partnercenter.microsoft.com",
  version: "1.0",
  origin: "http://127.0.0.1:7300",
  issuedAt,
};

async function newKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return signingKeyFrom(await exportJWK(privateKey));
}

const key = await newKey();
const foreignKey = await newKey();

/** The refusal of a token, as `KEY: cause`. */
async function refusalOf(token: string, now = issuedAt): Promise<string> {
  const error = await verifyToken(key, token, now).then(
    () => new Error("the token was accepted"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).message;
}

function later(seconds: number): Date {
  return new Date(issuedAt.getTime() + seconds * 1000);
}

test("an app-only token has the documented claims and no user's", () => {
  const claims = accessClaims(app, terms);
  expect(claims).toMatchObject({
    iss: `http://127.0.0.1:7300/${partnerId}/`,
    aud: terms.audience,
    tid: partnerId,
    oid: app.objectId,
    sub: app.objectId,
    appid: app.clientId,
    idtyp: "app",
    ver: "1.0",
    iat: 1_767_268_800,
    nbf: 1_767_268_500,
    exp: 1_767_272_400,
  });
  for (const name of ["scp", "upn", "unique_name", "roles", "amr", "azp"]) {
    expect(claims).not.toHaveProperty(name);
  }
});

test("a user's token of the second version has the documented claims", () => {
  const claims = accessClaims(user, { ...terms, version: "2.0" });
  expect(claims).toMatchObject({
    iss: `http://127.0.0.1:7300/${partnerId}/v2.0`,
    oid: user.objectId,
    azp: app.clientId,
    idtyp: "user",
    ver: "2.0",
    scp: "user_impersonation",
    upn: "ada@contoso.example",
    unique_name: "ada@contoso.example",
    preferred_username: "ada@contoso.example",
    roles: ["SalesAgent", "Gardener"],
    amr: ["pwd", "mfa"],
  });
  expect(claims).not.toHaveProperty("appid");
});

test("a user without a second factor is not said to have one", () => {
  const plain = { ...user, user: { name: "a", displayName: "A", roles: [], mfa: false } };
  expect(accessClaims(plain, terms).amr).toEqual(["pwd"]);
});

test.each(["1.0", "2.0"] as const)("a token of version %s tells the caller", async (version) => {
  const ofApp = await signToken(key, accessClaims(app, { ...terms, version }));
  expect((await verifyToken(key, ofApp, issuedAt)).caller).toEqual({
    partnerId,
    kind: "app",
    objectId: app.objectId,
    applicationId: app.clientId,
    userName: undefined,
    roles: [],
  });
  const ofUser = await signToken(key, accessClaims(user, { ...terms, version }));
  expect((await verifyToken(key, ofUser, issuedAt)).caller).toEqual({
    partnerId,
    kind: "user",
    objectId: user.objectId,
    applicationId: app.clientId,
    userName: "ada@contoso.example",
    roles: ["SalesAgent"],
    mfa: true,
  });
});

test("a token holds for an hour and the thirty seconds by which clocks differ", async () => {
  const token = await signToken(key, accessClaims(app, terms));
  await verifyToken(key, token, later(3600 + 28));
  expect(await refusalOf(token, later(3600 + 30))).toBe("TOKEN_INVALID: the token has expired");
});

test("a token does not hold before its beginning", async () => {
  const token = await signToken(key, accessClaims(app, terms));
  await verifyToken(key, token, later(-300));
  expect(await refusalOf(token, later(-331))).toContain("nbf");
});

test("a token of another key is refused", async () => {
  const token = await signToken(foreignKey, accessClaims(app, terms));
  expect(await refusalOf(token)).toContain("not signed by this server's key");
});

test("a token whose claims were changed is refused", async () => {
  const [head, , signature] = (await signToken(key, accessClaims(app, terms))).split(".");
  const claims = accessClaims({ ...app, partnerId: user.objectId }, terms);
  const forged = Buffer.from(JSON.stringify(claims)).toString("base64url");
  expect(await refusalOf(`${head}.${forged}.${signature}`)).toContain("not signed by");
});

test("a token without a signature is refused", async () => {
  const token = new UnsecuredJWT(accessClaims(app, terms)).encode();
  expect(await refusalOf(token)).toMatch(/^TOKEN_INVALID/);
});

test("a token signed with the public key as an HMAC secret is refused", async () => {
  const secret = new TextEncoder().encode(JSON.stringify(key.publicJwk));
  const token = await new SignJWT(accessClaims(app, terms))
    .setProtectedHeader({ alg: "HS256", kid: key.kid })
    .sign(secret);
  expect(await refusalOf(token)).toBe("TOKEN_INVALID: the token is not signed with RS256");
});

test.each(["", "x", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30.", "\u00e4.\u00e4.\u00e4"])(
  "the text %j is no token",
  async (text) => {
    expect(await refusalOf(text)).toMatch(/^TOKEN_INVALID/);
  },
);

test("an id token does not open the API", async () => {
  const token = await signToken(key, idClaims(user, terms));
  expect(await refusalOf(token)).toContain("for another audience");
});

describe("audience", () => {
  const good = [
    "https://graph.windows.net",
    "https://graph.windows.net/",
    "https://api.partnercenter.microsoft.com",
    "https://API.partnercenter.microsoft.com/",
    "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
  ];
  const bad = [
    "https://graph.microsoft.com",
    "https://api.partnercenter.microsoft.com.evil.example",
    "https://api.partnercenter.microsoft.com//",
    "",
  ];

  test.each(good)("%s opens the API", async (audience) => {
    const token = await signToken(key, accessClaims(app, { ...terms, audience }));
    expect((await verifyToken(key, token, issuedAt)).caller.partnerId).toBe(partnerId);
  });

  test.each(bad)("%j does not open the API", async (audience) => {
    expect(isApiAudience(audience)).toBe(false);
    const token = await signToken(key, accessClaims(app, { ...terms, audience }));
    expect(await refusalOf(token)).toMatch(/^TOKEN_INVALID/);
  });
});

test.each([
  ["a tenant that is no GUID", { tid: "not-a-guid" }],
  ["a tenant that is not the issuer's", { tid: user.objectId }],
  ["an issuer of another tenant", { iss: `http://127.0.0.1:7300/${user.objectId}/` }],
  ["an issuer that is no URL", { iss: "nonsense" }],
  ["no object", { oid: undefined }],
  ["an object that is no text", { oid: 7 }],
  ["no end", { exp: undefined }],
])("a token of ours with %s is refused all the same", async (_name, change) => {
  const claims: Record<string, unknown> = { ...accessClaims(app, terms), ...change };
  const token = await signToken(key, claims);
  expect(await refusalOf(token)).toMatch(/^TOKEN_INVALID/);
});

test("an exchanged token has the bearer's identity and end of life", async () => {
  const directory = { ...terms, audience: "https://graph.windows.net" };
  const token = await signToken(key, accessClaims(user, directory));
  const verified = await verifyToken(key, token, issuedAt);
  const claims = exchangedClaims(verified, "https://kontor.example", later(600));
  expect(claims).toMatchObject({
    iss: `https://kontor.example/${partnerId}/`,
    aud: "https://api.partnercenter.microsoft.com",
    exp: verified.claims.exp,
    iat: (verified.claims.iat ?? 0) + 600,
    scp: "user_impersonation",
    roles: ["SalesAgent", "Gardener"],
  });
  const exchanged = await verifyToken(key, await signToken(key, claims), later(600));
  expect(exchanged.caller).toEqual(verified.caller);
});
