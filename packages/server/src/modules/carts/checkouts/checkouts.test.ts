import { describe, expect, test } from "vitest";
import { type CallOptions, type TestServer, testServer } from "../../../../test/harness.ts";
import {
  acceptAgreement,
  type Buyer,
  businessRows,
  newBuyer,
  newCustomer,
  offerOf,
  threeLines,
} from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { newId } from "../../../foundation/ids.ts";

const perpetual = (quantity = 1) => ({
  catalogItemId: offerOf("perpetual_software").catalogItemId,
  quantity,
});

async function newCart(
  server: TestServer,
  customerId: string,
  lineItems: unknown[],
  token = "user",
) {
  const made = await server.call("POST", `/v1/customers/${customerId}/carts`, {
    body: { lineItems },
    token,
  });
  if (made.status !== 201) throw new Error(`no cart: ${made.text}`);
  return { customerId, cartId: made.body.id as string };
}
type Cart = Awaited<ReturnType<typeof newCart>>;

const checkout = (server: TestServer, { customerId, cartId }: Cart, options: CallOptions = {}) =>
  server.call("POST", `/v1/customers/${customerId}/carts/${cartId}/checkout`, options);

async function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make());
  return made;
}

/** In how many transactions the carts became orders. */
async function transactionsOf(server: TestServer, carts: readonly Cart[]): Promise<number> {
  const [row] = await server.database.query<{ count: number }>(sql`
    SELECT count(DISTINCT xmin::text)::int AS count FROM purchase_order
    WHERE cart_id = ANY(${carts.map(({ cartId }) => cartId)}::uuid[])`);
  return row?.count ?? 0;
}

