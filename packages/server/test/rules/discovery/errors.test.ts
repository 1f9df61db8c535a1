/** Contract of discovery, 1.7 and 1.8: the fault's form, and each code of the area. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { newBuyer, newCustomer, offerOf } from "../../shop.ts";
import { availabilityPath, faultOf, partnerToken, skuPath, term, vm } from "./shelf.ts";

const server = await testServer();
const buyer = await newBuyer(server, "DE");
const customer = `/v1/customers/${buyer.customerId}`;
const unknown = "11111111-2222-4333-8444-555555555555";
const bare = `/v1/customers/${await newCustomer(server, "DE")}`;
const inventory = "/v1/extensions/product/checkinventory?country=DE";
const product = `/v1/products/${vm.product.id}`;

const made = await server.call("POST", `${customer}/orders`, {
  body: { lineItems: [{ offerId: term.catalogItemId, quantity: 1 }] },
});
const software = await server.call("GET", `${customer}/subscriptions?order_id=${made.body.id}`);

interface Row {
  status: number;
  code: number;
  when: string;
  method?: string;
  path: string;
  token?: string;
  body?: unknown;
}

const rows: Row[] = [
  { status: 401, code: 400, when: "a bad token", path: `${product}?country=DE`, token: "x.y.z" },
  { status: 401, code: 800001, when: "no token", path: `${product}?country=DE`, token: "none" },
  {
    status: 403,
    code: 2030,
    when: "a country where nothing is sold",
    path: `${product}?country=XX`,
  },
  {
    status: 403,
    code: 400030,
    when: "a segment that is not allowed",
    path: `${bare}/products/${vm.product.id}/skus?targetSegment=education`,
  },
  {
    status: 403,
    code: 400036,
    when: "an unknown view",
    path: "/v1/products?country=DE&targetView=x",
  },
  { status: 404, code: 400013, when: "an unknown product", path: "/v1/products/X?country=DE" },
  { status: 404, code: 400018, when: "an unknown SKU", path: `${product}/skus/X?country=DE` },
  {
    status: 404,
    code: 400019,
    when: "an unknown availability",
    path: `${skuPath(vm)}/availabilities/X?country=DE`,
  },
  {
    status: 400,
    code: 2001,
    when: "an inventory check without body",
    method: "POST",
    path: inventory,
  },
  {
    status: 400,
    code: 400026,
    when: "an inventory check without context",
    method: "POST",
    path: inventory,
    body: { targetItems: [{ productId: vm.product.id }] },
  },
  {
    status: 400,
    code: 900118,
    when: "a malformed customer id",
    path: "/v1/customers/x/subscriptions",
  },
  {
    status: 403,
    code: 20002,
    when: "an unknown customer",
    path: `/v1/customers/${unknown}/subscriptions`,
  },
  {
    status: 404,
    code: 20003,
    when: "an unknown subscription",
    path: `${customer}/subscriptions/${unknown}`,
  },
  {
    status: 400,
    code: 800011,
    when: "registration of what is not Azure",
    method: "POST",
    path: `${customer}/subscriptions/${software.body.items[0].id}/registrations`,
  },
  { status: 400, code: 800002, when: "a missing parameter", path: "/v1/products?country=DE" },
  { status: 404, code: 1000, when: "an unknown route", path: "/v1/productz" },
  {
    status: 404,
    code: 1000,
    when: "an unknown option key",
    path: `${skuPath(offerOf("perpetual_software", { market: "DE" }))}/downloadoptions/x/downloadlink?country=DE`,
  },
];

test.each(rows)(
  "$status/$code for $when",
  async ({ status, code, method = "GET", path, ...call }) => {
    const answer = await server.call(method, path, call);
    expect(faultOf(answer)).toEqual([status, code]);
  },
);

test("400/800070 for an item of another country, at purchase", async () => {
  const line = { offerId: offerOf("perpetual_software").catalogItemId, quantity: 1 };
  const answer = await server.call("POST", `${customer}/orders`, { body: { lineItems: [line] } });
  expect(faultOf(answer)).toEqual([400, 800070]);
});

describe("codes are of one partner's view", () => {
  test("nothing tells whether another partner's customer exists", async () => {
    const token = await partnerToken(server);
    const answers = await Promise.all(
      [buyer.customerId, unknown].map((id) =>
        server.call("GET", `/v1/customers/${id}/products?targetView=Azure`, { token }),
      ),
    );
    const [own, none] = answers.map(({ status, body }) => [status, body.code]);
    expect(own).toEqual(none);
  });
});

test("429 carries Retry-After in seconds and no fault", async () => {
  const slow = await testServer({ throttle: 1 });
  const path = `/v1/customers/${unknown}/subscriptions`;
  const answers = [];
  for (let call = 0; call < 3; call++) answers.push(await slow.call("GET", path));
  const [last] = answers.filter(({ status }) => status === 429);
  expect(last?.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect(last?.body).toEqual({ statusCode: 429, message: expect.any(String) });
});

test("the catalog is not throttled", async () => {
  const slow = await testServer({ throttle: 1 });
  for (let call = 0; call < 5; call++) {
    expect((await slow.call("GET", `${availabilityPath(vm)}?country=DE`)).status).toBe(200);
  }
});
