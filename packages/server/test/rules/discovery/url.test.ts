/** Contract of discovery, 1.1 to 1.5: urls, headers, envelopes, paging. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { newCustomer } from "../../shop.ts";
import { availabilityPath, idsOf, itemsOf, perpetual, skuPath, valuesOf, vm } from "./shelf.ts";

const server = await testServer();
const get = (path: string, headers: Record<string, string> = {}) =>
  server.call("GET", path, { headers });
const products = "/v1/products?country=DE&targetView=Software";

describe("1.1 url matching", () => {
  test("path literals in any case", async () => {
    expect(idsOf(await get("/V1/PRODUCTS?country=DE&targetView=Software"))).toEqual(
      idsOf(await get(products)),
    );
  });

  test("query names in any case, unknown ones ignored", async () => {
    const path = `/v1/products/${vm.product.id}/skus`;
    const plain = idsOf(await get(`${path}?country=DE`));
    for (const query of [
      "COUNTRY=DE",
      "country=DE&targetView=Azure",
      "country=DE&IncludeLifeCycleState=true",
      "country=DE&includelifecyclestate=&x=1&%20=2",
    ]) {
      expect(idsOf(await get(`${path}?${query}`)), query).toEqual(plain);
    }
  });

  test("repeated slashes are one", async () => {
    expect(idsOf(await get("/v1//products?country=DE&targetView=Software"))).toEqual(
      idsOf(await get(products)),
    );
  });

  test("the same routes without /v1", async () => {
    expect((await get(products.slice(3))).text).toBe((await get(products)).text);
  });

  test("ids in any case, emitted as stored", async () => {
    const { status, body } = await get(`${availabilityPath(vm).toLowerCase()}?country=de`);
    expect([status, body.catalogItemId]).toEqual([200, vm.catalogItemId]);
    expect(body.links.self.uri).toBe(`${availabilityPath(vm, "")}?country=DE`);
  });

  test("path segments are decoded", async () => {
    const encoded = skuPath(vm).replace("DZH", "%44ZH");
    expect((await get(`${encoded}?country=DE`)).body.id).toBe(vm.sku.id);
  });

  test("a GET may carry a content type, and Expect", async () => {
    const headers = { "content-type": "application/json", "ms-contract-version": "v1" };
    expect((await get(products, headers)).status).toBe(200);
  });
});

describe("1.2 and 1.3 headers", () => {
  test("app-only and app+user tokens are accepted, none is refused", async () => {
    for (const token of ["app", "user"]) {
      expect((await server.call("GET", products, { token })).status).toBe(200);
    }
    const refused = await server.call("GET", products, { token: "none" });
    expect([refused.status, Number(refused.body.code)]).toEqual([401, 800001]);
    expect(refused.headers["www-authenticate"]).toBeDefined();
  });

  test("ids are echoed, and made where absent", async () => {
    const given = {
      "ms-requestid": "0f8fad5b-d9cb-469f-a165-70867728950e",
      "ms-correlationid": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    };
    expect((await get(products, given)).headers).toMatchObject(given);
    const { headers } = await get(products);
    expect(headers["ms-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["ms-cv"]).toBeDefined();
    expect(headers["ms-serverid"]).toBeDefined();
  });

  test("X-Locale is echoed, an unknown one is en-US", async () => {
    expect((await get(products, { "x-locale": "de-de" })).headers["x-locale"]).toBe("de-DE");
    expect((await get(products, { "x-locale": "tlh-KX" })).headers["x-locale"]).toBe("en-US");
  });
});

describe("1.4 envelopes", () => {
  test("a collection has count, items, links and attributes", async () => {
    const { body } = await get(products);
    expect(Object.keys(body).toSorted()).toEqual(["attributes", "items", "links", "totalCount"]);
    expect(body.attributes).toEqual({ objectType: "Collection" });
  });

  test("an empty collection has items", async () => {
    const { body } = await get(
      "/v1/products?country=DE&targetView=Software&targetSegment=nonprofit",
    );
    expect([body.totalCount, body.items]).toEqual([0, []]);
  });

  test("product, SKU and availability carry links and no attributes", async () => {
    for (const path of [`/v1/products/${vm.product.id}`, skuPath(vm), availabilityPath(vm)]) {
      const { body } = await get(`${path}?country=DE`);
      expect(body.links.self, path).toBeDefined();
      expect(body).not.toHaveProperty("attributes");
    }
  });

  test("links are relative, without /v1, with one question mark and empty headers", async () => {
    const { body } = await get(`${skuPath(vm)}/availabilities?country=DE`);
    const uris = valuesOf(body, "uri") as string[];
    expect(uris.length).toBeGreaterThan(5);
    for (const uri of uris) expect(uri).toMatch(/^\/(?!v1\/)[^?]*(\?[^?]*)?$/);
    expect(valuesOf(body, "headers").every((one) => Array.isArray(one) && one.length === 0)).toBe(
      true,
    );
    for (const uri of new Set(uris)) expect((await get(`/v1/${uri}`)).status, uri).toBe(200);
  });
});

test("1.5 nothing is paged", async () => {
  const customerId = await newCustomer(server, "DE");
  for (const path of [
    products,
    `/v1/products/${vm.product.id}/skus?country=DE`,
    `${skuPath(vm)}/availabilities?country=DE`,
    `${skuPath(perpetual)}/downloadoptions?country=DE`,
    `/v1/customers/${customerId}/subscriptions`,
  ]) {
    const answer = await get(`${path}${path.includes("?") ? "&" : "?"}size=1&offset=1`);
    itemsOf(answer);
    expect(answer.body.links?.next, path).toBeUndefined();
    expect(answer.body.continuationToken).toBeUndefined();
  }
});
