/** Cancelling through the door, in a sandbox. */
import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, testServer } from "../../../../test/harness.ts";
import { type Buyer, businessRows, newBuyer, offerOf, threeLines } from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { randomId } from "../../../foundation/ids.ts";
import { verifyBooks } from "../../billing/index.ts";

const server = await testServer();
let buyer: Buyer = { customerId: "", subscriptionId: "" };
beforeAll(async () => {
  await server.at("2030-03-10T09:00:00Z");
  buyer = await newBuyer(server);
});

const base = () => `/v1/customers/${buyer.customerId}`;
const pathOf = (orderId: string) => `${base()}/orders/${orderId}`;
const all = { status: "cancelled" };
const patch = (orderId: string, body: unknown, options: CallOptions = {}) =>
  server.call("PATCH", pathOf(orderId), { body, ...options });
const read = async (path: string) => {
  const { status, body } = await server.call("GET", path);
  expect(status).toBe(200);
  return body;
};

/** Reservation, perpetual and term software in one order. */
async function threeLineOrder() {
  const cart = await server.call("POST", `${base()}/carts`, {
    body: { lineItems: threeLines(buyer) },
  });
  const done = await server.call("POST", `${base()}/carts/${cart.body.id}/checkout`);
  expect(done.status).toBe(201);
  return read(pathOf(done.body.orders[0].id));
}

async function orderOf(kind: string, quantity = 1, wanted = {}) {
  const { catalogItemId, billingPlan } = offerOf(kind, wanted);
  const made = await server.call("POST", `${base()}/orders`, {
    body: { billingCycle: billingPlan, lineItems: [{ offerId: catalogItemId, quantity }] },
  });
  expect(made.status).toBe(201);
  return read(pathOf(made.body.id));
}

interface ChargeRow {
  line: number;
  type: string;
  period: string;
  subtotal: bigint;
  tax: bigint;
}
const chargesOf = (orderId: string) =>
  server.database.query<ChargeRow>(sql`
    SELECT line_number AS line, charge_type AS type, period, subtotal_minor AS subtotal,
      tax_minor AS tax
    FROM charge WHERE order_id = ${orderId} ORDER BY occurred_at, charge_id`);
const sum = (amounts: bigint[]) => amounts.reduce((total, one) => total + one, 0n);
const booksHold = async () =>
  expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);

/** Refused as said, with nothing written and the order as it was. */
async function refuses(orderId: string, body: unknown, expected: [number, number]) {
  const before = [await businessRows(server), await read(pathOf(orderId))];
  const answer = await patch(orderId, body);
  expect([answer.status, answer.body.code]).toEqual(expected);
  expect([await businessRows(server), await read(pathOf(orderId))]).toEqual(before);
  return answer.body;
}

describe("a whole order", () => {
  test("is cancelled with everything that came of it, to the cent", async () => {
    const order = await threeLineOrder();
    const subscriptions = `${base()}/subscriptions?order_id=${order.id}`;
    const [subscription] = (await read(subscriptions)).items;
    expect(subscription.status).toBe("active");
    const answer = await patch(order.id, all);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...order, status: "cancelled" });
    expect(await read(pathOf(order.id))).toEqual(answer.body);

    const priced = await read(`${pathOf(order.id)}?include_price=true`);
    expect(priced.totalPrice).toBe(0);
    for (const line of priced.lineItems) expect(line.pricing.extendedPrice).toBe(0);
    const entitled = await read(`${base()}/entitlements`);
    expect(
      entitled.items.filter(
        (one: { referenceOrder: { id: string } }) => one.referenceOrder.id === order.id,
      ),
    ).toEqual([]);
    const states = await read(`${pathOf(order.id)}/provisioningstatus`);
    expect(states.items.map((one: { status: string }) => one.status)).toEqual([
      "unfulfilled",
      "unfulfilled",
      "unfulfilled",
    ]);
    expect((await read(subscriptions)).items[0]).toMatchObject({
      id: subscription.id,
      status: "deleted",
      actions: [],
    });
    const charges = await chargesOf(order.id);
    expect(charges.map(({ type }) => type).toSorted()).toEqual([
      ...Array(3).fill("cancelImmediate"),
      ...Array(3).fill("new"),
    ]);
    expect(sum(charges.map(({ subtotal }) => subtotal))).toBe(0n);
    expect(sum(charges.map(({ tax }) => tax))).toBe(0n);
    await booksHold();
  });

  test("leaves a record with its new state in the audit trail", async () => {
    const order = await orderOf("perpetual_software", 2);
    await patch(order.id, all);
    const records = await server.database.query(sql`
      SELECT resource_type, operation_type, new_value->>'status' AS status,
        new_value->>'totalPrice' AS price
      FROM audit_record WHERE resource_id = ${order.id} ORDER BY audit_id`);
    expect(records[1]).toEqual({
      resource_type: "order",
      operation_type: "update_order",
      status: "cancelled",
      price: "0",
    });
    expect(records).toHaveLength(2);
  });

  test.each([
    ["an empty list of lines", { status: "cancelled", lineItems: [] }],
    ["null for the lines", { status: "cancelled", lineItems: null }],
    ["one l", { status: "canceled" }],
    ["a capital", { Status: "Cancelled" }],
    ["capitals and one l", { STATUS: "CANCELED" }],
    ["the id of another order", { id: "another", status: "cancelled" }],
    ["a cycle that differs: to cancel comes first", { status: "cancelled", billingCycle: 1 }],
    [
      "a parent subscription beside it",
      {
        status: "cancelled",
        lineItems: [{ lineItemNumber: 0, parentSubscriptionId: randomId() }],
      },
    ],
  ])("is cancelled with %s", async (_name, body) => {
    const order = await orderOf("perpetual_software");
    const answer = await patch(order.id, body);
    expect([answer.status, answer.body.status]).toEqual([200, "cancelled"]);
  });

  test("is cancelled when it is sent back as it was read", async () => {
    const order = await threeLineOrder();
    const pascal = Object.fromEntries(
      Object.entries({ ...order, status: "cancelled" }).map(([name, value]) => [
        `${name[0]?.toUpperCase()}${name.slice(1)}`,
        value,
      ]),
    );
    const answer = await patch(order.id, { ...pascal, TotalPrice: null });
    expect(answer.body).toEqual({ ...order, status: "cancelled" });
  });
});

