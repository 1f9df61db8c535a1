import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newCustomer, offerOf } from "../../../test/shop.ts";

const server = await testServer();
const customerId = await newCustomer(server);
const carts = `/v1/customers/${customerId}/carts`;
const body = {
  lineItems: [{ catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 }],
};

describe("paths", () => {
  test.each([
    `/v1/customers/${customerId}`,
    `/customers/${customerId}`,
    `/v1//customers/${customerId}`,
    `/V1/Customers/${customerId.toUpperCase()}/`,
    `/v1//customers//${customerId}`,
  ])("%s is the customer", async (path) => {
    const answer = await server.call("GET", path);
    expect([answer.status, answer.body.id]).toEqual([200, customerId]);
  });

  test("an unknown one is 404/1000, a known one with another method 405", async () => {
    const unknown = await server.call("GET", "/v1/nothing/here");
    expect([unknown.status, unknown.body.code]).toEqual([404, 1000]);
    const method = await server.call("DELETE", carts);
    expect([method.status, method.headers.allow]).toEqual([405, "POST"]);
  });

  test("the control plane is not part of the contract's prefix", async () => {
    expect((await server.call("GET", "/v1/_kontor/clock")).status).toBe(404);
    expect((await server.call("GET", "/_kontor/clock")).status).toBe(200);
  });

  test("a broken percent encoding is refused", async () => {
    const answer = await server.call("GET", "/v1/customers/%E0%A4%A");
    expect([answer.status, answer.body.source]).toEqual([400, "Kontor"]);
  });
});

describe("headers", () => {
  test("are echoed, the first of a doubled value", async () => {
    const id = "0b0c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4";
    const answer = await server.call("GET", "/v1/customers", {
      headers: { "MS-RequestId": `${id},${id}`, "MS-CorrelationId": id, "X-Locale": "DE-de" },
    });
    expect(answer.headers["ms-requestid"]).toBe(id);
    expect(answer.headers["ms-correlationid"]).toBe(id);
    expect(answer.headers["x-locale"]).toBe("de-DE");
    expect(answer.headers["ms-cv"]).toMatch(/^[A-Za-z0-9+/]{16}\.0$/);
    expect(answer.headers["ms-serverid"]).toMatch(/^[0-9A-F]{8}$/);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers).not.toHaveProperty("etag");
  });

  test("are made when absent, and an unknown locale is en-US", async () => {
    const answer = await server.call("GET", "/v1/customers", { headers: { "X-Locale": "tlh-KX" } });
    expect(answer.headers["ms-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers["x-locale"]).toBe("en-US");
  });
});

describe("bodies", () => {
  test("may have comments and trailing commas, as the documents' samples do", async () => {
    const item = JSON.stringify(body.lineItems[0]?.catalogItemId);
    const payload = `{ // a comment\n "LineItems": [ { "CatalogItemId": ${item}, "Quantity": 1, }, ], }`;
    expect((await server.call("POST", carts, { payload })).status).toBe(201);
  });

  test.each([
    ["truncated JSON", '{"lineItems":['],
    ["text behind the root", '{"lineItems":[]} x'],
    ["invalid UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ["deep nesting", "[".repeat(100_000)],
    ["a bare text", '"success"'],
    ["null", "null"],
  ])("%s is refused with the contract's fault and writes nothing", async (_case, payload) => {
    const before = await businessRows(server);
    const answer = await server.call("POST", carts, { payload });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 800002, data: [], source: "Kontor" });
    expect(await businessRows(server)).toEqual(before);
  });

  test("are taken up to the limit and refused beyond it", async () => {
    const padded = (bytes: number) => JSON.stringify(body).padEnd(bytes, " ");
    expect((await server.call("POST", carts, { payload: padded(1_048_576) })).status).toBe(201);
    const answer = await server.call("POST", carts, { payload: padded(1_048_577) });
    expect([answer.status, answer.body.code]).toEqual([400, 800002]);
  });

  test("are read whatever their content type says", async () => {
    for (const type of [
      "text/json",
      "application/json; charset=utf-8",
      "application/problem+json",
    ]) {
      const payload = JSON.stringify(body);
      const answer = await server.call("POST", carts, {
        payload,
        headers: { "content-type": type },
      });
      expect(answer.status).toBe(201);
    }
  });
});

describe("replay by MS-RequestId", () => {
  const cartCount = async () => (await businessRows(server)).cart;

  test("a burst of five equal calls has one effect and five equal answers", async () => {
    const before = (await cartCount()) ?? 0;
    const headers = { "MS-RequestId": "11111111-2d1f-4a43-9a7e-51f3b2a0c9d4" };
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => server.call("POST", carts, { body, headers })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers: got }) => got["kontor-replayed"] === "true")).toHaveLength(4);
    expect(await cartCount()).toBe(before + 1);
  });

  test("the same id on another path or with another body is another call", async () => {
    const headers = { "MS-RequestId": "22222222-2d1f-4a43-9a7e-51f3b2a0c9d4" };
    const first = await server.call("POST", carts, { body, headers });
    const other = { lineItems: [{ ...body.lineItems[0], quantity: 2 }] };
    const second = await server.call("POST", carts, { body: other, headers });
    expect(second.body.id).not.toBe(first.body.id);
    const third = await server.call("PUT", `${carts}/${first.body.id}`, { body: other, headers });
    expect(third.body).toMatchObject({ id: first.body.id });
  });

  test("a refusal is replayed too, even where the call would succeed by now", async () => {
    const headers = { "MS-RequestId": "33333333-2d1f-4a43-9a7e-51f3b2a0c9d4" };
    const cart = (await server.call("POST", carts, { body })).body;
    const path = `${carts}/${cart.id}/checkout`;
    const refused = await server.call("POST", path, { headers });
    expect([refused.status, refused.body.code]).toEqual([403, 13605]);
    const again = await server.call("POST", path, { headers });
    expect(again.text).toBe(refused.text);
    expect(again.headers["kontor-replayed"]).toBe("true");
  });

  test("reads ignore the id", async () => {
    const headers = { "MS-RequestId": "44444444-2d1f-4a43-9a7e-51f3b2a0c9d4" };
    const before = (await server.call("GET", "/v1/customers", { headers })).body.totalCount;
    await newCustomer(server);
    const after = (await server.call("GET", "/v1/customers", { headers })).body.totalCount;
    expect(after).toBe(before + 1);
  });
});

