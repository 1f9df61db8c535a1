import { beforeAll, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../test/shop.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";

const server = await testServer();
let azurePath = "";
let foreignToken = "";
let customerId = "";
beforeAll(async () => {
  const buyer = await newBuyer(server);
  customerId = buyer.customerId;
  azurePath = `/v1/customers/${customerId}/subscriptions/${buyer.subscriptionId}`;
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

/** Path of a new subscription of term software, five seats. */
async function softwarePath(): Promise<string> {
  const order = await server.call("POST", `/v1/customers/${customerId}/orders`, {
    body: {
      billingCycle: "one_time",
      lineItems: [{ offerId: offerOf("term_software").catalogItemId, quantity: 5 }],
    },
  });
  const list = await server.call(
    "GET",
    `/v1/customers/${customerId}/subscriptions?order_id=${order.body.id}`,
  );
  return `/v1/customers/${customerId}/subscriptions/${list.body.items[0].id}`;
}

const patch = (path: string, body: unknown, options = {}) =>
  server.call("PATCH", path, { body, ...options });

/** Everything that a change may leave behind. */
async function traces(path: string): Promise<unknown> {
  const id = path.split("/").at(-1) ?? "";
  const rows = await server.database.query(sql`
    SELECT subscription::text AS row FROM subscription WHERE subscription_id = ${id}`);
  return [rows, await businessRows(server)];
}

test("a subscription is renamed and let renew, with a new etag and a record of it", async () => {
  const path = await softwarePath();
  const before = (await server.call("GET", path)).body;
  const { status, body } = await patch(
    path,
    { ...before, friendlyName: "Branch", autoRenewEnabled: true },
    { token: "app" },
  );
  expect(status).toBe(200);
  expect(body).toEqual({
    ...before,
    friendlyName: "Branch",
    autoRenewEnabled: true,
    renewalTermDuration: before.termDuration,
    attributes: { ...before.attributes, etag: expect.any(String) },
  });
  expect(body.attributes.etag).not.toBe(before.attributes.etag);
  expect((await server.call("GET", path)).body).toEqual(body);
  const records = await server.database.query(sql`
    SELECT customer_id, new_value FROM audit_record
    WHERE operation_type = 'update_subscription' AND resource_id = ${before.id}`);
  expect(records).toEqual([{ customer_id: customerId, new_value: body }]);
});

test("a subscription that is sent back as it was read is left as it is", async () => {
  const path = await softwarePath();
  const before = await traces(path);
  const read = (await server.call("GET", path)).body;
  const { status, body } = await patch(path, read);
  expect([status, body]).toEqual([200, read]);
  expect(await traces(path)).toEqual(before);
});

test("Azure is suspended and activated, as clients spell it", async () => {
  const suspended = await patch(azurePath, { Status: "Suspended" });
  expect(suspended.body).toMatchObject({
    status: "suspended",
    suspensionReasons: ["CustomerCancellation"],
  });
  const unchanged = await traces(azurePath);
  const renamed = await patch(azurePath, { friendlyName: "X" });
  expect([renamed.status, renamed.body.code]).toEqual([400, 800091]);
  expect(await traces(azurePath)).toEqual(unchanged);
  const active = await patch(azurePath, { status: 1, friendlyName: "Again" });
  expect(active.body).toMatchObject({ status: "active", friendlyName: "Again" });
  expect(active.body).not.toHaveProperty("suspensionReasons");
});

test("of changes at the same moment with one etag, one is made", async () => {
  const path = await softwarePath();
  const { etag } = (await server.call("GET", path)).body.attributes;
  const answers = await Promise.all(
    ["A", "B", "C"].map((friendlyName) =>
      patch(path, { friendlyName }, { headers: { "if-match": `"${etag}"` } }),
    ),
  );
  expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([200, 2055, 2055]);
  expect((await server.call("GET", path)).body.friendlyName).toBe(
    answers.find(({ status }) => status === 200)?.body.friendlyName,
  );
});

test.each<[string, unknown, number]>([
  ["a stale etag", { friendlyName: "X", attributes: { etag: "old" } }, 2055],
  ["a stale etag before all else", { status: "deleted", attributes: { etag: "old" } }, 2055],
  ["a seat more", { quantity: 6 }, 800092],
  ["a seat less", { quantity: 4 }, 800095],
  ["no seat", { quantity: 0 }, 2002],
  ["another billing cycle", { billingCycle: "Monthly" }, 2054],
  ["a rest of software", { status: "suspended" }, 800096],
  ["an unknown status", { status: "resting" }, 900126],
  ["an empty name", { friendlyName: "" }, 800002],
  ["a name past the limit", { friendlyName: "x".repeat(201) }, 800002],
])("a change that asks for %s is refused and changes nothing", async (_name, body, code) => {
  const path = await softwarePath();
  const before = await traces(path);
  const answer = await patch(path, body);
  expect([answer.status, answer.body.code]).toEqual([400, code]);
  expect(await traces(path)).toEqual(before);
});

test("an end of Azure is refused and changes nothing", async () => {
  const before = await traces(azurePath);
  const answer = await patch(azurePath, { status: "deleted" });
  expect([answer.status, answer.body.code]).toEqual([400, 800096]);
  expect(await traces(azurePath)).toEqual(before);
});

test("a renewal of Azure is refused and changes nothing", async () => {
  const before = await traces(azurePath);
  const answer = await patch(azurePath, { autoRenewEnabled: true });
  expect([answer.status, answer.body.code]).toEqual([400, 800093]);
  expect(await traces(azurePath)).toEqual(before);
});

test("a subscription whose term has run out is not changed", async () => {
  const path = await softwarePath();
  const id = path.split("/").at(-1) ?? "";
  await server.database.query(sql`
    UPDATE subscription SET ends_at = '2020-01-01T00:00:00Z' WHERE subscription_id = ${id}`);
  const before = await traces(path);
  const answer = await patch(path, { friendlyName: "X", attributes: { etag: "old" } });
  expect([answer.status, answer.body.code]).toEqual([400, 2011]);
  expect(await traces(path)).toEqual(before);
});

test("what cannot be found is not changed", async () => {
  const change = { friendlyName: "X" };
  const customers = "/v1/customers";
  const before = await traces(azurePath);
  const refused = async (path: string, token = "user") => {
    const { status, body } = await patch(path, change, { token });
    return [status, body.code];
  };
  expect(await refused(`${customers}/${customerId}/subscriptions/x`)).toEqual([404, 20003]);
  const unknown = `${customers}/${customerId}/subscriptions/${randomId()}`;
  expect(await refused(unknown)).toEqual([404, 20003]);
  expect(await refused(`${customers}/${randomId()}/subscriptions/x`)).toEqual([404, 20003]);
  expect(await refused(azurePath, foreignToken)).toEqual([403, 20002]);
  expect(await refused(azurePath.replace(customerId, "x"))).toEqual([400, 900118]);
  expect(await traces(azurePath)).toEqual(before);
});
