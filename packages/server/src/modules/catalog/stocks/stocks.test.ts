/** Limited SKUs through the door: what is held, what releases it, and that nothing is oversold. */
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestAnswer, testServer } from "../../../../test/harness.ts";
import { type Buyer, businessRows, newBuyer, offerOf } from "../../../../test/shop.ts";
import { newPartner } from "../../../../test/walk/world.ts";
import { sql } from "../../../foundation/database/sql.ts";

const vm = offerOf("reservation");
const sku = { productId: vm.product.id, skuId: vm.sku.id };
const software = { catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 };
const soldOut = `Nothing is left of ${sku.productId}/${sku.skuId}.`;

describe.each([
  ["together", {}],
  ["one by one", { callsTogether: 1 }],
])("a limited SKU, checkouts %s", async (_way, options) => {
  const server = await testServer(options);
  const buyers: Buyer[] = [];
  beforeAll(async () => {
    for (let count = 0; count < 8; count += 1) buyers.push(await newBuyer(server));
  });
  const buyerOf = (index: number) => buyers[index % buyers.length] as Buyer;
  const [first, second] = [() => buyerOf(0), () => buyerOf(1)];

  const advance = (by: string) => server.call("POST", "/_kontor/clock", { body: { advance: by } });
  // Carts and orders of one test are past when the next one sets its stock.
  beforeEach(async () => void (await advance("PT1S")));

  const setStock = async (quantity: number) => {
    const made = await server.call("POST", "/_kontor/inventory", { body: { ...sku, quantity } });
    expect(made.status, made.text).toBe(201);
    return made.body;
  };
  const clear = () => server.call("DELETE", "/_kontor/inventory");
  const lineOf = ({ subscriptionId }: Buyer, quantity = 1) => ({
    catalogItemId: vm.catalogItemId,
    quantity,
    provisioningContext: { subscriptionId, scope: "shared" },
  });
  const cartsOf = ({ customerId }: Buyer) => `/v1/customers/${customerId}/carts`;
  const addCart = (buyer: Buyer, lineItems: unknown[] = [lineOf(buyer)]) =>
    server.call("POST", cartsOf(buyer), { body: { lineItems } });
  const update = (buyer: Buyer, cart: TestAnswer, lineItems: unknown[]) =>
    server.call("PUT", `${cartsOf(buyer)}/${cart.body.id}`, { body: { lineItems } });
  const checkout = (buyer: Buyer, cart: TestAnswer) =>
    server.call("POST", `${cartsOf(buyer)}/${cart.body.id}/checkout`);
  const order = (buyer: Buyer, quantity = 1) => {
    const { catalogItemId: offerId, ...line } = lineOf(buyer, quantity);
    const body = { lineItems: [{ offerId, ...line }] };
    return server.call("POST", `/v1/customers/${buyer.customerId}/orders`, { body });
  };
  const cancel = (buyer: Buyer, orderId: string) =>
    server.call("PATCH", `/v1/customers/${buyer.customerId}/orders/${orderId}`, {
      body: { status: "cancelled" },
    });
  const errorOf = ({ body }: TestAnswer) => body.lineItems[0].error?.errorCode;
  const isRestricted = async () => {
    const { customerId, subscriptionId } = first();
    const body = {
      targetItems: [sku],
      inventoryContext: { customerId, azureSubscriptionId: subscriptionId },
    };
    const path = "/v1/extensions/product/checkInventory?country=US";
    return (await server.call("POST", path, { body })).body[0];
  };
  const crowd = Array.from({ length: 64 }, (_none, index) => index);
  const rowsOf = async () => {
    const rows = await businessRows(server);
    return { orders: rows.purchase_order ?? 0, charges: rows.charge ?? 0 };
  };

  test("of 64 checkouts for the last unit one wins, and the others say why", async () => {
    const carts = await Promise.all(crowd.map((index) => addCart(buyerOf(index))));
    expect(carts.map(errorOf)).toEqual(crowd.map(() => undefined));
    await advance("PT1S");
    await setStock(1);
    const before = await rowsOf();
    const answers = await Promise.all(carts.map((cart, index) => checkout(buyerOf(index), cart)));
    const lost = answers.filter(({ status }) => status !== 201);
    expect(lost).toHaveLength(63);
    for (const { status, body } of lost) {
      expect([status, body.code, body.data]).toEqual([400, 800009, [`line 0: ${soldOut}`]]);
    }
    const after = await rowsOf();
    expect(after.orders - before.orders).toBe(1);
    expect(after.charges - before.charges).toBe(1);
  });

  test("of 64 carts for the last unit one holds it, and buys it", async () => {
    await setStock(1);
    const carts = await Promise.all(crowd.map((index) => addCart(buyerOf(index))));
    const errors = carts.map(errorOf);
    expect(errors.filter((code) => code === undefined)).toHaveLength(1);
    expect(errors.filter((code) => code === 10003)).toHaveLength(63);
    const before = await rowsOf();
    const answers = await Promise.all(carts.map((cart, index) => checkout(buyerOf(index), cart)));
    expect(answers.map(({ status }) => status === 201)).toEqual(
      errors.map((code) => code === undefined),
    );
    expect((await rowsOf()).orders - before.orders).toBe(1);
  });

  test("of 64 direct orders for the last unit one wins, and the others say why", async () => {
    await setStock(1);
    const before = await rowsOf();
    const answers = await Promise.all(crowd.map((index) => order(buyerOf(index))));
    const outcomes = answers.map(({ status, body }) => [status, body.code]);
    expect(outcomes.filter(([status]) => status === 201)).toHaveLength(1);
    expect(outcomes.filter(([, code]) => code === 800010)).toHaveLength(63);
    const after = await rowsOf();
    expect(after.orders - before.orders).toBe(1);
    expect(after.charges - before.charges).toBe(1);
  });

  test("a cart that finds nothing left spoils no other of its batch", async () => {
    await setStock(2);
    const mixed = crowd.slice(0, 24);
    const carts = await Promise.all(
      mixed.map((index) =>
        addCart(buyerOf(index), index % 2 ? [software] : [lineOf(buyerOf(index))]),
      ),
    );
    const answers = await Promise.all(carts.map((cart, index) => checkout(buyerOf(index), cart)));
    const statusOf = (odd: number) =>
      answers.filter((_one, index) => index % 2 === odd).map(({ status }) => status);
    expect(new Set(statusOf(1))).toEqual(new Set([201]));
    expect(statusOf(0).filter((status) => status === 201)).toHaveLength(2);
    expect(statusOf(0).filter((status) => status === 400)).toHaveLength(10);
  });

  test("more than is left is told apart from nothing left, and writes nothing", async () => {
    await setStock(3);
    const before = await businessRows(server);
    const refused = await order(first(), 5);
    expect([refused.status, refused.body.code]).toEqual([400, 800017]);
    expect(refused.body.description).toContain("3 of");
    expect(await businessRows(server)).toEqual(before);
    const cart = await addCart(first(), [lineOf(first(), 2), lineOf(first(), 2)]);
    const lines = cart.body.lineItems.map((line: { error?: object }) => line.error);
    expect(lines).toEqual([
      undefined,
      {
        errorCode: 10002,
        errorDescription: `1 of ${sku.productId}/${sku.skuId} are left, not 2.`,
      },
    ]);
    expect((await order(second(), 1)).status).toBe(201);
    expect((await order(second(), 1)).body.code).toBe(800010);
  });

  test("what a cart holds is its own: it can be sent again and bought", async () => {
    await setStock(2);
    const cart = await addCart(first(), [lineOf(first(), 2)]);
    expect(errorOf(await addCart(second()))).toBe(10003);
    expect(errorOf(await update(first(), cart, [lineOf(first(), 2)]))).toBeUndefined();
    expect(errorOf(await update(first(), cart, [lineOf(first(), 3)]))).toBe(10002);
    // In error it holds nothing.
    const other = await addCart(second(), [lineOf(second(), 1)]);
    expect(errorOf(other)).toBeUndefined();
    expect(errorOf(await update(first(), cart, [lineOf(first(), 1)]))).toBeUndefined();
    expect((await checkout(first(), cart)).status).toBe(201);
    expect((await checkout(first(), cart)).status).toBe(201);
    expect((await checkout(second(), other)).status).toBe(201);
    expect((await order(first())).body.code).toBe(800010);
  });

  test("an update, the end of the cart and a cancellation release what was held", async () => {
    await setStock(1);
    const cart = await addCart(first());
    expect((await order(second())).body.code).toBe(800010);
    await update(first(), cart, [software]);
    const next = await addCart(second());
    expect(errorOf(next)).toBeUndefined();
    expect((await order(first())).body.code).toBe(800010);
    await advance("P6DT23H59M");
    expect((await order(first())).body.code).toBe(800010);
    await advance("PT1M");
    const bought = await order(first());
    expect(bought.status).toBe(201);
    expect((await order(second())).body.code).toBe(800010);
    expect((await cancel(first(), bought.body.id)).status).toBe(200);
    expect((await order(second())).status).toBe(201);
  });

  test("the inventory check says when nothing is left, in the documented form", async () => {
    const stock = await setStock(1);
    expect(stock).toEqual({
      id: stock.id,
      ...sku,
      quantity: 1,
      reasonCode: "NotAvailableForSubscription",
      description: soldOut,
    });
    expect(await isRestricted()).toEqual({ ...sku, isRestricted: false, restrictions: [] });
    const cart = await addCart(first());
    expect(await isRestricted()).toEqual({
      ...sku,
      isRestricted: true,
      restrictions: [
        {
          reasonCode: "NotAvailableForSubscription",
          description: soldOut,
          properties: { type: "Location", values: vm.sku.dynamicAttributes.armRegionName },
        },
      ],
    });
    await update(first(), cart, [software]);
    expect((await isRestricted()).isRestricted).toBe(false);
  });

  test("set again it counts from then on, and removed it limits nothing", async () => {
    const { id } = await setStock(0);
    expect((await order(first())).body.code).toBe(800010);
    expect((await setStock(1)).id).toBe(id);
    expect((await order(first())).status).toBe(201);
    await advance("PT1S");
    await setStock(1);
    expect((await order(first())).status).toBe(201);
    expect((await order(first())).body.code).toBe(800010);
    await clear();
    expect((await order(first(), 9)).status).toBe(201);
  });

  /** Held and sold since the stock was set, by another way than the rule's. */
  async function taken(since: Date): Promise<number> {
    const [row] = await server.database.query<{ units: number }>(sql`
      SELECT (
        (SELECT coalesce(sum(l.quantity), 0)
          FROM order_line l JOIN purchase_order o USING (partner_id, order_id)
          WHERE l.product_id = ${sku.productId} AND l.sku_id = ${sku.skuId}
            AND l.cancelled_at IS NULL AND o.created_at >= ${since}) +
        (SELECT coalesce(sum(l.quantity), 0) FROM cart_line l JOIN cart c USING (partner_id, cart_id)
          WHERE l.catalog_item_id = ${vm.catalogItemId} AND l.error_code IS NULL
            AND c.ordered_at IS NULL AND c.modified_at >= ${since})
      )::int AS units`);
    return row?.units ?? 0;
  }
  const now = async () => new Date((await server.call("GET", "/_kontor/clock")).body.now);

  const wish = fc.record({
    act: fc.constantFrom("cart", "update", "checkout", "order", "cancel"),
    who: fc.nat(3),
    which: fc.nat(7),
    quantity: fc.integer({ min: 1, max: 3 }),
  });

  test("whatever is done at the same moments, held and sold are never more than there are", async () => {
    const moments = fc.array(fc.array(wish, { minLength: 1, maxLength: 6 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 6 }), moments, async (quantity, rounds) => {
        await advance("P8D");
        await setStock(quantity);
        const since = new Date((await now()).getTime() - 500);
        const carts: { buyer: Buyer; cart: TestAnswer }[] = [];
        const orders: { buyer: Buyer; id: string }[] = [];
        const perform = async ({ act, who, which, quantity: units }: (typeof rounds)[0][0]) => {
          const buyer = buyerOf(who);
          const known = carts[which % Math.max(carts.length, 1)];
          const placed = orders[which % Math.max(orders.length, 1)];
          const bought = (answer: TestAnswer) => {
            const made = answer.status === 201 ? (answer.body.orders ?? [answer.body]) : [];
            for (const { id } of made) orders.push({ buyer: known?.buyer ?? buyer, id });
            return answer;
          };
          if (act === "cart") {
            const cart = await addCart(buyer, [lineOf(buyer, units)]);
            carts.push({ buyer, cart });
            return cart;
          }
          if (act === "order") {
            const answer = await order(buyer, units);
            if (answer.status === 201) orders.push({ buyer, id: answer.body.id });
            return answer;
          }
          if (act === "cancel") return placed && cancel(placed.buyer, placed.id);
          if (!known) return undefined;
          if (act === "checkout") return bought(await checkout(known.buyer, known.cart));
          return update(known.buyer, known.cart, [lineOf(known.buyer, units)]);
        };
        for (const moment of rounds) {
          const answers = await Promise.all(moment.map(perform));
          expect(answers.filter((one) => one && one.status >= 500)).toEqual([]);
          expect(await taken(since)).toBeLessThanOrEqual(quantity);
        }
        // What is left can be had, to the last unit, and not one more.
        const left = quantity - (await taken(since));
        if (left > 0) expect((await order(first(), left)).status).toBe(201);
        expect((await order(first())).body.code).toBe(800010);
      }),
      { numRuns: 12 },
    );
  });
});

