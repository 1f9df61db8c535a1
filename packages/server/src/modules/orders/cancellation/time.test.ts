/** Cancelling in the course of time: windows, months of billing, orders on their way, quotas. */
import { describe, expect, test } from "vitest";
import { type TestServer, testServer } from "../../../../test/harness.ts";
import { businessRows, newBuyer, newCustomer, offerOf, threeLines } from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { verifyBooks } from "../../billing/index.ts";

const all = { status: "cancelled" };

/** A server whose clock stands, with a customer that buys; `live` is another machine's mode. */
async function shop(options: Parameters<typeof testServer>[0] = {}) {
  const server = await testServer(options);
  await server.at("2030-03-30T09:00:00Z");
  const buyer = await newBuyer(server);
  const token = await server.signIn("user");
  const base = `/v1/customers/${buyer.customerId}`;
  const call: TestServer["call"] = (method, path, rest = {}) =>
    server.call(method, path, { token, ...rest });
  const order = async (kind: string, quantity = 1, wanted = {}) => {
    const { catalogItemId, billingPlan } = offerOf(kind, wanted);
    const made = await call("POST", `${base}/orders`, {
      body: { billingCycle: billingPlan, lineItems: [{ offerId: catalogItemId, quantity }] },
    });
    expect(made.status).toBe(201);
    return `${base}/orders/${made.body.id}`;
  };
  const threeLineOrder = async () => {
    const cart = await call("POST", `${base}/carts`, { body: { lineItems: threeLines(buyer) } });
    const done = await call("POST", `${base}/carts/${cart.body.id}/checkout`);
    expect(done.status).toBe(201);
    return `${base}/orders/${done.body.orders[0].id}`;
  };
  const cancel = (path: string, body: unknown = all) => call("PATCH", path, { body });
  const refuses = async (path: string, body: unknown, expected: [number, number]) => {
    const before = [await businessRows(server), (await call("GET", path)).body];
    const answer = await cancel(path, body);
    expect([answer.status, answer.body.code]).toEqual(expected);
    expect([await businessRows(server), (await call("GET", path)).body]).toEqual(before);
    return String(answer.body.description);
  };
  return { server, buyer, base, call, order, threeLineOrder, cancel, refuses };
}

interface Line {
  chargeType: string;
  subtotal: number;
  taxTotal: number;
  totalForCustomer: number;
  orderId: string;
  referenceId: string;
  quantity: number;
}

