import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, type TestServer, testServer } from "../../../../test/harness.ts";
import { acceptAgreement, businessRows, newCustomer, offerOf } from "../../../../test/shop.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { approvedSegments } from "../index.ts";

const server = await testServer();
const slow = await testServer({ profile: "realistic" });
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
  await slow.at("2031-01-01T00:00:00Z");
});

const path = (id: string) => `/v1/customers/${id}/qualifications`;
const single = (id: string) => `/v1/customers/${id}/qualification`;
const ask = (id: string, body: unknown, query = "", options: CallOptions = {}) =>
  server.call("POST", `${path(id)}${query}`, { body, ...options });
const list = async (id: string, on: TestServer = server) => (await on.call("GET", path(id))).body;
const education = { qualification: "Education" };
const codes = async () => (await server.call("GET", "/v1/customers/all/validations")).body;
const standing = (id: string, body: unknown) =>
  server.call("POST", `/_kontor/customers/${id}/standing`, { body });

/** Rows that a refused call must leave as they are. */
async function written() {
  const [row] = await server.database.query(sql`
    SELECT (SELECT jsonb_agg(q ORDER BY request_id) FROM qualification q) AS qualifications,
      (SELECT jsonb_agg(u ORDER BY validation_id) FROM validation_code_use u) AS uses`);
  return { ...row, ...(await businessRows(server)) };
}

describe("requests", () => {
  test("are in review when made and approved at the next read", async () => {
    const id = await newCustomer(server);
    expect(await list(id)).toEqual([]);
    const made = await ask(id, { Qualification: "education", EducationSegment: null });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      qualification: "Education",
      vettingStatus: "InReview",
      vettingCreateDate: expect.stringMatching(/^\d{4}-.*\.\d{7}Z$/),
      vettingCreatedDate: made.body.vettingCreateDate,
    });
    expect(await list(id)).toEqual([{ ...made.body, vettingStatus: "Approved" }]);
  });

  test("take the time of a review where the profile has one", async () => {
    const id = await newCustomer(slow);
    await slow.call("POST", path(id), { body: education });
    const segments = async () => {
      const { now } = (await slow.call("GET", "/_kontor/clock")).body;
      const ms = 15 * 60_000;
      return [...(await approvedSegments(slow.database, slow.partnerId, id, new Date(now), ms))];
    };
    expect(await list(id, slow)).toMatchObject([{ vettingStatus: "InReview" }]);
    expect(await segments()).toEqual(["commercial"]);
    expect((await slow.call("GET", single(id))).body).toBe("none");
    await slow.call("POST", "/_kontor/clock", { body: { advance: "PT15M" } });
    expect(await list(id, slow)).toMatchObject([{ vettingStatus: "Approved" }]);
    expect(await segments()).toEqual(["commercial", "education"]);
    expect((await slow.call("GET", single(id))).body).toBe("education");
  });

  test("are written to the audit trail", async () => {
    const id = await newCustomer(server);
    await ask(id, education);
    const records = await server.database.query(sql`
      SELECT operation_type, new_value FROM audit_record
      WHERE customer_id = ${id} AND operation_type = 'update_customer_qualification'`);
    expect(records).toMatchObject([{ new_value: { qualification: "Education" } }]);
  });

  test("that repeat one under review or approved change nothing, even at once", async () => {
    const id = await newCustomer(server);
    const answers = await Promise.all([ask(id, education), ask(id, education)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const before = await written();
    expect((await ask(id, education)).body.vettingStatus).toBe("Approved");
    expect(await written()).toEqual(before);
    expect(await list(id)).toHaveLength(1);
  });

  test("are denied for a website that cannot be a school's, and may be made again", async () => {
    const id = await newCustomer(server);
    const made = await ask(id, { ...education, website: "https://library.invalid" });
    expect(made.body).toMatchObject({ vettingStatus: "InReview" });
    expect(made.body).not.toHaveProperty("vettingReason");
    expect(await list(id)).toMatchObject([
      { vettingStatus: "Denied", vettingReason: "Ineligible library" },
    ]);
    expect((await server.call("GET", single(id))).body).toBe("none");
    expect((await ask(id, education)).body.vettingStatus).toBe("InReview");
    expect(await list(id)).toMatchObject([{ vettingStatus: "Approved" }]);
  });

  test("of a state-owned entity have no status and are approved", async () => {
    const id = await newCustomer(server);
    const made = await ask(id, { qualification: "StateOwnedEntity" });
    expect(made.status).toBe(201);
    expect(made.body).not.toHaveProperty("vettingStatus");
    expect((await server.call("GET", single(id))).body).toBe("state_owned_entity");
  });

  test.each<[string, unknown, number, number]>([
    ["none", { qualification: "None" }, 400, 3000],
    ["nonprofit", { qualification: "Nonprofit" }, 400, 3000],
    ["something else", { qualification: "Bank" }, 400, 900126],
    ["nothing", {}, 400, 800002],
    ["government without a code", { qualification: "GovernmentCommunityCloud" }, 400, 3000],
    [
      "government with an unknown code",
      { qualification: "GovernmentCommunityCloud", validationCode: "x" },
      400,
      3000,
    ],
  ])("for %s are refused and leave nothing", async (_case, body, status, code) => {
    const id = await newCustomer(server);
    const before = await written();
    const answer = await ask(id, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await written()).toEqual(before);
  });

  test("need a user, a role that sells, and the partner's own customer", async () => {
    const id = await newCustomer(server);
    const before = await written();
    expect((await ask(id, education, "", { token: "app" })).body.code).toBe(900329);
    expect((await ask(id, education, "", { token: foreignToken })).body.code).toBe(60003);
    expect((await ask("x", education)).body.code).toBe(2000);
    expect(await written()).toEqual(before);
  });
});

