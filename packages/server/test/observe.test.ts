import { operations } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { formsOf, operationOf } from "./observe.ts";

const guid = "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f";
const carts = `/customers/${guid}/carts`;

describe("the operation of a request", () => {
  test.each([
    ["GET", "/v1/customers?size=1", "listCustomers"],
    ["get", "/v1//Customers/", "listCustomers"],
    ["GET", `/customers/${guid}`, "getCustomer"],
    ["GET", "/v1/invoices/summary", "getInvoiceSummary"],
    ["GET", "/v1/invoices/G000000001", "getInvoice"],
    ["POST", "/_kontor/clock", "setClock"],
  ])("%s %s is %s", (method, path, id) => {
    expect(operationOf(method, path)?.id).toBe(id);
  });
  test.each([
    ["GET", "/v1/_kontor/clock"],
    ["GET", "/v1/nothing"],
    ["DELETE", `/v1${carts}`],
    ["GET", "/healthz"],
  ])("%s %s is none", (method, path) => {
    expect(operationOf(method, path)).toBeUndefined();
  });
});

describe("the forms of a request", () => {
  const json = { "content-type": "application/json" };
  const cart = { method: "POST", path: `/v1${carts}`, headers: json };
  test("a plain one has none", () => {
    expect(formsOf(operations.createCart, { ...cart, payload: '{"lineItems":[]}' })).toEqual([]);
  });
  test.each([
    ["PascalCase", '{"LineItems":[]}'],
    ["explicit nulls", '{"id":null}'],
    ["bare text", '"success"'],
    ["null", "null"],
    ["no body", ""],
    ["sloppy JSON", '{"lineItems":[],}'],
    ["byte order mark", '\uFEFF{"lineItems":[]}'],
  ])("a body with %s", (form, payload) => {
    expect(formsOf(operations.createCart, { ...cart, payload })).toEqual([form]);
  });
  test.each([
    ["without /v1", carts],
    ["doubled slash", `/v1/${carts}`],
    ["trailing slash", `/v1${carts}/`],
    ["path in another case", `/v1${carts.toUpperCase()}`],
  ])("a path %s", (form, path) => {
    expect(formsOf(operations.createCart, { ...cart, path, payload: "{}" })).toEqual([form]);
  });
  test("a content type and a query of another kind", () => {
    const bare = { method: "POST", path: `/v1${carts}`, payload: "{}" };
    expect(formsOf(operations.createCart, bare)).toEqual(["no content type"]);
    const path = '/v1/customers?SIZE=1&filter={"a":"b+c"}';
    expect(formsOf(operations.listCustomers, { method: "GET", path })).toEqual([
      "query name in another case",
      "+ for a space",
      "raw JSON in the query",
    ]);
  });
});