test("a cart that is bought in parts counts what it has bought once", async () => {
  const annual = offerOf("term_software", { billingPlan: "annual" });
  const price = Number(vm.unitPrice);
  // Enough for the reservation and not for the software, which makes an order of its own.
  const body = { country: "US", billingCurrency: "USD", creditLimit: (price * 1.5).toFixed(2) };
  const server = await newPartner(await testServer(), body);
  const [buyer, other] = [await newBuyer(server), await newBuyer(server)];
  const stock = { ...sku, quantity: 1 };
  expect((await server.call("POST", "/_kontor/inventory", { body: stock })).status).toBe(201);
  const lineOf = ({ subscriptionId }: Buyer) => ({
    quantity: 1,
    provisioningContext: { subscriptionId, scope: "shared" },
  });
  const carts = `/v1/customers/${buyer.customerId}/carts`;
  const lineItems = [
    { catalogItemId: vm.catalogItemId, ...lineOf(buyer) },
    { catalogItemId: annual.catalogItemId, quantity: 1 + Math.ceil(price / 100) },
  ];
  const cart = await server.call("POST", carts, { body: { lineItems } });
  const checkout = async () => {
    const { status, body: made } = await server.call("POST", `${carts}/${cart.body.id}/checkout`);
    return [status, made.orders?.map(({ id }: { id: string }) => id), made.orderErrors?.length];
  };
  const order = (who: Buyer) =>
    server.call("POST", `/v1/customers/${who.customerId}/orders`, {
      body: { lineItems: [{ offerId: vm.catalogItemId, ...lineOf(who) }] },
    });
  const first = await checkout();
  const [, [orderId]] = first as [number, string[], number];
  expect(first).toEqual([201, [orderId], 1]);
  expect(await checkout()).toEqual(first);
  expect((await order(other)).body.code).toBe(800010);
  // Given back and bought by somebody else, it is no obstacle to the rest of the cart either.
  const path = `/v1/customers/${buyer.customerId}/orders/${orderId}`;
  const cancelled = await server.call("PATCH", path, { body: { status: "cancelled" } });
  expect(cancelled.status).toBe(200);
  expect((await order(other)).status).toBe(201);
  expect((await order(buyer)).body.code).toBe(800010);
  expect(await checkout()).toEqual(first);
});

describe("a stock is refused, and nothing is written,", async () => {
  const server = await testServer();
  test.each([
    ["without a SKU", { productId: sku.productId }],
    ["without a product", {}],
    ["for a customer", { ...sku, customerId: "11111111-2222-4333-8444-555555555555" }],
    ["for a subscription", { ...sku, subscriptionId: "11111111-2222-4333-8444-555555555555" }],
    ["for a region", { ...sku, armRegionName: "eastus" }],
    ["of a SKU that is unknown", { ...sku, skuId: "ZZZZ" }],
    ["below zero", { ...sku, quantity: -1 }],
    [
      "of software, whose inventory is not checked",
      {
        productId: offerOf("perpetual_software").product.id,
        skuId: offerOf("perpetual_software").sku.id,
      },
    ],
  ])("%s", async (_case, scope) => {
    const body = { quantity: 3, ...scope };
    const answer = await server.call("POST", "/_kontor/inventory", { body });
    expect([answer.status, answer.body.code]).toEqual([400, 800002]);
    expect((await server.call("GET", "/_kontor/inventory")).body.items).toEqual([]);
  });
});
