import { describe, expect, test } from "vitest";
import {
  allOperations,
  errors,
  fault,
  openApi,
  operations,
  sharedErrors,
  successStatus,
} from "./index.ts";

describe("operations", () => {
  test("are registered under their own id", () => {
    for (const [key, operation] of Object.entries(operations)) expect(operation.id).toBe(key);
  });
  test("no two share method and path", () => {
    const routes = allOperations.map(
      ({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`,
    );
    expect(new Set(routes).size).toBe(routes.length);
  });
  test.each(allOperations)("$id declares each path parameter exactly", (operation) => {
    const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(Object.keys(operation.params.properties).toSorted());
  });
  test.each(allOperations)("$id succeeds with a 2xx", (operation) => {
    expect(successStatus(operation)).toBeGreaterThanOrEqual(200);
    expect(successStatus(operation)).toBeLessThan(300);
  });
});

describe("errors", () => {
  test("every error of the registry is declared by an operation or shared by all", () => {
    const declared = new Set<string>(allOperations.flatMap((operation) => [...operation.errors]));
    const unused = Object.keys(errors).filter(
      (key) => !declared.has(key) && !(sharedErrors as readonly string[]).includes(key),
    );
    // Answered outside of any operation, or only by operations that are still to come.
    expect(unused).toEqual(["METHOD_NOT_ALLOWED"]);
  });
  test.each(Object.entries(errors))("%s says what it means and what to do", (_key, spec) => {
    expect(spec.meaning).not.toMatch(/\.$/);
    expect(spec.next).toMatch(/\.$/);
    expect(spec.status).toBeGreaterThanOrEqual(400);
  });
  test("a fault is the contract's four members and no longer than clients accept", () => {
    const body = fault("CART_NOT_FOUND", "x".repeat(5000));
    expect(Object.keys(body)).toEqual(["code", "description", "data", "source"]);
    expect(body.description).toHaveLength(1024);
    expect(body.data).toEqual([]);
  });
  test("a fault of the newer services is a superset of it", () => {
    const { code, description, data, source, ...extended } = fault("AGREEMENT_EXISTS", "by x");
    expect({ code, description, data, source }).toMatchObject({ code: 600061, data: [] });
    expect(extended).toEqual({
      message: errors.AGREEMENT_EXISTS.meaning,
      errorName: "PartnerConfirmedAgreementAlreadyExists",
      isRetryable: false,
      parameters: {},
      errorMessageExtended: "InternalErrorCode=600061",
    });
  });
});

test("agreements and the partner's profiles have readers and editors of their own", () => {
  const users = (id: keyof typeof operations) => [...operations[id].access.user].toSorted();
  const agents = ["AdminAgent", "BillingAdmin", "GlobalAdmin", "SalesAgent"];
  expect(users("listCustomerAgreements")).toEqual(agents);
  expect(users("updateBillingProfile")).toEqual(agents);
  expect(users("getBillingProfile")).toEqual([...agents, "UserAdmin"]);
  expect(users("confirmCustomerAgreement")).toEqual(["AdminAgent", "SalesAgent"]);
  expect(users("requestCustomerQualification")).toEqual(["AdminAgent", "SalesAgent"]);
});

test.each(allOperations)(
  "OpenAPI lists the statuses that $id can answer, and no other",
  (operation) => {
    const { paths } = openApi([operation], "1.2.3") as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    const refusals = [...operation.errors, ...sharedErrors].map((key) =>
      String(errors[key].status),
    );
    const expected = [
      ...Object.keys(operation.responses),
      ...refusals,
      ...(operation.throttle ? ["429"] : []),
    ];
    for (const method of [operation.method, ...(operation.alsoMethods ?? [])]) {
      const [path] = Object.values(paths);
      const listed = Object.keys(path?.[method.toLowerCase()]?.responses ?? {});
      expect(listed.sort()).toEqual([...new Set(expected)].sort());
    }
  },
);

test("OpenAPI names every operation, every error code of each, and none of our reader's keywords", () => {
  const document = openApi(allOperations, "1.2.3");
  const text = JSON.stringify(document);
  for (const operation of allOperations) {
    expect(text).toContain(`"operationId":"${operation.id}"`);
    for (const key of operation.errors) expect(text).toContain(`${errors[key].code}: `);
  }
  expect(text).not.toContain('"x-');
});
