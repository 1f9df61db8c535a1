import { expect, test } from "vitest";
import { type TestAnswer, testServer } from "../../../test/harness.ts";
import { businessRows } from "../../../test/shop.ts";
import { randomId } from "../../foundation/ids.ts";
import { wantedCustomer } from "./test-support/wanted.ts";

const server = await testServer();
const written = () => businessRows(server);

function create(body: unknown): Promise<TestAnswer> {
  return server.call("POST", "/v1/customers", { body });
}

const { companyProfile, billingProfile } = wantedCustomer();
/** Ways to a field, the longest text that it takes, and the refusal of one character more. */
const fields: [string, number, string?][] = [
  ["billingProfile.companyName", 200],
  ["billingProfile.firstName", 50],
  ["billingProfile.lastName", 50],
  ["billingProfile.email", 320, "@example.com"],
  ["billingProfile.defaultAddress.addressLine1", 200],
  ["billingProfile.defaultAddress.addressLine2", 200],
  ["billingProfile.defaultAddress.city", 200],
  ["billingProfile.defaultAddress.region", 100],
  ["billingProfile.defaultAddress.state", 2],
  ["billingProfile.defaultAddress.postalCode", 40],
  ["billingProfile.defaultAddress.firstName", 50],
  ["billingProfile.defaultAddress.middleName", 50],
  ["billingProfile.defaultAddress.lastName", 50],
  ["billingProfile.defaultAddress.phoneNumber", 50],
  ["companyProfile.organizationRegistrationNumber", 64],
];
// In Germany state and postal code have no form, so that their length alone decides.
function bodyWith(path: string, value: string | null) {
  const body = structuredClone({
    companyProfile: wantedCustomer().companyProfile,
    billingProfile: {
      ...billingProfile,
      defaultAddress: { ...billingProfile.defaultAddress, country: "DE" },
    },
  });
  const names = path.split(".");
  const last = names.pop() ?? "";
  let at = body as Record<string, unknown>;
  for (const name of names) at = at[name] as Record<string, unknown>;
  at[last] = value;
  return body;
}

test.each(fields)("%s holds %i characters and no more", async (path, most, end = "") => {
  const before = await written();
  const tooLong = await create(bodyWith(path, `${"x".repeat(most + 1 - end.length)}${end}`));
  expect([tooLong.status, tooLong.body.code]).toEqual([400, 800002]);
  expect(tooLong.body.description).toContain(path);
  expect(await written()).toEqual(before);
  const longest = `${"x".repeat(most - end.length)}${end}`;
  const made = await create(bodyWith(path, longest));
  expect(made.status).toBe(201);
  expect(made.text).toContain(longest);
});

test("a domain holds 253 characters and no more", async () => {
  const label = `${"a".repeat(59)}.`;
  const domain = `${randomId()}.${label.repeat(3)}${"b".repeat(253 - 37 - 180 - 8)}.example`;
  expect(domain).toHaveLength(253);
  const before = await written();
  const body = (name: string) => ({ companyProfile: { domain: name }, billingProfile });
  const tooLong = await create(body(`a${domain}`));
  expect([tooLong.status, tooLong.body.code]).toEqual([400, 800002]);
  expect(await written()).toEqual(before);
  const made = await create(body(domain));
  expect([made.status, made.body.companyProfile?.domain]).toEqual([201, domain]);
});

test.each([
  "billingProfile",
  "billingProfile.email",
  "billingProfile.culture",
  "billingProfile.language",
  "billingProfile.companyName",
  "billingProfile.defaultAddress",
  "billingProfile.defaultAddress.addressLine1",
  "billingProfile.defaultAddress.city",
  "billingProfile.defaultAddress.country",
  "billingProfile.defaultAddress.firstName",
  "billingProfile.defaultAddress.lastName",
  "companyProfile",
  "companyProfile.domain",
])("%s is required", async (path) => {
  const before = await written();
  const answer = await create(bodyWith(path, null));
  expect([answer.status, answer.body.code]).toEqual([400, 800002]);
  expect(answer.body.description).toContain(path);
  expect(await written()).toEqual(before);
});

test.each([
  ["addressLine2", ""],
  ["middleName", ""],
  ["phoneNumber", ""],
  ["state", ""],
])("%s may be empty", async (name, value) => {
  const made = await create(bodyWith(`billingProfile.defaultAddress.${name}`, value));
  expect(made.status).toBe(201);
  expect(made.text).not.toContain("null");
});

test("what a client sends besides is not looked at", async () => {
  const made = await create({
    ...wantedCustomer(),
    companyProfile: { ...companyProfile, domain: wantedCustomer().companyProfile.domain, x: 1 },
    id: "no guid",
    relationshipToPartner: "none",
    allowDelegatedAccess: false,
    customDomains: [1],
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ relationshipToPartner: "reseller" });
});
