/** Hostile input: what a broken or malicious client may send to any operation. */
import type { Operation } from "@kontor/contract";
import fc from "fast-check";

/** How one valid call is spoilt. Places are chosen by number, modulo how many there are. */
export type Twist =
  | { kind: "value"; place: number; json: string }
  | { kind: "member"; place: number; name: string; json: string }
  | { kind: "cut"; at: number; tail: string }
  | { kind: "bytes"; bytes: Uint8Array; type: string }
  | { kind: "query"; place: number; value: string }
  | { kind: "search"; text: string }
  | { kind: "headers"; headers: Record<string, string> }
  | { kind: "param"; place: number; segment: string }
  | { kind: "path"; prefix: string; suffix: string; slashes: number };

const prototypeNames = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

/** JSON texts that have a fault of their own kind each. */
export const awkwardJson = [
  "null",
  "-0",
  "1e400",
  "2147483648",
  "-2147483649",
  '"\\u0000"',
  '"\\ud800"',
  '"0001-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59.9999999Z"',
  "[null]",
  "{}",
  '{"toString":null,"valueOf":1,"length":-1,"then":"x"}',
];

/** Further ones, some of which no `JSON.stringify` writes. */
const furtherJson = [
  "true",
  "0",
  "-1",
  "0.1",
  "-1e400",
  "1e-400",
  "1e21",
  "2147483647",
  "9007199254740993",
  "9".repeat(400),
  '""',
  '" "',
  '"a\\u0000b"',
  '"\\udc00\\ud800"',
  '"\\u202e\\ufeff\\u200b"',
  '"1e400"',
  '"NaN"',
  '"0x10"',
  '"99999999999999999999"',
  '"2030-02-30T25:61:61Z"',
  '"-271821-04-20T00:00:00Z"',
  '"P999999999Y"',
  '"00000000-0000-0000-0000-000000000000"',
  '"{00000000-0000-0000-0000-000000000000}"',
  `"'; DROP TABLE customer; --"`,
  '"%00%ff"',
  '"../../../etc/passwd"',
  `"${"x".repeat(1025)}"`,
  `"${"\u{1f4a3}".repeat(3000)}"`,
  `"${"y".repeat(100_000)}"`,
  "[]",
  "[[],[]]",
  "[{}]",
  `[${"0,".repeat(300)}0]`,
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  `${"[".repeat(60)}${"]".repeat(60)}`,
  `${'{"a":'.repeat(60)}1${"}".repeat(60)}`,
];

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "binary-ascii", maxLength: 20 }),
);

const json = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...awkwardJson, ...furtherJson) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.double().map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: anyText.map((value) => JSON.stringify(value)) },
);

/** What no page may hold as it is. */
export const script = "<script>alert(1)</script>";

/** Texts for a parameter of a query. */
export const awkwardTexts = [
  "",
  " ",
  "%",
  "0",
  "-1",
  "1e400",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  "\u0000",
  "\ufffd",
  "{",
  "[]",
  '{"Field":"CompanyName","Value":"x","Operator":"starts_with"}',
  '{"Field":{"__proto__":1},"Value":[],"Operator":"equals"}',
  '{"field":"Domain","value":null}',
  "'; DROP TABLE customer; --",
  script,
  `"><img src=x>${script}`,
  "00000000-0000-0000-0000-000000000000",
  "9999-12-31T23:59:59Z",
  "x".repeat(501),
  "z".repeat(5000),
];

const word = fc.oneof(fc.constantFrom(...awkwardTexts), anyText);

/** Pieces of a path, as they stand in it. */
export const awkwardSegments = [
  "%00",
  "%2F",
  "%2e%2e",
  "..",
  ".",
  "%ff%fe",
  "%E0%A4%A",
  "%",
  "%zz",
  "%C0%80",
  "a".repeat(501),
  "b".repeat(8000),
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "*",
  ";a=b",
  "{0}",
  "00000000-0000-0000-0000-00000000000g",
  "%7B00000000-0000-0000-0000-000000000000%7D",
  "\u00e4\u20ac\u{1f4a3}",
];

