import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, testServer } from "../../../../test/harness.ts";
import {
  acceptAgreement,
  azureSubscription,
  businessRows,
  newBuyer,
  offerOf,
  threeLines,
} from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { randomId } from "../../../foundation/ids.ts";
import { wantedCustomer } from "../test-support/wanted.ts";

const server = await testServer();
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

async function newCustomer(): Promise<{ id: string; domain: string }> {
  const made = await server.call("POST", "/v1/customers", { body: wantedCustomer() });
  expect(made.status).toBe(201);
  return { id: made.body.id, domain: made.body.companyProfile.domain };
}

const ended = { relationshipToPartner: "none", attributes: { objectType: "Customer" } };
/** The two ways in which a sandbox customer goes. */
const ways: [string, (id: string, options?: CallOptions) => ReturnType<typeof server.call>][] = [
  ["DELETE", (id, options) => server.call("DELETE", `/v1/customers/${id}`, options)],
  [
    "PATCH",
    (id, options) => server.call("PATCH", `/v1/customers/${id}/`, { body: ended, ...options }),
  ],
];

/** Buys through a cart; the ids of the orders. */
async function buy(customerId: string, lineItems: unknown[]): Promise<string[]> {
  const path = `/v1/customers/${customerId}/carts`;
  const cart = await server.call("POST", path, { body: { lineItems } });
  expect(cart.status).toBe(201);
  const done = await server.call("POST", `${path}/${cart.body.id}/checkout`);
  expect(done.status).toBe(201);
  return done.body.orders.map((order: { id: string }) => order.id);
}

async function cancel(customerId: string, orderId: string): Promise<void> {
  const path = `/v1/customers/${customerId}/orders/${orderId}`;
  const done = await server.call("PATCH", path, { body: { status: "cancelled" } });
  expect(done.status).toBe(200);
}

