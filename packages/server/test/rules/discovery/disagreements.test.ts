/** Contract of discovery, 6: where the sources disagree, what is accepted and what is emitted. */
import { expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { newBuyer, offerOf } from "../../shop.ts";
import { availabilityPath, faultOf, idsOf, itemsOf, perpetual, skuPath, vm } from "./shelf.ts";

const server = await testServer();
const get = (path: string, headers: Record<string, string> = {}) =>
  server.call("GET", path, { headers });
const buyer = await newBuyer(server, "DE");
const customer = `/v1/customers/${buyer.customerId}`;
const inventoryContext = {
  customerId: buyer.customerId,
  azureSubscriptionId: buyer.subscriptionId,
};

/** The numeric error of a cart line, if it has one. */
async function lineError(line: Record<string, unknown>): Promise<number | undefined> {
  const answer = await server.call("POST", `${customer}/carts`, {
    body: { lineItems: [{ id: 0, quantity: 1, ...line }] },
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.lineItems[0].error?.errorCode;
}

test("inventory path: any case", async () => {
  for (const path of ["checkInventory", "checkinventory", "CHECKINVENTORY"]) {
    const answer = await server.call("POST", `/v1/extensions/product/${path}?country=DE`, {
      body: { targetItems: [{ productId: vm.product.id }], inventoryContext },
    });
    expect(answer.status).toBe(200);
  }
});

test("inventory JSON names: any case, camel out", async () => {
  const { body } = await server.call("POST", "/v1/extensions/product/checkinventory?country=DE", {
    body: { TARGETITEMS: [{ PRODUCTID: vm.product.id }], inventorycontext: inventoryContext },
  });
  expect(Object.keys(body[0])).toEqual(["productId", "skuId", "isRestricted", "restrictions"]);
});

test("one-time spelling: any, one_time out", async () => {
  for (const billingCycle of ["one_time", "OneTime", "oneTime", "onetime", "ONE_TIME"]) {
    const line = { catalogItemId: perpetual.catalogItemId, billingCycle };
    expect(await lineError(line), billingCycle).toBeUndefined();
  }
  expect((await get(`${skuPath(perpetual)}?country=DE`)).body.supportedBillingCycles).toEqual([
    "one_time",
  ]);
});

test("subscription status: one of the four that every client knows", async () => {
  for (const { status } of itemsOf(await get(`${customer}/subscriptions`))) {
    expect(["none", "active", "suspended", "deleted"]).toContain(status);
  }
});

test("registration status: Pascal out", async () => {
  const path = `${customer}/subscriptions/${buyer.subscriptionId}/registrationstatus`;
  expect((await get(path)).body.status).toBe("Registered");
});

test("segment: any case, lower out", async () => {
  const path = `${skuPath(vm)}/availabilities?country=DE&targetSegment=Commercial`;
  const answer = await get(path);
  expect(itemsOf(answer)[0].segment).toBe("commercial");
  expect(answer.body.links.self.uri).toContain("targetSegment=commercial");
});

test("provisioning subscription key: both, SubscriptionId out", async () => {
  const { body } = await get(`${skuPath(vm)}?country=DE`);
  expect(body.provisioningVariables).toContain("SubscriptionId");
  for (const key of ["SubscriptionId", "AzureSubscriptionId", "AZURESUBSCRIPTIONID"]) {
    const provisioningContext = { [key]: buyer.subscriptionId, scope: "shared" };
    expect(await lineError({ catalogItemId: vm.catalogItemId, provisioningContext }), key).toBe(
      undefined,
    );
  }
});

test("duration: any spelling, 3Years out", async () => {
  const path = "/v1/products/DZH318Z0KT02/skus";
  const durations = new Map<string, string>();
  for (const { id, dynamicAttributes } of itemsOf(await get(`${path}?country=DE`))) {
    if (dynamicAttributes.armRegionName !== "brazilsouth") {
      durations.set(dynamicAttributes.duration, id);
    }
  }
  expect([...durations.keys()].toSorted()).toEqual(["1Year", "3Years"]);
  const skuId = durations.get("3Years");
  const [item] = itemsOf(await get(`${path}/${skuId}/availabilities?country=DE`));
  for (const duration of ["3Year", "3Years", "3years", "3YEARS"]) {
    const provisioningContext = {
      subscriptionId: buyer.subscriptionId,
      scope: "shared",
      duration,
    };
    const line = { catalogItemId: item.catalogItemId, provisioningContext };
    expect(await lineError(line), duration).toBeUndefined();
  }
});

test("prerequisite name: AzureSubscriptionRegistration out", async () => {
  const { body } = await get(`${skuPath(vm)}?country=DE`);
  expect(body.purchasePrerequisites).toContain("AzureSubscriptionRegistration");
  expect(body.purchasePrerequisites).not.toContain("SubscriptionRegistration");
});

test("fileSize: a number; CPU and file type: cpUandFileType alone", async () => {
  const [option] = itemsOf(
    await get("/v1/products/DG7GMGF0KT08/skus/0001/downloadoptions?country=DE"),
  );
  expect(option.fileSize).toBeTypeOf("number");
  expect(Object.keys(option).filter((key) => /cpu/i.test(key))).toEqual(["cpUandFileType"]);
});

test("by-customer method: GET, and POST alike", async () => {
  const path = `${customer}/products?targetView=Azure`;
  expect((await server.call("POST", path)).body).toEqual((await get(path)).body);
});

test("MS-Contract-Version: optional, any value", async () => {
  for (const headers of [{}, { "ms-contract-version": "api-version: v1" }]) {
    expect((await get(`${skuPath(vm)}?country=DE`, headers)).status).toBe(200);
  }
});

test("availability by id + reservationScope: ignored", async () => {
  for (const scope of ["AzurePlan", "x"]) {
    const path = `${availabilityPath(vm)}?country=DE&reservationScope=${scope}`;
    expect((await get(path)).body.catalogItemId).toBe(vm.catalogItemId);
  }
});

test("product and SKU by id + reservationScope: accepted, and kept in their links", async () => {
  for (const path of [`/v1/products/${vm.product.id}`, skuPath(vm)]) {
    const { body } = await get(`${path}?country=DE&reservationScope=AzurePlan`);
    expect(body.links.self.uri).toBe(`${path.slice(3)}?country=DE&reservationScope=AzurePlan`);
    const refused = await get(`${path}?country=DE&reservationScope=x`);
    expect(faultOf(refused)).toEqual([400, 800002]);
  }
});

test("totalCount: the items of the page", async () => {
  const { body } = await get("/v1/products?country=DE&targetView=Software");
  expect(body.totalCount).toBe(body.items.length);
});

test("link prefix: none, and // is followed", async () => {
  const { body } = await get(`${skuPath(vm)}?country=DE`);
  expect(body.links.self.uri).toMatch(/^\/products\//);
  for (const prefix of ["/v1", "/v1/", ""]) {
    expect((await get(`${prefix}${body.links.self.uri}`)).body).toEqual(body);
  }
});

test("Java's wrong requests: answered by the normal rules", async () => {
  // The scope as view; view and segment swapped; no view.
  const wrong = [
    ["targetView=AzurePlan", 403, 400036],
    ["targetView=commercial&targetSegment=Azure", 403, 400036],
    ["targetSegment=commercial&reservationScope=AzurePlan", 400, 800002],
  ] as const;
  for (const [query, status, code] of wrong) {
    expect(faultOf(await get(`${customer}/products?${query}`)), query).toEqual([status, code]);
  }
  const right = await get(`${customer}/products?targetView=Azure&targetSegment=commercial`);
  expect(idsOf(right)).toContain(offerOf("reservation").product.id);
});