describe("in a sandbox", () => {
  test("an order goes on its 60th day to the instant, and not a moment later", async () => {
    const { server, threeLineOrder, cancel, refuses } = await shop();
    const [first, second] = [await threeLineOrder(), await threeLineOrder()];
    await server.at("2030-05-29T09:00:00Z");
    expect((await cancel(first)).body.status).toBe("cancelled");
    await server.at("2030-05-29T09:00:00.001Z");
    const text = await refuses(second, all, [400, 900117]);
    expect(text).toContain("60 days");
    // What is cancelled is cancelled: its repeat knows no window.
    expect((await cancel(first)).status).toBe(200);
    expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
  });

  test("a credit of the same month nets its charge, one of the next stands below zero", async () => {
    const { server, call, order, cancel } = await shop();
    const same = await order("perpetual_software", 2);
    const later = await order("perpetual_software", 3);
    await cancel(same);
    await server.at("2030-04-02T00:00:00Z");
    await cancel(later);
    await server.at("2030-05-09T00:00:00Z");
    const invoices = (await call("GET", "/v1/invoices")).body.items;
    const [march, april] = invoices.slice(-2);
    const linesOf = async (invoice: { id: string }): Promise<Line[]> => {
      const query = "provider=onetime&invoicelineitemtype=billinglineitems";
      const lines = await call("GET", `/v1/invoices/${invoice.id}/lineitems?${query}`);
      expect(lines.status).toBe(200);
      return lines.body.items;
    };
    const ofMarch = await linesOf(march);
    const types = ofMarch.map((line) => line.chargeType).toSorted();
    expect(types).toEqual(["cancelImmediate", "new", "new"]);
    const charge = ofMarch.find((line) => line.quantity === 3);
    expect(march.totalCharges).toBe(charge?.totalForCustomer);
    const ofApril = await linesOf(april);
    expect(ofApril).toHaveLength(1);
    expect(ofApril[0]).toMatchObject({
      ...charge,
      chargeType: "cancelImmediate",
      orderDate: "2030-04-02T00:00:00.0000000Z",
      invoiceNumber: april.id,
      pcToBCExchangeRateDate: "2030-03-01T00:00:00Z",
      subtotal: -(charge?.subtotal ?? 0),
      taxTotal: -(charge?.taxTotal ?? 0),
      totalForCustomer: -(charge?.totalForCustomer ?? 0),
    });
    expect(april.totalCharges).toBe(-march.totalCharges);
    expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
  });

  test("term software comes back by the days that are left, and the price says so", async () => {
    const { server, call, order, cancel } = await shop();
    const path = await order("term_software", 3);
    const price = (await call("GET", `${path}?include_price=true`)).body.totalPrice;
    await server.at("2030-04-09T08:00:00Z");
    await cancel(path);
    const [charge, credit] = await server.database.query<{
      subtotal: bigint;
      days: number;
    }>(sql`
      SELECT subtotal_minor AS subtotal, extract(epoch FROM ends_at - starts_at)::int / 86400 AS days
      FROM charge WHERE order_id = ${path.split("/").at(-1)} ORDER BY occurred_at`);
    if (!charge || !credit) throw new Error("charge and credit are missing");
    // Nine days are over, the tenth has begun.
    expect(credit.days).toBe(charge.days - 9);
    const exact = (Number(charge.subtotal) * credit.days) / charge.days;
    expect(-Number(credit.subtotal)).toBeLessThanOrEqual(exact);
    expect(-Number(credit.subtotal)).toBeGreaterThan(exact - 3 - 0.01);
    const kept = (await call("GET", `${path}?include_price=true`)).body;
    expect(kept.totalPrice).toBe(Number(charge.subtotal + credit.subtotal) / 100);
    expect(kept.lineItems[0].pricing).toMatchObject({ extendedPrice: kept.totalPrice });
    expect(kept.totalPrice).toBeLessThan(price / 10);
    expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
  });

  test("what is billed monthly is charged no further", async () => {
    const { server, call, order, cancel } = await shop();
    const path = await order("online_service", 2, { billingPlan: "monthly", term: "P1Y" });
    await server.at("2030-05-10T09:00:00Z");
    const before = await businessRows(server);
    expect((await cancel(path)).body.status).toBe("cancelled");
    // The month that is over stays charged, the one that runs comes back in part.
    const after = await businessRows(server);
    expect(after).toMatchObject({
      charge: (before.charge ?? 0) + 1,
      due_work: (before.due_work ?? 0) - 1 + 1,
    });
    await server.at("2031-12-10T09:00:00Z");
    const { charge } = await businessRows(server);
    expect(charge).toBe(after.charge);
    const kept = (await call("GET", `${path}?include_price=true`)).body.totalPrice;
    expect(kept).toBeGreaterThan(0);
    expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
  });

  test("a subscription tells what a cancellation still brings", async () => {
    const { server, call, base, order, cancel } = await shop();
    const path = await order("term_software");
    const subscription = async () => {
      const query = `order_id=${path.split("/").at(-1)}`;
      return (await call("GET", `${base}/subscriptions?${query}`)).body.items[0];
    };
    const last = { cancellationAllowedUntilDate: "2030-05-29T09:00:00.0000000Z" };
    const full = { type: "Full", expiresAt: "2030-03-31T08:59:59.9990000Z" };
    const part = { type: "Partial", expiresAt: last.cancellationAllowedUntilDate };
    expect(await subscription()).toMatchObject({ ...last, refundOptions: [full, part] });
    await server.at("2030-03-31T08:59:59.999Z");
    expect((await subscription()).refundOptions).toEqual([full, part]);
    await server.at("2030-03-31T09:00:00Z");
    expect((await subscription()).refundOptions).toEqual([part]);
    await server.at("2030-05-29T09:00:00Z");
    expect((await subscription()).refundOptions).toEqual([part]);
    await cancel(path);
    const gone = await subscription();
    expect(gone).toMatchObject({ ...last, status: "deleted" });
    expect(gone).not.toHaveProperty("refundOptions");
    const later = await order("term_software");
    await server.at("2031-01-01T00:00:00Z");
    const query = `order_id=${later.split("/").at(-1)}`;
    const [over] = (await call("GET", `${base}/subscriptions?${query}`)).body.items;
    expect(over.status).toBe("active");
    expect(over).not.toHaveProperty("refundOptions");
  });

  test("what was free leaves no credit", async () => {
    const { server, order, cancel } = await shop();
    const path = await order("online_service", 1, { billingPlan: "none" });
    const before = await businessRows(server);
    expect((await cancel(path)).body.status).toBe("cancelled");
    expect((await businessRows(server)).charge).toBe(before.charge);
  });

  test("a customer goes once its orders are cancelled", async () => {
    const { call, base, threeLineOrder, cancel } = await shop();
    const path = await threeLineOrder();
    await cancel(path, { ...all, lineItems: [{ lineItemNumber: 0 }] });
    expect((await call("DELETE", base)).body.code).toBe(800061);
    await cancel(path);
    expect((await call("DELETE", base)).status).toBe(204);
  });
});

