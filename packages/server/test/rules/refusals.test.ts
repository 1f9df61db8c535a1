/** Refusals that operations declare and that no other test provokes; each writes nothing. */
import { allOperations, errors, type Operation } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { businessRows, newCustomer, offerOf } from "../shop.ts";
import { newWorld, stocked } from "./world.ts";

const world = await newWorld();
const { server, customer, software } = world;
const { invoiceId } = await stocked(world);
const cart = await world.newCart();

/** The error that a malformed customer id is declared to be; undefined where there is none. */
function malformedIdOf({ params }: Operation) {
  const schema: object | undefined = params.properties.customerId;
  const key = schema && "x-error" in schema ? schema["x-error"] : undefined;
  return key === "CUSTOMER_ID_INVALID" || key === "MALFORMED_ARGUMENT" ? errors[key] : undefined;
}

describe("a malformed customer id is refused as declared", () => {
  const withCustomer = allOperations.flatMap((operation) => {
    const error = malformedIdOf(operation);
    return error ? [{ id: operation.id, operation, ...error }] : [];
  });
  test.each(withCustomer)("$id: $status/$code", async ({ operation, status, code }) => {
    // Other ids are well-formed, so that the customer's is the only fault.
    const path = operation.path
      .replace("{customerId}", "not-a-guid")
      .replace(/\{\w+\}/g, "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f");
    const prefix = operation.area === "sandbox" ? "" : "/v1";
    const before = await businessRows(server);
    const answer = await server.call(operation.method, `${prefix}${path}`, {
      ...(operation.method === "GET" ? {} : { body: {} }),
    });
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(await businessRows(server)).toEqual(before);
  });
});

const line = { offerId: software.catalogItemId, quantity: 1 };
const update = `${customer}/carts/${cart.id}`;
const lines = `/v1/invoices/${invoiceId}/lineitems`;

test.each([
  [
    "a list of agreements of a type that is none",
    "GET",
    `${customer}/agreements?agreementType=Handshake`,
    undefined,
    400,
    900126,
  ],
  [
    "a list of agreements of a type that is too long",
    "GET",
    `${customer}/agreements?agreementType=${"x".repeat(61)}`,
    undefined,
    400,
    800002,
  ],
  ["an update without lines", "PUT", update, { lineItems: [] }, 400, 800002],
  ["an update without an item", "PUT", update, { lineItems: [{ quantity: 1 }] }, 400, 900142],
  [
    "an update with a cycle that is none",
    "PUT",
    update,
    { lineItems: [{ ...software, billingCycle: "weekly" }] },
    400,
    900126,
  ],
  [
    "an order of more than the SKU's maximum",
    "POST",
    `${customer}/orders`,
    { lineItems: [{ offerId: "MS-AZR-0145P", quantity: 2 }] },
    400,
    2002,
  ],
  [
    "line items by path with Next and no token",
    "GET",
    `${lines}/onetime/billinglineitems?seekOperation=Next`,
    undefined,
    400,
    800002,
  ],
  [
    "line items by path of a provider that is none",
    "GET",
    `${lines}/amazon/billinglineitems`,
    undefined,
    400,
    3000,
  ],
] as const)("%s is refused", async (_case, method, path, body, status, code) => {
  const before = await businessRows(server);
  const answer = await server.call(method, path, body === undefined ? {} : { body });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(await businessRows(server)).toEqual(before);
  const { creationTimestamp, lineItems } = (await server.call("GET", update)).body;
  expect({ creationTimestamp, lineItems }).toEqual({
    creationTimestamp: cart.creationTimestamp,
    lineItems: cart.lineItems,
  });
});

test("a partner not qualified for perpetual software cannot order it: 403/800020", async () => {
  const body = { perpetualSoftware: false };
  const made = await server.call("POST", "/_kontor/partners", { token: "none", body });
  const token = await server.signIn("user", made.body);
  const shop = {
    ...server,
    call: (method: string, path: string, options: object = {}) =>
      server.call(method, path, { ...options, token }),
  };
  const id = await newCustomer(shop);
  const agreement = {
    primaryContact: { firstName: "A", lastName: "B", email: "a@b.example" },
    templateId: "117a77b0-9360-443b-8795-c6dedc750cf9",
    type: "MicrosoftCustomerAgreement",
    dateAgreed: "2026-01-01",
  };
  await shop.call("POST", `/v1/customers/${id}/agreements`, { body: agreement });
  const before = await businessRows(server);
  const order = await shop.call("POST", `/v1/customers/${id}/orders`, {
    body: { lineItems: [line] },
  });
  expect([order.status, order.body.code]).toEqual([403, 800020]);
  expect(await businessRows(server)).toEqual(before);
  const term = { offerId: offerOf("term_software").catalogItemId, quantity: 1 };
  const other = await shop.call("POST", `/v1/customers/${id}/orders`, {
    body: { lineItems: [term] },
  });
  expect(other.status).toBe(201);
});