describe("single lines", () => {
  test("go and leave the order completed; the last one cancels it", async () => {
    const order = await threeLineOrder();
    const line = order.lineItems[1];
    const one = await patch(order.id, {
      ...all,
      lineItems: [
        { lineItemNumber: 1, offerId: line.offerId.toLowerCase() },
        { lineItemNumber: 1 },
      ],
    });
    expect(one.body).toEqual({
      ...order,
      lineItems: order.lineItems.with(1, { ...line, quantity: 0 }),
    });
    const entitled = await read(`${base()}/entitlements`);
    const left = entitled.items.flatMap((item: { referenceOrder: Record<string, string> }) =>
      item.referenceOrder.id === order.id ? item.referenceOrder.lineItemId : [],
    );
    expect(left).toEqual(["0", "2"]);
    const priced = await read(`${pathOf(order.id)}?include_price=true`);
    const [first, gone, third] = priced.lineItems.map(
      (each: { pricing: { extendedPrice: number } }) => each.pricing.extendedPrice,
    );
    expect(gone).toBe(0);
    expect(priced.totalPrice).toBeCloseTo(first + third, 2);

    const before = await businessRows(server);
    const rest = await patch(order.id, all);
    expect(rest.body).toEqual({ ...order, status: "cancelled" });
    const after = await businessRows(server);
    // Two charges and their postings, a record of the order and one of the subscription: the line
    // that was gone is passed over.
    expect(after).toEqual({
      ...before,
      charge: (before.charge ?? 0) + 2,
      posting: (before.posting ?? 0) + 4,
      audit_record: (before.audit_record ?? 0) + 2,
    });
    await booksHold();
  });

  test("of a reservation close the address of its details", async () => {
    const order = await threeLineOrder();
    const entitled = await read(`${base()}/entitlements?entitlementType=reservedinstance`);
    const uri = entitled.items.find(
      (one: { referenceOrder: { id: string } }) => one.referenceOrder.id === order.id,
    ).entitledArtifacts[0].link.uri;
    expect((await server.call("GET", uri)).status).toBe(200);
    await patch(order.id, { ...all, lineItems: [{ lineItemNumber: 0 }] });
    const gone = await server.call("GET", uri);
    expect([gone.status, gone.body.code]).toEqual([404, 1000]);
  });
});

