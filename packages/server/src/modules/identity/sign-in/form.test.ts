import fc from "fast-check";
import { expect, test } from "vitest";
import {
  audienceOfScope,
  type Fields,
  readClient,
  readForm,
  readTokenForm,
  resourceOf,
} from "./form.ts";
import { SignInError, type SignInErrorKey } from "./sign-in-error.ts";

const api = "https://api.partnercenter.microsoft.com";

function form(fields: Record<string, string>): Fields {
  return readForm(Buffer.from(new URLSearchParams(fields).toString()));
}

function keyOf(work: () => unknown): SignInErrorKey {
  try {
    work();
  } catch (error) {
    if (error instanceof SignInError) return error.key;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a form is read whatever the case of its names, and empty fields are none", () => {
  const fields = readForm(Buffer.from("Grant_Type=password&username=a%40b.c+d&scope=&scope=x"));
  expect([...fields]).toEqual([
    ["grant_type", "password"],
    ["username", "a@b.c d"],
    ["scope", "x"],
  ]);
});

test("a request without a form has no fields, and a NUL is refused", () => {
  expect(readForm(undefined).size).toBe(0);
  expect(keyOf(() => readTokenForm(Buffer.from("username=a%00b")))).toBe("requestMalformed");
});

test("the client comes from the form or from HTTP Basic", () => {
  expect(readClient(form({ client_id: "A", client_secret: "s:+ä" }), undefined)).toEqual({
    clientId: "a",
    secret: "s:+ä",
    assertion: undefined,
  });
  expect(readClient(form({ client_id: "a" }), undefined).secret).toBeUndefined();
  expect(keyOf(() => readClient(form({}), undefined))).toBe("parameterMissing");
});

test("any id and secret pass through HTTP Basic unchanged", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string({ unit: "grapheme", minLength: 1 }), (id, secret) => {
      fc.pre(!secret.includes("\u0000") && secret.isWellFormed());
      const encoded = Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString("base64");
      expect(readClient(form({}), `Basic ${encoded}`)).toEqual({
        clientId: id,
        secret,
        assertion: undefined,
      });
    }),
  );
});

test("broken Basic credentials and assertions of another type are refused", () => {
  const broken = Buffer.from("id:%E4%").toString("base64");
  expect(keyOf(() => readClient(form({}), `Basic ${broken}`))).toBe("requestMalformed");
  const asserted = form({ client_id: "a", client_assertion: "x.y.z" });
  expect(keyOf(() => readClient(asserted, undefined))).toBe("parameterMissing");
  const type = { client_assertion_type: "saml" };
  const other = form({ client_id: "a", client_assertion: "x.y.z", ...type });
  expect(keyOf(() => readClient(other, undefined))).toBe("assertionWrong");
});

test("a resource is any URI or GUID, and the directory's graph when none is named", () => {
  expect(resourceOf(form({ resource: `${api}/` }))).toBe(`${api}/`);
  expect(resourceOf(form({ resource: "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd" }))).toMatch(/^fa3d/);
  expect(resourceOf(form({}))).toBe("https://graph.windows.net");
  for (const resource of ["nonsense", "https://", `https://${"a".repeat(300)}`]) {
    expect(keyOf(() => resourceOf(form({ resource })))).toBe("resourceInvalid");
  }
});

test.each([
  [`${api}/.default`, api],
  ["https://graph.windows.net//.default", "https://graph.windows.net/"],
  ["fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd/.default", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"],
])("an app's scope %s names the audience %s", (scope, audience) => {
  expect(audienceOfScope(form({ scope }), true)).toBe(audience);
});

test.each([
  [`openid profile offline_access ${api}/user_impersonation`, api],
  [`${api}/.default offline_access`, api],
  ["openid", api],
  ["", api],
])("a user's scope %j names the audience %s", (scope, audience) => {
  expect(audienceOfScope(form({ scope }), false)).toBe(audience);
});

test("a scope that names no resource, two, or no permission is refused", () => {
  const app = (scope: string) => keyOf(() => audienceOfScope(form({ scope }), true));
  const user = (scope: string) => keyOf(() => audienceOfScope(form({ scope }), false));
  expect(app("")).toBe("parameterMissing");
  expect(app("openid")).toBe("scopeInvalid");
  expect(app(`${api}/user_impersonation`)).toBe("scopeNotDefault");
  expect(app("nonsense/.default")).toBe("scopeInvalid");
  expect(user("User.Read")).toBe("scopeInvalid");
  expect(user(`${api}/x https://graph.windows.net/x`)).toBe("scopeInvalid");
});