/** What may stand in a header: visible characters, spaces, tabs and bytes above ASCII. */
const headerText = fc.oneof(
  fc.constantFrom(
    "",
    ",",
    ",,,",
    "*",
    '"',
    'W/"x"',
    "\t",
    "\u00ff\u0080",
    "0",
    "-1",
    "gzip;q=9999999999999999999999",
    "gzip, deflate, br, *;q=0",
    "de-DE,de-DE",
    "xx-XX-XX-XX-XX",
    "eyJpZCI6bnVsbCwidmVyc2lvbiI6IngifQ==",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-000000000000,00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000-000000000000}",
    "h".repeat(65),
    "i".repeat(7000),
  ),
  fc
    .array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 30 })
    .map((codes) => String.fromCharCode(...codes.filter((code) => code !== 0x7f))),
);

const headerNames = [
  "MS-RequestId",
  "MS-CorrelationId",
  "MS-CV",
  "MS-ContinuationToken",
  "MS-Contract-Version",
  "MS-PartnerCenter-Client",
  "MS-PartnerCenter-Application",
  "X-Locale",
  "If-Match",
  "If-None-Match",
  "Accept",
  "Accept-Encoding",
  "Accept-Language",
  "Content-Type",
  "Content-Encoding",
  "Origin",
  "ValidateMfa",
  "x-ms-customeruser-upn",
  "ocp-apim-subscription-key",
  "Authorization",
  "Range",
  "X-HTTP-Method-Override",
];

const headers = fc.dictionary(
  fc.constantFrom(...headerNames),
  // A doubled header arrives with its values joined.
  fc.oneof(
    headerText,
    fc.array(headerText, { minLength: 2, maxLength: 3 }).map((values) => values.join(", ")),
  ),
  { minKeys: 1, maxKeys: 4, noNullPrototype: true },
);

const place = fc.nat({ max: 200 });

const bodyTwists: fc.Arbitrary<Twist>[] = [
  fc.record({ kind: fc.constant("value" as const), place, json }),
  fc.record({
    kind: fc.constant("member" as const),
    place,
    name: fc.oneof(fc.constantFrom(...prototypeNames), anyText),
    json,
  }),
  fc.record({
    kind: fc.constant("cut" as const),
    at: fc.nat({ max: 1000 }),
    tail: fc.constantFrom("", "}", "]", ",", '"', "\u0000", "/*", "//", "\\", "\ufeff"),
  }),
  fc.record({
    kind: fc.constant("bytes" as const),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(
        Buffer.from("[".repeat(50_000)),
        Buffer.from('{"a":'.repeat(20_000)),
        Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
        Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
        Buffer.from('{"lineItems":"\ud800"}', "utf16le"),
        Buffer.from("a=b&c=d"),
      ),
    ),
    type: fc.constantFrom(
      "application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/xml; charset=utf-16",
      "application/json; charset=none",
      ";;;",
      "",
    ),
  }),
];

const otherTwists: fc.Arbitrary<Twist>[] = [
  fc.record({ kind: fc.constant("query" as const), place, value: word }),
  fc.record({
    kind: fc.constant("search" as const),
    text: fc.oneof(
      fc.constantFrom("&&&===", "%", "%zz=%zz", "a=%00", "__proto__=1&constructor=2", "?????"),
      fc.constant(`size=1&${"q=1&".repeat(2000)}`),
      anyText.map(encodeURI),
    ),
  }),
  fc.record({ kind: fc.constant("headers" as const), headers }),
  fc.record({
    kind: fc.constant("param" as const),
    place,
    segment: fc.oneof(fc.constantFrom(...awkwardSegments), anyText.map(wellFormedSegment)),
  }),
  fc.record({
    kind: fc.constant("path" as const),
    prefix: fc.constantFrom("", "/v1", "/V1/", "/v1/v1", "//", "/./", "/%76%31", "/v2"),
    suffix: fc.constantFrom("", "/", "//", "/.", "/..", "/x", "%20", "%2f", ";", "#x", "/%2e%2e"),
    slashes: fc.integer({ min: 1, max: 3 }),
  }),
];

function wellFormedSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** One to three twists of a call; bodies are spoilt where the operation takes one. */
export function twistsOf(operation: Operation): fc.Arbitrary<Twist[]> {
  const twist = operation.body
    ? fc.oneof(
        { weight: 3, arbitrary: fc.oneof(...bodyTwists) },
        { weight: 2, arbitrary: fc.oneof(...otherTwists) },
      )
    : fc.oneof(...otherTwists);
  return fc.array(twist, { minLength: 1, maxLength: 3, size: "max" });
}

type Schema = { properties?: Record<string, Schema>; items?: Schema };
export type Place = readonly (string | number)[];

/** Every place that a schema describes, the whole first; of lists the first item. */
export function placesOf(schema: Schema, at: Place = []): Place[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    placesOf(property, [...at, name]),
  );
  return [at, ...inner, ...(schema.items ? placesOf(schema.items, [...at, 0]) : [])];
}

const hole = "\u0001hole\u0001";

/** JSON of a value with another JSON text at a place, whose parents are made where they lack. */
export function jsonWith(value: unknown, at: Place, json: string): string {
  const text = JSON.stringify(withHole(value, at));
  return text.replace(JSON.stringify(hole), () => json);
}

function withHole(value: unknown, at: Place): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return hole;
  if (typeof key === "number") {
    const items: unknown[] = Array.isArray(value) ? [...value] : [];
    items[key] = withHole(items[key], rest);
    return items;
  }
  const base = typeof value === "object" && value !== null ? value : {};
  const inner = withHole((base as Record<string, unknown>)[key], rest);
  // Not by assignment: `__proto__` is to be a member like any other.
  return Object.defineProperty({ ...base }, key, { value: inner, enumerable: true });
}

/** Fields of a token request: right ones, missing ones and hostile ones. */
export const signInForm = fc.dictionary(
  fc.constantFrom(
    "grant_type",
    "client_id",
    "client_secret",
    "username",
    "password",
    "refresh_token",
    "resource",
    "scope",
    "client_assertion",
    "client_assertion_type",
    "client_info",
    "code",
    "code_verifier",
    "code_challenge",
    "device_code",
    "user_code",
    "redirect_uri",
    "response_type",
    "response_mode",
    "state",
    "nonce",
    "prompt",
    "login_hint",
    "__proto__",
    "constructor",
  ),
  fc.oneof(
    word,
    fc.constantFrom(
      "client_credentials",
      "password",
      "refresh_token",
      "authorization_code",
      "urn:ietf:params:oauth:grant-type:device_code",
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      "eyJhbGciOiJub25lIn0.e30.",
      "code",
      "code id_token",
      "form_post",
      "S256",
      "http://localhost",
      "javascript:alert(1)",
      "openid offline_access",
      "https://graph.windows.net",
      "https://api.partnercenter.microsoft.com/.default",
    ),
  ),
  { maxKeys: 8, noNullPrototype: true },
);

/** Where a sign-in may call: as a link or as a form, TENANT being a partner's domain. */
export const signInCall = fc
  .constantFrom(
    "POST /TENANT/oauth2/token",
    "POST /TENANT/oauth2/v2.0/token",
    "POST /common/oauth2/token",
    "POST /organizations/oauth2/v2.0/token",
    "POST /TENANT/oauth2/devicecode",
    "POST /TENANT/oauth2/v2.0/devicecode",
    "GET /TENANT/oauth2/authorize",
    "POST /TENANT/oauth2/v2.0/authorize",
    "GET /common/oauth2/v2.0/authorize",
    "GET /devicelogin",
    "POST /devicelogin",
    "POST /generatetoken",
    "POST /v3/generatetoken",
    "GET /TENANT/.well-known/openid-configuration",
    "GET /__proto__/v2.0/.well-known/openid-configuration",
    "GET /common/userrealm/%00",
    "GET /common/userrealm/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "POST /__proto__/oauth2/token",
    "POST /%00/oauth2/token",
    "POST /%ff/oauth2/token",
    "GET /%00/oauth2/authorize",
    "POST /constructor/oauth2/v2.0/devicecode",
  )
  .map((call) => call.split(" ") as [string, string]);
