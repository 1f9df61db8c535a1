import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type TestAnswer, testServer } from "../../../test/harness.ts";
import { sql } from "../../foundation/database/sql.ts";
import { nameKey } from "./customer.ts";
import { wantedCustomer, wantedReseller } from "./test-support/wanted.ts";

const server = await testServer();
let token = "";
let foreignToken = "";
const long = "Same beginning of a very long name of a company";
const names = [
  ...["alpha", "Alpha", "ALPHA", "Ähre", "ähnlich", "beta", "100% [_] Ltd", "Москва", "a+b & c"],
  ...[`${long} A`, `${long} B`, `${long} a`, "\u{1f600} smile", "Ελλάς"],
];
interface Listed {
  id: string;
  companyProfile: { companyName: string; domain: string };
}
let all: Listed[] = [];
const resellers: string[] = [];

const list = (query: string, headers: Record<string, string> = {}) =>
  server.call("GET", `/v1/customers${query}`, { token, headers });
const itemsOf = (page: TestAnswer): Listed[] => page.body.items;
const namesOf = (page: TestAnswer) => itemsOf(page).map((item) => item.companyProfile.companyName);

beforeAll(async () => {
  const signIn = async () => {
    const other = await server.call("POST", "/_kontor/partners", { token: "none" });
    return server.signIn("user", other.body);
  };
  [token, foreignToken] = [await signIn(), await signIn()];
  for (const name of ["R one", "R two"]) {
    const body = wantedReseller(name);
    const made = await server.call("POST", "/v1/sandboxIndirectReseller", { token, body });
    resellers.push(made.body.accountId);
  }
  for (const [index, name] of names.entries()) {
    const associatedPartnerId = index % 3 === 2 ? undefined : resellers[index % 3];
    const body = { ...wantedCustomer(name), associatedPartnerId };
    const made = await server.call("POST", "/v1/customers", { token, body });
    expect(made.status).toBe(201);
  }
  all = itemsOf(await list(""));
});

/** Follows the links of the pages to the end. */
async function walk(first: string, inHeader: boolean): Promise<string[]> {
  const seen: string[] = [];
  let page = await list(first);
  for (;;) {
    expect(page.status).toBe(200);
    expect(page.body.totalCount).toBe(page.body.items.length);
    seen.push(...itemsOf(page).map((item) => item.id));
    const { next, previous } = page.body.links;
    expect(previous).toBeUndefined();
    if (!next) return seen;
    const [{ key, value }] = next.headers;
    expect(value).toBe(page.body.continuationToken);
    page = inHeader
      ? await list(next.uri.replace("/customers", ""), { [key]: value })
      : await list(`?seekOperation=Next&${key}=${value}`);
  }
}

test("the list shows all customers by name without case", async () => {
  const { body } = await list("?size=0");
  const shown = all.map((item) => nameKey(item.companyProfile.companyName));
  expect(shown.toSorted()).toEqual(names.map(nameKey).toSorted());
  const beginnings = shown.map((name) => Buffer.from([...name].slice(0, 40).join("")));
  expect(beginnings).toEqual(beginnings.toSorted(Buffer.compare));
  expect(body.totalCount).toBe(names.length);
  expect(body.links.self.uri).toBe("/customers?size=500");
  expect(body.attributes).toEqual({ objectType: "Collection" });
  expect(Object.keys(body.items[0])).toEqual([
    "id",
    "companyProfile",
    "relationshipToPartner",
    "links",
    "attributes",
  ]);
  expect((await list("")).text).toBe((await list("?size=500")).text);
});

/** How a client writes a filter into its query. */
const spellings = {
  documented: (field: string, value: string, operator: string) =>
    `filter=${encodeURIComponent(JSON.stringify({ Field: field, Value: value, Operator: operator }))}`,
  PowerShell: (field: string, value: string, operator: string) => {
    const spelled = operator === "equals" ? "Equals" : "StartsWith";
    const json = JSON.stringify({ Field: field, Value: value, Operator: spelled });
    return `filter=${encodeURIComponent(json).replaceAll("%20", "+")}`;
  },
  Java: (field: string, value: string, operator: string) => {
    const spelled = operator === "equals" ? "Equals" : "StartsWith";
    const json = JSON.stringify({ operator: spelled, fieldType: "String", field, value });
    return new URLSearchParams({ filter: json }).toString();
  },
  numbers: (field: string, value: string, operator: string) => {
    const json = JSON.stringify({ field, value, operator: operator === "equals" ? 0 : 9 });
    return `FILTER=${encodeURIComponent(json)}`;
  },
  dotted: (field: string, value: string, operator: string) =>
    new URLSearchParams({
      "filter.field": field,
      "filter.value": value,
      "filter.operator": operator,
    }).toString(),
};

