/** Which status and code answers which situation of a one-time purchase: a row each. */
import { expect, test } from "vitest";
import { type TestAnswer, type TestServer, testServer } from "../harness.ts";
import { acceptAgreement, businessRows, newBuyer, newCustomer, offerOf } from "../shop.ts";
import { newWorld } from "./world.ts";

const world = await newWorld();
const { server, buyer, customer, software } = world;
const nobody = "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f";
const [productId = "", skuId = ""] = software.catalogItemId.split(":");
const orderLine = { offerId: software.catalogItemId, quantity: 1 };
const reservation = offerOf("reservation").catalogItemId;

const call = (method: string, path: string, body?: unknown, token?: string) =>
  server.call(method, path, {
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
  });
const buy = (lineItems: unknown[], at = customer) => call("POST", `${at}/orders`, { lineItems });
const checkout = async (lineItems: unknown[], at = customer) => {
  const cart = await call("POST", `${at}/carts`, { lineItems });
  return () => call("POST", `${at}/carts/${cart.body.id}/checkout`);
};

const stranger = await call("POST", "/_kontor/partners", undefined, "none");
const strangersToken = await server.signIn("user", stranger.body);
const withoutAgreement = `/v1/customers/${await newCustomer(server)}`;

/** A customer with a subscription that is not registered for reservations. */
async function unregistered(): Promise<{ at: string; subscriptionId: string }> {
  const id = await newCustomer(server);
  await acceptAgreement(server, id);
  const at = `/v1/customers/${id}`;
  const order = await buy([{ offerId: "MS-AZR-0145P", quantity: 1 }], at);
  return { at, subscriptionId: order.body.lineItems[0].subscriptionId };
}
const fresh = await unregistered();
const termOrder = await buy([{ offerId: offerOf("term_software").catalogItemId, quantity: 1 }]);
const termSubscription = (await call("GET", `${customer}/orders/${termOrder.body.id}`)).body
  .lineItems[0].subscriptionId;

const reserve = (subscriptionId: string, at = customer) =>
  buy(
    [
      {
        offerId: reservation,
        quantity: 1,
        provisioningContext: { subscriptionId, scope: "shared" },
      },
    ],
    at,
  );

type Row = readonly [
  situation: string,
  act: () => Promise<TestAnswer>,
  status: number,
  code: number,
];

const rows: readonly Row[] = [
  ["bearer missing", () => call("GET", "/v1/customers", undefined, "none"), 401, 800001],
  ["bearer bad", () => call("GET", "/v1/customers", undefined, "x.y.z"), 401, 400],
  [
    "app-only on an App+User call",
    () => call("GET", `${customer}/entitlements`, undefined, "app"),
    403,
    900329,
  ],
  ["customer unknown", () => call("GET", `/v1/customers/${nobody}`), 404, 60003],
  [
    "customer unknown, in enablement",
    () => call("GET", `/v1/customers/${nobody}/subscriptions`),
    403,
    20002,
  ],
  [
    "customer of another partner, in discovery",
    () => call("GET", `${customer}/products?targetView=Azure`, undefined, strangersToken),
    403,
    20002,
  ],
  ["no agreement at an order", () => buy([orderLine], withoutAgreement), 403, 13605],
  [
    "no agreement at checkout",
    async () => (await checkout([software], withoutAgreement))(),
    403,
    13605,
  ],
  ["product unknown", () => call("GET", "/v1/products/NONE?country=US"), 404, 400013],
  ["SKU unknown", () => call("GET", `/v1/products/${productId}/skus/9999?country=US`), 404, 400018],
  [
    "availability unknown",
    () => call("GET", `/v1/products/${productId}/skus/${skuId}/availabilities/NO?country=US`),
    404,
    400019,
  ],
  [
    "segment not allowed",
    () => call("GET", "/v1/products?country=US&targetView=Azure&targetSegment=military"),
    403,
    400030,
  ],
  ["view not allowed", () => call("GET", "/v1/products?country=US&targetView=Cars"), 403, 400036],
  [
    "not sold in the country",
    () =>
      buy([
        { ...orderLine, offerId: offerOf("perpetual_software", { market: "JP" }).catalogItemId },
      ]),
    400,
    800070,
  ],
  ["subscription for a reservation unknown", () => reserve(nobody), 404, 20003],
  ["subscription for a reservation not Azure", () => reserve(termSubscription), 400, 800011],
  [
    "subscription for a reservation unregistered",
    () => reserve(fresh.subscriptionId, fresh.at),
    400,
    800013,
  ],
  [
    "no inventory",
    () =>
      buy([
        {
          offerId: offerOf("reservation", { restricted: true }).catalogItemId,
          quantity: 1,
          provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
        },
      ]),
    400,
    800010,
  ],
  ["cart unknown", () => call("POST", `${customer}/carts/${nobody}/checkout`), 404, 800008],
  [
    "cart lines in error at checkout",
    async () => (await checkout([{ catalogItemId: "NO:0001:SUCH", quantity: 1 }]))(),
    400,
    800009,
  ],
  ["order unknown", () => call("GET", `${customer}/orders/${nobody}`), 404, 20000],
  ["bad filter", () => call("GET", "/v1/customers?filter=x"), 400, 2000],
  ["malformed id", () => call("GET", "/v1/customers/x"), 400, 2000],
  ["malformed customer id in a purchase", () => call("GET", "/v1/customers/x/orders"), 400, 900118],
  ["malformed body", () => call("POST", `${customer}/carts`, []), 400, 800002],
];