describe("the older form", () => {
  const put = (id: string, body: unknown, query = "", options: CallOptions = {}) =>
    server.call("PUT", `${single(id)}${query}`, { body, ...options });

  test("is a bare text over the same state, approved at once", async () => {
    const id = await newCustomer(slow);
    expect((await slow.call("GET", single(id))).text).toBe('"none"');
    const made = await slow.call("PUT", single(id), { body: "Education" });
    expect([made.status, made.text]).toEqual([200, '"education"']);
    expect((await slow.call("GET", single(id), { token: "app" })).body).toBe("education");
    expect(await list(id, slow)).toMatchObject([{ vettingStatus: "Approved" }]);
  });

  test("approves what is in review, and leaves what is approved", async () => {
    const id = await newCustomer(slow);
    await slow.call("POST", path(id), { body: education });
    expect((await slow.call("PUT", single(id), { body: "education" })).status).toBe(200);
    const after = await list(id, slow);
    expect(after).toMatchObject([{ vettingStatus: "Approved" }]);
    await slow.call("PUT", single(id), { body: "education" });
    expect(await list(id, slow)).toEqual(after);
  });

  test.each<[string, string, number]>([
    ["none", '"none"', 3000],
    ["nonprofit", '"nonprofit"', 3000],
    ["government without a code", '"government_community_cloud"', 3000],
    ["another text", '"bank"', 900126],
    ["nothing at all", "", 800002],
    ["null", "null", 800002],
    ["an object", "{}", 900126],
  ])("refuses %s and leaves nothing", async (_case, payload, code) => {
    const id = await newCustomer(server);
    const before = await written();
    const answer = await server.call("PUT", single(id), { payload });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await written()).toEqual(before);
  });

  test("needs a user to be set, and the partner's own customer", async () => {
    const id = await newCustomer(server);
    const before = await written();
    expect((await put(id, "Education", "", { token: "app" })).body.code).toBe(900329);
    expect((await put(id, "Education", "", { token: foreignToken })).body.code).toBe(60003);
    for (const read of [path(id), single(id)]) {
      const answer = await server.call("GET", read, { token: foreignToken });
      expect([answer.status, answer.body.code]).toEqual([404, 60003]);
    }
    expect((await server.call("GET", path("x"))).body.code).toBe(2000);
    expect(await written()).toEqual(before);
  });
});

