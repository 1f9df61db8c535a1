import { expect, test } from "vitest";
import { ConfigError } from "./config-error.ts";
import { defaultClaims, readIssuers } from "./issuers.ts";

const issuer = "https://login.example/tenant/v2.0";
const read = (...entries: unknown[]) => readIssuers(JSON.stringify(entries));

test("an entry needs no more than its issuer and its audiences", () => {
  expect(read({ issuer, audiences: "api" })).toEqual([
    {
      issuer,
      jwksUri: undefined,
      discoveryUri: `${issuer}/.well-known/openid-configuration`,
      audiences: ["api"],
      algorithms: ["RS256"],
      clockSkewSeconds: 300,
      keyRefetchSeconds: 30,
      partner: undefined,
      claims: defaultClaims,
      roleNames: new Map(),
    },
  ]);
});

test("nothing is no issuer", () => {
  expect(readIssuers(undefined)).toEqual([]);
});

const good = { issuer, audiences: ["api"] };
test.each<[string, unknown, RegExp]>([
  ["is no object", 7, /KONTOR_ISSUERS\[0\] must be a JSON object/],
  ["has no issuer", { audiences: ["api"] }, /\[0\]\.issuer must be a text/],
  ["has no audience", { issuer, audiences: [] }, /audiences must name at least one/],
  ["has an unknown member", { ...good, jwks: "x" }, /has no member jwks; it has issuer, jwksUri/],
  ["takes HMAC", { ...good, algorithms: ["HS256"] }, /algorithms knows RS256, .* not HS256/],
  ["takes no signature", { ...good, algorithms: ["none"] }, /not none/],
  ["reads keys in the clear", { ...good, jwksUri: "http://x.example/k" }, /https address/],
  ["reads keys as if from here", { ...good, jwksUri: "http://localhost.x.example/" }, /https/],
  ["names keys twice", { ...good, jwksUri: issuer, discoveryUri: issuer }, /leave one of them/],
  ["is a template without keys", { ...good, issuer: "https://x/{tenantid}" }, /is a template/],
  [
    "gives one partner to every tenant",
    { ...good, issuer: "https://x/{tenantid}", partner: "11111111-1111-4111-8111-111111111111" },
    /cannot name a partner/,
  ],
  ["names a partner that is no GUID", { ...good, partner: "x" }, /must be the GUID/],
  ["skews for a day", { ...good, clockSkewSeconds: 86_400 }, /from 0 to 3600/],
  ["maps an unknown claim", { ...good, claims: { subject: "sub" } }, /has no member subject/],
  ["maps to an unknown role", { ...good, roleNames: { x: "King" } }, /must be one of AdminAgent/],
])("an entry that %s is refused with what is expected", (_name, entry, message) => {
  expect(() => read(entry)).toThrow(ConfigError);
  expect(() => read(entry)).toThrow(message);
});

test.each(["{", "{}", "7"])("%s is no list of issuers", (text) => {
  expect(() => readIssuers(text)).toThrow(ConfigError);
});
