import { describe, expect, test } from "vitest";
import { type TestServer, testServer } from "../../../test/harness.ts";
import {
  acceptAgreement,
  azureSubscription,
  businessRows,
  newCustomer,
  offerOf,
} from "../../../test/shop.ts";
import { limits } from "../../foundation/limits.ts";

const reservation = offerOf("reservation").catalogItemId;
const term = offerOf("term_software").catalogItemId;

async function customerOf(server: TestServer) {
  const customerId = await newCustomer(server);
  await acceptAgreement(server, customerId);
  return customerId;
}

/** A customer with an Azure subscription whose registration has finished. */
async function registeredBuyer(server: TestServer) {
  const customerId = await customerOf(server);
  const subscriptionId = await azureSubscription(server, customerId);
  const path = `/v1/customers/${customerId}/subscriptions/${subscriptionId}/registrations`;
  expect((await server.call("POST", path)).status).toBe(202);
  const clock = await server.call("POST", "/_kontor/clock", { body: { advance: "PT1H" } });
  expect(clock.status).toBe(200);
  return { customerId, provisioningContext: { subscriptionId, scope: "shared" } };
}

function order(server: TestServer, customerId: string, line: object) {
  return server.call("POST", `/v1/customers/${customerId}/orders`, { body: { lineItems: [line] } });
}

describe("the sandbox's quotas in the realistic profile", () => {
  test("two reserved instances for each customer, and not one more", async () => {
    const server = await testServer({ profile: "realistic" });
    const { customerId, provisioningContext } = await registeredBuyer(server);
    const line = { offerId: reservation, provisioningContext };
    expect((await order(server, customerId, { ...line, quantity: 1 })).status).toBe(201);
    const before = await businessRows(server);
    const refused = await order(server, customerId, { ...line, quantity: 2 });
    expect([refused.status, refused.body.code]).toEqual([400, 800018]);
    expect(await businessRows(server)).toEqual(before);
    expect((await order(server, customerId, { ...line, quantity: 1 })).status).toBe(201);
  });

  test("a cart counts its lines together and says 10009 on the one too many", async () => {
    const server = await testServer({ profile: "realistic" });
    const { customerId, provisioningContext } = await registeredBuyer(server);
    const line = { catalogItemId: reservation, provisioningContext };
    const made = await server.call("POST", `/v1/customers/${customerId}/carts`, {
      body: {
        lineItems: [
          { ...line, id: 0, quantity: 2 },
          { ...line, id: 1, quantity: 1 },
        ],
      },
    });
    expect(made.status).toBe(201);
    expect(made.body.lineItems[0].error).toBeUndefined();
    expect(made.body.lineItems[1].error.errorCode).toBe(10009);
    const checkout = await server.call(
      "POST",
      `/v1/customers/${customerId}/carts/${made.body.id}/checkout`,
    );
    expect([checkout.status, checkout.body.code]).toEqual([400, 800018]);
  });

  test("so many seats for each subscription, and not one more", async () => {
    const server = await testServer({ profile: "realistic" });
    const customerId = await customerOf(server);
    const before = await businessRows(server);
    const quantity = limits.sandboxSeatsPerSubscription;
    const refused = await order(server, customerId, { offerId: term, quantity: quantity + 1 });
    expect([refused.status, refused.body.code]).toEqual([403, 800067]);
    expect(await businessRows(server)).toEqual(before);
    expect((await order(server, customerId, { offerId: term, quantity })).status).toBe(201);
  });

  test("five subscriptions for each customer, also when ten are asked for at once", async () => {
    const server = await testServer({ profile: "realistic" });
    const customerId = await customerOf(server);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => order(server, customerId, { offerId: term, quantity: 1 })),
    );
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ body }) => body.code === 800066);
    expect([made.length, refused.length]).toEqual([limits.sandboxSubscriptionsPerCustomer, 5]);
    expect((await businessRows(server)).subscription).toBe(limits.sandboxSubscriptionsPerCustomer);
  });

  test("a cart that was fine is refused at checkout when another order took the last place", async () => {
    const server = await testServer({ profile: "realistic" });
    const customerId = await customerOf(server);
    const path = `/v1/customers/${customerId}/carts`;
    const body = { lineItems: [{ id: 0, catalogItemId: term, quantity: 1 }] };
    const cart = await server.call("POST", path, { body });
    expect(cart.body.lineItems[0].error).toBeUndefined();
    for (let made = 0; made < limits.sandboxSubscriptionsPerCustomer; made += 1) {
      expect((await order(server, customerId, { offerId: term, quantity: 1 })).status).toBe(201);
    }
    const before = await businessRows(server);
    const refused = await server.call("POST", `${path}/${cart.body.id}/checkout`);
    expect([refused.status, refused.body.code]).toEqual([403, 800066]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("a cart with too many seats is refused at checkout with the seats' own code", async () => {
    const server = await testServer({ profile: "realistic" });
    const customerId = await customerOf(server);
    const path = `/v1/customers/${customerId}/carts`;
    const quantity = limits.sandboxSeatsPerSubscription + 1;
    const cart = await server.call("POST", path, {
      body: { lineItems: [{ id: 0, catalogItemId: term, quantity }] },
    });
    expect(cart.body.lineItems[0].error.errorCode).toBe(10009);
    const refused = await server.call("POST", `${path}/${cart.body.id}/checkout`);
    expect([refused.status, refused.body.code]).toEqual([403, 800067]);
  });

  test("none hold in the instant profile", async () => {
    const server = await testServer();
    const customerId = await customerOf(server);
    const quantity = limits.sandboxSeatsPerSubscription + 1;
    for (let made = 0; made <= limits.sandboxSubscriptionsPerCustomer; made += 1) {
      expect((await order(server, customerId, { offerId: term, quantity })).status).toBe(201);
    }
  });
});
