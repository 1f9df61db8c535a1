/** Contract of discovery, 4.10: the inventory check, and the control plane that makes shortages. */
import { beforeAll, describe, expect, test } from "vitest";
import { limits } from "../../../src/foundation/limits.ts";
import { testServer } from "../../harness.ts";
import { businessRows, newBuyer, offerOf } from "../../shop.ts";
import { faultOf, partnerToken } from "./shelf.ts";

const server = await testServer();
const path = "/v1/extensions/product/checkInventory?country=US";
const vm = offerOf("reservation");
const software = offerOf("perpetual_software");
const buyer = await newBuyer(server);
const context = { customerId: buyer.customerId, azureSubscriptionId: buyer.subscriptionId };
const target = { productId: vm.product.id, skuId: vm.sku.id };

const check = (targetItems: unknown, inventoryContext: unknown = context, token = "user") =>
  server.call("POST", path, { token, body: { targetItems, inventoryContext } });
const restrict = (body: unknown, token = "user") =>
  server.call("POST", "/_kontor/inventory", { token, body });
const clear = () => server.call("DELETE", "/_kontor/inventory");

describe("bytes of the clients", () => {
  test.each([
    [".NET", { TargetItems: [{ ProductId: vm.product.id, SkuId: null, IsRestricted: false }] }],
    ["PS", { TargetItems: [{ ProductId: vm.product.id, IsRestricted: false }] }],
    ["Java", { targetItems: [{ productId: vm.product.id }] }],
  ])("of %s are read", async (client, items) => {
    const name = client === "Java" ? "inventoryContext" : "InventoryContext";
    const { status, body } = await server.call("POST", path, {
      body: { ...items, [name]: context, Links: null, Attributes: {} },
    });
    expect(status).toBe(200);
    expect(Array.isArray(body)).toBe(true);
    expect(body[0]).toEqual({
      productId: vm.product.id,
      skuId: expect.stringMatching(/^[0-9A-Z]{4}$/),
      isRestricted: false,
      restrictions: [],
    });
  });
});

describe("cases", () => {
  test("no body is 400/2001", async () => {
    expect(faultOf(await server.call("POST", path))).toEqual([400, 2001]);
    expect(faultOf(await server.call("POST", path, { payload: "null" }))).toEqual([400, 2001]);
  });

  test("a missing or blank inventory variable is 400/400026", async () => {
    for (const given of [{}, { ...context, customerId: " " }, { customerId: buyer.customerId }]) {
      expect(faultOf(await check([target], given))).toEqual([400, 400026]);
    }
  });

  test("the variables of all resolved SKUs count", async () => {
    const both = [{ productId: software.product.id }, target];
    expect(faultOf(await check(both, {}))).toEqual([400, 400026]);
  });

  test("an unknown product or SKU is left out, never 404", async () => {
    const { status, body } = await check([{ productId: "X" }, { ...target, skuId: "ZZZZ" }], {});
    expect([status, body]).toEqual([200, []]);
  });

  test("software is returned unrestricted, without a context", async () => {
    const wanted = { productId: software.product.id, skuId: software.sku.id };
    const { body } = await server.call("POST", path, { body: { targetItems: [wanted] } });
    expect(body).toEqual([{ ...wanted, isRestricted: false, restrictions: [] }]);
  });

  test("an unknown or foreign customer is 403/20002, a subscription 404/20003", async () => {
    const unknown = "11111111-2222-4333-8444-555555555555";
    expect(faultOf(await check([target], { ...context, customerId: unknown }))).toEqual([
      403, 20002,
    ]);
    const given = { ...context, azureSubscriptionId: unknown };
    expect(faultOf(await check([target], given))).toEqual([404, 20003]);
    const foreign = await partnerToken(server);
    expect(faultOf(await check([target], context, foreign))).toEqual([403, 20002]);
  });

  test("a subscription that is not registered does not fail", async () => {
    const text = "UPDATE subscription SET registered_at = NULL WHERE customer_id = $1";
    const own = await newBuyer(server);
    await server.database.query({ text, values: [own.customerId] });
    const given = { customerId: own.customerId, azureSubscriptionId: own.subscriptionId };
    expect((await check([target], given)).body[0].isRestricted).toBe(false);
  });

  test("armRegionName never fails", async () => {
    const { status, body } = await check([target], { ...context, armRegionName: "nowhere" });
    expect([status, body.length]).toEqual([200, 1]);
  });

  test("a SKU targeted twice is one element", async () => {
    expect(
      (await check([target, { ...target, skuId: target.skuId.toLowerCase() }])).body.length,
    ).toBe(1);
  });

  test("context keys in any case", async () => {
    const given = { CUSTOMERID: buyer.customerId, AzureSubscriptionID: buyer.subscriptionId };
    expect((await check([target], given)).status).toBe(200);
  });
});

