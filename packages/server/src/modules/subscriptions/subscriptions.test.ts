import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { newCustomer } from "../../../test/shop.ts";
import { systemNow } from "../../foundation/clock.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";
import { insertSubscriptions, loadSubscriptions } from "./store.ts";
import type { SubscriptionRow } from "./subscription.ts";
import { subscriptionRow } from "./test-support/row.ts";

const server = await testServer();
const { partnerId } = server;
let customerId = "";
let foreignToken = "";
beforeAll(async () => {
  customerId = await newCustomer(server, "DE");
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

async function subscription(change: Partial<SubscriptionRow> = {}): Promise<SubscriptionRow> {
  const own = { subscriptionId: randomId(), customerId, orderId: `order-${randomId()}` };
  const row = subscriptionRow(systemNow(), { ...own, ...change });
  await insertSubscriptions(server.database, partnerId, [row]);
  return row;
}

function pathOf(row: SubscriptionRow, rest = ""): string {
  return `/v1/customers/${row.customerId}/subscriptions/${row.subscriptionId}${rest}`;
}

async function statusOf(row: SubscriptionRow): Promise<string> {
  return (await server.call("GET", pathOf(row, "/registrationstatus"))).body.status;
}

/** Everything that a registration may change. */
async function traces(row: SubscriptionRow): Promise<unknown> {
  return server.database.query(sql`
    SELECT subscription::text AS row, (SELECT count(*) FROM audit_record
      WHERE resource_id = subscription.subscription_id::text) AS records
    FROM subscription WHERE subscription_id = ${row.subscriptionId}`);
}

test("a subscription is stored and loaded unchanged", async () => {
  const row = await subscription({
    term: "P1Y",
    endsAt: new Date("2030-01-01T00:00:00.123Z"),
    registeredAt: new Date("2029-01-01T00:00:00.456Z"),
    mpnId: "4711",
    orderLine: null,
  });
  expect(await loadSubscriptions(server.database, partnerId, [row.subscriptionId])).toEqual([row]);
});

test("ids that are no GUID and those of other partners load nothing", async () => {
  const row = await subscription();
  expect(await loadSubscriptions(server.database, partnerId, ["x", "", "'"])).toEqual([]);
  expect(await loadSubscriptions(server.database, randomId(), [row.subscriptionId])).toEqual([]);
});

test("subscriptions are listed by customer, order and reseller", async () => {
  const own = await newCustomer(server);
  const [first, second] = [
    await subscription({ customerId: own, mpnId: "4711" }),
    await subscription({ customerId: own, createdAt: new Date("2020-01-01T00:00:00Z") }),
  ];
  const list = async (query: string) => {
    const { status, body } = await server.call(
      "GET",
      `/v1/customers/${own}/subscriptions${query}`,
      { token: "app" },
    );
    expect(status).toBe(200);
    expect(body.totalCount).toBe(body.items.length);
    return body.items.map((item: { id: string }) => item.id);
  };
  expect(await list("")).toEqual([second.subscriptionId, first.subscriptionId]);
  expect(await list(`?order_id=${first.orderId}`)).toEqual([first.subscriptionId]);
  expect(await list("?MPN_ID=4711")).toEqual([first.subscriptionId]);
  expect(await list(`?mpn_id=4711&order_id=${second.orderId}`)).toEqual([]);
  expect(await list("?order_id=unknown")).toEqual([]);
});

test("a subscription is read by its id in any case and with braces", async () => {
  const row = await subscription();
  const upper = { ...row, subscriptionId: `{${row.subscriptionId.toUpperCase()}}` };
  const { status, body } = await server.call("GET", encodeURI(pathOf(upper)));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: row.subscriptionId,
    links: { offer: { uri: "/offers/MS-AZR-0145P?country=DE" } },
  });
});

test("a subscription that is unknown, foreign or another customer's is not found", async () => {
  const row = await subscription();
  const other = await newCustomer(server);
  const read = async (path: string, token = "user") => {
    const { status, body } = await server.call("GET", path, { token });
    return [status, body.code];
  };
  expect(await read(pathOf({ ...row, subscriptionId: randomId() }))).toEqual([404, 20003]);
  expect(await read(pathOf({ ...row, subscriptionId: "x" }))).toEqual([404, 20003]);
  expect(await read(pathOf({ ...row, customerId: other }))).toEqual([404, 20003]);
  expect(await read(pathOf({ ...row, customerId: randomId() }))).toEqual([403, 20002]);
  expect(await read(pathOf({ ...row, customerId: "x" }))).toEqual([400, 900118]);
  expect(await read(pathOf(row), foreignToken)).toEqual([403, 20002]);
});

