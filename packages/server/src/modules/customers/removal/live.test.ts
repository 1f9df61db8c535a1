import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows, newBuyer, newCustomer, offerOf } from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { wantedReseller } from "../test-support/wanted.ts";

const server = await testServer();
let token = "";
let buyer = { customerId: "", subscriptionId: "" };
let customerId = "";
let resellerId = "";

beforeAll(async () => {
  token = await server.signIn("user");
  customerId = await newCustomer(server);
  buyer = await newBuyer(server);
  const carts = `/v1/customers/${buyer.customerId}/carts`;
  const { catalogItemId } = offerOf("perpetual_software");
  const cart = await server.call("POST", carts, {
    body: { lineItems: [{ catalogItemId, quantity: 1 }] },
  });
  expect((await server.call("POST", `${carts}/${cart.body.id}/checkout`)).status).toBe(201);
  const reseller = await server.call("POST", "/v1/sandboxIndirectReseller", {
    body: wantedReseller(),
  });
  resellerId = reseller.body.accountId;
  // The mode is read with each request; the rest of this file plays on a live database.
  server.installation.mode = "live";
});

describe("in a live database", () => {
  test("no customer is deleted", async () => {
    const before = await businessRows(server);
    const refused = await server.call("DELETE", `/v1/customers/${customerId}`, { token });
    expect([refused.status, refused.body.code]).toEqual([400, 900127]);
    expect(await businessRows(server)).toEqual(before);
    expect((await server.call("GET", `/v1/customers/${customerId}`, { token })).status).toBe(200);
  });

  test("ending a relationship keeps all but it, and suspends what is active", async () => {
    const before = await businessRows(server);
    const ended = await server.call("PATCH", `/v1/customers/${buyer.customerId}`, {
      token,
      body: { relationshipToPartner: "none" },
    });
    expect([ended.status, ended.body.relationshipToPartner]).toEqual([200, "none"]);
    const after = await businessRows(server);
    // One record of the customer, one of its subscription.
    expect(after).toEqual({ ...before, audit_record: (before.audit_record ?? 0) + 2 });
    const read = await server.call("GET", `/v1/customers/${buyer.customerId}`, { token });
    expect([read.status, read.body.code]).toEqual([404, 60003]);
    const rows = await server.database.query(sql`
      SELECT status, version FROM subscription WHERE customer_id = ${buyer.customerId}`);
    expect(rows).toEqual([{ status: "suspended", version: 2 }]);
    const again = await server.call("PATCH", `/v1/customers/${buyer.customerId}`, {
      token,
      body: { relationshipToPartner: "none" },
    });
    expect([again.status, again.body.code]).toEqual([404, 60003]);
  });

  test("indirect resellers are neither made nor deleted", async () => {
    const before = await businessRows(server);
    const made = await server.call("POST", "/v1/sandboxIndirectReseller", {
      token,
      body: wantedReseller(),
    });
    expect([made.status, made.body.code]).toEqual([401, 6002]);
    const path = `/v1/sandboxIndirectReseller/${resellerId}`;
    const deleted = await server.call("DELETE", path, { token });
    expect([deleted.status, deleted.body.code]).toEqual([401, 6002]);
    expect(await businessRows(server)).toEqual(before);
  });
});
