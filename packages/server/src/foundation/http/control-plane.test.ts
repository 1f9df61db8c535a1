import { allOperations } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { Refusal } from "../errors.ts";
import { refuseForeignPages } from "./control-plane.ts";

function keyOf(headers: Record<string, string>, allowed: string[] = [], body?: string) {
  try {
    refuseForeignPages(
      { headers, body: body === undefined ? undefined : Buffer.from(body) },
      allowed,
    );
    return "taken";
  } catch (error) {
    if (error instanceof Refusal) return error.key;
    throw error;
  }
}

describe("the control plane's host", () => {
  test.each([
    "localhost:7300",
    "LOCALHOST",
    "127.0.0.1:7300",
    "[::1]:7300",
    "192.168.1.20:7300",
    "kontor:7300",
    "api.localhost",
    "host.docker.internal:7300",
  ])("may be %s", (host) => {
    expect(keyOf({ host })).toBe("taken");
  });

  test.each([
    "evil.example",
    "evil.example:7300",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "",
  ])("may not be %j, which a foreign page can own", (host) => {
    expect(keyOf({ host })).toBe("FOREIGN_PAGE");
  });

  test("may be one that is allowed by name", () => {
    expect(keyOf({ host: "Kontor.ci.example:7300" }, ["kontor.ci.example"])).toBe("taken");
    expect(keyOf({ host: "other.ci.example" }, ["kontor.ci.example"])).toBe("FOREIGN_PAGE");
  });
});

describe("a page's origin", () => {
  const host = "localhost:7300";
  test("may be the server itself", () => {
    expect(keyOf({ host, origin: "http://localhost:7300", "sec-fetch-site": "same-origin" })).toBe(
      "taken",
    );
  });
  test.each(["http://evil.example", "http://localhost:3000", "http://localhost", "null", "x"])(
    "may not be %s",
    (origin) => {
      expect(keyOf({ host, origin })).toBe("FOREIGN_PAGE");
    },
  );
  test.each(["cross-site", "same-site"])("may not be told as %s by the browser", (site) => {
    expect(keyOf({ host, "sec-fetch-site": site })).toBe("FOREIGN_PAGE");
  });
});

describe("a body for the control plane", () => {
  const host = "localhost:7300";
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "application/merge-patch+json",
  ])("may come as %s", (type) => {
    expect(keyOf({ host, "content-type": type }, [], "{}")).toBe("taken");
  });
  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/json",
    "",
  ])("may not come as %j, which a form can send", (type) => {
    expect(keyOf({ host, "content-type": type }, [], "{}")).toBe("INVALID_INPUT");
  });
  test("may be missing", () => {
    expect(keyOf({ host, "content-type": "text/plain" }, [], "")).toBe("taken");
  });
});

const some = "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f";
const planeCalls = allOperations
  .filter(({ area }) => area === "sandbox")
  .map(({ id, method, path }) => ({ id, method, path: path.replace(/\{\w+\}/g, some) }));

describe("every operation of the control plane", async () => {
  const server = await testServer();

  test.each(planeCalls)("$id refuses a foreign page", async ({ method, path }) => {
    const answer = await server.call(method, path, { headers: { origin: "http://evil.example" } });
    expect([answer.status, answer.body.code]).toEqual([403, 2032]);
  });
  const writes = planeCalls.filter(({ method }) => method !== "GET");
  test.each(writes)("$id refuses a form's body", async ({ method, path }) => {
    const headers = { "content-type": "text/plain" };
    const answer = await server.call(method, path, { payload: "{}", headers });
    expect([answer.status, answer.body.code]).toEqual([400, 800002]);
  });
});

describe("in a live database", async () => {
  const server = await testServer({ mode: "live" });
  test.each(planeCalls)("$id is not there", async ({ method, path }) => {
    const answer = await server.call(method, path, { token: "none" });
    expect([answer.status, answer.body.code]).toEqual([404, 1000]);
  });
});

describe("through the door", () => {
  test("a foreign page makes no partner and moves no clock", async () => {
    const server = await testServer();
    const count = async () =>
      server.database.query({
        text: "SELECT partner_id, clock_frozen_at FROM partner",
        values: [],
      });
    const before = await count();
    const foreign = { origin: "http://evil.example" };
    const made = await server.call("POST", "/_kontor/partners", { headers: foreign });
    expect(made.status).toBe(403);
    expect(made.body.code).toBe(2032);
    const moved = await server.call("POST", "/_kontor/clock", {
      body: { frozen: true },
      headers: { host: "rebound.example" },
    });
    expect(moved.status).toBe(403);
    const form = await server.call("POST", "/_kontor/clock", {
      payload: '{"frozen":true}',
      headers: { "content-type": "text/plain" },
    });
    expect(form.status).toBe(400);
    expect(await count()).toEqual(before);
  });
});
