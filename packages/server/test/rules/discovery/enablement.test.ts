/** Contract of discovery, 3: subscriptions and their registration. */
import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../../src/foundation/database/sql.ts";
import { testServer } from "../../harness.ts";
import { acceptAgreement, businessRows, newBuyer, newCustomer, offerOf } from "../../shop.ts";
import { faultOf, itemsOf, partnerToken } from "./shelf.ts";

const server = await testServer();
let customerId = "";
let subscriptionId = "";
let orderId = "";
let base = "";
const get = (path: string, token = "user") => server.call("GET", path, { token });

async function buy(customer: string, line: Record<string, unknown>) {
  const made = await server.call("POST", `/v1/customers/${customer}/orders`, {
    body: { lineItems: [{ lineItemNumber: 0, quantity: 1, ...line }] },
  });
  if (made.status !== 201) throw new Error(made.text);
  const list = await get(`/v1/customers/${customer}/subscriptions?order_id=${made.body.id}`);
  return { orderId: made.body.id as string, id: list.body.items[0]?.id as string };
}

const legacy = { offerId: "MS-AZR-0145P" };

beforeAll(async () => {
  customerId = await newCustomer(server, "DE");
  await acceptAgreement(server, customerId);
  ({ id: subscriptionId, orderId } = await buy(customerId, legacy));
  base = `/v1/customers/${customerId}/subscriptions`;
});

describe("3.1 subscriptions", () => {
  test("the fields of the table, and no other", async () => {
    const { body } = await get(`${base}/${subscriptionId}`);
    expect(body).toEqual({
      id: subscriptionId,
      offerId: "MS-AZR-0145P",
      entitlementId: subscriptionId,
      offerName: "Microsoft Azure",
      friendlyName: expect.any(String),
      productType: { id: "Azure", displayName: "Azure" },
      quantity: 1,
      unitType: "Usage-based",
      hasPurchasableAddons: false,
      creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      effectiveStartDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      commitmentEndDate: "9999-12-14T00:00:00Z",
      status: "active",
      autoRenewEnabled: false,
      isTrial: false,
      billingType: "usage",
      billingCycle: "monthly",
      isMicrosoftProduct: true,
      publisherName: "Microsoft",
      actions: ["Cancel", "Edit"],
      contractType: "subscription",
      orderId,
      links: {
        offer: { uri: "/offers/MS-AZR-0145P?country=DE", method: "GET", headers: [] },
        self: { uri: `${base.slice(3)}/${subscriptionId}`, method: "GET", headers: [] },
      },
      attributes: { etag: expect.stringMatching(/^eyJpZCI6/), objectType: "Subscription" },
    });
  });

  test("of software name product, SKU and availability, and its publisher", async () => {
    const own = offerOf("term_software", { market: "DE" });
    const { id } = await buy(customerId, { offerId: own.catalogItemId });
    const { body } = await get(`${base}/${id}`);
    expect(body).toMatchObject({
      offerId: own.catalogItemId,
      unitType: "Licenses",
      billingType: "license",
      termDuration: own.termDuration,
      publisherName: "Microsoft",
      links: { product: {}, sku: {}, availability: {} },
    });
    expect(body.links.offer).toBeUndefined();
    const suse = await get("/v1/products?country=DE&targetView=SoftwareSUSELinux");
    const [sku] = itemsOf(await get(`/v1${suse.body.items[0].links.skus.uri}`));
    const [item] = itemsOf(await get(`/v1${sku.links.availabilities.uri}`));
    const linux = await buy(customerId, { offerId: item.catalogItemId });
    const { body: other } = await get(`${base}/${linux.id}`);
    expect([other.publisherName, other.isMicrosoftProduct]).toEqual(["SUSE", false]);
  });

  test("E1 is a collection, also of nothing", async () => {
    const { body } = await get(base);
    expect(body.attributes).toEqual({ objectType: "Collection" });
    const bare = await newCustomer(server);
    expect((await get(`/v1/customers/${bare}/subscriptions`)).body.items).toEqual([]);
  });

  test("order_id chooses those of the order, mpn_id those of the reseller", async () => {
    const idsOf = async (query: string) =>
      itemsOf(await get(`${base}?${query}`)).map(({ id }: { id: string }) => id);
    expect(await idsOf(`order_id=${orderId}`)).toEqual([subscriptionId]);
    expect(await idsOf("order_id=none")).toEqual([]);
    await server.database.query(sql`
      UPDATE subscription SET mpn_id = '4711' WHERE subscription_id = ${subscriptionId}`);
    expect(await idsOf("MPN_ID=4711")).toEqual([subscriptionId]);
    expect(await idsOf(`mpn_id=4712&order_id=${orderId}`)).toEqual([]);
    expect((await get(`${base}/${subscriptionId}`)).body.partnerId).toBe("4711");
    const text = "UPDATE subscription SET mpn_id = NULL";
    await server.database.query({ text, values: [] });
  });

  test("ids in any case and with braces", async () => {
    for (const id of [subscriptionId.toUpperCase(), `%7B${subscriptionId}%7D`]) {
      expect((await get(`${base}/${id}`)).body.id).toBe(subscriptionId);
    }
    const upper = `/v1/customers/%7B${customerId.toUpperCase()}%7D/subscriptions`;
    expect((await get(upper)).status).toBe(200);
  });

  test("a suspended one says why, an ended one is deleted: no other status", async () => {
    const { id } = await buy(customerId, legacy);
    await server.database.query(sql`
      UPDATE subscription SET status = 'suspended' WHERE subscription_id = ${id}`);
    expect((await get(`${base}/${id}`)).body).toMatchObject({
      status: "suspended",
      suspensionReasons: ["CustomerCancellation"],
    });
    await server.database.query(sql`
      UPDATE subscription SET status = 'active', ends_at = '2020-01-01Z'
      WHERE subscription_id = ${id}`);
    expect((await get(`${base}/${id}`)).body).toMatchObject({ status: "deleted", actions: [] });
  });
});

