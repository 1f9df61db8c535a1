import { operations } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newCustomer } from "../../../test/shop.ts";
import { limits } from "../limits.ts";
import { createThrottle } from "./throttle.ts";

const { getCustomer, createCart, checkoutCart, listOrders, listProducts } = operations;
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

describe("createThrottle", () => {
  test("takes as many as the limit and refuses one more until the window ends", () => {
    const throttle = createThrottle(2);
    expect(throttle.admit(getCustomer, "p", "c", at(0))).toBeUndefined();
    expect(throttle.admit(getCustomer, "p", "c", at(10))).toBeUndefined();
    expect(throttle.admit(getCustomer, "p", "c", at(20))).toBe(40);
    expect(throttle.admit(getCustomer, "p", "c", at(59))).toBe(1);
    expect(throttle.admit(getCustomer, "p", "c", at(60))).toBeUndefined();
  });

  test("counts operations of one resource together and others by themselves", () => {
    const throttle = createThrottle(1);
    expect(throttle.admit(createCart, "p", "c", at(0))).toBeUndefined();
    expect(throttle.admit(checkoutCart, "p", "c", at(0))).toBe(60);
    expect(throttle.admit(listOrders, "p", "c", at(0))).toBeUndefined();
  });

  test("counts customers apart where it is per customer, and together where per partner", () => {
    const throttle = createThrottle(1);
    expect(throttle.admit(listOrders, "p", "c", at(0))).toBeUndefined();
    expect(throttle.admit(listOrders, "p", "d", at(0))).toBeUndefined();
    expect(throttle.admit(getCustomer, "p", "c", at(0))).toBeUndefined();
    expect(throttle.admit(getCustomer, "p", "d", at(0))).toBe(60);
    expect(throttle.admit(getCustomer, "q", "d", at(0))).toBeUndefined();
  });

  test("leaves alone what the vendor does not throttle, and everything without a limit", () => {
    const throttle = createThrottle(1);
    const off = createThrottle(undefined);
    for (let call = 0; call < 3; call += 1) {
      expect(throttle.admit(listProducts, "p", undefined, at(0))).toBeUndefined();
      expect(off.admit(getCustomer, "p", "c", at(0))).toBeUndefined();
    }
  });

  test("remembers a bounded number of windows", () => {
    const throttle = createThrottle(1);
    for (let customer = 0; customer <= limits.throttleWindows; customer += 1) {
      throttle.admit(listOrders, "p", `${customer}`, at(0));
    }
    // The first window had to go, the last one is still there.
    expect(throttle.admit(listOrders, "p", "0", at(1))).toBeUndefined();
    expect(throttle.admit(listOrders, "p", `${limits.throttleWindows}`, at(1))).toBe(59);
  });
});

describe("a throttled call", () => {
  test("answers 429 in the gateway's form, writes nothing and is not stored for a repeat", async () => {
    const server = await testServer({ throttle: 2 });
    const customerId = await newCustomer(server);
    const path = `/v1/customers/${customerId}/carts`;
    const body = { lineItems: [{ id: 0, catalogItemId: "A:B:C", quantity: 1 }] };
    const send = (id: string) =>
      server.call("POST", path, { body, headers: { "ms-requestid": id } });
    const first = "11111111-1111-4111-8111-111111111111";
    const second = "22222222-2222-4222-8222-222222222222";
    expect((await send(first)).status).toBe(201);
    expect((await send(first)).headers["kontor-replayed"]).toBe("true");
    const before = await businessRows(server);
    const refused = await send(second);
    expect(refused.status).toBe(429);
    expect(refused.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
    expect(Object.keys(refused.body)).toEqual(["statusCode", "message"]);
    expect(refused.body.statusCode).toBe(429);
    expect(await businessRows(server)).toEqual(before);
    const stored = await server.database.query<{ request_id: string }>({
      text: "SELECT request_id FROM replay WHERE request_id = $1",
      values: [second],
    });
    expect(stored).toEqual([]);
  });

  test("does not exist in the instant profile, and does at the documented rate in the realistic", async () => {
    const instant = await testServer();
    const realistic = await testServer({ profile: "realistic" });
    const last = async (server: typeof instant) => {
      const path = `/v1/customers/${crypto.randomUUID()}`;
      let status = 0;
      for (let call = 0; call <= limits.throttledRequests; call += 1) {
        ({ status } = await server.call("GET", path));
      }
      return status;
    };
    expect(await last(instant)).toBe(404);
    expect(await last(realistic)).toBe(429);
  });
});