/** What the filter means, said once more. */
function meets(item: Listed, index: number, field: string, operator: string, value: string) {
  const { companyName, domain } = item.companyProfile;
  const reseller = resellerOf[index] ?? "";
  const text = { CompanyName: nameKey(companyName), Domain: domain, IndirectReseller: reseller }[
    field
  ];
  if (text === undefined) return false;
  return operator === "equals" ? text === nameKey(value) : text.startsWith(nameKey(value));
}
let resellerOf: (string | undefined)[] = [];
beforeAll(async () => {
  const customers = await Promise.all(
    all.map((item) => server.call("GET", `/v1/customers/${item.id}`, { token })),
  );
  resellerOf = customers.map((customer) => customer.body.associatedPartnerId);
});

const filters = fc.record({
  spelling: fc.constantFrom(...(Object.keys(spellings) as (keyof typeof spellings)[])),
  field: fc.constantFrom(
    "CompanyName",
    "Domain",
    "IndirectReseller",
    "IndirectCloudSolutionProvider",
  ),
  operator: fc.constantFrom("starts_with", "equals"),
  /** Whose value is asked for, how much of it, and in capitals. */
  of: fc.nat(names.length - 1),
  length: fc.constantFrom(0, 1, 3, 40, 100),
  upper: fc.boolean(),
});

test("pages of any size, under any filter, list every customer exactly once in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 16 }),
      fc.boolean(),
      fc.option(filters),
      async (size, inHeader, filter) => {
        if (!filter) {
          expect(await walk(`?size=${size}`, inHeader)).toEqual(all.map((item) => item.id));
          return;
        }
        const { field, operator, spelling } = filter;
        const profile = all[filter.of]?.companyProfile;
        const whole =
          field === "CompanyName"
            ? (profile?.companyName ?? "")
            : field === "Domain"
              ? (profile?.domain ?? "")
              : (resellerOf[filter.of] ?? "");
        const part = [...whole].slice(0, filter.length).join("");
        const value = filter.upper ? part.toUpperCase() : part;
        const expected = all.filter((item, index) =>
          // A customer without a reseller has nothing that could be compared.
          field === "IndirectReseller" && resellerOf[index] === undefined
            ? false
            : meets(item, index, field, operator, value),
        );
        const query = `?size=${size}&${spellings[spelling](field, value, operator)}`;
        expect(await walk(query, inHeader)).toEqual(expected.map((item) => item.id));
      },
    ),
    { numRuns: 60 },
  );
});

test.each(Object.entries(spellings))(
  "a filter is read in the spelling %s",
  async (_name, query) => {
    const found = async (field: string, value: string, operator = "starts_with") =>
      namesOf(await list(`?${query(field, value, operator)}`));
    expect(await found("CompanyName", "ALP")).toHaveLength(3);
    expect(await found("CompanyName", "äh")).toHaveLength(2);
    expect(await found("companyname", "ÄHRE", "equals")).toEqual(["Ähre"]);
    expect(await found("DisplayName", "ähre", "equals")).toEqual(["Ähre"]);
    expect(await found("CompanyName", "%")).toEqual([]);
    expect(await found("CompanyName", "100% [_")).toEqual(["100% [_] Ltd"]);
    expect(await found("CompanyName", "A+B &")).toEqual(["a+b & c"]);
    expect(await found("Domain", "D")).toHaveLength(names.length);
    expect(await found("DefaultDomainName", "d.example", "equals")).toEqual([]);
    expect(await found("IndirectReseller", resellers[0] ?? "")).toHaveLength(5);
    expect(
      await found("IndirectReseller", (resellers[1] ?? "").toUpperCase(), "equals"),
    ).toHaveLength(5);
    expect(await found("IndirectCloudSolutionProvider", "")).toEqual([]);
  },
);

test("a filter may come as raw JSON, with a plus for a space", async () => {
  const raw = '{"Field":"CompanyName","Value":"100%25+[_]","Operator":"starts_with"}';
  expect(namesOf(await list(`?filter=${raw}`))).toEqual(["100% [_] Ltd"]);
});

