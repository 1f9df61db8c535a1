/** Every step of the tables of states through the door, and every step that is in none of them. */
import { describe, expect, test } from "vitest";
import { sql } from "../../src/foundation/database/sql.ts";
import { randomId } from "../../src/foundation/ids.ts";
import { type CartState, cartLife } from "../../src/modules/carts/index.ts";
import {
  type LineState,
  lineLife,
  type OrderStatus,
  orderLife,
} from "../../src/modules/orders/index.ts";
import { askedTransition, familyOf } from "../../src/modules/subscriptions/index.ts";
import { type TestAnswer, type TestServer, testServer } from "../harness.ts";
import { businessRows, newBuyer, newCustomer, offerOf } from "../shop.ts";
import { newPartner } from "../walk/world.ts";

const slow = await testServer({ profile: "realistic", throttle: 1_000_000 });
const begin = "2030-03-30T09:00:00Z";

/** A partner of its own, whose clock stands, with a customer and what it can do. */
async function newShop(server: TestServer) {
  const partner = await newPartner(server);
  await partner.at(begin);
  const customerId = await newCustomer(partner);
  await server.database.query(sql`
    INSERT INTO agreement (partner_id, customer_id, agreement_id, template_id, type, first_name,
      last_name, email, date_agreed, created_at)
    VALUES (${partner.partnerId}, ${customerId}, ${randomId()}, ${randomId()},
      'MicrosoftCustomerAgreement', 'T', 'C', 'a@b.example', ${new Date(begin)}, ${new Date(begin)})`);
  const base = `/v1/customers/${customerId}`;
  const read = async (path: string) => (await partner.call("GET", path)).body;
  const software = { offerId: offerOf("perpetual_software").catalogItemId, quantity: 1 };
  const buy = async (lineItems: object[] = [software, software]) => {
    const made = await partner.call("POST", `${base}/orders`, { body: { lineItems } });
    expect(made.status).toBe(201);
    return `${base}/orders/${made.body.id}`;
  };
  const cancel = (path: string, lines: number[]) =>
    partner.call("PATCH", path, {
      body: { status: "cancelled", lineItems: lines.map((lineItemNumber) => ({ lineItemNumber })) },
      headers: { "MS-RequestId": randomId() },
    });
  return { ...partner, customerId, base, read, buy, cancel };
}
type Shop = Awaited<ReturnType<typeof newShop>>;

/** The records that a call leaves: of what, by whom, when and in which request. */
async function recordsOf(server: TestServer, partnerId: string, call: () => Promise<TestAnswer>) {
  const known = sql`SELECT audit_id FROM audit_record WHERE partner_id = ${partnerId}`;
  const before = await server.database.query<{ audit_id: string }>(known);
  const answer = await call();
  const records = await server.database.query<{
    resource: string;
    isUser: boolean;
    at: Date;
    request: string;
  }>(sql`
    SELECT resource_id AS resource, caller_kind = 'user' AND caller_name <> '' AS "isUser",
      occurred_at AS at, request_id AS request
    FROM audit_record
    WHERE partner_id = ${partnerId} AND NOT audit_id = ANY(${before.map((one) => one.audit_id)}::uuid[])
    ORDER BY audit_id`);
  const request = String(answer.headers["ms-requestid"]);
  for (const record of records) expect(record).toMatchObject({ isUser: true, request });
  return { answer, resources: records.map(({ resource }) => resource), records };
}

describe("an order line", () => {
  const states = Object.keys(lineLife) as LineState[];

  test.each(states)("that is %s goes where the table says", async (state) => {
    const shop = await newShop(slow);
    const path = await shop.buy();
    if (state === "unfulfilled") await shop.cancel(path, [0]);
    const statusOf = async () => (await shop.read(`${path}/provisioningstatus`)).items[0].status;
    if (state === "fulfilled") await shop.at("2030-03-30T10:00:00Z");
    expect(await statusOf()).toBe(state);
    const before = await businessRows(slow);
    const next = lineLife[state].cancel;
    const { resources } = await recordsOf(slow, shop.partnerId, () => shop.cancel(path, [0]));
    expect(await statusOf()).toBe(next ?? state);
    expect(resources).toEqual(next ? [path.split("/").at(-1)] : []);
    if (!next) expect(await businessRows(slow)).toEqual(before);
    await shop.at("2030-03-30T12:00:00Z");
    const last = next ?? state;
    expect(await statusOf()).toBe(lineLife[last].fulfil ?? last);
  });
});

describe("an order", () => {
  const all = (Object.keys(orderLife) as OrderStatus[]).flatMap((state) =>
    (["cancelSome", "cancelRest"] as const).map((event) => [state, event] as const),
  );

  test.each(all)("that is %s goes by %s where the table says", async (state, event) => {
    const shop = await newShop(slow);
    const path = await shop.buy();
    if (state === "cancelled") await shop.cancel(path, [0, 1]);
    if (state === "completed") await shop.at("2030-03-30T10:00:00Z");
    expect((await shop.read(path)).status).toBe(state);
    const before = await businessRows(slow);
    const lines = event === "cancelSome" ? [1] : [0, 1];
    const call = () => shop.cancel(path, lines);
    const { answer, resources, records } = await recordsOf(slow, shop.partnerId, call);
    const next = orderLife[state][event];
    expect([answer.status, answer.body.status]).toEqual([200, next ?? state]);
    expect(resources).toEqual(next ? [path.split("/").at(-1)] : []);
    const now = new Date(state === "completed" ? "2030-03-30T10:00:00Z" : begin);
    for (const { at } of records) expect(at).toEqual(now);
    if (!next) expect(await businessRows(slow)).toEqual(before);
  });

  test("that is pending completes in time, without a record", async () => {
    const shop = await newShop(slow);
    const path = await shop.buy();
    const before = await businessRows(slow);
    await shop.at("2030-03-30T10:00:00Z");
    expect((await shop.read(path)).status).toBe(orderLife.pending.fulfil);
    expect(await businessRows(slow)).toEqual(before);
  });
});