describe("restrictions that a partner adds", () => {
  beforeAll(async () => void (await clear()));
  const restrictionsOf = async (given: unknown = context) =>
    (await check([target], given)).body[0].restrictions;

  test("of a region hold for its SKUs alone, in the documented form", async () => {
    const region = vm.sku.dynamicAttributes.armRegionName ?? "";
    const made = await restrict({ armRegionName: region.toUpperCase() });
    expect(made.status, made.text).toBe(201);
    expect(await restrictionsOf()).toEqual([
      {
        reasonCode: "NotAvailableForSubscription",
        description: `Capacity in ${region} is not open to this subscription.`,
        properties: { type: "Location", values: region },
      },
    ]);
    const { body } = await check([{ productId: vm.product.id }]);
    const restricted = body.filter((item: { isRestricted: boolean }) => item.isRestricted);
    expect(restricted.length).toBeGreaterThan(0);
    expect(restricted.length).toBeLessThan(body.length);
    await clear();
    expect(await restrictionsOf()).toEqual([]);
  });

  test("of a subscription or a customer hold for these alone", async () => {
    const other = await newBuyer(server);
    const others = { customerId: other.customerId, azureSubscriptionId: other.subscriptionId };
    for (const scope of [
      { subscriptionId: other.subscriptionId },
      { customerId: other.customerId },
      { ...target, customerId: other.customerId, reasonCode: "Quota", description: "Full." },
    ]) {
      await restrict(scope);
      expect(await restrictionsOf(others)).toHaveLength(1);
      expect(await restrictionsOf()).toEqual([]);
      await clear();
    }
  });

  test("are listed and removed, and are the partner's own", async () => {
    const { body } = await restrict({ ...target, description: "Sold out." });
    expect(body).toEqual({
      id: body.id,
      ...target,
      reasonCode: "NotAvailableForSubscription",
      description: "Sold out.",
    });
    const list = (token: string) => server.call("GET", "/_kontor/inventory", { token });
    expect((await list("user")).body).toEqual({ items: [body] });
    const foreign = await partnerToken(server);
    expect((await list(foreign)).body).toEqual({ items: [] });
    const one = `/_kontor/inventory/${body.id}`;
    expect(faultOf(await server.call("DELETE", one, { token: foreign }))).toEqual([404, 1000]);
    expect((await server.call("DELETE", one)).status).toBe(204);
    expect(faultOf(await server.call("DELETE", one))).toEqual([404, 1000]);
    expect(faultOf(await server.call("DELETE", "/_kontor/inventory/x"))).toEqual([404, 1000]);
    expect(await restrictionsOf()).toEqual([]);
  });

  test.each([
    ["a SKU without its product", { skuId: "0001" }, 400, 800002],
    ["software, whose inventory is not checked", { productId: software.product.id }, 400, 800002],
    ["a region that no SKU has", { armRegionName: "moon" }, 400, 800002],
    ["an id that is no GUID", { customerId: "x" }, 400, 800002],
    ["an unknown customer", { customerId: "11111111-2222-4333-8444-555555555555" }, 404, 60003],
    [
      "an unknown subscription",
      { subscriptionId: "11111111-2222-4333-8444-555555555555" },
      404,
      20003,
    ],
    [
      "a subscription of another customer",
      { subscriptionId: buyer.subscriptionId, customerId: "self" },
      404,
      20003,
    ],
  ])("cannot be of %s, and then nothing is written", async (_what, scope, status, code) => {
    const given =
      "customerId" in scope && scope.customerId === "self"
        ? { ...scope, customerId: (await newBuyer(server)).customerId }
        : scope;
    expect(faultOf(await restrict(given))).toEqual([status, code]);
    expect((await server.call("GET", "/_kontor/inventory")).body.items).toEqual([]);
  });

  test("are a limited number", async () => {
    const limit = limits.restrictionsPerPartner;
    for (let count = 0; count < limit; count++) {
      expect((await restrict(target)).status).toBe(201);
    }
    expect(faultOf(await restrict(target))).toEqual([400, 800002]);
    expect((await server.call("GET", "/_kontor/inventory")).body.items).toHaveLength(limit);
    await clear();
  });

  test("refuse the purchase that they are of, and no other", async () => {
    await restrict({ ...target, subscriptionId: buyer.subscriptionId });
    const buy = (who: typeof buyer) =>
      server.call("POST", `/v1/customers/${who.customerId}/orders`, {
        body: {
          lineItems: [
            {
              lineItemNumber: 0,
              offerId: vm.catalogItemId,
              quantity: 1,
              provisioningContext: { subscriptionId: who.subscriptionId, scope: "shared" },
            },
          ],
        },
      });
    const before = await businessRows(server);
    expect(faultOf(await buy(buyer))).toEqual([400, 800010]);
    expect(await businessRows(server)).toEqual(before);
    const cart = await server.call("POST", `/v1/customers/${buyer.customerId}/carts`, {
      body: {
        lineItems: [
          {
            id: 0,
            catalogItemId: vm.catalogItemId,
            quantity: 1,
            provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
          },
        ],
      },
    });
    expect(cart.body.lineItems[0].error.errorCode).toBe(10003);
    expect((await buy(await newBuyer(server))).status).toBe(201);
    await clear();
    expect((await buy(buyer)).status).toBe(201);
  });
});