describe.each([
  ["together", {}],
  ["one by one", { callsTogether: 1 }],
])("checkouts at the same moment, %s", async (way, options) => {
  const server = await testServer(options);

  test("share a transaction or not, and answer each its own cart", async () => {
    const buyers: Buyer[] = await times(3, () => newBuyer(server));
    const carts: Cart[] = [];
    for (const buyer of buyers) {
      carts.push(...(await times(2, () => newCart(server, buyer.customerId, threeLines(buyer)))));
    }
    const answers = await Promise.all(carts.map((cart) => checkout(server, cart)));
    expect(answers.map(({ status }) => status)).toEqual(carts.map(() => 201));
    for (const [index, { body }] of answers.entries()) {
      expect(body.orders).toMatchObject([{ lineItems: [{}, {}, {}] }]);
      for (const { referenceCustomerId, id } of body.orders) {
        expect(referenceCustomerId).toBe(carts[index]?.customerId);
        const path = `/v1/customers/${referenceCustomerId}/orders/${id}`;
        expect((await server.call("GET", path)).status).toBe(200);
      }
    }
    const transactions = await transactionsOf(server, carts);
    if (way === "together") expect(transactions).toBeLessThan(carts.length);
    else expect(transactions).toBe(carts.length);
  });

  test("are refused each by itself, and a refused one writes nothing", async () => {
    const customerId = await newCustomer(server);
    const stranger = await newCustomer(server);
    await acceptAgreement(server, customerId);
    const good = await times(3, () => newCart(server, customerId, [perpetual()]));
    const broken = await newCart(server, customerId, [{ ...perpetual(), catalogItemId: "A:1:B" }]);
    const withoutAgreement = await newCart(server, stranger, [perpetual()]);
    const unknown = { customerId, cartId: newId() };
    const foreign = { customerId: stranger, cartId: good[0]?.cartId ?? "" };
    const nobody = { customerId: newId(), cartId: good[1]?.cartId ?? "" };
    const before = await businessRows(server);
    const ids = Array.from({ length: 8 }, () => newId());
    const all = [good[0], broken, withoutAgreement, good[1], unknown, foreign, nobody, good[2]];
    const sent = (cart: Cart | undefined, index: number) =>
      checkout(server, cart as Cart, { headers: { "ms-requestid": ids[index] ?? "" } });
    const answers = await Promise.all(all.map(sent));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [201, undefined],
      [400, 800009],
      [403, 13605],
      [201, undefined],
      [404, 800008],
      [404, 800008],
      [404, 60003],
      [201, undefined],
    ]);
    const after = await businessRows(server);
    expect(after.purchase_order).toBe((before.purchase_order ?? 0) + 3);
    expect(after.order_line).toBe((before.order_line ?? 0) + 3);
    expect(after.audit_record).toBe((before.audit_record ?? 0) + 3);
    const again = await Promise.all(all.map(sent));
    expect(again.map(({ headers }) => headers["kontor-replayed"])).toEqual(all.map(() => "true"));
    expect(again.map(({ text }) => text)).toEqual(answers.map(({ text }) => text));
    expect(await businessRows(server)).toEqual(after);
  });

  test("of one cart and of one request id make its orders once", async () => {
    const customerId = await newCustomer(server);
    await acceptAgreement(server, customerId);
    const cart = await newCart(server, customerId, [perpetual()]);
    const headers = { "ms-requestid": newId() };
    const calls = Array.from({ length: 12 }, (_none, index) =>
      checkout(server, cart, index % 2 === 0 ? { headers } : {}),
    );
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ body }) => body.orders[0].id)).size).toBe(1);
    const repeats = answers.filter((answer) => answer.headers["kontor-replayed"] === "true");
    expect(repeats).toHaveLength(5);
    const [row] = await server.database.query(sql`
      SELECT count(*)::int AS orders FROM purchase_order WHERE cart_id = ${cart.cartId}`);
    expect(row?.orders).toBe(1);
  });

  test("fail alone where the database fails one of them", async () => {
    const [good, bad] = (await times(2, () => newCustomer(server))) as [string, string];
    for (const customerId of [good, bad]) await acceptAgreement(server, customerId);
    await server.database.query({
      text: `CREATE FUNCTION refuse_order() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'broken'; END $$`,
      values: [],
    });
    await server.database.query({
      text: `CREATE TRIGGER broken BEFORE INSERT ON purchase_order FOR EACH ROW
        WHEN (NEW.customer_id = '${bad}') EXECUTE FUNCTION refuse_order()`,
      values: [],
    });
    const carts = [
      ...(await times(3, () => newCart(server, good, [perpetual()]))),
      await newCart(server, bad, [perpetual()]),
      ...(await times(3, () => newCart(server, good, [perpetual()]))),
    ];
    const answers = await Promise.all(carts.map((cart) => checkout(server, cart)));
    await server.database.query({ text: "DROP TRIGGER broken ON purchase_order", values: [] });
    await server.database.query({ text: "DROP FUNCTION refuse_order", values: [] });
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 500, 201, 201, 201]);
    expect(await transactionsOf(server, carts)).toBe(6);
    const repeated = await checkout(server, carts[3] as Cart);
    expect(repeated.status).toBe(201);
  });

  test("share what is left of a credit limit to the cent", async () => {
    const item = perpetual();
    const price = BigInt(Math.round(Number(offerOf("perpetual_software").unitPrice) * 100));
    const limit = `${(price * 5n) / 2n / 100n}.${String(((price * 5n) / 2n) % 100n).padStart(2, "0")}`;
    const made = await server.call("POST", "/_kontor/partners", {
      token: "none",
      body: { country: "US", billingCurrency: "USD", creditLimit: limit },
    });
    const token = await server.signIn("user", made.body);
    const asPartner = {
      ...server,
      call: (method: string, path: string, given: CallOptions = {}) =>
        server.call(method, path, { token, ...given }),
    } as TestServer;
    const customerId = await newCustomer(asPartner);
    await acceptAgreement(asPartner, customerId);
    const carts = await times(6, () => newCart(server, customerId, [item], token));
    const answers = await Promise.all(carts.map((cart) => checkout(server, cart, { token })));
    const outcomes = answers.map(({ body }) => [body.orders.length, body.orderErrors.length]);
    expect(outcomes.toSorted()).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
  });
});

describe.each([
  ["together", {}],
  ["one by one", { callsTogether: 1 }],
])("purchases under a quota, %s", async (_way, options) => {
  const server = await testServer({ profile: "realistic", ...options });

  test("at the same moment never go beyond it", async () => {
    const buyer = await newBuyer(server);
    await server.call("POST", "/_kontor/clock", { body: { advance: "PT20M" } });
    const [reservation] = threeLines(buyer);
    const line = { ...reservation, quantity: 1 };
    const carts = await times(5, () => newCart(server, buyer.customerId, [line]));
    const answers = await Promise.all(carts.map((cart) => checkout(server, cart)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 400, 400, 400]);
    const [row] = await server.database.query(sql`
      SELECT count(*)::int AS lines FROM order_line WHERE kind = 'reservation'
        AND order_id IN (SELECT order_id FROM purchase_order
          WHERE customer_id = ${buyer.customerId})`);
    expect(row?.lines).toBe(2);
  });
});
