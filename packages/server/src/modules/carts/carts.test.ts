import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import {
  acceptAgreement,
  azureSubscription,
  type Buyer,
  businessRows,
  newBuyer,
  newCustomer,
  offerOf,
  threeLines,
} from "../../../test/shop.ts";

const server = await testServer();
const buyer = await newBuyer(server);
const carts = (customerId = buyer.customerId) => `/v1/customers/${customerId}/carts`;

async function createCart(lineItems: unknown[], customerId = buyer.customerId) {
  return server.call("POST", carts(customerId), { body: { lineItems } });
}

const software = { catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 };
const reservation = (own: Buyer = buyer) => ({
  catalogItemId: offerOf("reservation").catalogItemId,
  quantity: 1,
  provisioningContext: { subscriptionId: own.subscriptionId, scope: "shared" },
});

describe("create", () => {
  test("fills in currency, cycle, term and group", async () => {
    const { status, body } = await createCart(threeLines(buyer));
    expect(status).toBe(201);
    expect(body.status).toBe("Active");
    expect(body.attributes).toEqual({ objectType: "Cart" });
    expect(body.links.self.uri).toBe(`/customers/${buyer.customerId}/carts/${body.id}`);
    const lines = body.lineItems.map((line: Record<string, unknown>) => [
      line.id,
      line.currencyCode,
      line.billingCycle,
      line.orderGroup,
    ]);
    expect(lines).toEqual([
      [0, "USD", "one_time", "0"],
      [1, "USD", "one_time", "0"],
      [2, "USD", "one_time", "0"],
    ]);
    expect(body.lineItems[0].termDuration).toBe(offerOf("reservation").termDuration);
    expect(body.lineItems[1]).not.toHaveProperty("termDuration");
    const life = Date.parse(body.expirationTimestamp) - Date.parse(body.creationTimestamp);
    expect(life).toBe(7 * 86_400_000);
  });

  test("takes PascalCase, explicit nulls and server-owned members", async () => {
    const { status, body } = await server.call("POST", carts(), {
      body: {
        Id: null,
        ExpirationTimestamp: "0001-01-01T00:00:00",
        Status: null,
        LineItems: [
          {
            Id: 0,
            CatalogItemId: software.catalogItemId,
            Quantity: 1,
            BillingCycle: "OneTime",
            TermDuration: null,
            ProvisioningContext: null,
            OrderGroup: null,
            Error: null,
            AddonItems: null,
            Participants: null,
            RenewsTo: null,
          },
        ],
        Attributes: { ObjectType: "Cart" },
      },
    });
    expect(status).toBe(201);
    expect(body.lineItems[0].billingCycle).toBe("one_time");
  });

  test("keeps distinct ids of the caller and numbers lines that all say 0", async () => {
    const own = await createCart([
      { ...software, id: 7 },
      { ...software, id: 3 },
    ]);
    expect(own.body.lineItems.map((line: { id: number }) => line.id)).toEqual([7, 3]);
    const zeros = await createCart([
      { ...software, id: 0 },
      { ...software, id: 0 },
    ]);
    expect(zeros.body.lineItems.map((line: { id: number }) => line.id)).toEqual([0, 1]);
  });

  test("emits provisioning context keys in camelCase", async () => {
    const { body } = await createCart([
      {
        ...reservation(),
        provisioningContext: {
          SubscriptionId: buyer.subscriptionId,
          Scope: "Shared",
          Duration: "1Year",
        },
      },
    ]);
    expect(body.lineItems[0].provisioningContext).toEqual({
      subscriptionId: buyer.subscriptionId,
      scope: "Shared",
      duration: "1Year",
    });
  });

  test("puts add-ons under their parent, in its group", async () => {
    const { body } = await createCart([
      { ...software, addonItems: [{ ...software, quantity: 2 }] },
    ]);
    expect(body.lineItems).toHaveLength(1);
    expect(body.lineItems[0].addonItems[0]).toMatchObject({ id: 1, quantity: 2, orderGroup: "0" });
  });

  test.each([
    ["an empty body", undefined, 800002],
    ["no lines", { lineItems: [] }, 800002],
    ["an array", [], 800002],
    ["a line without an item", { lineItems: [{ quantity: 1 }] }, 900142],
    ["a quantity of 0", { lineItems: [{ ...software, quantity: 0 }] }, 800002],
    ["a quantity that is no number", { lineItems: [{ ...software, quantity: "many" }] }, 800002],
    [
      "a billing cycle that is none",
      { lineItems: [{ ...software, billingCycle: "weekly" }] },
      900126,
    ],
  ])("refuses %s and stores nothing", async (_case, body, code) => {
    const before = await businessRows(server);
    const answer = await server.call("POST", carts(), { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code, data: [], source: "Kontor" });
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("a bad line comes back with a numeric error", () => {
  const cases: [string, () => object, number][] = [
    ["an unknown item", () => ({ ...software, catalogItemId: "X:0001:Y" }), 10001],
    ["an item id of another form", () => ({ ...software, catalogItemId: "nonsense" }), 10001],
    [
      "an item of another market",
      () => ({
        catalogItemId: offerOf("perpetual_software", { market: "DE" }).catalogItemId,
        quantity: 1,
      }),
      10001,
    ],
    [
      "an item of a segment that the customer is not in",
      () => ({
        catalogItemId: offerOf("perpetual_software", { segment: "education" }).catalogItemId,
        quantity: 1,
      }),
      10001,
    ],
    ["a currency that is not the item's", () => ({ ...software, currencyCode: "EUR" }), 10000],
    ["a cycle that the SKU lacks", () => ({ ...software, billingCycle: "monthly" }), 10013],
    ["a term on perpetual goods", () => ({ ...software, termDuration: "P1Y" }), 10010],
    ["a quantity beyond any amount", () => ({ ...software, quantity: 2_147_483_647 }), 10010],
    [
      "participants",
      () => ({ ...software, participants: [{ key: "transaction_reseller", value: "1" }] }),
      10004,
    ],
    ["a custom end date", () => ({ ...software, customTermEndDate: "2027-01-01" }), 10016],
    ["a reservation without context", () => ({ ...reservation(), provisioningContext: {} }), 10010],
    [
      "a scope that is none",
      () => ({
        ...reservation(),
        provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "half" },
      }),
      10010,
    ],
    [
      "a duration against the term",
      () => ({
        ...reservation(),
        termDuration: "P1Y",
        provisioningContext: {
          subscriptionId: buyer.subscriptionId,
          scope: "shared",
          duration: "3Years",
        },
      }),
      10010,
    ],
    [
      "an unknown subscription",
      () => ({
        ...reservation(),
        provisioningContext: {
          subscriptionId: "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f",
          scope: "shared",
        },
      }),
      10007,
    ],
    [
      "an item for Azure plans on a legacy subscription",
      () => ({
        ...reservation(),
        catalogItemId: offerOf("reservation", { scope: "AzurePlan" }).catalogItemId,
      }),
      10007,
    ],
    [
      "a restricted SKU",
      () => ({
        ...reservation(),
        catalogItemId: offerOf("reservation", { restricted: true }).catalogItemId,
        termDuration: offerOf("reservation", { restricted: true }).termDuration,
      }),
      10003,
    ],
  ];
  test.each(cases)("%s", async (_case, line, errorCode) => {
    const { status, body } = await createCart([line(), software]);
    expect(status).toBe(201);
    expect(body.lineItems[0].error.errorCode).toBe(errorCode);
    expect(body.lineItems[0].error.errorDescription).toMatch(/\.$/);
    expect(body.lineItems[0]).not.toHaveProperty("orderGroup");
    expect(body.lineItems[1].orderGroup).toBe("0");
  });

  test("an unregistered subscription", async () => {
    const customerId = await newCustomer(server);
    await acceptAgreement(server, customerId);
    const subscriptionId = await azureSubscription(server, customerId);
    const { body } = await createCart([reservation({ customerId, subscriptionId })], customerId);
    expect(body.lineItems[0].error.errorCode).toBe(10011);
  });
});

describe("read and update", () => {
  test("an update replaces the lines, clears errors and keeps id and expiry", async () => {
    const cart = (await createCart([{ ...software, catalogItemId: "X:0001:Y" }])).body;
    const path = `${carts()}/${cart.id}/`;
    const updated = await server.call("PUT", path, {
      body: { ...cart, id: "other", lineItems: [software] },
    });
    expect(updated.status).toBe(201);
    expect(updated.body).toMatchObject({
      id: cart.id,
      expirationTimestamp: cart.expirationTimestamp,
    });
    expect(updated.body.lineItems).toHaveLength(1);
    expect(updated.body.lineItems[0]).not.toHaveProperty("error");
    const read = await server.call(
      "GET",
      `/customers/${buyer.customerId}//carts/${cart.id.toUpperCase()}`,
    );
    expect(read.status).toBe(200);
    expect(read.body).toEqual(updated.body);
  });

  test.each(["7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f", "no-guid"])(
    "the cart %s is not found",
    async (id) => {
      for (const [method, suffix] of [
        ["GET", ""],
        ["PUT", ""],
        ["POST", "/checkout"],
      ] as const) {
        const answer = await server.call(method, `${carts()}/${id}${suffix}`, {
          ...(method === "PUT" ? { body: { lineItems: [software] } } : {}),
        });
        expect([answer.status, answer.body.code]).toEqual([404, 800008]);
      }
    },
  );

  test("another customer's cart is not found", async () => {
    const cart = (await createCart([software])).body;
    const other = await newCustomer(server);
    const answer = await server.call("GET", `${carts(other)}/${cart.id}`);
    expect([answer.status, answer.body.code]).toEqual([404, 800008]);
  });
});

describe("checkout", () => {
  const checkout = (cartId: string, options: Parameters<typeof server.call>[2] = {}) =>
    server.call("POST", `${carts()}/${cartId}/checkout`, options);

  test.each([
    ["no body", {}],
    ['the SDKs\' "success"', { payload: '"success"' }],
    ["null", { payload: "null" }],
    [
      "an empty body with a JSON type",
      { payload: "", headers: { "content-type": "application/json" } },
    ],
  ])("takes %s and makes one pending order for the group", async (_case, options) => {
    const cart = (await createCart(threeLines(buyer))).body;
    const { status, body } = await checkout(cart.id, options);
    expect(status).toBe(201);
    expect(body.orderErrors).toEqual([]);
    expect(body.orders).toHaveLength(1);
    expect(body.orders[0]).toMatchObject({
      billingCycle: "one_time",
      currencyCode: "USD",
      currencySymbol: "$",
      status: "pending",
      transactionType: "UserPurchase",
    });
    expect(body.orders[0].id).toMatch(/^[A-Za-z0-9_-]{32}1$/);
    expect(body.orders[0].alternateId).toMatch(/^[0-9a-f]{12}$/);
    const read = await server.call("GET", `${carts()}/${cart.id}`);
    expect(read.body.status).toBe("Ordered");
  });

  test("lines of different cycles become different orders", async () => {
    const monthly = offerOf("online_service", { billingPlan: "monthly" });
    const cart = (
      await createCart([software, { catalogItemId: monthly.catalogItemId, quantity: 1 }])
    ).body;
    expect(cart.lineItems.map((line: { orderGroup: string }) => line.orderGroup)).toEqual([
      "0",
      "1",
    ]);
    const { body } = await checkout(cart.id);
    expect(body.orders.map((order: { billingCycle: string }) => order.billingCycle)).toEqual([
      "one_time",
      "monthly",
    ]);
  });

  test("is idempotent by cart: a repeat names the same orders and makes none", async () => {
    const cart = (await createCart([software])).body;
    const first = await checkout(cart.id);
    const before = await businessRows(server);
    const second = await checkout(cart.id);
    expect(second.status).toBe(201);
    expect(second.body.orders.map((o: { id: string }) => o.id)).toEqual(
      first.body.orders.map((o: { id: string }) => o.id),
    );
    expect(await businessRows(server)).toEqual(before);
  });

  test("is idempotent by MS-RequestId, byte for byte", async () => {
    const cart = (await createCart([software])).body;
    const headers = { "MS-RequestId": "5f0a9d0e-6f57-4b1c-9b0a-3d5c2f6a7e11" };
    const [first, ...rest] = await Promise.all(
      [1, 2, 3, 4, 5].map(() => checkout(cart.id, { headers })),
    );
    for (const answer of rest) {
      expect(answer.status).toBe(201);
      expect(answer.text).toBe(first?.text);
    }
    const again = await checkout(cart.id, { headers });
    expect(again.headers["kontor-replayed"]).toBe("true");
    expect(again.text).toBe(first?.text);
  });

  test("of 16 checkouts at the same moment all name the one order", async () => {
    const cart = (await createCart([software])).body;
    const answers = await Promise.all(Array.from({ length: 16 }, () => checkout(cart.id)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 201));
    const named = new Set(answers.map(({ body }) => body.orders[0].id));
    expect(named.size).toBe(1);
  });

  test("refuses a cart with a bad line and orders nothing", async () => {
    const cart = (await createCart([software, { ...software, catalogItemId: "X:0001:Y" }])).body;
    const before = await businessRows(server);
    const answer = await checkout(cart.id);
    expect([answer.status, answer.body.code]).toEqual([400, 800009]);
    expect(answer.body.data).toHaveLength(1);
    expect(await businessRows(server)).toEqual(before);
  });

  test("refuses without the customer agreement and orders nothing", async () => {
    const customerId = await newCustomer(server);
    const cart = (await createCart([software], customerId)).body;
    const before = await businessRows(server);
    const answer = await server.call("POST", `${carts(customerId)}/${cart.id}/checkout`);
    expect([answer.status, answer.body.code]).toEqual([403, 13605]);
    expect(await businessRows(server)).toEqual(before);
    await acceptAgreement(server, customerId);
    expect((await server.call("POST", `${carts(customerId)}/${cart.id}/checkout`)).status).toBe(
      201,
    );
  });

  test("an ordered cart takes no update and stays as it is", async () => {
    const cart = (await createCart([software])).body;
    await checkout(cart.id);
    const before = (await server.call("GET", `${carts()}/${cart.id}`)).body;
    const answer = await server.call("PUT", `${carts()}/${cart.id}`, {
      body: { lineItems: [software, software] },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 800065]);
    expect((await server.call("GET", `${carts()}/${cart.id}`)).body).toEqual(before);
  });
});

describe("groups succeed and fail independently", async () => {
  // 1 000 USD: enough for one group of the cart, not for the other.
  const made = await server.call("POST", "/_kontor/partners", { body: { creditLimit: "1000" } });
  const token = await server.signIn("user", made.body);
  const poor = {
    ...server,
    call: (method: string, path: string, options = {}) =>
      server.call(method, path, { token, ...options }),
  };
  const own = await newBuyer(poor);
  const base = `/v1/customers/${own.customerId}/carts`;
  const cheap = offerOf("online_service", { billingPlan: "monthly" }).catalogItemId;
  const lineItems = [
    { ...software, quantity: 5000 },
    { catalogItemId: cheap, quantity: 1 },
  ];

  test("the one that cannot be paid is an error beside the order of the other", async () => {
    const cart = (await poor.call("POST", base, { body: { lineItems } })).body;
    const first = await poor.call("POST", `${base}/${cart.id}/checkout`);
    expect(first.status).toBe(201);
    expect(first.body.orders.map((one: { billingCycle: string }) => one.billingCycle)).toEqual([
      "monthly",
    ]);
    expect(first.body.orderErrors).toEqual([
      {
        orderGroupId: "0",
        code: 800023,
        description: expect.stringContaining("credit"),
        attributes: { objectType: "OrderError" },
      },
    ]);
    expect((await poor.call("GET", `${base}/${cart.id}`)).body.status).toBe("Active");
    const before = await businessRows(server);
    const again = await poor.call("POST", `${base}/${cart.id}/checkout`);
    expect(again.body.orders.map((one: { id: string }) => one.id)).toEqual([
      first.body.orders[0].id,
    ]);
    expect(again.body.orderErrors).toHaveLength(1);
    expect(await businessRows(server)).toEqual(before);
  });

  test("an order that cannot be paid is refused and writes nothing", async () => {
    const before = await businessRows(server);
    const answer = await poor.call("POST", `/v1/customers/${own.customerId}/orders`, {
      body: { lineItems: [{ offerId: software.catalogItemId, quantity: 5000 }] },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 800023]);
    expect(await businessRows(server)).toEqual(before);
  });
});

test("a cart is gone after seven days, an ordered one stays", async () => {
  const open = (await createCart([software])).body;
  const ordered = (await createCart([software])).body;
  await server.call("POST", `${carts()}/${ordered.id}/checkout`);
  await server.call("POST", "/_kontor/clock", { body: { advance: "P7D" } });
  const gone = await server.call("POST", `${carts()}/${open.id}/checkout`);
  expect([gone.status, gone.body.code]).toEqual([404, 800008]);
  expect((await server.call("GET", `${carts()}/${ordered.id}`)).status).toBe(200);
});

describe("a cart of a shorter life, by the setting", () => {
  test("ends when it has passed, to the millisecond, and an update does not extend it", async () => {
    const short = await testServer({ cartLife: "PT15M" });
    await short.at("2030-05-01T12:00:00Z");
    const { customerId } = await newBuyer(short);
    const body = { lineItems: [software] };
    const made = await short.call("POST", carts(customerId), { body });
    expect(made.body.expirationTimestamp).toBe("2030-05-01T12:15:00.0000000Z");
    const path = `${carts(customerId)}/${made.body.id}`;
    await short.at("2030-05-01T12:14:59.999Z");
    const updated = await short.call("PUT", path, { body });
    expect(updated.body.expirationTimestamp).toBe(made.body.expirationTimestamp);
    await short.at("2030-05-01T12:15:00Z");
    const before = await businessRows(short);
    for (const [method, suffix] of [
      ["GET", ""],
      ["PUT", ""],
      ["POST", "/checkout"],
    ] as const) {
      const gone = await short.call(method, `${path}${suffix}`, method === "PUT" ? { body } : {});
      expect([gone.status, gone.body.code]).toEqual([404, 800008]);
    }
    expect(await businessRows(short)).toEqual(before);
  });
});
