import { describe, expect, test } from "vitest";
import { type TestServer, testServer } from "../../../test/harness.ts";
import { businessRows } from "../../../test/shop.ts";
import { sql } from "../../foundation/database/sql.ts";
import { wantedCustomer, wantedReseller } from "./test-support/wanted.ts";

const realistic = await testServer({ profile: "realistic" });
const instant = await testServer();

/** A partner of its own with so many customers; its token and the id of one of them. */
async function partnerWith(server: TestServer, customers: number) {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  const token = await server.signIn("user", other.body);
  const first = await server.call("POST", "/v1/customers", { token, body: wantedCustomer() });
  expect(first.status).toBe(201);
  await server.database.query(sql`
    INSERT INTO customer (partner_id, customer_id, commerce_id, domain, company_name, name_key,
      email, first_name, last_name, culture, language, country, address, billing_profile_id,
      created_at)
    SELECT partner_id, gen_random_uuid(), commerce_id, n || domain, company_name, name_key, email,
      first_name, last_name, culture, language, country, address, billing_profile_id, created_at
    FROM customer, generate_series(2, ${customers}::int) AS n
    WHERE customer_id = ${first.body.id}`);
  return { token, customerId: first.body.id as string };
}

const create = (server: TestServer, token: string) =>
  server.call("POST", "/v1/customers", { token, body: wantedCustomer() });

describe("the vendor's quota of customers", () => {
  test("lets the seventy-fifth customer in and no further one", async () => {
    const { token } = await partnerWith(realistic, 74);
    expect((await create(realistic, token)).status).toBe(201);
    const before = await businessRows(realistic);
    const refused = await create(realistic, token);
    expect([refused.status, refused.body.code]).toEqual([400, 800018]);
    expect(refused.body.description).toContain("75");
    expect(await businessRows(realistic)).toEqual(before);
  });

  test("holds when many are created at the same moment", async () => {
    const { token } = await partnerWith(realistic, 73);
    const before = await businessRows(realistic);
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(realistic, token)));
    const codes = answers.map((answer) => answer.body.code ?? answer.status).toSorted();
    expect(codes).toEqual([201, 201, ...Array.from({ length: 6 }, () => 800018)]);
    const after = await businessRows(realistic);
    expect(after.customer).toBe((before.customer ?? 0) + 2);
    expect(after.audit_record).toBe((before.audit_record ?? 0) + 2);
  });

  test("counts each partner's customers alone", async () => {
    const { token } = await partnerWith(realistic, 75);
    expect((await create(realistic, token)).status).toBe(400);
    const other = await partnerWith(realistic, 1);
    expect((await create(realistic, other.token)).status).toBe(201);
  });

  test.each([
    ["DELETE", undefined],
    ["PATCH", { relationshipToPartner: "none" }],
  ])("frees the slot of a customer that is gone by %s", async (method, body) => {
    const { token, customerId } = await partnerWith(realistic, 75);
    expect((await create(realistic, token)).body.code).toBe(800018);
    const gone = await realistic.call(method, `/v1/customers/${customerId}`, { token, body });
    expect(gone.status).toBeLessThan(300);
    expect((await create(realistic, token)).status).toBe(201);
    expect((await create(realistic, token)).body.code).toBe(800018);
  });

  test("is not kept in the instant profile", async () => {
    const { token } = await partnerWith(instant, 75);
    expect((await create(instant, token)).status).toBe(201);
  });
});

describe("the vendor's quota of indirect resellers", () => {
  const make = (server: TestServer, token: string) =>
    server.call("POST", "/v1/sandboxIndirectReseller", { token, body: wantedReseller() });

  test("holds at five, also at the same moment, and a deleted one makes room", async () => {
    const { token } = await partnerWith(realistic, 1);
    const before = await businessRows(realistic);
    const answers = await Promise.all(Array.from({ length: 7 }, () => make(realistic, token)));
    const made = answers.filter((answer) => answer.status === 200);
    expect(made).toHaveLength(5);
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused.map((answer) => [answer.status, answer.body.code])).toEqual([
      [403, 6004],
      [403, 6004],
    ]);
    const after = await businessRows(realistic);
    expect(after.indirect_reseller).toBe((before.indirect_reseller ?? 0) + 5);
    expect(after.audit_record).toBe((before.audit_record ?? 0) + 5);
    const path = `/v1/sandboxIndirectReseller/${made[0]?.body.accountId}`;
    expect((await realistic.call("DELETE", path, { token })).status).toBe(204);
    expect((await make(realistic, token)).status).toBe(200);
    expect((await make(realistic, token)).status).toBe(403);
  });

  test("of resellers is not kept in the instant profile", async () => {
    const { token } = await partnerWith(instant, 1);
    for (let count = 0; count < 6; count += 1) {
      expect((await make(instant, token)).status).toBe(200);
    }
  });
});