const calls = (prefix: string, id: string) =>
  [
    ["GET", `${prefix}/${id}`],
    ["POST", `${prefix}/${id}/registrations`],
    ["GET", `${prefix}/${id}/registrationstatus`],
  ] as const;
const unknown = "11111111-2222-4333-8444-555555555555";

test("404/20003 for an unknown subscription, and for another customer's", async () => {
  const other = await newBuyer(server);
  const before = await businessRows(server);
  for (const id of [unknown, "x", other.subscriptionId]) {
    for (const [method, path] of calls(base, id)) {
      expect(faultOf(await server.call(method, path)), path).toEqual([404, 20003]);
    }
  }
  expect(await businessRows(server)).toEqual(before);
});

test("403/20002 for an unknown or foreign customer, 400/900118 for no id", async () => {
  const foreign = await partnerToken(server);
  const before = await businessRows(server);
  for (const [method, path] of calls(base, subscriptionId)) {
    expect(faultOf(await server.call(method, path, { token: foreign }))).toEqual([403, 20002]);
  }
  for (const [customer, code] of [
    [unknown, [403, 20002]],
    ["x", [400, 900118]],
  ] as const) {
    const prefix = `/v1/customers/${customer}/subscriptions`;
    for (const [method, path] of [...calls(prefix, subscriptionId), ["GET", prefix] as const]) {
      expect(faultOf(await server.call(method, path)), path).toEqual(code);
    }
  }
  expect(await businessRows(server)).toEqual(before);
});

describe("3.2 what may be registered", () => {
  test("an active legacy Azure subscription, and an Azure plan", async () => {
    const plan = offerOf("azure_plan", { market: "DE" });
    for (const line of [legacy, { offerId: plan.catalogItemId }]) {
      const { id } = await buy(customerId, line);
      expect((await server.call("POST", `${base}/${id}/registrations`)).status).toBe(202);
      const status = await get(`${base}/${id}/registrationstatus`);
      expect(status.body.status).toBe("Registered");
    }
  });

  test("400/800011 for licences, 400/800012 for what is not active", async () => {
    const own = offerOf("term_software", { market: "DE" });
    const { id } = await buy(customerId, { offerId: own.catalogItemId });
    const path = `${base}/${id}/registrations`;
    expect(faultOf(await server.call("POST", path))).toEqual([400, 800011]);
    const azure = await buy(customerId, legacy);
    for (const status of ["suspended", "deleted"]) {
      await server.database.query(sql`
        UPDATE subscription SET status = ${status} WHERE subscription_id = ${azure.id}`);
      const before = await businessRows(server);
      const refused = await server.call("POST", `${base}/${azure.id}/registrations`);
      expect(faultOf(refused)).toEqual([400, 800012]);
      expect(await businessRows(server)).toEqual(before);
      const { body } = await get(`${base}/${azure.id}/registrationstatus`);
      expect(body.status).toBe("NotRegistered");
    }
  });
});

