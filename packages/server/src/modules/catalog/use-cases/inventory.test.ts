import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { newBuyer, newCustomer, offerOf } from "../../../../test/shop.ts";
import { defaultCatalog } from "../default-catalog.ts";

const server = await testServer();
const path = "/v1/extensions/product/checkInventory";
const buyer = await newBuyer(server);
const context = { customerId: buyer.customerId, azureSubscriptionId: buyer.subscriptionId };

const reservation = offerOf("reservation").product.id;
const closed = offerOf("reservation", { restricted: true });
const software = offerOf("perpetual_software");
const { offers } = defaultCatalog();

function skusOf(productId: string): string[] {
  const own = offers.filter((offer) => offer.product.id === productId);
  return [...new Set(own.map((offer) => offer.sku.id))].toSorted();
}

async function check(targetItems: unknown, inventoryContext: unknown = context, query = "US") {
  return server.call("POST", `${path}?country=${query}`, {
    body: { targetItems, inventoryContext },
  });
}

function idsOf(body: { productId: string; skuId: string }[]): string[] {
  return body.map(({ productId, skuId }) => `${productId}:${skuId}`);
}

function faultOf({ status, body }: { status: number; body: { code: number; data: unknown } }) {
  expect(body.data).toEqual([]);
  return [status, body.code];
}

test("answers a bare array of the SKUs asked about", async () => {
  const [skuId] = skusOf(reservation);
  const { status, body } = await check([{ productId: reservation, skuId }]);
  expect(status).toBe(200);
  expect(body).toEqual([{ productId: reservation, skuId, isRestricted: false, restrictions: [] }]);
});

test("a target without a SKU means all of the product, in the order of their ids", async () => {
  const { body } = await check([{ productId: reservation, skuId: null }]);
  expect(idsOf(body)).toEqual(skusOf(reservation).map((skuId) => `${reservation}:${skuId}`));
  const blank = await check([{ productId: reservation, skuId: "" }]);
  expect(blank.body).toEqual(body);
});

test("targets are answered in their order, each SKU once", async () => {
  const own = { productId: software.product.id, skuId: software.sku.id };
  const [first = "", second = ""] = skusOf(reservation);
  const { body } = await check([
    own,
    { productId: reservation, skuId: second },
    { productId: reservation, skuId: first },
    { productId: reservation.toLowerCase(), skuId: second.toLowerCase() },
    own,
  ]);
  expect(idsOf(body)).toEqual([
    `${own.productId}:${own.skuId}`,
    `${reservation}:${second}`,
    `${reservation}:${first}`,
  ]);
});

test("a restricted SKU tells why", async () => {
  const { body } = await check([{ productId: closed.product.id, skuId: closed.sku.id }]);
  expect(body).toEqual([
    {
      productId: closed.product.id,
      skuId: closed.sku.id,
      isRestricted: true,
      restrictions: [
        {
          reasonCode: "NotAvailableForSubscription",
          description: "Capacity in brazilsouth is not open to this subscription.",
          properties: { type: "Location", values: "brazilsouth" },
        },
      ],
    },
  ]);
});

test("what is unknown, or not sold in the country, is left out", async () => {
  const targets = [
    { productId: "NOSUCHPRODUC" },
    { productId: reservation, skuId: "ZZZZ" },
    { productId: software.product.id },
  ];
  const { body } = await check(targets);
  expect(new Set(body.map((item: { productId: string }) => item.productId))).toEqual(
    new Set([software.product.id]),
  );
  const elsewhere = await check(targets, context, "BR");
  expect([elsewhere.status, elsewhere.body]).toEqual([200, []]);
});

test("clients may write names in their own case, and add members", async () => {
  const body = {
    TargetItems: [{ ProductId: reservation, SkuId: null, IsRestricted: false, Restrictions: null }],
    InventoryContext: {
      CUSTOMERID: `{${buyer.customerId.toUpperCase()}}`,
      AzureSubscriptionId: buyer.subscriptionId.toUpperCase(),
      ArmRegionName: "nowhere",
    },
    Links: {},
    Attributes: {},
  };
  const answer = await server.call("POST", "/V1/Extensions/Product/CheckInventory?Country=us", {
    body,
    token: "app",
  });
  expect([answer.status, answer.body.length]).toEqual([200, skusOf(reservation).length]);
});

describe("context", () => {
  const targets = [{ productId: software.product.id }, { productId: reservation }];

  test.each([
    ["nothing", {}],
    ["no customer", { azureSubscriptionId: buyer.subscriptionId }],
    ["no subscription", { customerId: buyer.customerId }],
    ["a blank subscription", { ...context, azureSubscriptionId: "  " }],
    ["a null customer", { ...context, customerId: null }],
  ])("with %s is refused where a SKU needs it", async (_what, given) => {
    expect(faultOf(await check(targets, given))).toEqual([400, 400026]);
  });

  test("is not needed for software", async () => {
    const { status, body } = await server.call("POST", `${path}?country=US`, {
      body: { targetItems: [{ productId: software.product.id }] },
    });
    expect(status).toBe(200);
    expect(body.every((item: { isRestricted: boolean }) => !item.isRestricted)).toBe(true);
  });

  test("with somebody else's customer or subscription is refused", async () => {
    const unknown = "11111111-2222-4333-8444-555555555555";
    const other = await newBuyer(server);
    const bare = await newCustomer(server);
    for (const customerId of [unknown, "no-guid"]) {
      expect(faultOf(await check(targets, { ...context, customerId }))).toEqual([403, 20002]);
    }
    for (const azureSubscriptionId of [unknown, "no-guid", other.subscriptionId]) {
      const given = { ...context, azureSubscriptionId };
      expect(faultOf(await check(targets, given))).toEqual([404, 20003]);
    }
    expect(faultOf(await check(targets, { ...context, customerId: bare }))).toEqual([404, 20003]);
    expect(
      (await check(targets, { ...other, azureSubscriptionId: other.subscriptionId })).status,
    ).toBe(200);
  });

  test("of another partner is refused", async () => {
    const made = await server.call("POST", "/_kontor/partners", {
      body: { name: "Other", domain: "other-inventory.example", country: "US" },
    });
    expect(made.status, made.text).toBeLessThan(300);
    const token = await server.signIn("app", made.body);
    const answer = await server.call("POST", `${path}?country=US`, {
      token,
      body: { targetItems: targets, inventoryContext: context },
    });
    expect(faultOf(answer)).toEqual([403, 20002]);
  });
});

describe("body", () => {
  test("must be there", async () => {
    expect(faultOf(await server.call("POST", `${path}?country=US`))).toEqual([400, 2001]);
  });

  test("must name at least one target, and a country", async () => {
    for (const targetItems of [[], null, "x", [{ skuId: "0001" }]]) {
      expect(faultOf(await check(targetItems))).toEqual([400, 800002]);
    }
    const answer = await server.call("POST", path, { body: { targetItems: [] } });
    expect(faultOf(answer)).toEqual([400, 800002]);
  });

  test("may name 200 targets and no more", async () => {
    const many = (length: number) => Array.from({ length }, () => ({ productId: reservation }));
    expect((await check(many(200))).status).toBe(200);
    expect(faultOf(await check(many(201)))).toEqual([400, 800002]);
  });
});
