/** Rules that span a whole purchase: prices that stay, lists that stand still, a customer's end. */
import { expect, test } from "vitest";
import { sql } from "../../src/foundation/database/sql.ts";
import { testServer } from "../harness.ts";
import { newBuyer, offerOf, threeLines } from "../shop.ts";

const server = await testServer();
await server.at("2030-03-10T09:00:00Z");
const read = async (path: string) => (await server.call("GET", path)).body;

test("the price of an order stays what it was when it was placed", async () => {
  const { customerId } = await newBuyer(server);
  const orders = `/v1/customers/${customerId}/orders`;
  const { catalogItemId, product } = offerOf("perpetual_software");
  const lineItems = [{ offerId: catalogItemId, quantity: 2 }];
  const place = async () => (await server.call("POST", orders, { body: { lineItems } })).body.id;
  const priceOf = async (id: string) =>
    (await read(`${orders}/${id}?include_price=true`)).totalPrice;
  const first = await place();
  const before = await priceOf(first);
  await server.database.query(sql`
    UPDATE price SET unit_price = unit_price * 2 WHERE product_id = ${product.id}`);
  const second = await place();
  expect(await priceOf(first)).toBe(before);
  expect(await priceOf(second)).toBeCloseTo(before * 2, 2);
});

test("a long list of orders is whole, newest first, and the same each time", async () => {
  const { customerId } = await newBuyer(server);
  const orders = `/v1/customers/${customerId}/orders`;
  const lineItems = [{ offerId: offerOf("perpetual_software").catalogItemId, quantity: 1 }];
  for (const at of ["2030-03-11T09:00:00Z", "2030-03-12T09:00:00Z"]) {
    await server.at(at);
    const placed = Array.from({ length: 12 }, () =>
      server.call("POST", orders, { body: { lineItems } }),
    );
    for (const { status } of await Promise.all(placed)) expect(status).toBe(201);
  }
  const list = await read(orders);
  // The subscription that a buyer has is an order too.
  expect([list.totalCount, list.items.length]).toEqual([25, 25]);
  const dates = list.items.map(({ creationDate }: { creationDate: string }) => creationDate);
  expect(dates).toEqual(dates.toSorted().reverse());
  expect((await read(orders)).items).toEqual(list.items);
});

test("a customer's orders are found by its entitlements, and it goes once they are cancelled", async () => {
  const buyer = await newBuyer(server);
  const base = `/v1/customers/${buyer.customerId}`;
  const cart = await server.call("POST", `${base}/carts`, {
    body: { lineItems: threeLines(buyer) },
  });
  await server.call("POST", `${base}/carts/${cart.body.id}/checkout`);
  expect((await server.call("DELETE", base)).status).toBe(400);
  const entitlements = (await read(`${base}/entitlements`)).items;
  expect(entitlements).toHaveLength(3);
  for (const { referenceOrder } of entitlements) {
    const order = await read(`${base}/orders/${referenceOrder.id}`);
    expect(order.alternateId).toBe(referenceOrder.alternateId);
    const path = `${base}/orders/${order.id}`;
    const gone = await server.call("PATCH", path, { body: { ...order, status: "cancelled" } });
    expect([gone.status, gone.body.status]).toEqual([200, "cancelled"]);
  }
  expect((await read(`${base}/entitlements`)).items).toEqual([]);
  expect((await server.call("DELETE", base)).status).toBe(204);
});
