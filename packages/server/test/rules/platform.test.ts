/** The twenty rules that break clients, through the door. */
import { allOperations } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { testServer } from "../harness.ts";
import { azureSubscription, businessRows, newCustomer } from "../shop.ts";
import { membersOf, newWorld, readsOf, stocked } from "./world.ts";

const world = await newWorld();
const { server, buyer, customer, software } = world;
const stock = await stocked(world);
const reads = readsOf(world, stock);
const carts = `${customer}/carts`;
const lines = `/v1/invoices/${stock.invoiceId}/lineitems`;
const oneTime = "provider=onetime&invoicelineitemtype=billinglineitems";

async function answersOf(paths: readonly string[]) {
  return Promise.all(
    paths.map(async (path) => {
      const answer = await server.call("GET", path);
      expect([path, answer.status]).toEqual([path, 200]);
      return { path, ...answer };
    }),
  );
}

/** Every member of one answer of each resource. */
const members = (await answersOf(reads)).flatMap(({ path, body }) =>
  membersOf(body).map((member) => ({ from: path, ...member })),
);

describe("1 request names in any case; unknown names ignored; null is absent", () => {
  test.each([
    ["camelCase", { lineItems: [{ ...software, termDuration: null }] }],
    ["PascalCase", { LineItems: [{ CatalogItemId: software.catalogItemId, Quantity: 1 }] }],
    ["UPPER CASE", { LINEITEMS: [{ CATALOGITEMID: software.catalogItemId, QUANTITY: 1 }] }],
    ["unknown names", { lineItems: [{ ...software, nobody: { knows: [1] } }], what: "ever" }],
    ["explicit nulls", { id: null, lineItems: [{ ...software, billingCycle: null, error: null }] }],
  ])("%s", async (_form, body) => {
    const made = await server.call("POST", carts, { body });
    expect(made.status).toBe(201);
    expect(made.body.lineItems[0]).toMatchObject({ ...software, billingCycle: "one_time" });
    expect(made.body).not.toHaveProperty("what");
  });
});

test("2 every name that is emitted is camelCase", () => {
  const data = /(?:provisioningContext|dynamicAttributes|properties)\.[^.]+$/;
  const strange = members.filter(
    ({ path, name }) => !/^[a-z][A-Za-z0-9]*$/.test(name) && !data.test(path),
  );
  expect(strange).toEqual([]);
});

