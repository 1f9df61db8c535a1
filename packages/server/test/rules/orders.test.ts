/** Carts, orders and entitlements: what clients send, and what they can survive. */
import { describe, expect, test } from "vitest";
import { testServer } from "../harness.ts";
import { acceptAgreement, businessRows, newCustomer, offerOf } from "../shop.ts";
import { membersOf, newWorld, readsOf, stocked } from "./world.ts";

const world = await newWorld();
const { server, buyer, customer, software } = world;
const stock = await stocked(world);
const carts = `${customer}/carts`;
const orders = `${customer}/orders`;
const reservation = {
  catalogItemId: offerOf("reservation").catalogItemId,
  quantity: 1,
  provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
};

const createCart = async (line: object, rest: object = {}) =>
  server.call("POST", carts, { body: { lineItems: [line], ...rest } });
const firstLine = async (line: object) => {
  const made = await createCart(line);
  expect(made.status).toBe(201);
  return made.body.lineItems[0];
};

describe("reading requests", () => {
  test("the add-on list has three spellings", async () => {
    for (const name of ["addonItems", "AddonItems", "addOnItems"]) {
      const line = await firstLine({ ...software, [name]: [software] });
      expect(line.addonItems).toHaveLength(1);
      expect(line).not.toHaveProperty("addOnItems");
    }
  });

  test("properties of the server are ignored", async () => {
    const made = await createCart(
      {
        ...software,
        id: 0,
        orderGroup: "77",
        error: { errorCode: 10001 },
        totalPrice: 0.0,
        pricing: { listPrice: 1 },
        currencySymbol: "€",
        links: {},
        attributes: { objectType: "CartLineItem" },
      },
      {
        id: "11111111-1111-4111-8111-111111111111",
        status: "Ordered",
        creationTimestamp: "2001-01-01T00:00:00",
        expirationTimestamp: "0001-01-01T00:00:00",
        lastModifiedUser: "somebody",
        alternateId: "x",
        client: { name: "x" },
        links: { self: null },
        attributes: { objectType: "Cart", etag: "1" },
      },
    );
    expect(made.status).toBe(201);
    expect(made.body.id).not.toBe("11111111-1111-4111-8111-111111111111");
    expect(made.body).toMatchObject({ status: "Active", attributes: { objectType: "Cart" } });
    expect(made.body.expirationTimestamp > "2026").toBe(true);
    expect(made.body.lineItems[0].orderGroup).toBe("0");
    expect(made.body.lineItems[0]).not.toHaveProperty("error");
  });

  test("all of a .NET object's members may be null", async () => {
    const nulls = ["ProvisioningContext", "OrderGroup", "AddonItems", "Error", "Participants"];
    const more = ["RenewsTo", "CustomTermEndDate", "PromotionId", "FriendlyName", "TermDuration"];
    const empty = Object.fromEntries([...nulls, ...more].map((name) => [name, null]));
    const own = { CatalogItemId: software.catalogItemId, Quantity: 1, BillingCycle: "one_time" };
    const line = await firstLine({ ...empty, ...own, Id: 0 });
    expect(Object.keys(line).sort()).toEqual(
      Object.keys(await firstLine({ ...software, billingCycle: "one_time" })).sort(),
    );
  });

  test("the billing cycle unknown means: not given", async () => {
    for (const billingCycle of ["unknown", "Unknown", 0]) {
      expect((await firstLine({ ...software, billingCycle })).billingCycle).toBe("one_time");
    }
  });

  test.each(["True", "true", "1"])("include_price=%s adds prices", async (flag) => {
    const read = await server.call("GET", `${orders}/${stock.orderId}?include_price=${flag}`);
    expect(read.body.totalPrice).toBeGreaterThan(0);
  });
  test.each(["False", "false", "0", ""])("include_price=%s adds none", async (flag) => {
    const read = await server.call("GET", `${orders}/${stock.orderId}?Include_Price=${flag}`);
    expect([read.status, "totalPrice" in read.body]).toEqual([200, false]);
  });

  test.each(["entitlementType", "entitlementtype"])("the query name %s is read", async (name) => {
    const list = await server.call("GET", `${customer}/entitlements?${name}=SOFTWARE`);
    const types = list.body.items.map((one: { entitlementType: string }) => one.entitlementType);
    expect(new Set(types)).toEqual(new Set(["software"]));
  });

  test("an order id is compared with regard to case, a GUID without", async () => {
    const swapped = stock.orderId.replace(/[a-zA-Z]/, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    const other = await server.call("GET", `${orders}/${swapped}`);
    expect([other.status, other.body.code]).toEqual([404, 20000]);
    const cart = await server.call("GET", stock.cart.toUpperCase().replace("/V1", "/v1"));
    expect(cart.status).toBe(200);
  });

  test("renewsTo is an object or an array of one", async () => {
    const renewsTo = { termDuration: "P1M" };
    expect((await firstLine({ ...software, renewsTo })).renewsTo).toEqual(renewsTo);
    expect((await firstLine({ ...software, renewsTo: [renewsTo] })).renewsTo).toEqual(renewsTo);
  });

  test("participants come with names of any case", async () => {
    const participants = [{ Key: "transaction_reseller", Value: "4711" }];
    const made = await createCart({ ...software, participants });
    expect(made.status).toBe(201);
    const camel = await createCart({
      ...software,
      participants: [{ key: "transaction_reseller", value: "4711" }],
    });
    expect(camel.body.lineItems[0].error).toEqual(made.body.lineItems[0].error);
  });

  test("provisioningContext has keys of any case and values of any scalar", async () => {
    for (const key of ["subscriptionId", "SubscriptionId", "SUBSCRIPTIONID"]) {
      const line = await firstLine({
        ...reservation,
        provisioningContext: { [key]: buyer.subscriptionId, Scope: "shared", Duration: null },
      });
      expect(line).not.toHaveProperty("error");
    }
    const odd = await firstLine({
      ...reservation,
      provisioningContext: { ...reservation.provisioningContext, number: 1, flag: true },
    });
    expect(odd.provisioningContext).toMatchObject({ number: "1", flag: "true" });
  });

  test("catalogId is another name of catalogItemId", async () => {
    const line = await firstLine({ catalogId: software.catalogItemId, quantity: 1 });
    expect(line.catalogItemId).toBe(software.catalogItemId);
  });

  test.each([
    ["nothing", undefined, undefined],
    ["nothing with a type", "", "application/json"],
    ['"success"', '"success"', "application/json; charset=utf-8"],
    ["an object", "{}", "application/json"],
    ["what is no JSON", "success", "application/json"],
  ])("the body of a checkout may be %s", async (_body, payload, type) => {
    const cart = await world.newCart();
    const done = await server.call("POST", `${carts}/${cart.id}/checkout`, {
      ...(payload === undefined ? {} : { payload }),
      ...(type === undefined ? {} : { headers: { "content-type": type } }),
    });
    expect([done.status, done.body.orders?.length]).toEqual([201, 1]);
  });

  test.each(["onetime", "OneTime", "one_time"])("billingType=%s filters", async (type) => {
    const list = await server.call("GET", `${orders}?billingType=${type}&include_price=false`);
    const cycles = list.body.items.map((order: { billingCycle: string }) => order.billingCycle);
    expect(new Set(cycles)).toEqual(new Set(["one_time"]));
  });
  test("billingType=unknown is no filter, and another word is 400/900126", async () => {
    const all = await server.call("GET", orders);
    const unknown = await server.call("GET", `${orders}?billingType=unknown`);
    expect(unknown.body.totalCount).toBe(all.body.totalCount);
    const bad = await server.call("GET", `${orders}?billingType=weekly`);
    expect([bad.status, bad.body.code]).toEqual([400, 900126]);
  });

  test("referenceCustomerId may be left out, or be the customer in any case", async () => {
    const line = { offerId: software.catalogItemId, quantity: 1 };
    for (const referenceCustomerId of [undefined, buyer.customerId.toUpperCase()]) {
      const body = { referenceCustomerId, lineItems: [line] };
      expect((await server.call("POST", orders, { body })).status).toBe(201);
    }
  });

  test("ids of cart lines: distinct ones are kept, all zeros are numbered", async () => {
    const ids = async (given: number[]) => {
      const lineItems = given.map((id) => ({ ...software, id }));
      const made = await server.call("POST", carts, { body: { lineItems } });
      return made.body.lineItems.map((line: { id: number }) => line.id);
    };
    expect(await ids([5, 2])).toEqual([5, 2]);
    expect(await ids([0, 0, 0])).toEqual([0, 1, 2]);
  });

  test("the cart id of the body is ignored: the path counts", async () => {
    const cart = await world.newCart();
    const body = { id: "11111111-1111-4111-8111-111111111111", lineItems: [software] };
    const updated = await server.call("PUT", `${carts}/${cart.id}/`, { body });
    expect([updated.status, updated.body.id]).toEqual([201, cart.id]);
    expect(updated.body.creationTimestamp).toBe(cart.creationTimestamp);
    expect(updated.body.expirationTimestamp).toBe(cart.expirationTimestamp);
  });
});

describe("writing responses", () => {
  const own = readsOf(world, stock).filter((path) => /cart|order|entitlement|subscr/.test(path));

  test("numbers, flags, enums and dates are never null; arrays are there when empty", async () => {
    for (const path of own) {
      const { body } = await server.call("GET", path);
      expect(membersOf(body).filter(({ value }) => value === null)).toEqual([]);
    }
    const { body } = await server.call("GET", `${customer}/entitlements`);
    for (const entitlement of body.items) {
      for (const name of ["includedEntitlements", "entitledArtifacts", "quantityDetails"]) {
        expect(entitlement[name]).toBeInstanceOf(Array);
      }
    }
  });

  test("no member stands there twice in two casings", async () => {
    for (const path of own) {
      const { text } = await server.call("GET", path);
      const visit = (value: unknown): void => {
        if (typeof value !== "object" || value === null) return;
        const names = Object.keys(value).map((name) => name.toLowerCase());
        expect(new Set(names).size).toBe(names.length);
        Object.values(value).forEach(visit);
      };
      visit(JSON.parse(text));
    }
  });

  test("a line in error has an integer code and a text, and no group", async () => {
    const line = await firstLine({ catalogItemId: "NO:0001:SUCH", quantity: 1 });
    expect(line.error).toEqual({ errorCode: 10001, errorDescription: expect.any(String) });
    expect(line).not.toHaveProperty("orderGroup");
  });

  test("prices are JSON numbers, and the total is their sum", async () => {
    const { body } = await server.call("GET", `${orders}/${stock.orderId}?include_price=true`);
    const cents = (amount: number) => Math.round(amount * 100);
    const sum = body.lineItems.reduce(
      (total: number, { pricing }: { pricing: { extendedPrice: number } }) =>
        total + cents(pricing.extendedPrice),
      0,
    );
    expect(cents(body.totalPrice)).toBe(sum);
  });

  test("a modern order id has 33 characters, an alternate id 12 hex digits", async () => {
    const { body } = await server.call("GET", `${orders}/${stock.orderId}`);
    expect(body.id).toMatch(/^[A-Za-z0-9_-]{32}1$/);
    expect(body.alternateId).toMatch(/^[0-9a-f]{12}$/);
    expect(body.lineItems[0].transactionType).toBe("New");
    expect(body.attributes.objectType).toBe("Order");
  });

  test("checkout has both lists, also when empty", async () => {
    const cart = await world.newCart();
    const { body } = await server.call("POST", `${carts}/${cart.id}/checkout`);
    expect(body).toMatchObject({
      orders: [{ status: "pending", billingCycle: "one_time" }],
      orderErrors: [],
      attributes: { objectType: "CartCheckoutResult" },
    });
  });

  test("an artifact says its type, and no type but the one clients can read", async () => {
    const { body } = await server.call("GET", `${customer}/entitlements`);
    const artifacts = body.items.flatMap(
      (one: { entitledArtifacts: { artifactType: string }[] }) => one.entitledArtifacts,
    );
    expect(artifacts.length).toBeGreaterThan(0);
    for (const artifact of artifacts) {
      expect(artifact.artifactType).toBe("reservedinstance");
      expect(artifact.dynamicAttributes.reservationType).toMatch(/^[a-z]+$/);
      const details = await server.call("GET", `/v1/${artifact.link.uri}`);
      expect(details.body.reservations).toEqual(details.body.virtualMachineReservations);
      expect(details.body).not.toHaveProperty("reservation");
    }
  });

  test("subscriptions show no status, cycle or contract type that a client cannot read", async () => {
    const { body } = await server.call("GET", `${customer}/subscriptions`);
    expect(body.items.length).toBeGreaterThan(1);
    for (const one of body.items) {
      expect(["none", "active", "suspended", "deleted"]).toContain(one.status);
      expect(["monthly", "annual", "none", "one_time"]).toContain(one.billingCycle);
      expect(one.contractType).toBe("subscription");
      for (const date of ["creationDate", "effectiveStartDate", "commitmentEndDate"]) {
        expect(one[date]).toMatch(/Z$/);
      }
    }
  });
});

describe("idempotency", () => {
  test("a second checkout of a cart answers the same orders and makes none", async () => {
    const cart = await world.newCart();
    const first = await server.call("POST", `${carts}/${cart.id}/checkout`);
    const before = await businessRows(server);
    const again = await server.call("POST", `${carts}/${cart.id}/checkout`);
    const ids = (answer: typeof first) => answer.body.orders.map((one: { id: string }) => one.id);
    expect([again.status, ids(again)]).toEqual([201, ids(first)]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("a refused call is sent five times and leaves no trace", async () => {
    const before = await businessRows(server);
    const headers = { "MS-RequestId": crypto.randomUUID() };
    const sent = await Promise.all(
      [1, 2, 3, 4, 5].map(() => server.call("POST", orders, { body: { lineItems: [] }, headers })),
    );
    expect(sent.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("one MS-RequestId for a whole session is no harm: method and path count too", async () => {
    const headers = { "MS-RequestId": crypto.randomUUID() };
    const body = { lineItems: [software] };
    const cart = await server.call("POST", carts, { body, headers });
    const updated = await server.call("PUT", `${carts}/${cart.body.id}`, { body, headers });
    const done = await server.call("POST", `${carts}/${cart.body.id}/checkout`, { headers });
    expect([cart.status, updated.status, done.status]).toEqual([201, 201, 201]);
    expect(done.headers).not.toHaveProperty("kontor-replayed");
  });
});

describe("business rules with delays, as the realistic profile has them", async () => {
  const slow = await testServer({ profile: "realistic", throttle: 1_000_000 });
  await slow.call("POST", "/_kontor/clock", { body: { frozen: true } });
  const advance = (time: string) =>
    slow.call("POST", "/_kontor/clock", { body: { advance: time } });
  const customerId = await newCustomer(slow);
  await acceptAgreement(slow, customerId);
  const at = `/v1/customers/${customerId}`;
  const azure = await slow.call("POST", `${at}/orders`, {
    body: { lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }] },
  });

  test("registration ends after fifteen minutes", async () => {
    const path = `${at}/subscriptions/${azure.body.lineItems[0].subscriptionId}`;
    expect((await slow.call("POST", `${path}/registrations`)).status).toBe(202);
    const state = async () => (await slow.call("GET", `${path}/registrationstatus`)).body.status;
    expect(await state()).toBe("Registering");
    await advance("PT15M");
    expect(await state()).toBe("Registered");
  });

  test("a new order is read at once, completed later, and listed after fifteen minutes", async () => {
    const path = `${at}/orders`;
    const body = { lineItems: [{ offerId: software.catalogItemId, quantity: 1 }] };
    const made = await slow.call("POST", path, { body });
    const listed = async () => {
      const { items } = (await slow.call("GET", path)).body;
      return items.some((one: { id: string }) => one.id === made.body.id);
    };
    const read = async () => (await slow.call("GET", `${path}/${made.body.id}`)).body.status;
    expect([await read(), await listed()]).toEqual(["pending", false]);
    await advance("PT15M");
    expect([await read(), await listed()]).toEqual(["completed", true]);
  });
});