describe("a cart", () => {
  const once = { catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 };
  const monthly = {
    catalogItemId: offerOf("online_service", { billingPlan: "monthly" }).catalogItemId,
    quantity: 1,
  };
  const limit = (shop: Shop, minor: number | null) =>
    slow.database.query(sql`
      UPDATE partner SET credit_limit_minor = ${minor} WHERE partner_id = ${shop.partnerId}`);

  /** A cart of two groups, brought into a state; the dearer group is the one that fails. */
  async function cartIn(state: CartState) {
    const shop = await newShop(slow);
    const carts = `${shop.base}/carts`;
    const dear = { ...once, quantity: 50 };
    const made = await shop.call("POST", carts, { body: { lineItems: [dear, monthly] } });
    const path = `${carts}/${made.body.id}`;
    const checkout = () => shop.call("POST", `${path}/checkout`);
    if (state === "partlyOrdered") {
      await limit(shop, 10_000);
      const { body } = await checkout();
      expect([body.orders.length, body.orderErrors.length]).toEqual([1, 1]);
      await limit(shop, null);
    }
    if (state === "ordered") expect((await checkout()).body.orderErrors).toEqual([]);
    if (state === "expired") await shop.at("2030-04-06T09:00:00Z");
    const update = () => shop.call("PUT", path, { body: { lineItems: [once, monthly] } });
    return { shop, path, checkout, update };
  }
  const states = Object.keys(cartLife) as CartState[];

  test.each(states)("that is %s is updated as the table says", async (state) => {
    const { update } = await cartIn(state);
    const before = await businessRows(slow);
    const { status, body } = await update();
    if (cartLife[state].update) expect([status, body.status]).toEqual([201, "Active"]);
    else {
      const refusal = state === "expired" ? [404, 800008] : [400, 800065];
      expect([status, body.code]).toEqual(refusal);
      expect(await businessRows(slow)).toEqual(before);
    }
  });

  test.each(states)("that is %s is checked out as the table says", async (state) => {
    const { shop, path, checkout } = await cartIn(state);
    const before = await businessRows(slow);
    const { answer, resources } = await recordsOf(slow, shop.partnerId, checkout);
    if (!cartLife[state].orderRest) {
      const isGone = state === "expired";
      expect([answer.status, answer.body.code]).toEqual(isGone ? [404, 800008] : [201, undefined]);
      expect(await businessRows(slow)).toEqual(before);
      return;
    }
    expect(answer.body).toMatchObject({ orders: [{}, {}], orderErrors: [] });
    const ids = answer.body.orders.map(({ id }: { id: string }) => id);
    expect(resources.filter((id) => ids.includes(id))).toHaveLength(
      state === "partlyOrdered" ? 1 : 2,
    );
    await shop.at("2030-05-06T09:00:00Z");
    expect((await shop.read(path)).status).toBe("Ordered");
  });

  test.each(states)("that is %s expires as the table says", async (state) => {
    const { shop, path } = await cartIn(state);
    await shop.at("2030-04-06T09:00:00Z");
    const isGone = state === "expired" || cartLife[state].expire !== undefined;
    expect((await shop.call("GET", path)).status).toBe(isGone ? 404 : 200);
  });
});

describe("a subscription", async () => {
  const server = await testServer();
  const { customerId } = await newBuyer(server);
  const base = `/v1/customers/${customerId}`;
  const statuses = ["active", "suspended", "deleted"] as const;
  const kinds = ["azure_plan", "term_software", "online_service"] as const;
  const all = kinds.flatMap((kind) =>
    statuses.flatMap((from) => statuses.map((to) => [kind, from, to] as const)),
  );

  test.each(all)("of %s goes from %s to %s as the table says", async (kind, from, to) => {
    const offer = offerOf(kind);
    const made = await server.call("POST", `${base}/orders`, {
      body: {
        billingCycle: offer.billingPlan,
        lineItems: [{ offerId: offer.catalogItemId, quantity: 1 }],
      },
    });
    const list = await server.call("GET", `${base}/subscriptions?order_id=${made.body.id}`);
    const { id } = list.body.items[0];
    await server.database.query(sql`
      UPDATE subscription SET status = ${from} WHERE subscription_id = ${id}`);
    const before = await businessRows(server);
    const { answer, resources } = await recordsOf(server, server.partnerId, () =>
      server.call("PATCH", `${base}/subscriptions/${id}`, { body: { status: to } }),
    );
    const { status, body } = answer;
    const isLegal = askedTransition(familyOf({ kind }), from, to) !== undefined;
    if (from === "deleted") expect([status, body.code]).toEqual([400, 2011]);
    else if (from === to || isLegal) expect([status, body.status]).toEqual([200, to]);
    else expect([status, body.code]).toEqual([400, 800096]);
    expect(resources.includes(id)).toBe(isLegal);
    if (!isLegal) expect(await businessRows(server)).toEqual(before);
  });

  test("of a customer that goes is suspended, with a record of it", async () => {
    const other = await newBuyer(server);
    const token = await server.signIn("user");
    server.installation.mode = "live";
    const path = `/v1/customers/${other.customerId}`;
    const { answer, resources } = await recordsOf(server, server.partnerId, () =>
      server.call("PATCH", path, { token, body: { relationshipToPartner: "none" } }),
    );
    server.installation.mode = "sandbox";
    expect(answer.status).toBe(200);
    expect(resources).toEqual([other.subscriptionId, other.customerId]);
  });
});