describe("provisioning status", () => {
  const statusOfProvisioning = (row: SubscriptionRow, token = "user") =>
    server.call("GET", pathOf(row, "/provisioningstatus"), { token });

  test("says what the customer has, with one GUID for each SKU", async () => {
    const software = { kind: "term_software", term: "P1Y", quantity: 7 } as const;
    const endsAt = new Date("2999-01-31T08:00:00Z");
    const offerIds = ["AAAA:0001:X", "aaaa:0001:Y", "AAAA:0002:X"];
    const answers = [];
    for (const offerId of offerIds) {
      answers.push(
        await statusOfProvisioning(await subscription({ ...software, offerId, endsAt })),
      );
    }
    const [first, second, third] = answers.map(({ body }) => body);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(first).toEqual({
      skuId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      status: "success",
      quantity: 7,
      endDate: "2999-01-31T08:00:00.0000000Z",
      attributes: { objectType: "SubscriptionProvisioningStatus" },
    });
    expect(second.skuId).toBe(first.skuId);
    expect(third.skuId).not.toBe(first.skuId);
  });

  test("has an end date in every case, for a client that reads no null", async () => {
    const { body } = await statusOfProvisioning(await subscription());
    expect(body.endDate).toBe("9999-12-14T00:00:00Z");
  });

  test("is for users, and of known subscriptions", async () => {
    const row = await subscription();
    const asked = async (of: SubscriptionRow, token = "user") => {
      const { status, body } = await statusOfProvisioning(of, token);
      return [status, body.code];
    };
    expect(await asked(row, "app")).toEqual([403, 900329]);
    expect(await asked({ ...row, subscriptionId: randomId() })).toEqual([404, 20003]);
    expect(await asked({ ...row, customerId: randomId() })).toEqual([403, 20002]);
    expect(await asked({ ...row, customerId: "x" })).toEqual([400, 900118]);
  });
});

describe("activation links", () => {
  const linksOf = (row: SubscriptionRow) => server.call("GET", pathOf(row, "/activationlinks"));

  test("of a subscription are none", async () => {
    const row = await subscription();
    const { status, body } = await linksOf(row);
    expect([status, body.totalCount, body.items]).toEqual([200, 0, []]);
    expect(body.links.self.uri).toBe(pathOf(row, "/activationlinks").replace("/v1", ""));
  });

  test("of an unknown subscription are not found", async () => {
    const { status, body } = await linksOf({ ...(await subscription()), subscriptionId: "x" });
    expect([status, body.code]).toEqual([404, 20003]);
  });
});

describe("registration", () => {
  test.each([
    ["nothing", undefined],
    ["null", "null"],
    ["a text", '"success"'],
    ["an object", "{}"],
  ])("is accepted with %s as body, and answers a location and no body", async (_name, payload) => {
    const row = await subscription();
    expect(await statusOf(row)).toBe("NotRegistered");
    const answer = await server.call(
      "POST",
      pathOf(row, "/registrations"),
      payload === undefined ? {} : { payload },
    );
    expect(answer.status).toBe(202);
    expect(answer.text).toBe("");
    expect(answer.headers["content-length"]).toBe("0");
    const location = pathOf(row, "/registrationstatus").replace("/v1", "");
    expect(answer.headers.location).toBe(location);
    expect((await server.call("GET", location)).body).toEqual({
      subscriptionId: row.subscriptionId,
      status: "Registered",
      attributes: { objectType: "SubscriptionRegistrationStatus" },
    });
  });

  test("changes nothing when it is repeated, with another id or at the same moment", async () => {
    const row = await subscription();
    const register = () => server.call("POST", pathOf(row, "/registrations"), { token: "app" });
    const answers = await Promise.all([register(), register(), register()]);
    const after = await traces(row);
    expect(after).toMatchObject([{ records: 1n }]);
    answers.push(await register());
    expect(await traces(row)).toEqual(after);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.headers.location)).size).toBe(1);
  });

  test("is possible for an Azure plan", async () => {
    const row = await subscription({
      kind: "azure_plan",
      offerId: "DZH318Z0BPS6:0001:DZH318Z0BMTX",
    });
    expect((await server.call("POST", pathOf(row, "/registrations"))).status).toBe(202);
    expect(await statusOf(row)).toBe("Registered");
  });

  const ended = new Date("2020-01-01T00:00:00Z");
  test.each<[string, Partial<SubscriptionRow>, number]>([
    ["software", { kind: "term_software", offerId: "A:1:B" }, 800011],
    ["a service", { kind: "online_service", offerId: "A:1:B" }, 800011],
    ["a suspended subscription", { status: "suspended" }, 800012],
    ["a deleted subscription", { status: "deleted" }, 800012],
    ["an ended subscription", { endsAt: ended }, 800012],
  ])("of %s is refused and changes nothing", async (_name, change, code) => {
    const row = await subscription(change);
    const before = await traces(row);
    const answer = await server.call("POST", pathOf(row, "/registrations"));
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await traces(row)).toEqual(before);
    expect(await statusOf(row)).toBe("NotRegistered");
  });

  test("of a foreign subscription is refused and changes nothing", async () => {
    const row = await subscription();
    const before = await traces(row);
    const answer = await server.call("POST", pathOf(row, "/registrations"), {
      token: foreignToken,
    });
    expect([answer.status, answer.body.code]).toEqual([403, 20002]);
    expect(await traces(row)).toEqual(before);
  });

  test("takes its time in the realistic profile", async () => {
    const slow = await testServer({ profile: "realistic" });
    const id = await newCustomer(slow);
    const { now } = (await slow.call("POST", "/_kontor/clock", { body: { frozen: true } })).body;
    const at = new Date(now);
    const row = { ...(await subscription()), customerId: id, createdAt: at, startsAt: at };
    await insertSubscriptions(slow.database, partnerId, [row]);
    const status = async () =>
      (await slow.call("GET", pathOf(row, "/registrationstatus"))).body.status;
    expect((await slow.call("POST", pathOf(row, "/registrations"))).status).toBe(202);
    expect(await status()).toBe("Registering");
    await slow.call("POST", "/_kontor/clock", { body: { advance: "PT14M59S" } });
    expect(await status()).toBe("Registering");
    await slow.call("POST", "/_kontor/clock", { body: { advance: "PT1S" } });
    expect(await status()).toBe("Registered");
  });
});