describe("3 enums in any case, with or without underscore, and as integers", () => {
  test.each(["one_time", "OneTime", "onetime", "ONE_TIME", "oneTime", 4])(
    "billing cycle %s is read, and emitted as one_time",
    async (billingCycle) => {
      const body = { lineItems: [{ ...software, billingCycle }] };
      const made = await server.call("POST", carts, { body });
      expect([made.status, made.body.lineItems[0].billingCycle]).toEqual([201, "one_time"]);
    },
  );

  test("what is emitted is lower snake case, but for the words documented in Pascal case", () => {
    const snake = ["billingCycle", "billingType", "contractType", "relationshipToPartner"];
    const values = members.filter(({ name }) => snake.includes(name)).map(({ value }) => value);
    expect(values.length).toBeGreaterThan(3);
    for (const value of values) expect(value).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});

test("4 no answer has a null anywhere, nor an empty text for an enum", () => {
  expect(members.filter(({ value }) => value === null)).toEqual([]);
  const enums = /^(?:status|billingCycle|billingType|contractType|documentType|invoiceType)$/;
  expect(members.filter(({ name, value }) => enums.test(name) && value === "")).toEqual([]);
});

describe("5 a body may be a bare value", () => {
  test.each(['"success"', "null", '"education"', "", "12"])(
    "checkout takes the body %j",
    async (payload) => {
      const cart = await world.newCart();
      const done = await server.call("POST", `${carts}/${cart.id}/checkout`, { payload });
      expect([done.status, done.body.orders.length]).toEqual([201, 1]);
    },
  );

  test.each(['"success"', "null", ""])("registration takes the body %j", async (payload) => {
    const id = await azureSubscription(server, buyer.customerId);
    const path = `${customer}/subscriptions/${id}/registrations`;
    expect((await server.call("POST", path, { payload })).status).toBe(202);
    const { body } = await server.call("GET", `${customer}/subscriptions/${id}/registrationstatus`);
    expect(body.status).toBe("Registered");
  });
});

describe("6 routes in any case, slashes repeated or behind, query names in any case", () => {
  const id = buyer.customerId;
  test.each([
    `/v1//customers/${id}/orders?billingType=onetime`,
    `/V1/CUSTOMERS/${id.toUpperCase()}/Orders?BILLINGTYPE=OneTime`,
    `/v1/customers/${id}/orders/?billingtype=one_time`,
    `/customers/${id}/orders?BillingType=ONETIME`,
  ])("%s", async (path) => {
    const list = await server.call("GET", path);
    expect(list.status).toBe(200);
    const cycles = list.body.items.map((order: { billingCycle: string }) => order.billingCycle);
    expect(new Set(cycles)).toEqual(new Set(["one_time"]));
  });

  test.each(["checkinventory", "checkInventory", "CheckInventory"])(
    "the last segment may be %s",
    async (last) => {
      const body = { targetItems: [{ productId: stock.productId, skuId: stock.skuId }] };
      const context = { customerId: id, azureSubscriptionId: buyer.subscriptionId };
      const answer = await server.call("POST", `/v1/extensions/product/${last}?Country=us`, {
        body: { ...body, inventoryContext: { ...context, armRegionName: "eastus" } },
      });
      expect([answer.status, Array.isArray(answer.body)]).toEqual([200, true]);
    },
  );
});

describe("7 links are relative, begin with a slash and have no /v1", () => {
  const uris = members
    .filter(({ path, name }) => name === "uri" && !path.startsWith("headers"))
    .map(({ from, path, value }) => ({ from, path, uri: String(value) }));

  test("every link of every resource has that form and at most one question mark", () => {
    expect(uris.length).toBeGreaterThan(50);
    const bad = uris.filter(
      ({ uri }) =>
        !/^\/(?!v1\/|\/)[^\s?]*(\?[^\s?]*)?$/i.test(uri) || !URL.canParse(uri, "http://h"),
    );
    expect(bad).toEqual([]);
  });

  test("every GET link leads somewhere, joined the way clients join it", async () => {
    // A page's token travels in a header; there are no legacy offers behind an Azure subscription.
    const skipped = /seekOperation=Next|downloadlink|^\/offers\//;
    const distinct = [...new Set(uris.map(({ uri }) => uri))].filter((uri) => !skipped.test(uri));
    for (const uri of distinct) {
      const answer = await server.call("GET", `/v1/${uri}`);
      expect([uri, answer.status]).toEqual([uri, 200]);
    }
  });
});

describe("8 + is a space in a query; the filter is raw or percent-encoded JSON", () => {
  const filter = '{"Field":"CompanyName","Value":"Test cust","Operator":"starts_with"}';
  test.each([
    ["percent-encoded", encodeURIComponent(filter)],
    ["form-encoded", new URLSearchParams({ filter }).toString().slice("filter=".length)],
    ["raw but for spaces", filter.replaceAll(" ", "%20")],
    ["raw with a plus", filter.replaceAll(" ", "+")],
  ])("%s", async (_form, text) => {
    const list = await server.call("GET", `/v1/customers?size=0&filter=${text}`);
    expect(list.status).toBe(200);
    expect(list.body.items.map((one: { id: string }) => one.id)).toEqual([buyer.customerId]);
  });

  test("a plus in the zone of a date within the invoice filter is no harm", async () => {
    const value = "2020-01-01T00:00:00+00:00";
    const invoiceFilter = JSON.stringify({
      Field: "InvoiceDate",
      Value: value,
      Operator: "greater_than",
    });
    const list = await server.call("GET", `/v1/invoices?filter=${invoiceFilter}`);
    expect([list.status, list.body.totalCount > 0]).toEqual([200, true]);
  });
});

test.each(["/v1/customers", "/v1/invoices", `${lines}?${oneTime}`])(
  "9 size=0 is the default size: %s",
  async (path) => {
    const plain = await server.call("GET", path);
    const zero = await server.call("GET", `${path}${path.includes("?") ? "&" : "?"}size=0`);
    expect([zero.status, zero.body?.items]).toEqual([200, plain.body.items]);
    expect(plain.body.totalCount).toBeGreaterThan(0);
  },
);

describe("10 filter operators and names in each client's spelling", () => {
  test.each([
    { Field: "CompanyName", Value: "test", Operator: "starts_with" },
    { Field: "CompanyName", Value: "test", Operator: "StartsWith" },
    { operator: "StartsWith", fieldType: "String", field: "CompanyName", value: "test" },
    { FIELD: "companyname", VALUE: "TEST", OPERATOR: "STARTS_WITH" },
    { field: "CompanyName", value: "test", operator: 9 },
  ])("%j", async (filter) => {
    const text = encodeURIComponent(JSON.stringify(filter));
    const list = await server.call("GET", `/v1/customers?filter=${text}`);
    expect([list.status, list.body.totalCount]).toEqual([200, 1]);
  });
});

describe("11 the continuation token comes in its header or as a query parameter", () => {
  test.each(["/v1/customers?size=1", `${lines}?${oneTime}&size=1`])("%s", async (path) => {
    await newCustomer(server);
    const first = await server.call("GET", path);
    const [entry] = first.body.links.next.headers;
    expect(entry).toEqual({ key: "MS-ContinuationToken", value: first.body.continuationToken });
    const next = `/v1${first.body.links.next.uri}`;
    const byHeader = await server.call("GET", next, { headers: { [entry.key]: entry.value } });
    const inQuery = `${next}&ms-continuationtoken=${encodeURIComponent(entry.value)}`;
    const byQuery = await server.call("GET", inQuery);
    expect([byHeader.status, byQuery.status]).toEqual([200, 200]);
    expect(byQuery.body.items).toEqual(byHeader.body.items);
    expect(byHeader.body.items).not.toEqual(first.body.items);
  });
});

test("12 429 has an integer Retry-After and none of a fault's members", async () => {
  const throttled = await testServer({ throttle: 1 });
  const id = await newCustomer(throttled);
  await throttled.call("GET", `/v1/customers/${id}`);
  const answer = await throttled.call("GET", `/v1/customers/${id}`);
  expect(answer.status).toBe(429);
  expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect(answer.body).toEqual({ statusCode: 429, message: expect.stringMatching(/\d+ seconds/) });
});

describe("13 the data of a fault is an array", () => {
  test.each([
    ["GET", "/v1/customers/not-a-guid", 400],
    ["GET", "/v1/customers/7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f", 404],
    ["POST", "/v1/customers", 400],
    ["GET", "/v1/nothing", 404],
    ["DELETE", carts, 405],
    ["POST", `${carts}/7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f/checkout`, 404],
  ])("%s %s", async (method, path, status) => {
    const { body, ...answer } = await server.call(method, path);
    expect(answer.status).toBe(status);
    expect(body).toEqual({
      code: expect.any(Number),
      description: expect.stringMatching(/^.{1,1024}$/s),
      data: expect.any(Array),
      source: expect.stringMatching(/./),
    });
  });
});

describe("14 a stale etag is 400/2055, never 412", () => {
  const path = `${customer}/profiles/billing`;
  const stale = async (headers: Record<string, string>, inBody: boolean) => {
    const { body } = await server.call("GET", path);
    const changed = { ...body, companyName: `Renamed ${Math.abs(Number(body.attributes.etag))}` };
    const { attributes, ...rest } = changed;
    expect((await server.call("PUT", path, { body: changed })).status).toBe(200);
    const before = await server.call("GET", path);
    const again = { ...rest, companyName: "Too late", ...(inBody ? { attributes } : {}) };
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace("OLD", attributes.etag)]),
    );
    const answer = await server.call("PUT", path, { body: again, headers: sent });
    expect((await server.call("GET", path)).body).toEqual(before.body);
    return [answer.status, answer.body.code];
  };

  test.each([
    ["in the body", {}, true],
    ["quoted in If-Match", { "If-Match": '"OLD"' }, false],
    ["weak in If-Match", { "If-Match": 'W/"OLD"' }, false],
    ["bare in If-Match", { "If-Match": "OLD" }, false],
  ])("%s", async (_place, headers, inBody) => {
    expect(await stale(headers, inBody)).toEqual([400, 2055]);
  });
});

