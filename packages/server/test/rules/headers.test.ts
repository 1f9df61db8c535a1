/** Request and response headers, statuses, and JSON conventions: what the contract tabulates. */
import { gunzipSync } from "node:zlib";
import { allOperations, successStatus } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { newCustomer } from "../shop.ts";
import { membersOf, newWorld, readsOf, stocked } from "./world.ts";

const world = await newWorld();
const { server, buyer, customer, software } = world;
const stock = await stocked(world);
const carts = `${customer}/carts`;
const list = "/v1/customers";
const body = { lineItems: [software] };
const id = "0b0c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4";
const other = "1c1c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4";

const get = (headers: Record<string, string>, path = list) => server.call("GET", path, { headers });

describe("request headers", () => {
  test.each([
    ["missing", "none", 800001],
    ["no JWT", "rubbish", 400],
    ["forged", "eyJhbGciOiJub25lIn0.eyJ0aWQiOiJ4In0.", 400],
  ])("Authorization: %s is 401", async (_case, token, code) => {
    const answer = await server.call("GET", list, { token });
    expect([answer.status, answer.body.code]).toEqual([401, code]);
  });

  test.each(["application/json", "application/pdf", "text/plain, */*", "image/png", ""])(
    "Accept: %s is answered with JSON",
    async (accept) => {
      const answer = await get({ Accept: accept });
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    },
  );

  test.each(["application/pdf", "application/json", "application/json, application/pdf", "*/*"])(
    "Accept: %s is answered with a PDF where a statement is asked for",
    async (accept) => {
      const path = `/v1/invoices/${stock.invoiceId}/documents/statement`;
      const answer = await get({ Accept: accept }, path);
      expect(answer.headers["content-type"]).toBe("application/pdf");
      expect(answer.raw.subarray(0, 5).toString()).toBe("%PDF-");
    },
  );

  // Without a type at all: e2e/conformance/forms.test.ts.
  test.each(["application/json", "application/json; charset=utf-8", "text/json"])(
    "Content-Type: %s carries JSON",
    async (type) => {
      const headers = { "content-type": type };
      expect((await server.call("POST", carts, { body, headers })).status).toBe(201);
    },
  );

  test("MS-RequestId and MS-CorrelationId are echoed, or made when absent", async () => {
    const given = await get({ "MS-RequestId": id, "MS-CorrelationId": other });
    expect(given.headers).toMatchObject({ "ms-requestid": id, "ms-correlationid": other });
    const made = (await get({})).headers;
    for (const name of ["ms-requestid", "ms-correlationid"]) {
      expect(made[name]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });

  test("of a doubled, comma-joined id the first counts", async () => {
    const doubled = { "MS-RequestId": `${id},${id}`, "MS-CorrelationId": `${other}, ${id}` };
    const answer = await get(doubled);
    expect(answer.headers).toMatchObject({ "ms-requestid": id, "ms-correlationid": other });
    const twice = { "MS-RequestId": `${other},${other}` };
    const first = await server.call("POST", carts, { body, headers: twice });
    const again = await server.call("POST", carts, { body, headers: { "MS-RequestId": other } });
    expect(again.body.id).toBe(first.body.id);
  });

  test("MS-CorrelationId stands in the audit record of what the call did", async () => {
    const correlation = crypto.randomUUID();
    await server.call("POST", `${customer}/orders`, {
      body: { lineItems: [{ offerId: software.catalogItemId, quantity: 1 }] },
      headers: { "MS-CorrelationId": correlation },
    });
    const rows = await server.database.query({
      text: "SELECT 1 FROM audit_record WHERE correlation_id::text = $1",
      values: [correlation],
    });
    expect(rows).toHaveLength(1);
  });

  test("MS-CV is extended, or begun", async () => {
    const begun = await get({});
    expect(begun.headers["ms-cv"]).toMatch(/^[A-Za-z0-9+/]{16}\.0$/);
    const extended = await get({ "MS-CV": "n0lMNyJtaUC802pO.3" });
    expect(extended.headers["ms-cv"]).toBe("n0lMNyJtaUC802pO.3.0");
  });

  test.each([
    ["de-DE", "de-DE"],
    ["DE-de", "de-DE"],
    ["en-US,en-US", "en-US"],
    ["tlh-KX", "en-US"],
    ["", "en-US"],
  ])("X-Locale: %s is answered as %s", async (given, echoed) => {
    expect((await get({ "X-Locale": given })).headers["x-locale"]).toBe(echoed);
  });

  test("what clients tell about themselves changes nothing", async () => {
    const plain = await get({});
    const telling = await get({
      "MS-Contract-Version": "v1",
      "MS-PartnerCenter-Client": "Partner Center .NET SDK",
      "MS-PartnerCenter-Application": "Shop",
      "MS-SdkVersion": "1.15.4",
      "ocp-apim-subscription-key": "k",
      "x-ms-customeruser-upn": "ada@fabrikam.example",
    });
    expect([telling.status, telling.body]).toEqual([200, plain.body]);
  });

  test("x-ms-customeruser-upn is taken at checkout", async () => {
    const cart = await world.newCart();
    const headers = { "x-ms-customeruser-upn": "ada@fabrikam.example" };
    const done = await server.call("POST", `${carts}/${cart.id}/checkout`, { headers });
    expect([done.status, done.body.orders.length]).toEqual([201, 1]);
  });

  test("ValidateMfa is answered with isMfaCompliant, and only then", async () => {
    const asked = await get({ ValidateMfa: "true" });
    expect(asked.headers.ismfacompliant).toMatch(/^(true|false)$/);
    expect((await get({})).headers).not.toHaveProperty("ismfacompliant");
  });

  describe("Accept-Encoding", () => {
    test("without it nothing is compressed", async () => {
      const answer = await get({});
      expect(answer.headers).not.toHaveProperty("content-encoding");
    });

    test("with gzip the same body comes compressed, and says so", async () => {
      // Small answers may stay as they are: the list is made longer than a packet.
      for (let count = 0; count < 8; count += 1) await newCustomer(server);
      const plain = await get({});
      const packed = await get({ "Accept-Encoding": "gzip" });
      expect(packed.headers["content-encoding"]).toBe("gzip");
      expect(Number(packed.headers["content-length"])).toBe(packed.raw.length);
      expect(String(packed.headers.vary)).toMatch(/accept-encoding/i);
      expect(JSON.parse(gunzipSync(packed.raw).toString())).toEqual(plain.body);
      expect(packed.raw.length).toBeLessThan(plain.raw.length);
    });

    test.each(["br", "gzip;q=0", "identity", ""])("%j is answered plain", async (accepted) => {
      const answer = await get({ "Accept-Encoding": accepted });
      expect(answer.headers).not.toHaveProperty("content-encoding");
      expect(answer.status).toBe(200);
    });
  });
});

describe("response headers", () => {
  test("JSON says its type and length, and where it was made", async () => {
    for (const path of readsOf(world, stock)) {
      const { headers, raw } = await get({}, path);
      expect(headers).toMatchObject({
        "content-type": "application/json; charset=utf-8",
        "ms-serverid": expect.stringMatching(/^[0-9A-F]{8}$/),
      });
      expect(Number(headers["content-length"])).toBe(raw.length);
      for (const name of ["etag", "x-powered-by", "server", "ms-continuation"]) {
        expect(headers).not.toHaveProperty(name);
      }
    }
  });

  test("202 has a relative Location without /v1, no body, and Content-Length 0", async () => {
    const path = `${customer}/subscriptions/${buyer.subscriptionId}/registrations`;
    const { status, headers, text } = await server.call("POST", path);
    expect([status, text, Number(headers["content-length"])]).toEqual([202, "", 0]);
    const status202 = `/customers/${buyer.customerId}/subscriptions/${buyer.subscriptionId}`;
    expect(headers.location).toBe(`${status202}/registrationstatus`);
    expect(headers).not.toHaveProperty("content-type");
  });

  test("an empty body has Content-Length 0 in every operation that declares one", async () => {
    const declared = allOperations.filter(({ responses }) =>
      Object.entries(responses).some(([, answer]) => answer === "empty"),
    );
    for (const operation of declared) {
      expect([202, 204, 200]).toContain(successStatus(operation));
    }
  });

  test("401 names both challenges", async () => {
    const { headers } = await server.call("GET", list, { token: "none" });
    expect(String(headers["www-authenticate"])).toMatch(/OAuth realm=urn:cpsvc/);
    expect(String(headers["www-authenticate"])).toMatch(/Bearer/);
  });

  test("refusals carry the same headers as successes", async () => {
    const headers = { "MS-RequestId": id, "MS-CorrelationId": other, "X-Locale": "fr-FR" };
    for (const path of [`/v1/customers/${id}`, "/v1/nothing", "/v1/customers/x"]) {
      expect((await get(headers, path)).headers).toMatchObject({
        "ms-requestid": id,
        "ms-correlationid": other,
        "x-locale": "fr-FR",
        "ms-cv": expect.stringMatching(/\.0$/),
        "content-type": "application/json; charset=utf-8",
      });
    }
  });
});

describe("statuses", () => {
  test.each([
    ["createCustomer", 201],
    ["createCart", 201],
    ["updateCart", 201],
    ["checkoutCart", 201],
    ["createOrder", 201],
    ["confirmCustomerAgreement", 201],
    ["registerSubscription", 202],
  ])("%s succeeds with %i", (operationId, status) => {
    const operation = allOperations.find((one) => one.id === operationId);
    expect(operation && successStatus(operation)).toBe(status);
  });

  test("every read, PUT of a profile and PATCH succeeds with 200", () => {
    const plain = allOperations.filter(
      ({ id: name, method }) =>
        ["GET", "HEAD", "PATCH"].includes(method) || (method === "PUT" && name !== "updateCart"),
    );
    for (const operation of plain)
      expect([operation.id, 200]).toEqual([operation.id, successStatus(operation)]);
  });
});

describe("JSON conventions", () => {
  test.each([
    ["2024-01-02", "2024-01-02T00:00:00"],
    ["2024-01-02T03:04:05", "2024-01-02T03:04:05"],
    ["2024-01-02T03:04:05.1234567Z", "2024-01-02T03:04:05"],
    ["2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05"],
    ["2024-01-02T03:04:05.123456789+02:00", "2024-01-02T01:04:05"],
  ])("a date may be %s", async (dateAgreed, expected) => {
    const own = await newCustomer(server);
    const made = await server.call("POST", `/v1/customers/${own}/agreements`, {
      body: {
        primaryContact: { firstName: "A", lastName: "B", email: "a@b.example" },
        templateId: "117a77b0-9360-443b-8795-c6dedc750cf9",
        type: "microsoftcustomeragreement",
        dateAgreed,
      },
    });
    expect([made.status, made.body.dateAgreed.slice(0, 19)]).toEqual([201, expected]);
  });

  test("a date is emitted in UTC with a Z and up to seven digits", async () => {
    const cart = (await get({}, stock.cart)).body;
    for (const name of ["creationTimestamp", "lastModifiedTimestamp", "expirationTimestamp"]) {
      expect(cart[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/);
    }
  });

  test.each([1, "1", " 1 ", "1.0", 1.0])("the number %j is a number", async (quantity) => {
    const made = await server.call("POST", carts, {
      body: { lineItems: [{ ...software, quantity }] },
    });
    expect([made.status, made.body.lineItems[0].quantity]).toEqual([201, 1]);
  });

  test("GUIDs come in any case and go in lower case", async () => {
    const upper = await get({}, `/v1/customers/${buyer.customerId.toUpperCase()}`);
    expect(upper.body.id).toBe(buyer.customerId);
    const braced = `${customer}/subscriptions/{${buyer.subscriptionId.toUpperCase()}}`;
    expect((await get({}, braced)).body.id.toLowerCase()).toBe(buyer.subscriptionId);
  });

  test.each([
    ["trailing commas", `{"lineItems":[{"catalogItemId":"ITEM","quantity":1,},],}`],
    ["comments", `{ // one\n "lineItems":[{"catalogItemId":"ITEM", /* two */ "quantity":1}]}`],
    ["a byte order mark", `\uFEFF{"lineItems":[{"catalogItemId":"ITEM","quantity":1}]}`],
    [
      "the last duplicate",
      `{"lineItems":[{"catalogItemId":"X","quantity":1,"CatalogItemId":"ITEM"}]}`,
    ],
  ])("%s are taken", async (_case, text) => {
    const payload = text.replace("ITEM", software.catalogItemId);
    const made = await server.call("POST", carts, { payload });
    expect([made.status, made.body.lineItems?.[0].catalogItemId]).toEqual([
      201,
      software.catalogItemId,
    ]);
  });

  test("attributes hold objectType and at most an etag; links hold uri, method and headers", async () => {
    for (const path of readsOf(world, stock)) {
      const members = membersOf((await get({}, path)).body);
      for (const { name, path: at, value } of members) {
        if (name === "attributes") {
          const names = Object.keys(value as object).filter((key) => key !== "etag");
          expect([at, names]).toEqual([at, ["objectType"]]);
        }
        if (name === "self" || name === "next") {
          expect(value).toEqual({
            uri: expect.any(String),
            method: "GET",
            headers: expect.any(Array),
          });
        }
      }
    }
  });
});

describe("collections", () => {
  const collections = readsOf(world, stock).filter((path) => /s(\?|$)/.test(path));
  test.each(collections)("%s has the envelope", async (path) => {
    const { body: page } = await get({}, path);
    if (!("items" in page)) return;
    expect(page.items).toBeInstanceOf(Array);
    expect(page.totalCount).toBe(page.items.length);
    expect(page.attributes).toEqual({ objectType: "Collection" });
    expect(page.links === undefined || "self" in page.links).toBe(true);
    // Clients take the last page for the last by the absence of `next`.
    expect("next" in (page.links ?? {})).toBe("continuationToken" in page);
  });

  test("a seek page repeats nothing in next but carries the token as its header", async () => {
    const first = (await get({}, "/v1/customers?size=1")).body;
    const { uri, headers } = first.links.next;
    expect(uri).toMatch(/^\/customers\?[^?]*seekOperation=Next/);
    expect(headers).toEqual([{ key: "MS-ContinuationToken", value: first.continuationToken }]);
    expect(first.continuationToken).toMatch(/^[\x21-\x7e]{1,512}$/);
    // The token holds the whole query: a follow-up may omit size and filter.
    const bare = await get({ "MS-ContinuationToken": first.continuationToken });
    expect(bare.body.items).toHaveLength(1);
  });

  test.each(["rubbish", "eyJhIjoxfQ", "a".repeat(600)])("the token %s is 400", async (token) => {
    const answer = await get({ "MS-ContinuationToken": token }, "/v1/customers?seekOperation=Next");
    expect([answer.status, answer.body.code]).toEqual([400, 2000]);
  });

  test.each([
    ["no JSON", "{", 2000],
    ["an unknown field", '{"Field":"Colour","Value":"a","Operator":"starts_with"}', 2000],
    ["an unknown operator", '{"Field":"CompanyName","Value":"a","Operator":"like"}', 2000],
  ])("a customer filter with %s is refused", async (_case, filter, code) => {
    const answer = await get({}, `/v1/customers?filter=${encodeURIComponent(filter)}`);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });
});
