/** A line that was in error when its cart was written, and is fine at the checkout. */
import { expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import {
  acceptAgreement,
  azureSubscription,
  businessRows,
  newCustomer,
  offerOf,
} from "../../../test/shop.ts";

const server = await testServer();

test("a line is refused while it is in error, and bought with the others after that", async () => {
  const customerId = await newCustomer(server);
  await acceptAgreement(server, customerId);
  const subscriptionId = await azureSubscription(server, customerId);
  const carts = `/v1/customers/${customerId}/carts`;
  const lineItems = [
    {
      catalogItemId: offerOf("reservation").catalogItemId,
      quantity: 2,
      provisioningContext: { subscriptionId, scope: "shared" },
    },
    { catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 },
  ];
  const groupsOf = (lines: { orderGroup?: string }[]) => lines.map((line) => line.orderGroup);
  const { body: cart } = await server.call("POST", carts, { body: { lineItems } });
  expect(groupsOf(cart.lineItems)).toEqual([undefined, "0"]);
  expect(cart.lineItems[0].error.errorCode).toBe(10011);
  const before = await businessRows(server);
  const early = await server.call("POST", `${carts}/${cart.id}/checkout`);
  expect([early.status, early.body.code]).toEqual([400, 800009]);
  expect(await businessRows(server)).toEqual(before);

  const path = `/v1/customers/${customerId}/subscriptions/${subscriptionId}/registrations`;
  expect((await server.call("POST", path)).status).toBe(202);
  const done = await server.call("POST", `${carts}/${cart.id}/checkout`);
  expect(done.status).toBe(201);
  expect(done.body.orders).toHaveLength(1);
  expect(done.body.orders[0].lineItems).toMatchObject(
    lineItems.map(({ catalogItemId: offerId, quantity }) => ({ offerId, quantity })),
  );

  const { body: after } = await server.call("GET", `${carts}/${cart.id}`);
  expect(after).toMatchObject({
    status: "Ordered",
    lastModifiedTimestamp: cart.lastModifiedTimestamp,
  });
  expect(groupsOf(after.lineItems)).toEqual(["0", "0"]);
  expect(after.lineItems[0]).not.toHaveProperty("error");
  const again = await server.call("POST", `${carts}/${cart.id}/checkout`);
  expect(again.body.orders[0].id).toBe(done.body.orders[0].id);
});