describe("validation codes", () => {
  const government = { qualification: "GovernmentCommunityCloud" };

  test("are the partner's own, with whole numbers and an etag", async () => {
    const answer = await server.call("GET", "/v1/customers/all/validations", { token: "app" });
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(2);
    for (const code of answer.body) {
      expect(code).toEqual({
        partnerId: server.partnerId,
        organizationName: expect.any(String),
        validationId: expect.any(String),
        maxCreates: expect.any(Number),
        remainingCreates: code.maxCreates,
        eTag: expect.stringMatching(/^W\/"datetime'.*'"$/),
      });
    }
    const foreign = await server.call("GET", "/v1/customers/all/validations", {
      token: foreignToken,
    });
    const ids = (body: { validationId: string }[]) => body.map((code) => code.validationId);
    expect(ids(foreign.body)).not.toEqual(ids(answer.body));
  });

  test("count down as they are used, in the query or the body, and run out", async () => {
    const [many, one] = await codes();
    const first = await newCustomer(server);
    const made = await ask(first, { ...government, validationCode: many.validationId });
    expect(made.body.vettingStatus).toBe("InReview");
    expect((await server.call("GET", single(first))).body).toBe("government_community_cloud");
    expect((await ask(first, government)).status).toBe(201);
    const after = await codes();
    expect(after[0].remainingCreates).toBe(many.remainingCreates - 1);
    expect(after[0].eTag).not.toBe(many.eTag);

    const customers = await Promise.all([1, 2, 3].map(() => newCustomer(server)));
    const answers = await Promise.all(
      customers.map((id) =>
        server.call("PUT", `${single(id)}?code=${one.validationId.toUpperCase()}`, {
          body: "GovernmentCommunityCloud",
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
    expect(answers.find(({ status }) => status === 400)?.body.code).toBe(3000);
    expect((await codes())[1].remainingCreates).toBe(0);
    const left = await newCustomer(server);
    const before = await written();
    expect((await ask(left, government, `?code=${one.validationId}`)).body.code).toBe(3000);
    expect(await written()).toEqual(before);
  });

  test("of another partner are unknown", async () => {
    const foreign = await server.call("GET", "/v1/customers/all/validations", {
      token: foreignToken,
    });
    const id = await newCustomer(server);
    const before = await written();
    const answer = await ask(id, government, `?code=${foreign.body[0].validationId}`);
    expect([answer.status, answer.body.code]).toEqual([400, 3000]);
    expect(await written()).toEqual(before);
  });
});

describe("the standing that others decide", () => {
  test("is a qualification that no partner can set, granted or taken away", async () => {
    const id = await newCustomer(server);
    const granted = await standing(id, { qualification: "Nonprofit" });
    expect(granted.body).toMatchObject({
      qualifications: [{ qualification: "Nonprofit", vettingStatus: "Approved" }],
      directSignature: false,
    });
    expect((await server.call("GET", single(id))).body).toBe("nonprofit");
    const denied = await standing(id, {
      qualification: "Nonprofit",
      vettingStatus: "Denied",
      vettingReason: "Charter expired",
    });
    expect(denied.body.qualifications).toMatchObject([
      { vettingStatus: "Denied", vettingReason: "Charter expired" },
    ]);
    expect((await server.call("GET", single(id))).body).toBe("none");
  });

  test.each<[string, unknown, number]>([
    ["none", { qualification: "None" }, 3000],
    ["an unknown one", { qualification: "Bank" }, 900126],
    ["a reason that is too long", { vettingReason: "x".repeat(201) }, 800002],
  ])("is refused for %s and leaves nothing", async (_case, body, code) => {
    const id = await newCustomer(server);
    const before = await written();
    const answer = await standing(id, body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await written()).toEqual(before);
  });

  test("is of the partner's own customers", async () => {
    const id = await newCustomer(server);
    const before = await written();
    const foreign = await server.call("POST", `/_kontor/customers/${id}/standing`, {
      token: foreignToken,
      body: { directSignature: true },
    });
    expect([foreign.status, foreign.body.code]).toEqual([404, 60003]);
    expect((await standing("x", {})).body.code).toBe(2000);
    const page = await server.call("POST", `/_kontor/customers/${id}/standing`, {
      headers: { origin: "https://evil.example" },
      body: { directSignature: true },
    });
    expect([page.status, page.body.code]).toEqual([403, 2032]);
    expect(await written()).toEqual(before);
  });
});

describe("a purchase of a segment", () => {
  const offer = offerOf("perpetual_software", { segment: "education" });
  const carts = (id: string) => `/v1/customers/${id}/carts`;
  const line = { catalogItemId: offer.catalogItemId, quantity: 1 };
  const order = (id: string) =>
    server.call("POST", `/v1/customers/${id}/orders`, {
      body: { lineItems: [{ offerId: offer.catalogItemId, quantity: 1 }] },
    });

  test("is open to the customer that is qualified, by cart and by order", async () => {
    const id = await newCustomer(server);
    await acceptAgreement(server, id);
    await ask(id, education);
    expect((await order(id)).status).toBe(201);
    const cart = await server.call("POST", carts(id), { body: { lineItems: [line] } });
    expect(cart.body.lineItems[0]).not.toHaveProperty("error");
    const done = await server.call("POST", `${carts(id)}/${cart.body.id}/checkout`);
    expect([done.status, done.body.orders.length]).toEqual([201, 1]);
  });

  test.each<[string, unknown]>([
    ["is not qualified", undefined],
    ["was denied", { ...education, website: "https://museum.invalid" }],
    ["has another qualification", { qualification: "StateOwnedEntity" }],
  ])("is closed to a customer that %s", async (_case, request) => {
    const id = await newCustomer(server);
    await acceptAgreement(server, id);
    if (request) await ask(id, request);
    const cart = await server.call("POST", carts(id), { body: { lineItems: [line] } });
    expect(cart.body.lineItems[0].error).toMatchObject({ errorCode: 10001 });
    const before = await written();
    const checkout = await server.call("POST", `${carts(id)}/${cart.body.id}/checkout`);
    expect([checkout.status, checkout.body.code]).toEqual([400, 800009]);
    const direct = await order(id);
    expect([direct.status, direct.body.code]).toEqual([400, 800086]);
    expect(await written()).toEqual(before);
  });

  test("is not needed for what is closed to everybody", async () => {
    const closed = offerOf("term_software");
    await server.database.query(sql`
      UPDATE availability SET is_purchasable = false
      WHERE product_id = ${closed.product.id} AND sku_id = ${closed.sku.id}`);
    const id = await newCustomer(server);
    await acceptAgreement(server, id);
    const before = await written();
    const direct = await server.call("POST", `/v1/customers/${id}/orders`, {
      body: { lineItems: [{ offerId: closed.catalogItemId, quantity: 1 }] },
    });
    expect([direct.status, direct.body.code]).toEqual([403, 800020]);
    expect(await written()).toEqual(before);
    const cart = await server.call("POST", carts(id), {
      body: { lineItems: [{ catalogItemId: closed.catalogItemId, quantity: 1 }] },
    });
    expect(cart.body.lineItems[0].error).toMatchObject({ errorCode: 10001 });
  });

  test("is refused at checkout where the qualification was lost meanwhile", async () => {
    const id = await newCustomer(server);
    await acceptAgreement(server, id);
    await ask(id, education);
    const cart = await server.call("POST", carts(id), { body: { lineItems: [line] } });
    await standing(id, { qualification: "Education", vettingStatus: "Denied" });
    const before = await written();
    const checkout = await server.call("POST", `${carts(id)}/${cart.body.id}/checkout`);
    expect([checkout.status, checkout.body.code]).toEqual([400, 800009]);
    expect(await written()).toEqual(before);
  });
});