describe("access", () => {
  test("no token, or one that is none, is 401 in the contract's form", async () => {
    const none = await server.call("GET", "/v1/customers", { token: "none" });
    expect([none.status, none.body.code]).toEqual([401, 800001]);
    expect(none.headers["www-authenticate"]).toBeDefined();
    const bad = await server.call("GET", "/v1/customers", { token: "abc" });
    expect([bad.status, bad.body.code]).toEqual([401, 400]);
  });
});

describe("service routes", () => {
  test("health, readiness, metrics, OpenAPI and the reference need no token", async () => {
    for (const path of [
      "/healthz",
      "/readyz",
      "/metrics",
      "/openapi.json",
      "/docs",
      "/docs/errors",
    ]) {
      expect([path, (await server.call("GET", path, { token: "none" })).status]).toEqual([
        path,
        200,
      ]);
    }
    const metrics = await server.call("GET", "/metrics", { token: "none" });
    expect(metrics.text).toContain('kontor_requests_total{operation="createCart",status="201"}');
  });

  test("the page about metrics names each of Kontor's own, and no other", async () => {
    const page = readFileSync(
      new URL("../../../../../docs/reference/metrics.md", import.meta.url),
      "utf8",
    );
    const { text } = await server.call("GET", "/metrics", { token: "none" });
    const exposed = [...text.matchAll(/^# TYPE (kontor_\w+) /gm)].map(([, name]) => name);
    const documented = [...page.matchAll(/^\| `(kontor_\w+)` \|/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(exposed.toSorted());
    expect(text).toContain('kontor_transaction_retries_total{reason="deadlock"} 0');
    expect(text).toContain('kontor_transaction_retries_total{reason="serialization_failure"} 0');
  });

  test("every page of the reference is served from here", async () => {
    const page = (await server.call("GET", "/docs", { token: "none" })).text;
    expect(page).not.toMatch(/https?:\/\//);
    for (const [, asset = ""] of page.matchAll(/(?:href|src)="(\/docs\/assets\/[^"]+)"/g)) {
      expect((await server.call("GET", asset, { token: "none" })).status).toBe(200);
    }
  });

  test("each error code has its page, an unknown one has none", async () => {
    expect((await server.call("GET", "/docs/errors/800008", { token: "none" })).text).toContain(
      "cart",
    );
    expect((await server.call("GET", "/docs/errors/1", { token: "none" })).status).toBe(404);
  });
});
