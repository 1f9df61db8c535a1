/** Cancelling through the subscription that an order line has made. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { verifyBooks } from "../../billing/index.ts";

const gone = { status: "deleted" };

/** A customer whose clock stands; the token is one that also a live database takes. */
async function shop(options: Parameters<typeof testServer>[0] = {}) {
  const server = await testServer(options);
  await server.at("2030-03-30T09:00:00Z");
  const { customerId } = await newBuyer(server);
  const base = `/v1/customers/${customerId}`;
  const token = await server.signIn("user");
  const read = async (path: string) => (await server.call("GET", path, { token })).body;
  /** The paths of an order of some lines of a kind, and of their subscriptions. */
  const buy = async (kind: string, quantities: readonly number[] = [3], wanted = {}) => {
    const { catalogItemId: offerId, billingPlan: billingCycle } = offerOf(kind, wanted);
    const lineItems = quantities.map((quantity) => ({ offerId, quantity }));
    const made = await server.call("POST", `${base}/orders`, { body: { billingCycle, lineItems } });
    expect(made.status).toBe(201);
    const list = await read(`${base}/subscriptions?order_id=${made.body.id}`);
    const rows = await server.database.query<{ id: string }>(sql`
      SELECT subscription_id AS id FROM subscription
      WHERE order_id = ${made.body.id} ORDER BY order_line`);
    expect(list.totalCount).toBe(rows.length);
    return {
      orderId: made.body.id as string,
      order: `${base}/orders/${made.body.id}`,
      subscriptions: rows.map(({ id }) => `${base}/subscriptions/${id}`),
    };
  };
  const patch = (path: string, body: unknown) => server.call("PATCH", path, { body, token });
  const refuses = async (path: string, expected: [number, number]) => {
    const before = [await businessRows(server), await read(path)];
    const answer = await patch(path, gone);
    expect([answer.status, answer.body.code]).toEqual(expected);
    expect([await businessRows(server), await read(path)]).toEqual(before);
    return String(answer.body.description);
  };
  const charges = (orderId: string) =>
    server.database.query<{ type: string; line: number; subtotal: bigint }>(sql`
      SELECT charge_type AS type, line_number AS line, subtotal_minor AS subtotal FROM charge
      WHERE order_id = ${orderId} ORDER BY line_number, occurred_at, charge_id`);
  const booksHold = async () =>
    expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
  return { server, base, read, buy, patch, refuses, charges, booksHold };
}

test("the status deleted gives back what a cancelled order gives back, to the cent", async () => {
  const { server, read, buy, patch, charges, booksHold } = await shop();
  const [one, other] = [await buy("term_software", [3, 2]), await buy("term_software", [3, 2])];
  await server.at("2030-04-09T08:00:00Z");
  const [path = ""] = one.subscriptions;
  const before = await read(path);
  const answer = await patch(path, { ...before, status: "Deleted" });
  expect([answer.status, answer.body]).toEqual([200, await read(path)]);
  expect(answer.body).toMatchObject({ id: before.id, status: "deleted", actions: [] });
  await patch(other.order, { status: "cancelled", lineItems: [{ lineItemNumber: 0 }] });
  expect(await charges(one.orderId)).toEqual(await charges(other.orderId));
  expect((await charges(one.orderId)).map(({ type }) => type)).toEqual([
    "new",
    "cancelImmediate",
    "new",
  ]);
  const order = await read(one.order);
  expect([order.status, order.lineItems[0].quantity, order.lineItems[1].quantity]).toEqual([
    "completed",
    0,
    2,
  ]);
  await patch(one.subscriptions[1] ?? "", gone);
  expect((await read(one.order)).status).toBe("cancelled");
  await booksHold();
});

