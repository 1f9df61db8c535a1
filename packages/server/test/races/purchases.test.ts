/** What purchases, changes and the clock do to each other at the same moment. */
import { describe, expect, test } from "vitest";
import { verifyBooks } from "../../src/modules/billing/index.ts";
import { type TestAnswer, testServer } from "../harness.ts";
import { newBuyer, offerOf, threeLines } from "../shop.ts";
import { deadlocks, ordersOf, recordsOf } from "./store.ts";

describe.each([
  ["together", {}],
  ["one by one", { callsTogether: 1 }],
])("purchases that run %s", async (_way, options) => {
  const server = await testServer(options);
  await server.at("2030-01-10T09:00:00Z");
  const buyer = await newBuyer(server);
  const base = `/v1/customers/${buyer.customerId}`;
  const rounds = [1, 2, 3];

  const newCart = async (): Promise<string> =>
    (await server.call("POST", `${base}/carts`, { body: { lineItems: threeLines(buyer) } })).body
      .id;
  const checkout = (cartId: string) => server.call("POST", `${base}/carts/${cartId}/checkout`);
  const ordersIn = ({ body }: TestAnswer): string[] =>
    body.orders.map((order: { id: string }) => order.id);
  const software = offerOf("perpetual_software").catalogItemId;
  const oneLine = { lineItems: [{ catalogItemId: software, quantity: 7 }] };
  const update = (cartId: string) =>
    server.call("PUT", `${base}/carts/${cartId}`, { body: oneLine });
  const cancel = (orderId: string) =>
    server.call("PATCH", `${base}/orders/${orderId}`, { body: { status: "cancelled" } });
  const now = async () => new Date((await server.call("GET", "/_kontor/clock")).body.now).getTime();
  const advance = (by: string) => server.call("POST", "/_kontor/clock", { body: { advance: by } });

  async function expectBooks(): Promise<void> {
    expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
  }

  test.each(rounds)("round %i: of 64 checkouts of one cart all name the same orders", async () => {
    const cartId = await newCart();
    const answers = await Promise.all(Array.from({ length: 64 }, () => checkout(cartId)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const [first = []] = answers.map(ordersIn);
    for (const answer of answers) expect(ordersIn(answer)).toEqual(first);
    expect(await ordersOf(server.database, server.partnerId, cartId)).toEqual(first);
    expect(await recordsOf(server.database, server.partnerId, first)).toBe(first.length);
    await expectBooks();
  });

  test.each(rounds)("round %i: what is ordered is the cart before or after an update", async () => {
    const cartId = await newCart();
    const [ordered, updated] = await Promise.all([checkout(cartId), update(cartId)]);
    expect(ordered.status).toBe(201);
    expect([201, 400]).toContain(updated.status);
    const [order] = ordered.body.orders;
    const quantities = order.lineItems.map((line: { quantity: number }) => line.quantity);
    expect(quantities).toEqual(updated.status === 201 ? [7] : [2, 5, 3]);
    const cart = (await server.call("GET", `${base}/carts/${cartId}`)).body;
    expect(cart.status).toBe("Ordered");
    expect(cart.lineItems.map((line: { quantity: number }) => line.quantity)).toEqual(quantities);
    await expectBooks();
  });

  test.each(rounds)("round %i: a cart that expires meanwhile is ordered or gone", async () => {
    const cartId = await newCart();
    await advance("P6DT23H");
    const [ordered, moved] = await Promise.all([checkout(cartId), advance("PT2H")]);
    expect(moved.status).toBe(200);
    expect([201, 404]).toContain(ordered.status);
    const made = await ordersOf(server.database, server.partnerId, cartId);
    expect(made).toEqual(ordered.status === 201 ? ordersIn(ordered) : []);
    const { status } = await server.call("GET", `${base}/carts/${cartId}`);
    expect(status).toBe(ordered.status === 201 ? 200 : 404);
    await expectBooks();
  });

  test.each(rounds)("round %i: a credit beside the close of its month lands once", async () => {
    const [orderId = ""] = ordersIn(await checkout(await newCart()));
    const today = new Date(await now());
    const close = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 8));
    const [cancelled, again, moved] = await Promise.all([
      cancel(orderId),
      cancel(orderId),
      server.call("POST", "/_kontor/clock", { body: { set: close.toISOString() } }),
    ]);
    expect([cancelled.status, again.status, moved.status]).toEqual([200, 200, 200]);
    // Placed and cancelled: each leaves one record, however often it was asked for.
    expect(await recordsOf(server.database, server.partnerId, [orderId])).toBe(2);
    // Of the month in which it happened, by the clock that it saw: the books tell.
    await expectBooks();
  });

  test("a mix of all writes knows no deadlock", async () => {
    const before = await deadlocks(server.database);
    const orders = await Promise.all(
      rounds.map(async () => ordersIn(await checkout(await newCart()))),
    );
    const carts = await Promise.all(Array.from({ length: 12 }, newCart));
    const answers = await Promise.all([
      ...carts.flatMap((cartId) => [checkout(cartId), update(cartId), checkout(cartId)]),
      ...orders.flat().flatMap((orderId) => [cancel(orderId), cancel(orderId)]),
      ...rounds.map(() => server.call("POST", `${base}/carts`, { body: oneLine })),
      advance("PT1H"),
      advance("P31D"),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(await deadlocks(server.database)).toBe(before);
    expect(server.database.retries()).toEqual({ deadlock: 0, serialization_failure: 0 });
    await expectBooks();
  });
});