test.each(rows)("%s: %#", async (_situation, act, status, code) => {
  const answer = await act();
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test.each(rows.filter(([, , status]) => status >= 400))(
  "%s writes nothing (row %#)",
  async (situation, act) => {
    // A checkout needs its cart: that one row and its lines are the act's own.
    const own = /checkout/.test(situation) && !/unknown/.test(situation);
    const before = await businessRows(server);
    await act();
    const { cart: cartsNow, cart_line: linesNow, ...now } = await businessRows(server);
    const { cart, cart_line: cartLines, ...then } = before;
    expect(now).toEqual(then);
    if (!own) expect([cartsNow, linesNow]).toEqual([cart, cartLines]);
  },
);

test("role too weak: 403/900150, and nothing is written", async () => {
  const made = await call("POST", "/_kontor/partners", undefined, "none");
  await server.database.query({
    text: "UPDATE app_user SET roles = '{HelpdeskAgent}' WHERE partner_id = $1",
    values: [made.body.partner.id],
  });
  const token = await server.signIn("user", made.body);
  const before = await businessRows(server);
  for (const [method, path] of [
    ["POST", `${customer}/carts`],
    ["POST", `${customer}/orders`],
    ["POST", "/v1/customers"],
    ["GET", "/v1/invoices"],
  ] as const) {
    const answer = await server.call(method, path, { token, body: {} });
    expect([path, answer.status, answer.body.code]).toEqual([path, 403, 900150]);
  }
  expect((await server.call("GET", "/v1/customers", { token })).status).toBe(200);
  expect(await businessRows(server)).toEqual(before);
});

test("partner agreement unsigned: 403/900124", async () => {
  const unsigned = { partnerAgreement: false };
  const made = await call("POST", "/_kontor/partners", unsigned, "none");
  const token = await server.signIn("user", made.body);
  const shop: TestServer = {
    ...server,
    call: (method, path, options = {}) => server.call(method, path, { ...options, token }),
  };
  const id = await newCustomer(shop);
  const before = await businessRows(server);
  const order = await shop.call("POST", `/v1/customers/${id}/orders`, {
    body: { lineItems: [orderLine] },
  });
  expect([order.status, order.body.code]).toEqual([403, 900124]);
  expect(await businessRows(server)).toEqual(before);
});

test("sandbox quotas, where the profile has them: 400/800018 and 403/800067", async () => {
  const limited = await testServer({ profile: "realistic", throttle: 1_000_000 });
  await limited.call("POST", "/_kontor/clock", { body: { frozen: true } });
  const id = await newCustomer(limited);
  await acceptAgreement(limited, id);
  const at = `/v1/customers/${id}`;
  const azure = await limited.call("POST", `${at}/orders`, {
    body: { lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }] },
  });
  const { subscriptionId } = azure.body.lineItems[0];
  await limited.call("POST", `${at}/subscriptions/${subscriptionId}/registrations`);
  await limited.call("POST", "/_kontor/clock", { body: { advance: "PT20M" } });
  const before = await businessRows(limited);
  const order = (line: object) =>
    limited.call("POST", `${at}/orders`, { body: { lineItems: [line] } });
  const seats = await order({ offerId: offerOf("term_software").catalogItemId, quantity: 26 });
  expect([seats.status, seats.body.code]).toEqual([403, 800067]);
  const instances = await order({
    offerId: reservation,
    quantity: 3,
    provisioningContext: { subscriptionId, scope: "shared" },
  });
  expect([instances.status, instances.body.code]).toEqual([400, 800018]);
  expect(await businessRows(limited)).toEqual(before);
});