describe("a repeat", () => {
  test("changes nothing and answers the same, with whatever etag", async () => {
    const order = await threeLineOrder();
    const first = await patch(order.id, all);
    const before = await businessRows(server);
    for (const headers of [{}, { "If-Match": '"stale"' }, { "MS-RequestId": randomId() }]) {
      const again = await patch(order.id, all, { headers });
      expect([again.status, again.text]).toEqual([200, first.text]);
    }
    expect(await businessRows(server)).toEqual(before);
  });

  test("at the same moment: one credit, and every answer says cancelled", async () => {
    const order = await threeLineOrder();
    const bodies = [all, { ...all, lineItems: [{ lineItemNumber: 2 }] }, all, all];
    const answers = await Promise.all(bodies.map((body) => patch(order.id, body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await read(pathOf(order.id))).status).toBe("cancelled");
    const credits = (await chargesOf(order.id)).filter(({ type }) => type === "cancelImmediate");
    expect(credits.map(({ line }) => line).toSorted()).toEqual([0, 1, 2]);
    await booksHold();
  });
});

describe("an etag", () => {
  const etagOf = (id: string, version: number) =>
    Buffer.from(JSON.stringify({ id, version })).toString("base64");

  test.each([
    ["in the header", (etag: string) => ({ headers: { "If-Match": `"${etag}"` } })],
    ["for any version", () => ({ headers: { "If-Match": "*" } })],
    ["in the body", (etag: string) => ({ body: { ...all, attributes: { etag } } })],
  ])("that is current lets the order go: %s", async (_where, sent) => {
    const order = await orderOf("perpetual_software");
    const answer = await patch(order.id, all, sent(etagOf(order.id, 1)));
    expect([answer.status, answer.body.status]).toEqual([200, "cancelled"]);
  });

  test("is shown on legacy orders alone", async () => {
    const lineItems = [{ offerId: "MS-AZR-0145P", quantity: 1 }];
    const { body } = await server.call("POST", `${base()}/orders`, { body: { lineItems } });
    expect(body.attributes).toEqual({ etag: etagOf(body.id, 1), objectType: "Order" });
    const modern = await orderOf("perpetual_software");
    expect(modern.attributes).toEqual({ objectType: "Order" });
  });

  test("that is stale is refused, in the header and in the body, and nothing is written", async () => {
    const order = await threeLineOrder();
    const stale = etagOf(order.id, 1);
    await patch(order.id, { ...all, lineItems: [{ lineItemNumber: 0 }] });
    const before = await businessRows(server);
    const byHeader = await patch(order.id, all, { headers: { "If-Match": stale } });
    const byBody = await patch(order.id, { ...all, attributes: { etag: stale } });
    for (const { status, body } of [byHeader, byBody]) {
      expect([status, body.code]).toEqual([400, 2055]);
    }
    expect(await businessRows(server)).toEqual(before);
    expect((await read(pathOf(order.id))).status).toBe("completed");
  });
});

describe("refused, and nothing written", () => {
  test.each<[string, unknown, [number, number]]>([
    ["a line that there is not", { ...all, lineItems: [{ lineItemNumber: 3 }] }, [400, 800071]],
    [
      "one line that there is and one that there is not",
      { ...all, lineItems: [{ lineItemNumber: 0 }, { lineItemNumber: -1 }] },
      [400, 800071],
    ],
    ["a line without number", { ...all, lineItems: [{ offerId: "A:B:C" }] }, [400, 800071]],
    ["a line number that is none", { ...all, lineItems: [{ lineItemNumber: "x" }] }, [400, 800071]],
    [
      "another offer than the line's",
      { ...all, lineItems: [{ lineItemNumber: 0, offerId: "A:B:C" }] },
      [400, 800002],
    ],
    ["lines that are no list", { ...all, lineItems: "0" }, [400, 800002]],
    ["a cycle that is none", { ...all, billingCycle: "weekly" }, [400, 900126]],
    ["nothing", {}, [400, 800042]],
    ["the status that it has", { status: "completed" }, [400, 800042]],
    ["a status that is none", { status: "uncancelled" }, [400, 800042]],
    ["another billing cycle", { billingCycle: "monthly" }, [400, 800042]],
    [
      "an add-on",
      { lineItems: [{ lineItemNumber: 0, parentSubscriptionId: randomId(), quantity: 2 }] },
      [400, 800042],
    ],
  ])("%s", async (_name, body, expected) => {
    const order = await threeLineOrder();
    await refuses(order.id, body, expected);
  });

  test("a legacy order and an Azure plan", async () => {
    for (const offerId of ["MS-AZR-0145P", offerOf("azure_plan").catalogItemId]) {
      const lineItems = [{ offerId, quantity: 1 }];
      const made = await server.call("POST", `${base()}/orders`, { body: { lineItems } });
      expect(made.status).toBe(201);
      await refuses(made.body.id, all, [400, 800063]);
    }
  });

  test("an unknown order, a foreign one and another customer's", async () => {
    const order = await orderOf("perpetual_software");
    const other = await server.call("POST", "/_kontor/partners", { token: "none" });
    const token = await server.signIn("user", other.body);
    const neighbour = await newBuyer(server);
    const before = await businessRows(server);
    const unknown = await patch("unknown", all);
    expect([unknown.status, unknown.body.code]).toEqual([404, 20000]);
    const theirs = `/v1/customers/${neighbour.customerId}/orders/${order.id}`;
    const misplaced = await server.call("PATCH", theirs, { body: all });
    expect([misplaced.status, misplaced.body.code]).toEqual([404, 20000]);
    const foreign = await patch(order.id, all, { token });
    expect([foreign.status, foreign.body.code]).toEqual([404, 60003]);
    expect(await businessRows(server)).toEqual(before);
    expect((await read(pathOf(order.id))).status).toBe("completed");
  });
});