test("both the order and the subscription leave a record of who did it and when", async () => {
  const { server, base, buy, patch } = await shop();
  const { orderId, order, subscriptions } = await buy("term_software");
  const [path = ""] = subscriptions;
  const recordsOf = (id: string) =>
    server.database.query(sql`
      SELECT operation_type AS type, new_value->>'status' AS status, caller_name AS who,
        request_id <> '' AS "isTraced", customer_id AS customer FROM audit_record
      WHERE resource_id = ${id} ORDER BY audit_id DESC LIMIT 1`);
  await patch(path, gone);
  const by = { who: "admin@contoso.onmicrosoft.com", isTraced: true, customer: base.slice(14) };
  const id = path.split("/").at(-1) ?? "";
  expect(await recordsOf(orderId)).toEqual([{ type: "update_order", status: "cancelled", ...by }]);
  expect(await recordsOf(id)).toEqual([{ type: "update_subscription", status: "deleted", ...by }]);
  const again = await buy("term_software");
  await patch(again.order, { status: "cancelled" });
  const second = again.subscriptions[0]?.split("/").at(-1) ?? "";
  expect(order).not.toBe(again.order);
  expect(await recordsOf(second)).toEqual([
    { type: "update_subscription", status: "deleted", ...by },
  ]);
});

test("of both ways at the same moment one gives credit", async () => {
  const { server, read, buy, patch, charges, booksHold } = await shop();
  for (let round = 0; round < 6; round += 1) {
    const { orderId, order, subscriptions } = await buy("term_software", [1, 2]);
    const answers = await Promise.all([
      patch(order, { status: "cancelled" }),
      ...subscriptions.map((path) => patch(path, gone)),
      patch(order, { status: "cancelled", lineItems: [{ lineItemNumber: 1 }] }),
      ...subscriptions.map((path) => patch(path, { friendlyName: `Name ${round}` })),
    ]);
    for (const { status, body } of answers) expect([200, 2011]).toContain(body.code ?? status);
    expect((await read(order)).status).toBe("cancelled");
    const credits = (await charges(orderId)).filter(({ type }) => type === "cancelImmediate");
    expect(credits.map(({ line }) => line)).toEqual([0, 1]);
    const [records] = await server.database.query<{ count: number }>(sql`
      SELECT count(*)::int AS count FROM audit_record
      WHERE resource_id IN (SELECT subscription_id::text FROM subscription
        WHERE order_id = ${orderId}) AND new_value->>'status' = 'deleted'`);
    expect(records?.count).toBe(2);
  }
  await booksHold();
});

describe("refused, and nothing written", () => {
  test("what is deleted already, in either way", async () => {
    const { buy, patch, refuses } = await shop();
    const [one, other] = [await buy("term_software"), await buy("term_software")];
    await patch(one.subscriptions[0] ?? "", gone);
    await patch(other.order, { status: "cancelled" });
    await refuses(one.subscriptions[0] ?? "", [400, 2011]);
    await refuses(other.subscriptions[0] ?? "", [400, 2011]);
  });

  test("a moment after the sandbox's sixty days", async () => {
    const { server, buy, patch, refuses } = await shop();
    const [one, other] = [await buy("term_software"), await buy("term_software", [1])];
    await server.at("2030-05-29T09:00:00Z");
    expect((await patch(one.subscriptions[0] ?? "", gone)).body.status).toBe("deleted");
    await server.at("2030-05-29T09:00:00.001Z");
    const text = await refuses(other.subscriptions[0] ?? "", [400, 900117]);
    expect(text).toContain("60 days");
  });

  test("an Azure plan, whose status only rests", async () => {
    const { buy, refuses } = await shop();
    const { subscriptions } = await buy("azure_plan", [1]);
    await refuses(subscriptions[0] ?? "", [400, 800096]);
  });
});

test("in a live database software and seats of a service go for seven days", async () => {
  const { server, buy, patch, refuses, booksHold } = await shop();
  const at = async (instant: string) => {
    server.installation.mode = "sandbox";
    await server.at(instant);
    server.installation.mode = "live";
  };
  await server.at("2030-04-01T09:00:00Z");
  const goods = [];
  for (const kind of ["term_software", "online_service"])
    goods.push(await buy(kind), await buy(kind));
  await at("2030-04-08T09:00:00Z");
  for (const index of [0, 2]) {
    const answer = await patch(goods[index]?.subscriptions[0] ?? "", gone);
    expect([answer.status, answer.body.status]).toEqual([200, "deleted"]);
  }
  await at("2030-04-08T09:00:00.001Z");
  for (const index of [1, 3]) {
    const text = await refuses(goods[index]?.subscriptions[0] ?? "", [400, 900117]);
    expect(text).toContain("7 days");
  }
  await booksHold();
});
