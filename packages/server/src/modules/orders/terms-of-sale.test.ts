/** What a line may name besides its goods: a reseller, the next term, and what is added to it. */
import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../test/shop.ts";
import { newPartner } from "../../../test/walk/world.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";

const server = await testServer();
const signed = "4847383";
const unsigned = "4847384";
const providerId = "4847999";
const then = new Date("2026-01-01T00:00:00Z");
let provider: Awaited<ReturnType<typeof newPartner>>;
let customer = "";
let directCustomer = "";
beforeAll(async () => {
  const direct = await newBuyer(server);
  directCustomer = `/v1/customers/${direct.customerId}`;
  provider = await newPartner(server);
  await server.database.query(sql`
    UPDATE partner SET mpn_id = ${providerId} WHERE partner_id = ${provider.partnerId}`);
  await server.database.query(sql`
    INSERT INTO indirect_reseller (partner_id, reseller_tenant_id, domain, name, mpn_id, location,
      signed_at, created_at)
    VALUES
      (${provider.partnerId}, ${randomId()}, 'a.example', 'A', ${signed}, 'US', ${then}, ${then}),
      (${provider.partnerId}, ${randomId()}, 'b.example', 'B', ${unsigned}, 'US', NULL, ${then})`);
  const { customerId } = await newBuyer(provider);
  customer = `/v1/customers/${customerId}`;
});

const item = offerOf("term_software").catalogItemId;
const named = (value: string, key = "transaction_reseller") => ({
  catalogItemId: item,
  quantity: 1,
  participants: [{ key, value }],
});
const cartWith = async (line: object, at = { call: provider.call, customer }) => {
  const made = await at.call("POST", `${at.customer}/carts`, { body: { lineItems: [line] } });
  expect(made.status).toBe(201);
  return made.body;
};
const orderOf = (line: object) =>
  provider.call("POST", `${customer}/orders`, {
    body: { billingCycle: "one_time", lineItems: [{ offerId: item, quantity: 1, ...line }] },
  });

describe("the partner on record", () => {
  test("stands on the order's line and on the subscription, which is found by it", async () => {
    const cart = await cartWith(named(signed));
    expect(cart.lineItems[0].participants).toEqual([
      { key: "transaction_reseller", value: signed },
    ]);
    const done = await provider.call("POST", `${customer}/carts/${cart.id}/checkout`);
    const [order] = done.body.orders;
    expect(order.lineItems[0].partnerIdOnRecord).toBe(signed);
    const direct = await orderOf({ partnerIdOnRecord: signed });
    expect(direct.body.lineItems[0].partnerIdOnRecord).toBe(signed);
    await orderOf({});
    const list = await provider.call("GET", `${customer}/subscriptions?mpn_id=${signed}`);
    const found = list.body.items.map((one: { orderId: string; partnerId: string }) => [
      one.orderId,
      one.partnerId,
    ]);
    expect(found.toSorted()).toEqual([order.id, direct.body.id].map((id) => [id, signed]).sort());
  });

  test("may be absent, and is absent where the .NET client names unknown", async () => {
    const cart = await cartWith(named("", "unknown"));
    expect(cart.lineItems[0]).not.toHaveProperty("error");
    const order = await orderOf({});
    expect(order.body.lineItems[0]).not.toHaveProperty("partnerIdOnRecord");
  });

  test.each([
    ["unknown", "1234567", 404, 800015],
    ["the provider's own", providerId, 404, 2072],
    ["of a reseller that has not signed", unsigned, 403, 900123],
  ])("is refused where the id is %s, and nothing is written", async (_name, id, status, code) => {
    const cart = await cartWith(named(id));
    expect(cart.lineItems[0].error.errorCode).toBe(10010);
    const before = await businessRows(server);
    const checkout = await provider.call("POST", `${customer}/carts/${cart.id}/checkout`);
    expect([checkout.status, checkout.body.code]).toEqual([400, 800009]);
    const order = await orderOf({ partnerIdOnRecord: id });
    expect([order.status, order.body.code]).toEqual([status, code]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("is one, and is the transaction's", async () => {
    for (const participants of [
      [...named(signed).participants, ...named("4711").participants],
      named(signed, "consumption_reseller").participants,
    ]) {
      const cart = await cartWith({ ...named(signed), participants });
      expect(cart.lineItems[0].error.errorCode).toBe(10010);
    }
  });

  test("is nobody's to name who sells directly", async () => {
    const direct = { call: server.call, customer: directCustomer };
    const cart = await cartWith(named(signed), direct);
    expect(cart.lineItems[0].error.errorCode).toBe(10004);
    const lineItems = [{ offerId: item, quantity: 1, partnerIdOnRecord: signed }];
    const before = await businessRows(server);
    const order = await server.call("POST", `${directCustomer}/orders`, { body: { lineItems } });
    expect([order.status, order.body.code]).toEqual([400, 800002]);
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("the next term", () => {
  const service = offerOf("online_service", { billingPlan: "monthly", term: "P1M" });
  const renewing = (renewsTo: unknown) => ({
    catalogItemId: service.catalogItemId,
    quantity: 1,
    renewsTo,
  });

  test("is one that the goods are sold for, given as an object or an array of one", async () => {
    for (const renewsTo of [{ termDuration: "p1y" }, [{ termDuration: "P1Y" }]]) {
      const { lineItems } = await cartWith(renewing(renewsTo));
      expect(lineItems[0]).toMatchObject({ renewsTo: { termDuration: "P1Y" } });
      expect(lineItems[0]).not.toHaveProperty("error");
    }
  });

  test.each(["P6M", "P3M", "a year"])("is not %s, for which nothing is sold", async (term) => {
    const renewsTo = { termDuration: term };
    const { lineItems } = await cartWith(renewing(renewsTo));
    expect(lineItems[0].error.errorCode).toBe(10010);
    const before = await businessRows(server);
    const body = {
      billingCycle: "monthly",
      lineItems: [{ offerId: service.catalogItemId, quantity: 1, renewsTo }],
    };
    const order = await provider.call("POST", `${customer}/orders`, { body });
    expect([order.status, order.body.code]).toEqual([400, 800002]);
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("an add-on", () => {
  const software = { catalogItemId: item, quantity: 1 };
  const monthly = {
    catalogItemId: offerOf("online_service", { billingPlan: "monthly" }).catalogItemId,
    quantity: 1,
  };

  test("goes into its parent's order, behind it", async () => {
    const cart = await cartWith({ ...software, addonItems: [{ ...software, quantity: 2 }] });
    const done = await provider.call("POST", `${customer}/carts/${cart.id}/checkout`);
    const [order, ...others] = done.body.orders;
    expect(others).toEqual([]);
    expect(order.lineItems.map((line: { quantity: number }) => line.quantity)).toEqual([1, 2]);
  });

  test("of another billing cycle is in error, and keeps the cart from checkout", async () => {
    const cart = await cartWith({ ...software, addonItems: [monthly] });
    expect(cart.lineItems[0]).not.toHaveProperty("error");
    expect(cart.lineItems[0].addonItems[0].error.errorCode).toBe(10013);
    const before = await businessRows(server);
    const checkout = await provider.call("POST", `${customer}/carts/${cart.id}/checkout`);
    expect([checkout.status, checkout.body.code]).toEqual([400, 800009]);
    expect(await businessRows(server)).toEqual(before);
  });
});