describe("3.3 and 3.4 registration", () => {
  test("never asked for is 200 NotRegistered", async () => {
    const { id } = await buy(customerId, legacy);
    expect((await get(`${base}/${id}/registrationstatus`)).body).toEqual({
      subscriptionId: id,
      status: "NotRegistered",
      attributes: { objectType: "SubscriptionRegistrationStatus" },
    });
  });

  test("every body is accepted, and the answer is 202 without one, with a location", async () => {
    for (const payload of [undefined, "", "null", '"success"', '{"x":1}', "[]"]) {
      for (const type of [undefined, "application/json", "application/json; charset=utf-8"]) {
        const { id } = await buy(customerId, legacy);
        const answer = await server.call("POST", `${base}/${id}/registrations`, {
          ...(payload === undefined ? {} : { payload }),
          headers: type === undefined ? {} : { "content-type": type },
        });
        expect([answer.status, answer.text, answer.headers["content-length"]]).toEqual([
          202,
          "",
          "0",
        ]);
        expect(answer.headers.location).toBe(`${base.slice(3)}/${id}/registrationstatus`);
      }
    }
  });

  test("a repeat is 202 with the same location, and changes nothing", async () => {
    const { id } = await buy(customerId, legacy);
    const path = `${base}/${id}/registrations`;
    const first = await server.call("POST", path);
    const registered = () =>
      server.database.query(
        sql`SELECT registered_at FROM subscription WHERE subscription_id = ${id}`,
      );
    const [before, rows] = [await registered(), await businessRows(server)];
    const again = await server.call("POST", path, { token: "app" });
    expect([again.status, again.headers.location]).toEqual([202, first.headers.location]);
    expect(await registered()).toEqual(before);
    expect(await businessRows(server)).toEqual(rows);
  });

  test("five sends with one MS-RequestId have the effect of one", async () => {
    const { id } = await buy(customerId, legacy);
    const headers = { "ms-requestid": "9f8fad5b-d9cb-469f-a165-70867728950e" };
    const before = await businessRows(server);
    for (let send = 0; send < 5; send++) {
      const answer = await server.call("POST", `${base}/${id}/registrations`, { headers });
      expect(answer.status).toBe(202);
    }
    const after = await businessRows(server);
    expect(after).toEqual({ ...before, audit_record: (before.audit_record ?? 0) + 1 });
  });

  test("passes through Registering, in Pascal case, where the profile delays", async () => {
    const slow = await testServer({ profile: "realistic" });
    await slow.call("POST", "/_kontor/clock", { body: { frozen: true } });
    const customer = await newCustomer(slow, "DE");
    await acceptAgreement(slow, customer);
    const path = `/v1/customers/${customer}/subscriptions`;
    const made = await slow.call("POST", `/v1/customers/${customer}/orders`, {
      body: { lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }] },
    });
    expect(made.status, made.text).toBe(201);
    await slow.call("POST", "/_kontor/clock", { body: { advance: "PT1H" } });
    const [{ id }] = itemsOf(await slow.call("GET", `${path}?order_id=${made.body.id}`));
    const status = async () =>
      (await slow.call("GET", `${path}/${id}/registrationstatus`)).body.status;
    const seen = [await status()];
    await slow.call("POST", `${path}/${id}/registrations`);
    seen.push(await status());
    const again = await slow.call("POST", `${path}/${id}/registrations`);
    expect(again.status).toBe(202);
    await slow.call("POST", "/_kontor/clock", { body: { advance: "PT15M" } });
    seen.push(await status());
    expect(seen).toEqual(["NotRegistered", "Registering", "Registered"]);
  });
});
