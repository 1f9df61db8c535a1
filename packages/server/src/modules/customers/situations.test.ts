import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, testServer } from "../../../test/harness.ts";
import { businessRows, newCustomer } from "../../../test/shop.ts";
import { randomId } from "../../foundation/ids.ts";
import { wantedCustomer, wantedReseller } from "./test-support/wanted.ts";

const server = await testServer();
let customerId = "";
let resellerId = "";
beforeAll(async () => {
  customerId = await newCustomer(server);
  const made = await server.call("POST", "/v1/sandboxIndirectReseller", {
    body: wantedReseller(),
  });
  resellerId = made.body.accountId;
});

type Who = "app or user" | "user";
type Role = "any role" | "who sells";
const { billingProfile } = wantedCustomer();
/** Every call of this module: who may make it, and whether it needs a selling role. */
const calls: [string, string, Who, Role, unknown?][] = [
  ["GET", "/customers", "app or user", "any role"],
  ["POST", "/customers", "app or user", "who sells", wantedCustomer()],
  ["GET", "/customers/{id}", "app or user", "any role"],
  ["DELETE", "/customers/{id}", "app or user", "who sells"],
  ["PATCH", "/customers/{id}", "user", "who sells", { relationshipToPartner: "none" }],
  ["GET", "/customers/{id}/profiles/company", "user", "any role"],
  ["GET", "/customers/{id}/profiles/billing", "app or user", "any role"],
  ["PUT", "/customers/{id}/profiles/billing", "app or user", "who sells", billingProfile],
  ["GET", "/customers/{id}/validationStatus?type=Account", "app or user", "any role"],
  ["GET", "/customers/{id}/relationships", "user", "any role"],
  ["GET", "/customers/relationshiprequests", "user", "who sells"],
  ["GET", "/relationships?relationship_type=IsIndirectResellerOf", "user", "any role"],
  ["GET", "/compliance/csp/agreementstatus?tenantId={partner}", "user", "any role"],
  ["POST", "/sandboxIndirectReseller", "user", "who sells", wantedReseller()],
  ["DELETE", "/sandboxIndirectReseller/{reseller}", "user", "who sells"],
];
const call = (method: string, path: string, options: CallOptions) =>
  server.call(
    method,
    `/v1${path}`
      .replace("{id}", customerId)
      .replace("{reseller}", resellerId)
      .replace("{partner}", server.partnerId),
    options,
  );

describe("who may call", () => {
  test.each(calls)("%s %s: nobody without a token", async (method, path, _who, _role, body) => {
    const before = await businessRows(server);
    const missing = await call(method, path, { token: "none", body });
    expect([missing.status, missing.body.code]).toEqual([401, 800001]);
    const bad = await call(method, path, { token: "nonsense", body });
    expect([bad.status, bad.body.code]).toEqual([401, 400]);
    expect(await businessRows(server)).toEqual(before);
  });

  test.each(calls.filter(([, , who]) => who === "user"))(
    "%s %s: no app alone",
    async (method, path, _who, _role, body) => {
      const before = await businessRows(server);
      const refused = await call(method, path, { token: "app", body });
      expect([refused.status, refused.body.code]).toEqual([403, 900329]);
      expect(await businessRows(server)).toEqual(before);
    },
  );

  describe.each(["HelpdeskAgent", "BillingAdmin", "GlobalAdmin", "UserAdmin"])("as %s", (role) => {
    let token = "";
    let foreign = "";
    beforeAll(async () => {
      const other = await server.call("POST", "/_kontor/partners", {
        token: "none",
        body: { roles: [role] },
      });
      token = await server.signIn("user", other.body);
      const app = await server.signIn("app", other.body);
      const made = await server.call("POST", "/v1/customers", {
        token: app,
        body: wantedCustomer(),
      });
      foreign = made.body.id;
    });
    test.each(calls)(`%s %s (${role})`, async (method, path, _who, needed, body) => {
      const before = await businessRows(server);
      const own = path.replace("{id}", foreign);
      const answer = await call(method, own, { token, body });
      if (needed === "who sells") {
        expect([answer.status, answer.body.code]).toEqual([403, 900150]);
      } else {
        // The partner is another one than that of the agreement's status, which it may ask for.
        expect(answer.body.code ?? answer.status).toBe(path.includes("{partner}") ? 2205 : 200);
      }
      expect(await businessRows(server)).toEqual(before);
    });
  });
});

describe("a customer's members", () => {
  /** Name, and whether it stands in lists, in the customer, and in the answer of its creation. */
  const members: [string, boolean, boolean, boolean][] = [
    ["id", true, true, true],
    ["commerceId", false, true, true],
    ["companyProfile", true, true, true],
    ["billingProfile", false, true, true],
    ["relationshipToPartner", true, true, true],
    ["allowDelegatedAccess", false, true, true],
    ["userCredentials", false, false, true],
    ["customDomains", false, true, true],
    ["associatedPartnerId", false, true, true],
    ["links", true, true, true],
    ["attributes", true, true, true],
  ];
  const companyMembers = "tenantId domain companyName attributes".split(" ");

  test("stand where the contract shows them", async () => {
    const wanted = wantedCustomer("Members");
    const made = await server.call("POST", "/v1/customers", {
      body: {
        ...wanted,
        associatedPartnerId: resellerId,
        companyProfile: { ...wanted.companyProfile, organizationRegistrationNumber: "1" },
      },
    });
    const { id } = made.body;
    const read = await server.call("GET", `/v1/customers/${id}`);
    const list = await server.call("GET", "/v1/customers");
    const listed = list.body.items.find((item: { id: string }) => item.id === id);
    const named = (where: 1 | 2 | 3) =>
      members.filter((member) => member[where]).map(([name]) => name);
    expect(Object.keys(listed)).toEqual(named(1));
    expect(Object.keys(read.body).toSorted()).toEqual(named(2).toSorted());
    expect(Object.keys(made.body).toSorted()).toEqual(named(3).toSorted());
    expect(Object.keys(listed.companyProfile)).toEqual(companyMembers);
    expect(Object.keys(read.body.companyProfile).toSorted()).toEqual(
      [...companyMembers, "organizationRegistrationNumber", "address", "email", "links"].toSorted(),
    );
    expect(Object.keys(read.body.billingProfile).toSorted()).toEqual(
      "id firstName lastName email culture language companyName defaultAddress links attributes"
        .split(" ")
        .toSorted(),
    );
    expect(made.body).toMatchObject({
      companyProfile: { tenantId: id, domain: wanted.companyProfile.domain },
      userCredentials: { userName: "admin" },
      attributes: { objectType: "Customer" },
    });
  });
});

describe("what is refused", () => {
  test("a customer that there is not", async () => {
    const refused = await server.call("GET", `/v1/customers/${randomId()}`);
    expect([refused.status, refused.body.code]).toEqual([404, 60003]);
    const { companyProfile } = wantedCustomer();
    expect(refused.text).not.toContain(companyProfile.domain);
  });

  test.each([
    ["POST", "/customers", "{"],
    ["POST", "/customers", "[]"],
    ["POST", "/customers", '"success"'],
    ["PUT", "/customers/{id}/profiles/billing", "{"],
    ["PATCH", "/customers/{id}", "nonsense"],
    ["POST", "/sandboxIndirectReseller", "7"],
  ])("%s %s with the body %s", async (method, path, payload) => {
    const before = await businessRows(server);
    const refused = await call(method, path, { payload });
    expect([refused.status, refused.body.code, refused.body.data]).toEqual([400, 800002, []]);
    expect(await businessRows(server)).toEqual(before);
  });
});