describe.each(ways)("a customer that goes by %s", (way, remove) => {
  test(`is answered for, and unknown everywhere from then on (${way})`, async () => {
    const { id } = await newCustomer();
    const nobody = randomId();
    const reads = [
      "",
      "/profiles/company",
      "/profiles/billing",
      "/validationStatus?type=Account",
      "/relationships",
      "/agreements",
      "/qualifications",
      "/subscriptions",
      "/orders",
      `/carts/${nobody}`,
      "/entitlements",
      "/products?targetView=Azure",
    ];
    // Whatever is remembered of an answer must go with the customer.
    for (const rest of reads) await server.call("GET", `/v1/customers/${id}${rest}`);
    const gone = await remove(id);
    if (way === "DELETE") {
      expect([gone.status, gone.text, gone.headers["content-length"]]).toEqual([204, "", "0"]);
      expect(gone.headers["content-type"]).toBeUndefined();
    } else expect([gone.status, gone.body]).toEqual([200, ended]);
    for (const rest of reads) {
      const removed = await server.call("GET", `/v1/customers/${id}${rest}`);
      const unknown = await server.call("GET", `/v1/customers/${nobody}${rest}`);
      expect(removed.status).toBeGreaterThanOrEqual(403);
      expect(removed.text.replaceAll(id, nobody)).toBe(unknown.text);
      expect(removed.status).toBe(unknown.status);
    }
    const { billingProfile } = wantedCustomer();
    for (const [method, rest, body] of [
      ["DELETE", "", undefined],
      ["PATCH", "", ended],
      ["PUT", "/profiles/billing", billingProfile],
    ] as const) {
      const removed = await server.call(method, `/v1/customers/${id}${rest}`, { body });
      expect([removed.status, removed.body.code]).toEqual([404, 60003]);
    }
    const list = await server.call("GET", "/v1/customers");
    expect(list.text).not.toContain(id);
  });

  test(`leaves its domain to others (${way})`, async () => {
    const { id, domain } = await newCustomer();
    const taken = await server.call("POST", "/v1/customers", {
      body: wantedCustomer("Next", domain),
    });
    expect([taken.status, taken.body.code]).toEqual([409, 1003]);
    expect((await remove(id)).status).toBeLessThan(300);
    const next = await server.call("POST", "/v1/customers", {
      body: wantedCustomer("Next", domain),
    });
    expect(next.status).toBe(201);
    expect(next.body.id).not.toBe(id);
    expect((await remove(next.body.id)).status).toBeLessThan(300);
  });

  test(`takes its carts, agreements and subscriptions along, not its usage (${way})`, async () => {
    const before = await businessRows(server);
    const { customerId } = await newBuyer(server);
    const offer = offerOf("perpetual_software");
    const cart = await server.call("POST", `/v1/customers/${customerId}/carts`, {
      body: { lineItems: [{ catalogItemId: offer.catalogItemId, quantity: 1 }] },
    });
    expect(cart.status).toBe(201);
    await server.call("POST", `/v1/customers/${customerId}/qualifications`, {
      body: { Qualification: "Education" },
    });
    const own = ["cart", "cart_line", "agreement", "subscription", "qualification"];
    expect(await rowsOf(customerId, own)).toEqual([1, 1, 1, 1, 1]);
    expect((await remove(customerId)).status).toBeLessThan(300);
    expect(await rowsOf(customerId, own)).toEqual([0, 0, 0, 0, 0]);
    const [row] = await server.database.query<{ text: string }>(sql`
      SELECT customer::text AS text FROM customer WHERE customer_id = ${customerId}`);
    expect(row?.text).toContain("Test customer");
    expect(row?.text).not.toMatch(/a@b\.example|1 Test Street|5550100/);
    const after = await businessRows(server);
    // The order of the Azure subscription and the row itself are what an invoice may rest on.
    expect(after).toMatchObject({
      customer: (before.customer ?? 0) + 1,
      purchase_order: (before.purchase_order ?? 0) + 1,
      order_line: (before.order_line ?? 0) + 1,
      due_work: before.due_work,
    });
  });

  test(`is held by its orders until each is cancelled (${way})`, async () => {
    const buyer = await newBuyer(server);
    const orders = [
      ...(await buy(buyer.customerId, threeLines(buyer))),
      ...(await buy(buyer.customerId, threeLines(buyer).slice(1))),
    ];
    expect(orders).toHaveLength(2);
    for (const cancelled of orders) {
      const before = await businessRows(server);
      const refused = await remove(buyer.customerId);
      expect([refused.status, refused.body.code]).toEqual([400, 800061]);
      expect(refused.body.description).toContain(cancelled);
      expect(refused.body.data).toContain(cancelled);
      expect(await businessRows(server)).toEqual(before);
      expect((await server.call("GET", `/v1/customers/${buyer.customerId}`)).status).toBe(200);
      await cancel(buyer.customerId, cancelled);
    }
    const before = await businessRows(server);
    expect((await remove(buyer.customerId)).status).toBeLessThan(300);
    const { purchase_order, order_line, charge, posting, invoice } = before;
    const facts = { purchase_order, order_line, charge, posting, invoice };
    // Two keys of software in each order: nobody can fetch them any more.
    const product_key = (before.product_key ?? 0) - 4;
    expect(await businessRows(server)).toMatchObject({ ...facts, product_key });
  });

  test.each([
    ["reservation", 1],
    ["perpetual_software", 1],
    ["term_software", 1],
  ])(`is held by an order of %s (${way})`, async (kind, quantity) => {
    const buyer = await newBuyer(server);
    const [orderId = ""] = await buy(buyer.customerId, [
      {
        catalogItemId: offerOf(kind).catalogItemId,
        quantity,
        ...(kind === "reservation" && {
          provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
        }),
      },
    ]);
    const refused = await remove(buyer.customerId);
    expect([refused.status, refused.body.code, refused.body.data]).toEqual([
      400,
      800061,
      [orderId],
    ]);
  });

  test(`is recorded in the audit trail (${way})`, async () => {
    const { id } = await newCustomer();
    await remove(id, { token: "user" });
    const records = await server.database.query<{ operation_type: string; id: string }>(sql`
      SELECT operation_type, new_value->>'relationshipToPartner' AS id FROM audit_record
      WHERE customer_id = ${id} ORDER BY audit_id`);
    expect(records).toEqual([
      { operation_type: "add_customer", id: "reseller" },
      {
        operation_type:
          way === "DELETE" ? "delete_customer" : "remove_partner_customer_relationship",
        id: "none",
      },
    ]);
  });

  test(`goes once, whatever is repeated (${way})`, async () => {
    const { id } = await newCustomer();
    const headers = { "MS-RequestId": randomId() };
    const first = await remove(id, { headers });
    const before = await businessRows(server);
    const second = await remove(id, { headers });
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(second.status).toBeLessThan(300);
    expect(second.headers["kontor-replayed"]).toBe("true");
    const third = await remove(id, { headers: { "MS-RequestId": randomId() } });
    expect([third.status, third.body.code]).toEqual([404, 60003]);
    expect(await businessRows(server)).toEqual(before);
  });

  test(`goes once when asked for at the same moment (${way})`, async () => {
    const { id } = await newCustomer();
    const answers = await Promise.all([remove(id), remove(id), remove(id)]);
    const statuses = answers.map((answer) => answer.status).toSorted();
    expect(statuses).toEqual([way === "DELETE" ? 204 : 200, 404, 404]);
  });

  test(`has bought before it goes, or not at all (${way})`, async () => {
    const { customerId } = await newBuyer(server);
    const offer = offerOf("perpetual_software");
    const carts = `/v1/customers/${customerId}/carts`;
    const cart = await server.call("POST", carts, {
      body: { lineItems: [{ catalogItemId: offer.catalogItemId, quantity: 1 }] },
    });
    const [bought, removed] = await Promise.all([
      server.call("POST", `${carts}/${cart.body.id}/checkout`),
      remove(customerId),
    ]);
    const [left] = await rowsOf(customerId, ["purchase_order"]);
    // The order of the Azure subscription is there in any case.
    if (bought.status === 201) {
      expect([removed.body.code, left]).toEqual([800061, 2]);
    } else {
      expect(removed.status).toBeLessThan(300);
      expect([bought.status, left]).toEqual([404, 1]);
    }
  });

  test(`is the partner's own: a foreign one is like an unknown one (${way})`, async () => {
    const { id } = await newCustomer();
    const nobody = randomId();
    const before = await businessRows(server);
    const foreign = await remove(id, { token: foreignToken });
    const unknown = await remove(nobody, { token: foreignToken });
    expect([foreign.status, foreign.body.code]).toEqual([404, 60003]);
    expect(foreign.text.replaceAll(id, nobody)).toBe(unknown.text);
    const malformed = await remove("x");
    expect([malformed.status, malformed.body.code]).toEqual([400, 2000]);
    expect(await businessRows(server)).toEqual(before);
    expect((await server.call("GET", `/v1/customers/${id}`)).status).toBe(200);
  });
});

