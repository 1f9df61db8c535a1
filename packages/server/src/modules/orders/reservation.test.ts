/** The subscription that a reservation is ordered for: a direct order says what is wrong with it. */
import { expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../test/shop.ts";

const server = await testServer();

async function shop() {
  const { customerId, subscriptionId } = await newBuyer(server);
  const base = `/v1/customers/${customerId}`;
  const order = (line: object) =>
    server.call("POST", `${base}/orders`, { body: { lineItems: [{ quantity: 1, ...line }] } });
  const refuses = async (id: string, expected: [number, number]) => {
    const before = await businessRows(server);
    const { status, body } = await order({
      offerId: offerOf("reservation").catalogItemId,
      provisioningContext: { subscriptionId: id, scope: "shared" },
    });
    expect([status, body.code]).toEqual(expected);
    expect(await businessRows(server)).toEqual(before);
  };
  return { base, subscriptionId, order, refuses };
}

test("a subscription of software is no Azure one: 400/800011", async () => {
  const { base, order, refuses } = await shop();
  const made = await order({ offerId: offerOf("term_software").catalogItemId });
  const list = await server.call("GET", `${base}/subscriptions?order_id=${made.body.id}`);
  await refuses(list.body.items[0].id, [400, 800011]);
});

test("a subscription that rests is not active: 400/800012", async () => {
  const { base, subscriptionId, refuses } = await shop();
  const path = `${base}/subscriptions/${subscriptionId}`;
  const rested = await server.call("PATCH", path, { body: { status: "suspended" } });
  expect(rested.status).toBe(200);
  await refuses(subscriptionId, [400, 800012]);
});