test("a cart is unknown once it has expired, on read, update and checkout", async () => {
  const own = await testServer();
  const { customerId } = await newBuyer(own);
  const carts = `/v1/customers/${customerId}/carts`;
  const body = { lineItems: [software] };
  const cart = (await own.call("POST", carts, { body })).body;
  await own.call("POST", "/_kontor/clock", { body: { advance: "P7DT1S" } });
  const before = await businessRows(own);
  for (const [method, rest] of [
    ["GET", ""],
    ["PUT", ""],
    ["POST", "/checkout"],
  ] as const) {
    const answer = await own.call(method, `${carts}/${cart.id}${rest}`, { body });
    expect([method, answer.status, answer.body.code]).toEqual([method, 404, 800008]);
  }
  expect(await businessRows(own)).toEqual(before);
});

test("an ordered cart refuses changes with 400/800065", async () => {
  const cart = await world.newCart();
  await call("POST", `${customer}/carts/${cart.id}/checkout`);
  const before = await businessRows(server);
  const answer = await call("PUT", `${customer}/carts/${cart.id}`, { lineItems: [software] });
  expect([answer.status, answer.body.code]).toEqual([400, 800065]);
  expect(await businessRows(server)).toEqual(before);
});

test("a credit limit that is used up refuses an order, and a group of a cart", async () => {
  const made = await call("POST", "/_kontor/partners", { creditLimit: "1.00" }, "none");
  const token = await server.signIn("user", made.body);
  const as = (method: string, path: string, body?: unknown) =>
    server.call(method, path, { token, ...(body === undefined ? {} : { body }) });
  const shop: TestServer = {
    ...server,
    call: (method, path, options = {}) => server.call(method, path, { ...options, token }),
  };
  const id = await newCustomer(shop);
  await acceptAgreement(shop, id);
  const at = `/v1/customers/${id}`;
  const before = await businessRows(server);
  const order = await as("POST", `${at}/orders`, { lineItems: [orderLine] });
  expect([order.status, order.body.code]).toEqual([403, 800023]);
  expect(await businessRows(server)).toEqual(before);
  const cart = await as("POST", `${at}/carts`, { lineItems: [software] });
  const done = await as("POST", `${at}/carts/${cart.body.id}/checkout`);
  expect([done.status, done.body.orders]).toEqual([201, []]);
  expect(done.body.orderErrors).toMatchObject([{ orderGroupId: "0", code: 800023 }]);
});

test("throttled is 429 without a code, and touches no stored answer", async () => {
  const limited = await testServer({ throttle: 2 });
  const id = await newCustomer(limited);
  await acceptAgreement(limited, id);
  const path = `/v1/customers/${id}/carts`;
  const body = { lineItems: [software] };
  const headers = { "MS-RequestId": crypto.randomUUID() };
  await limited.call("POST", path, { body });
  await limited.call("POST", path, { body });
  const before = await businessRows(limited);
  const refused = await limited.call("POST", path, { body, headers });
  expect([refused.status, refused.body.code]).toEqual([429, undefined]);
  expect(await businessRows(limited)).toEqual(before);
  const stored = await limited.database.query<{ n: number }>({
    text: "SELECT count(*)::int AS n FROM replay WHERE request_id = $1",
    values: [headers["MS-RequestId"]],
  });
  expect(stored).toEqual([{ n: 0 }]);
});
