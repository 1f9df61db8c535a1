import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newBuyer, newCustomer, offerOf, threeLines } from "../../../test/shop.ts";
import { sql } from "../../foundation/database/sql.ts";

const server = await testServer();
const buyer = await newBuyer(server);
const path = `/v1/customers/${buyer.customerId}/orders`;
const perpetual = offerOf("perpetual_software");
const term = offerOf("term_software");

async function order(body: unknown) {
  return server.call("POST", path, { body });
}

async function cartOrder() {
  const carts = `/v1/customers/${buyer.customerId}/carts`;
  const cart = await server.call("POST", carts, { body: { lineItems: threeLines(buyer) } });
  const result = await server.call("POST", `${carts}/${cart.body.id}/checkout`);
  return result.body.orders[0];
}

describe("create directly", () => {
  test("makes a pending order that the next read shows completed", async () => {
    const { status, body } = await order({
      BillingCycle: "one_time",
      LineItems: [
        {
          LineItemNumber: 0,
          OfferId: perpetual.catalogItemId,
          Quantity: 5,
          FriendlyName: "Branch",
        },
      ],
    });
    expect(status).toBe(201);
    expect(body.status).toBe("pending");
    const read = await server.call("GET", `${path}/${body.id}`);
    expect(read.body).toEqual({ ...body, status: "completed" });
    expect(read.body.lineItems[0]).toMatchObject({
      lineItemNumber: 0,
      offerId: perpetual.catalogItemId,
      friendlyName: "Branch",
      quantity: 5,
      transactionType: "New",
    });
    expect(read.body).not.toHaveProperty("totalPrice");
    expect(read.body.links.self.uri).toBe(`/customers/${buyer.customerId}/orders/${body.id}`);
  });

  test("a legacy Azure subscription is completed at once and keeps a GUID", async () => {
    const { body } = await order({ lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }] });
    expect(body).toMatchObject({ status: "completed", billingCycle: "monthly" });
    expect(body.id).toBe(body.alternateId);
    expect(body.lineItems[0].subscriptionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  const line = { offerId: perpetual.catalogItemId, quantity: 1 };
  const unknownSubscription = {
    offerId: offerOf("reservation").catalogItemId,
    quantity: 1,
    provisioningContext: {
      subscriptionId: "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f",
      scope: "shared",
    },
  };
  test.each([
    ["no lines", { lineItems: [] }, 400, 800002],
    ["a line without offer", { lineItems: [{ quantity: 1 }] }, 400, 800004],
    ["an unknown offer", { lineItems: [{ ...line, offerId: "X:0001:Y" }] }, 400, 800004],
    [
      "a foreign market",
      {
        lineItems: [
          { ...line, offerId: offerOf("perpetual_software", { market: "JP" }).catalogItemId },
        ],
      },
      400,
      800070,
    ],
    ["line numbers with a gap", { lineItems: [{ ...line, lineItemNumber: 1 }] }, 400, 800071],
    [
      "line numbers that repeat",
      {
        lineItems: [
          { ...line, lineItemNumber: 0 },
          { ...line, lineItemNumber: 0 },
        ],
      },
      400,
      800071,
    ],
    [
      "another customer in the body",
      { referenceCustomerId: "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f", lineItems: [line] },
      400,
      800002,
    ],
    ["an unknown subscription", { lineItems: [unknownSubscription] }, 404, 20003],
    ["a cycle that is none", { billingCycle: "weekly", lineItems: [line] }, 400, 900126],
    [
      "lines of two groups",
      { lineItems: [line, { offerId: "MS-AZR-0145P", quantity: 1 }] },
      400,
      800002,
    ],
  ])("refuses %s and writes nothing", async (_case, body, status, code) => {
    const before = await businessRows(server);
    const answer = await order(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.link).toBe(`</docs/errors/${code}>; rel="help"`);
    expect(await businessRows(server)).toEqual(before);
  });

  test("refuses without the customer agreement and writes nothing", async () => {
    const customerId = await newCustomer(server);
    const before = await businessRows(server);
    const answer = await server.call("POST", `/v1/customers/${customerId}/orders`, {
      body: { lineItems: [line] },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 13605]);
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("read", () => {
  test("include_price adds prices before tax, in any spelling of true", async () => {
    const made = await cartOrder();
    for (const spelling of ["true", "True", "1"]) {
      const { body } = await server.call("GET", `${path}/${made.id}?Include_Price=${spelling}`);
      const extended = body.lineItems.map(
        (one: { pricing: { extendedPrice: number } }) => one.pricing.extendedPrice,
      );
      const cents = extended.reduce(
        (sum: number, amount: number) => sum + Math.round(amount * 100),
        0,
      );
      expect(Math.round(body.totalPrice * 100)).toBe(cents);
      expect(body.lineItems[1].pricing).toEqual({
        listPrice: Number(perpetual.unitPrice),
        discountedPrice: Number(perpetual.unitPrice),
        proratedPrice: Number(perpetual.unitPrice),
        price: Number(perpetual.unitPrice),
        extendedPrice: Math.round(Number(perpetual.unitPrice) * 100 * 5) / 100,
      });
    }
    const plain = await server.call("GET", `${path}/${made.id}?include_price=false`);
    expect(plain.body.lineItems[0]).not.toHaveProperty("pricing");
  });

  test("lists all orders newest first, or those of one billing cycle in every spelling", async () => {
    const all = (await server.call("GET", path)).body;
    const dates = all.items.map((one: { creationDate: string }) => one.creationDate);
    expect(dates).toEqual(dates.toSorted().toReversed());
    expect(all.totalCount).toBe(all.items.length);
    const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);
    const expected = idsOf({
      items: all.items.filter((one: { billingCycle: string }) => one.billingCycle === "one_time"),
    });
    expect(expected.length).toBeGreaterThan(0);
    for (const spelling of ["onetime", "OneTime", "one_time", "4"]) {
      const some = await server.call("GET", `${path}?billingType=${spelling}`);
      expect(some.status).toBe(200);
      if (spelling !== "4") expect(idsOf(some.body)).toEqual(expected);
    }
    expect(idsOf((await server.call("GET", `${path}?billingtype=unknown`)).body)).toEqual(
      idsOf(all),
    );
    const bad = await server.call("GET", `${path}?billingType=weekly`);
    expect([bad.status, bad.body.code]).toEqual([400, 900126]);
  });

  test("an unknown order, and one of another customer, is not found", async () => {
    const made = await cartOrder();
    const other = await newCustomer(server);
    for (const url of [`${path}/nothing`, `/v1/customers/${other}/orders/${made.id}`]) {
      const answer = await server.call("GET", url);
      expect([answer.status, answer.body.code]).toEqual([404, 20000]);
    }
  });

  test("provisioning status names each line fulfilled; activation links are empty", async () => {
    const made = await cartOrder();
    const status = await server.call("GET", `${path}/${made.id}/provisioningstatus`);
    expect(status.body.items).toHaveLength(3);
    expect(status.body.items[0]).toEqual({
      orderLineItemId: 0,
      lineItemNumber: 0,
      status: "fulfilled",
      quantityProvisioningInformation: [{ quantity: 2, status: "fulfilled" }],
    });
    const links = await server.call("GET", `${path}/${made.id}/lineitems/1/activationlinks`);
    expect(links.body).toMatchObject({ totalCount: 0, items: [] });
    const all = await server.call("GET", `${path}/${made.id}/activationlinks`);
    expect([all.status, all.body.totalCount, all.body.items]).toEqual([200, 0, []]);
    expect(all.body.links.self.uri).toBe(`${path.slice(3)}/${made.id}/activationlinks`);
    const unknown = await server.call("GET", `${path}/unknown/activationlinks`);
    expect([unknown.status, unknown.body.code]).toEqual([404, 20000]);
    const none = await server.call("GET", `${path}/${made.id}/lineitems/9/activationlinks`);
    expect([none.status, none.body.code]).toEqual([400, 800071]);
    const refused = await server.call("GET", `${path}/${made.id}/provisioningstatus`, {
      token: "app",
    });
    expect([refused.status, refused.body.code]).toEqual([403, 900329]);
  });
});

test("a price is frozen at the order: a later price changes no order", async () => {
  const made = await cartOrder();
  const before = (await server.call("GET", `${path}/${made.id}?include_price=true`)).body;
  await server.database.query(sql`
    UPDATE price SET unit_price = unit_price * 2
    WHERE product_id = ${perpetual.product.id} AND sku_id = ${perpetual.sku.id}`);
  expect((await server.call("GET", `${path}/${made.id}?include_price=true`)).body).toEqual(before);
  await server.database.query(sql`
    UPDATE price SET unit_price = unit_price / 2
    WHERE product_id = ${perpetual.product.id} AND sku_id = ${perpetual.sku.id}`);
});

test("an order shows what its lines make: entitlements, a reservation, a subscription, charges", async () => {
  const customer = await newBuyer(server);
  const carts = `/v1/customers/${customer.customerId}/carts`;
  const cart = await server.call("POST", carts, { body: { lineItems: threeLines(customer) } });
  const { orders } = (await server.call("POST", `${carts}/${cart.body.id}/checkout`)).body;
  const base = `/v1/customers/${customer.customerId}`;
  const entitled = (await server.call("GET", `${base}/entitlements?showExpiry=True`)).body;
  expect(entitled.items.map((one: { entitlementType: string }) => one.entitlementType)).toEqual([
    "reservedinstance",
    "software",
    "software",
  ]);
  for (const [index, one] of entitled.items.entries()) {
    expect(one.referenceOrder).toEqual({
      id: orders[0].id,
      lineItemId: `${index}`,
      alternateId: orders[0].alternateId,
    });
    expect(one.quantityDetails).toEqual([{ quantity: one.quantity, status: "fulfilled" }]);
  }
  expect(entitled.items[1]).not.toHaveProperty("expiryDate");
  expect(entitled.items[2].expiryDate).toMatch(/T00:00:00Z$/);
  const subscriptions = (await server.call("GET", `${base}/subscriptions?order_id=${orders[0].id}`))
    .body;
  expect(subscriptions.items).toHaveLength(1);
  expect(subscriptions.items[0]).toMatchObject({
    status: "active",
    billingType: "license",
    billingCycle: "one_time",
    quantity: 3,
    offerId: term.catalogItemId,
    termDuration: term.termDuration,
  });
  const read = (await server.call("GET", `${base}/orders/${orders[0].id}`)).body;
  expect(read.lineItems[2].subscriptionId).toBe(subscriptions.items[0].id);
  expect(read.lineItems[0]).not.toHaveProperty("subscriptionId");
  const [charges] = await server.database.query<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM charge WHERE order_id = ${orders[0].id}`);
  expect(charges?.count).toBe(3);
});

test("what is billed monthly is charged for each month of its term, without drift", async () => {
  const monthly = offerOf("online_service", { billingPlan: "monthly" });
  const customer = await newBuyer(server);
  const made = await server.call("POST", `/v1/customers/${customer.customerId}/orders`, {
    body: { billingCycle: "monthly", lineItems: [{ offerId: monthly.catalogItemId, quantity: 2 }] },
  });
  expect(made.status).toBe(201);
  await server.call("POST", "/_kontor/clock", { body: { advance: "P14M" } });
  const rows = await server.database.query<{
    charge_type: string;
    starts_at: Date;
    ends_at: Date;
  }>(sql`
    SELECT charge_type, starts_at, ends_at FROM charge
    WHERE order_id = ${made.body.id} ORDER BY starts_at`);
  const months = monthly.termDuration === "P1Y" ? 12 : monthly.termDuration === "P3Y" ? 36 : 1;
  expect(rows).toHaveLength(Math.min(months, 15));
  expect(rows[0]?.charge_type).toBe("new");
  for (const [index, row] of rows.entries()) {
    if (index === 0) continue;
    expect(row.charge_type).toBe("renew");
    expect(row.starts_at).toEqual(rows[index - 1]?.ends_at);
  }
});