describe("in the realistic profile", () => {
  test("an order on its way loses lines, and ends completed or cancelled", async () => {
    const { server, call, base, cancel } = await shop({ profile: "realistic" });
    const { catalogItemId: offerId } = offerOf("term_software");
    const lineItems = [
      { offerId, quantity: 1 },
      { offerId, quantity: 2 },
    ];
    const [one, two] = [
      await call("POST", `${base}/orders`, { body: { lineItems } }),
      await call("POST", `${base}/orders`, { body: { lineItems } }),
    ];
    const [path, other] = [`${base}/orders/${one?.body.id}`, `${base}/orders/${two?.body.id}`];
    const part = await cancel(path, { ...all, lineItems: [{ lineItemNumber: 1 }] });
    expect([part.status, part.body.status, part.body.lineItems[1].quantity]).toEqual([
      200,
      "pending",
      0,
    ]);
    expect((await cancel(other)).body.status).toBe("cancelled");
    const states = await call("GET", `${path}/provisioningstatus`);
    expect(states.body.items.map((item: { status: string }) => item.status)).toEqual([
      "prefulfillmentPending",
      "unfulfilled",
    ]);
    await server.at("2030-03-30T09:10:00Z");
    const done = (await call("GET", path)).body;
    expect(done.status).toBe("completed");
    expect(done.lineItems[0]).toHaveProperty("subscriptionId");
    expect(done.lineItems[1]).not.toHaveProperty("subscriptionId");
    const gone = (await call("GET", other)).body;
    expect([gone.status, gone.lineItems[0].subscriptionId]).toEqual(["cancelled", undefined]);
  });

  test("a cancelled reservation and a cancelled subscription free their quota", async () => {
    const { server, buyer, call, base, order, cancel } = await shop({ profile: "realistic" });
    await server.at("2030-03-30T10:00:00Z");
    const line = {
      offerId: offerOf("reservation").catalogItemId,
      quantity: 2,
      provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
    };
    const reserve = () => call("POST", `${base}/orders`, { body: { lineItems: [line] } });
    const made = await reserve();
    expect(made.status).toBe(201);
    expect((await reserve()).body.code).toBe(800018);
    await cancel(`${base}/orders/${made.body.id}`);
    expect((await reserve()).status).toBe(201);

    const paths: string[] = [];
    for (let count = 0; count < 4; count += 1) paths.push(await order("term_software"));
    const { catalogItemId: offerId } = offerOf("term_software");
    const one = () =>
      call("POST", `${base}/orders`, { body: { lineItems: [{ offerId, quantity: 1 }] } });
    expect((await one()).body.code).toBe(800066);
    await cancel(paths[0] ?? "");
    expect((await one()).status).toBe(201);
  });
});

describe("in a live database", () => {
  test("perpetual software goes for 30 days, term software for seven", async () => {
    const { server, order, cancel, refuses } = await shop();
    const [week, late] = [await order("term_software"), await order("term_software")];
    const [month, later] = [await order("perpetual_software"), await order("perpetual_software")];
    await server.at("2030-04-06T09:00:00Z");
    server.installation.mode = "live";
    expect((await cancel(week)).body.status).toBe("cancelled");
    server.installation.mode = "sandbox";
    await server.at("2030-04-06T09:00:00.001Z");
    server.installation.mode = "live";
    expect(await refuses(late, all, [400, 900117])).toContain("7 days");
    server.installation.mode = "sandbox";
    await server.at("2030-04-29T09:00:00Z");
    server.installation.mode = "live";
    expect((await cancel(month)).body.status).toBe("cancelled");
    server.installation.mode = "sandbox";
    await server.at("2030-04-29T09:00:00.001Z");
    server.installation.mode = "live";
    expect(await refuses(later, all, [400, 900117])).toContain("30 days");
  });

  test("a reservation stays, and with it what is named beside it", async () => {
    const { server, threeLineOrder, cancel, refuses } = await shop();
    const path = await threeLineOrder();
    server.installation.mode = "live";
    await refuses(path, all, [403, 800019]);
    const software = await cancel(path, { ...all, lineItems: [{ lineItemNumber: 1 }] });
    expect(software.body.lineItems.map((line: { quantity: number }) => line.quantity)).toEqual([
      2, 0, 3,
    ]);
  });

  test("seats of a service and legacy orders are not cancelled here", async () => {
    const { server, call, base, order, refuses } = await shop();
    const service = await order("online_service");
    const lineItems = [{ offerId: "MS-AZR-0145P", quantity: 1 }];
    const legacy = await call("POST", `${base}/orders`, { body: { lineItems } });
    server.installation.mode = "live";
    await refuses(service, all, [403, 800077]);
    await refuses(`${base}/orders/${legacy.body.id}`, all, [400, 800063]);
  });
});

test("an order of a customer without orders is unknown", async () => {
  const { server, call } = await shop();
  const customerId = await newCustomer(server);
  const answer = await call("PATCH", `/v1/customers/${customerId}/orders/x`, { body: all });
  expect([answer.status, answer.body.code]).toEqual([404, 20000]);
});