/** How many rows of the tables are the customer's. */
async function rowsOf(customerId: string, tables: string[]): Promise<number[]> {
  const counts = tables.map((table) =>
    table === "cart_line"
      ? `(SELECT count(*)::int FROM cart_line JOIN cart USING (partner_id, cart_id)
          WHERE customer_id = $1)`
      : `(SELECT count(*)::int FROM ${table} WHERE customer_id = $1)`,
  );
  const [row] = await server.database.query<{ counts: number[] }>({
    text: `SELECT ARRAY[${counts.join(", ")}] AS counts`,
    values: [customerId],
  });
  return row?.counts ?? [];
}

test("an app deletes customers but ends no relationship", async () => {
  const { id } = await newCustomer();
  const before = await businessRows(server);
  const refused = await server.call("PATCH", `/v1/customers/${id}`, { token: "app", body: ended });
  expect([refused.status, refused.body.code]).toEqual([403, 900329]);
  expect(await businessRows(server)).toEqual(before);
  expect((await server.call("DELETE", `/v1/customers/${id}`, { token: "app" })).status).toBe(204);
});

test.each([
  ["PascalCase with nulls", { Id: null, RelationshipToPartner: "None", CompanyProfile: null }],
  ["the number of none", { relationshipToPartner: 5 }],
  ["the whole customer", { ...wantedCustomer(), relationshipToPartner: "none" }],
])("a relationship ends with %s", async (_name, body) => {
  const { id } = await newCustomer();
  const answer = await server.call("PATCH", `/v1/customers/${id}`, { body });
  expect([answer.status, answer.body]).toEqual([200, ended]);
});

test.each<[string, unknown, number]>([
  ["nothing", {}, 900141],
  ["null", null, 900141],
  ["another company name", { companyProfile: { companyName: "Other" } }, 900141],
  ["the relationship as it is", { relationshipToPartner: "reseller" }, 900141],
  ["an advisor", { relationshipToPartner: "Advisor" }, 900141],
  ["a relationship that there is not", { relationshipToPartner: "friend" }, 3000],
  ["a text", "none", 800002],
])("a change of a customer to %s is refused", async (_name, body, code) => {
  const { id } = await newCustomer();
  const before = await businessRows(server);
  const refused = await server.call("PATCH", `/v1/customers/${id}`, { body });
  expect([refused.status, refused.body.code]).toEqual([400, code]);
  expect(await businessRows(server)).toEqual(before);
  expect((await server.call("GET", `/v1/customers/${id}`)).body.relationshipToPartner).toBe(
    "reseller",
  );
});

test("invoices and the ledger keep what a deleted customer bought", async () => {
  await server.at("2027-03-10T00:00:00Z");
  const buyer = await newBuyer(server);
  const orders = await buy(buyer.customerId, threeLines(buyer));
  for (const order of orders) await cancel(buyer.customerId, order);
  const path =
    "/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems" +
    "&currencycode=usd&period=current";
  const before = await server.call("GET", path);
  expect(before.status).toBe(200);
  expect(before.text).toContain(buyer.customerId);
  expect((await server.call("DELETE", `/v1/customers/${buyer.customerId}`)).status).toBe(204);
  expect((await server.call("GET", path)).body.items).toEqual(before.body.items);
  const advanced = await server.call("POST", "/_kontor/clock", { body: { advance: "P45D" } });
  expect(advanced.status).toBe(200);
});

test("an Azure subscription alone holds nobody", async () => {
  const { id } = await newCustomer();
  await acceptAgreement(server, id);
  const subscriptionId = await azureSubscription(server, id);
  expect((await server.call("DELETE", `/v1/customers/${id}`)).status).toBe(204);
  const rows = await server.database.query(sql`
    SELECT 1 FROM subscription WHERE subscription_id = ${subscriptionId}`);
  expect(rows).toEqual([]);
});
