/** Contract of discovery, 7: the conformance checklist, item by item. */
import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { acceptAgreement, azureSubscription, businessRows, newCustomer } from "../../shop.ts";
import { faultOf, idsOf, itemsOf, skuPath, valuesOf, vm } from "./shelf.ts";

const server = await testServer();
const get = (path: string) => server.call("GET", path);
let customerId = "";
let base = "";
beforeAll(async () => {
  customerId = await newCustomer(server, "US");
  await acceptAgreement(server, customerId);
  base = `/v1/customers/${customerId}/subscriptions`;
});

describe("1", () => {
  test.each([undefined, "null", '"success"'])("E3 with the body %s is 202", async (payload) => {
    for (const headers of [{}, { "content-type": "application/json" }]) {
      const id = await azureSubscription(server, customerId);
      const answer = await server.call("POST", `${base}/${id}/registrations`, {
        headers,
        ...(payload === undefined ? {} : { payload }),
      });
      expect([answer.status, answer.raw.length]).toEqual([202, 0]);
      expect(answer.headers.location).toMatch(/^\/customers\/.*\/registrationstatus$/);
    }
  });
});

test("2: E4 before E3 is 200 NotRegistered", async () => {
  const id = await azureSubscription(server, customerId);
  const { status, body } = await get(`${base}/${id}/registrationstatus`);
  expect([status, body.status]).toEqual([200, "NotRegistered"]);
});

test("3: any case of the inventory path and // both route", async () => {
  const check = await server.call("POST", "/V1/Extensions/Product/CheckInventory?Country=us", {
    body: { targetItems: [{ productId: "X" }] },
  });
  expect([check.status, check.body]).toEqual([200, []]);
  expect((await get(`/v1/${skuPath(vm, "")}?country=DE`)).status).toBe(200);
  expect((await get(`/v1//${skuPath(vm, "")}?country=DE`)).status).toBe(200);
});

test("4: the inventory check reads every client's body", async () => {
  const azureSubscriptionId = await azureSubscription(server, customerId);
  const path = "/v1/extensions/product/checkinventory?country=US";
  const check = (body: unknown) => server.call("POST", path, { body });
  const pascal = await check({
    TargetItems: [
      { ProductId: vm.product.id, SkuId: null, IsRestricted: false },
      { ProductId: "UNKNOWN", SkuId: null },
    ],
    InventoryContext: { CustomerId: customerId, AZURESUBSCRIPTIONID: azureSubscriptionId },
  });
  const camel = await check({
    targetItems: [{ productId: vm.product.id }],
    inventoryContext: { customerId, azureSubscriptionId },
  });
  expect(Array.isArray(pascal.body)).toBe(true);
  expect(pascal.body).toEqual(camel.body);
  const missing = await check({
    targetItems: [{ productId: vm.product.id }],
    inventoryContext: {},
  });
  expect(faultOf(missing)).toEqual([400, 400026]);
});

test("5: no null, flat dynamicAttributes, links with headers and a relative uri", async () => {
  for (const path of [
    "/v1/products?country=DE&targetView=Azure",
    `/v1/products/${vm.product.id}/skus?country=DE`,
    `${skuPath(vm)}/availabilities?country=DE`,
    base,
  ]) {
    const { body, text } = await get(path);
    expect(text).not.toContain(":null");
    for (const map of valuesOf(body, "dynamicAttributes")) {
      expect(Object.values(map as object).every((one) => typeof one === "string")).toBe(true);
    }
    for (const uri of valuesOf(body, "uri")) expect(uri).toMatch(/^\/(?!v1\/)/);
    expect(valuesOf(body, "headers")).toHaveLength(valuesOf(body, "uri").length);
  }
});

test("6: D5 has whole product and SKU, commercial first, and the id triple", async () => {
  const [first] = itemsOf(await get(`${skuPath(vm)}/availabilities?country=DE`));
  expect(first.product).toEqual((await get(`/v1/products/${vm.product.id}?country=DE`)).body);
  expect(first.sku).toEqual((await get(`${skuPath(vm)}?country=DE`)).body);
  expect(first.segment).toBe("commercial");
  expect(first.catalogItemId).toBe(`${vm.product.id}:${vm.sku.id}:${first.id}`);
});

test("7: targetView azure equals Azure; disallowed view and segment", async () => {
  const list = (query: string) => get(`/v1/products?country=DE&${query}`);
  expect(idsOf(await list("targetView=azure"))).toEqual(idsOf(await list("targetView=Azure")));
  expect(faultOf(await list("targetView=Windows"))).toEqual([403, 400036]);
  expect(faultOf(await list("targetView=Azure&targetSegment=x"))).toEqual([403, 400030]);
});

test("8: the 404 ladder on D6: product, SKU, availability", async () => {
  const at = async (product: string, sku: string) =>
    faultOf(await get(`/v1/products/${product}/skus/${sku}/availabilities/X?country=DE`));
  expect(await at("X", "X")).toEqual([404, 400013]);
  expect(await at(vm.product.id, "X")).toEqual([404, 400018]);
  expect(await at(vm.product.id, vm.sku.id)).toEqual([404, 400019]);
});

test("9: every error is a fault, and 429 carries Retry-After", async () => {
  for (const path of ["/v1/products", "/v1/nothing", `${base}/x`, "/v1/customers/x/products"]) {
    faultOf(await get(path));
  }
  const slow = await testServer({ throttle: 1 });
  const path = `/v1/customers/${customerId}/subscriptions`;
  const answers = [await slow.call("GET", path), await slow.call("GET", path)];
  expect(answers[1]?.status).toBe(429);
  expect(Number(answers[1]?.headers["retry-after"])).toBeGreaterThan(0);
});

test("10: the same POST five times with one MS-RequestId has the effect of one", async () => {
  const id = await azureSubscription(server, customerId);
  const headers = { "ms-requestid": "1f8fad5b-d9cb-469f-a165-70867728950e" };
  const before = await businessRows(server);
  const answers = [];
  for (let send = 0; send < 5; send++) {
    answers.push(await server.call("POST", `${base}/${id}/registrations`, { headers }));
  }
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const { audit_record: records = 0, ...rest } = before;
  expect(await businessRows(server)).toEqual({ ...rest, audit_record: records + 1 });
});
