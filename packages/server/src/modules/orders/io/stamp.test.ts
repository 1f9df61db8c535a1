import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { newBuyer, offerOf } from "../../../../test/shop.ts";

describe("an order that is read again", () => {
  test("shows its new state once the time has come, and other prices when asked", async () => {
    const server = await testServer({ profile: "realistic" });
    await server.at("2030-01-10T00:00:00Z");
    const { customerId } = await newBuyer(server);
    const { catalogItemId } = offerOf("perpetual_software");
    const made = await server.call("POST", `/v1/customers/${customerId}/orders`, {
      body: { lineItems: [{ offerId: catalogItemId, quantity: 1 }] },
    });
    expect(made.status).toBe(201);
    const path = `/v1/customers/${customerId}/orders/${made.body.id}`;
    expect((await server.call("GET", path)).body.status).toBe("pending");
    expect((await server.call("GET", path)).body.status).toBe("pending");
    await server.at("2030-01-10T00:02:00Z");
    expect((await server.call("GET", path)).body.status).toBe("completed");
    const priced = await server.call("GET", `${path}?include_price=true`);
    expect(priced.body.totalPrice).toBeGreaterThan(0);
    expect((await server.call("GET", path)).body.totalPrice).toBeUndefined();
  });

  test("is the same for equal requests, and gone with its customer", async () => {
    const server = await testServer();
    const { customerId } = await newBuyer(server);
    const orders = await server.call("GET", `/v1/customers/${customerId}/orders`);
    const path = `/v1/customers/${customerId}/orders/${orders.body.items[0].id}`;
    const first = await server.call("GET", path);
    expect((await server.call("GET", path)).text).toBe(first.text);
    const removed = await server.call("DELETE", `/v1/customers/${customerId}`);
    expect(removed.status).toBe(204);
    expect((await server.call("GET", path)).body.code).toBe(60003);
  });

  test("shows a change of its row at once", async () => {
    const server = await testServer();
    const { customerId } = await newBuyer(server);
    const orders = await server.call("GET", `/v1/customers/${customerId}/orders`);
    const orderId = orders.body.items[0].id;
    const path = `/v1/customers/${customerId}/orders/${orderId}`;
    const before = await server.call("GET", path);
    await server.database.query({
      text: "UPDATE purchase_order SET alternate_id = 'changed', version = version + 1 WHERE order_id = $1",
      values: [orderId],
    });
    expect((await server.call("GET", path)).body.alternateId).toBe("changed");
    expect(before.body.alternateId).not.toBe("changed");
  });

  test("is asked for together with others without being mixed up", async () => {
    const server = await testServer();
    const buyers = [await newBuyer(server), await newBuyer(server), await newBuyer(server)];
    const paths: string[] = [];
    for (const { customerId } of buyers) {
      const orders = await server.call("GET", `/v1/customers/${customerId}/orders`);
      paths.push(`/v1/customers/${customerId}/orders/${orders.body.items[0].id}`);
      paths.push(`/v1/customers/${customerId}/orders/unknown`);
    }
    const answers = await Promise.all(
      [...paths, ...paths.toReversed()].map(async (path) => ({
        path,
        answer: await server.call("GET", path),
      })),
    );
    for (const { path, answer } of answers) {
      const id = path.split("/").at(-1);
      if (id === "unknown") expect(answer.body.code).toBe(20000);
      else expect(answer.body.links.self.uri).toBe(path.replace("/v1", ""));
    }
  });
});