describe("15 a write is replay-safe on MS-RequestId", () => {
  test.each([
    ["a success", () => ({ lineItems: [software] }), 201],
    ["a business refusal", () => ({ lineItems: [] }), 400],
  ])("%s is answered again, byte for byte, and done once", async (_case, make, status) => {
    const headers = { "MS-RequestId": crypto.randomUUID() };
    const first = await server.call("POST", carts, { body: make(), headers });
    const before = await businessRows(server);
    const again = await server.call("POST", carts, { body: make(), headers });
    expect([first.status, again.status]).toEqual([status, status]);
    expect(again.raw.equals(first.raw)).toBe(true);
    expect(await businessRows(server)).toEqual(before);
  });
});

test("16 a success that stands for a resource has a JSON body", () => {
  const empty = allOperations.flatMap(({ id, method, responses }) =>
    Object.entries(responses)
      .filter(([, body]) => body === "empty")
      .map(([status]) => ({ id, method, status: Number(status) })),
  );
  for (const { method, status } of empty) {
    expect(method === "HEAD" || status === 202 || status === 204).toBe(true);
  }
});

test("17 no byte order mark, nothing behind the root, UTF-8", async () => {
  for (const { path, raw } of await answersOf(reads)) {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    expect([path, text[0], text.at(-1)]).toEqual([path, "{", "}"]);
    expect(() => JSON.parse(text)).not.toThrow();
  }
});

