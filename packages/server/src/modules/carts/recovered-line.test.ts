/** A line that was in error when its cart was written, and is fine at the checkout. */
import { expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../test/shop.ts";
import { catalogItemIdOf } from "../catalog/index.ts";
import { importSample, sampleOffer } from "../catalog/test-support/offers.ts";

const server = await testServer();
await server.at("2030-01-10T09:00:00Z");
const { customerId } = await newBuyer(server);
const carts = `/v1/customers/${customerId}/carts`;
const offer = sampleOffer({
  product: { id: "NOTSOLDYET01" },
  billingPlan: "monthly",
  effectiveFrom: "2030-01-11T00:00:00.000Z",
});
await importSample(server.database, [offer]);

const lineItems = [
  { catalogItemId: catalogItemIdOf(offer), quantity: 2 },
  { catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 },
];

test("is refused while it is in error, and bought with the others when it is not", async () => {
  const { body: cart } = await server.call("POST", carts, { body: { lineItems } });
  const groupsOf = (lines: { orderGroup?: string }[]) => lines.map((line) => line.orderGroup);
  expect(groupsOf(cart.lineItems)).toEqual([undefined, "0"]);
  expect(cart.lineItems[0].error.errorCode).toBe(10001);
  const before = await businessRows(server);
  const early = await server.call("POST", `${carts}/${cart.id}/checkout`);
  expect([early.status, early.body.code]).toEqual([400, 800009]);
  expect(await businessRows(server)).toEqual(before);

  await server.at("2030-01-11T00:00:00Z");
  const done = await server.call("POST", `${carts}/${cart.id}/checkout`);
  expect(done.status).toBe(201);
  const bought = done.body.orders.map(
    (order: { billingCycle: string; lineItems: { offerId: string; quantity: number }[] }) => [
      order.billingCycle,
      order.lineItems.map(({ offerId, quantity }) => [offerId, quantity]),
    ],
  );
  expect(bought).toEqual([
    ["monthly", [[lineItems[0]?.catalogItemId, 2]]],
    ["one_time", [[lineItems[1]?.catalogItemId, 1]]],
  ]);

  const { body: after } = await server.call("GET", `${carts}/${cart.id}`);
  expect(after).toMatchObject({
    status: "Ordered",
    lastModifiedTimestamp: cart.lastModifiedTimestamp,
  });
  expect(groupsOf(after.lineItems)).toEqual(["0", "1"]);
  expect(after.lineItems[0]).not.toHaveProperty("error");
  expect(after.lineItems[0]).toMatchObject({ currencyCode: "USD", billingCycle: "monthly" });
  const again = await server.call("POST", `${carts}/${cart.id}/checkout`);
  expect(again.body.orders.map((order: { id: string }) => order.id)).toEqual(
    done.body.orders.map((order: { id: string }) => order.id),
  );
});