test("a follow-up may leave out filter and size", async () => {
  const first = await list(
    `?size=2&${spellings.documented("CompanyName", "alpha", "starts_with")}`,
  );
  const [{ key, value }] = first.body.links.next.headers;
  const second = await list("?seek_operation=next", { [key]: value });
  expect(itemsOf(first).length + itemsOf(second).length).toBe(3);
  expect(second.body.links).not.toHaveProperty("next");
  const again = await list("?seekOperation=First", { [key]: value });
  expect(again.text).toBe(first.text);
});

test("a list goes on after customers that were removed or renamed meanwhile", async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  const own = await server.signIn("user", other.body);
  for (const name of ["a", "b", "c", "d", "e"]) {
    await server.call("POST", "/v1/customers", { token: own, body: wantedCustomer(name) });
  }
  const page = (query: string) => server.call("GET", `/v1/customers${query}`, { token: own });
  const next = (of: TestAnswer) =>
    page(`?seekOperation=Next&MS-ContinuationToken=${of.body.continuationToken}`);
  const first = await page("?size=2");
  expect(namesOf(first)).toEqual(["a", "b"]);
  const anchor = itemsOf(first)[1]?.id;
  expect((await server.call("DELETE", `/v1/customers/${anchor}`, { token: own })).status).toBe(204);
  const second = await next(first);
  expect(namesOf(second)).toEqual(["c", "d"]);
  const renamed = { ...wantedCustomer("zz").billingProfile };
  const path = `/v1/customers/${itemsOf(second)[1]?.id}/profiles/billing`;
  expect((await server.call("PUT", path, { token: own, body: renamed })).status).toBe(200);
  expect(namesOf(await next(second))).toEqual(["e", "zz"]);
  expect(namesOf(await page(""))).toEqual(["a", "c", "e", "zz"]);
});

test.each([
  "?size=-1",
  "?size=x",
  "?size=1.5",
  "?filter=x",
  "?filter=%7B%22Field%22%3A%22Email%22%7D",
  "?filter=[]",
  `?${spellings.documented("CompanyName", "a", "substring")}`,
  `?${spellings.documented("Email", "a", "equals")}`,
  "?filter.field=CompanyName",
  "?seekOperation=Next",
  "?seekOperation=Previous",
  "?MS-ContinuationToken=nonsense",
])("the list refuses %s", async (query) => {
  const { status, body } = await list(query);
  expect([status, body.code, body.data]).toEqual([400, 2000, []]);
});

test.each([
  ["a value", (n: number) => `filter.field=Domain&filter.operator=equals&filter.value=${n}`, 301],
  ["a filter", () => "filter=", 1025],
  ["a seek", () => "seekOperation=", 21],
  ["a token", () => "MS-ContinuationToken=", 701],
])("the list refuses %s that is too long", async (_name, query, length) => {
  const start = `?${query(1)}`;
  const { status, body } = await list(`${start}${"1".repeat(length)}`);
  expect([status, body.code]).toEqual([400, 2000]);
});

test("the list refuses a token of another partner's list", async () => {
  const page = await list("?size=1");
  const headers = { "MS-ContinuationToken": page.body.continuationToken };
  const answer = await server.call("GET", "/v1/customers?seekOperation=Next", {
    token: foreignToken,
    headers,
  });
  expect([answer.status, answer.body.code]).toEqual([400, 2000]);
});

test("a page holds five hundred and no more", async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  const own = await server.signIn("app", other.body);
  await server.call("POST", "/v1/customers", { token: own, body: wantedCustomer("many") });
  await server.database.query(sql`
    INSERT INTO customer (partner_id, customer_id, commerce_id, domain, company_name, name_key,
      email, first_name, last_name, culture, language, country, address, billing_profile_id,
      created_at)
    SELECT partner_id, gen_random_uuid(), commerce_id, n || domain, company_name, name_key, email,
      first_name, last_name, culture, language, country, address, billing_profile_id, created_at
    FROM customer, generate_series(1, 500) AS n WHERE partner_id = ${other.body.partner.id}`);
  const page = (query: string) => server.call("GET", `/v1/customers${query}`, { token: own });
  for (const query of ["", "?size=0", "?size=500", "?size=501"]) {
    const first = await page(query);
    expect(first.body.totalCount).toBe(500);
    const rest = await page(`?MS-ContinuationToken=${first.body.continuationToken}`);
    expect(rest.body.totalCount).toBe(1);
    const ids = [...itemsOf(first), ...itemsOf(rest)].map((item) => item.id);
    expect(new Set(ids).size).toBe(501);
  }
});