test("18 no header is required but Authorization, MS-Contract-Version included", async () => {
  const bare = await server.call("GET", "/v1/customers");
  for (const version of ["v1", "api-version: v1", "v9"]) {
    const headers = { "MS-Contract-Version": version };
    expect((await server.call("GET", "/v1/customers", { headers })).body).toEqual(bare.body);
  }
});

test("19 If-Match is optional; the etag of the body counts", async () => {
  const path = `${customer}/profiles/billing`;
  const { body } = await server.call("GET", path);
  const withEtag = await server.call("PUT", path, { body: { ...body, companyName: "With etag" } });
  expect([withEtag.status, withEtag.body.companyName]).toEqual([200, "With etag"]);
  const { attributes: _none, ...bare } = withEtag.body;
  const without = await server.call("PUT", path, { body: { ...bare, companyName: "Without" } });
  expect([without.status, without.body.companyName]).toEqual([200, "Without"]);
  const any = await server.call("PUT", path, {
    body: { ...bare, companyName: "Test customer" },
    headers: { "If-Match": "*" },
  });
  expect(any.status).toBe(200);
});

test.each(["app", "user"] as const)("20 a token lives at least five minutes: %s", async (kind) => {
  const token = await server.signIn(kind);
  const [, claims = ""] = token.split(".");
  const { exp, iat } = JSON.parse(Buffer.from(claims, "base64url").toString());
  expect(exp - iat).toBeGreaterThanOrEqual(300);
});
