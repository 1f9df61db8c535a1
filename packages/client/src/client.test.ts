import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { signIn } from "./auth.ts";
import { allItems, createClient, RequestFailed, ServiceFault } from "./index.ts";

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
let answers: Answer[] = [];
const seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] =
  [];

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  seen.push({
    method: request.method ?? "",
    url: request.url ?? "",
    headers: request.headers,
    body,
  });
  const { status, body: reply, headers } = answers.shift() ?? { status: 500 };
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(reply === undefined ? undefined : JSON.stringify(reply));
});
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
afterAll(() => void server.close());
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = createClient({ baseUrl, token: "abc", retries: 2 });
const customerId = "0b0c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4";

function script(...next: Answer[]): void {
  answers = next;
  seen.length = 0;
}

test("sends path, query, body and token as the contract has them", async () => {
  script({ status: 201, body: { id: "x" } });
  const body = { lineItems: [{ catalogItemId: "a:b:c", quantity: 1 }] };
  expect(await client.createCart({ params: { customerId }, body })).toEqual({ id: "x" });
  const [request] = seen;
  expect(request).toMatchObject({ method: "POST", url: `/v1/customers/${customerId}/carts` });
  expect(request?.headers.authorization).toBe("Bearer abc");
  expect(request?.headers["ms-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(request?.body ?? "")).toEqual(body);
});

describe("retries", () => {
  test("repeat a write with the same MS-RequestId after a 5xx", async () => {
    const busy = { status: 503, headers: { "retry-after": "0" } };
    script(busy, busy, { status: 201, body: { id: "x" } });
    await client.checkoutCart({ params: { customerId, cartId: customerId } });
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ headers }) => headers["ms-requestid"])).size).toBe(1);
  });

  test("stop at the limit with the service's words", async () => {
    const busy = { status: 429, headers: { "retry-after": "0" }, body: { message: "slow down" } };
    script(busy, busy, busy, busy);
    await expect(client.listCustomers()).rejects.toThrow(/HTTP 429: slow down/);
    expect(seen).toHaveLength(3);
  });

  test("never repeat a refusal", async () => {
    script({
      status: 404,
      body: { code: 800008, description: "no cart", data: ["x"], source: "K" },
    });
    const call = client.getCart({ params: { customerId, cartId: customerId } });
    await expect(call).rejects.toMatchObject({ status: 404, code: 800008, data: ["x"] });
    await expect(call).rejects.toBeInstanceOf(ServiceFault);
    expect(seen).toHaveLength(1);
  });

  test("a host that does not answer is a failure of its own", async () => {
    const nowhere = createClient({ baseUrl: "http://127.0.0.1:1", token: "abc", retries: 0 });
    await expect(nowhere.listCustomers()).rejects.toBeInstanceOf(RequestFailed);
  });
});

test("calls that come together share one sign-in, and a failed one is not kept", async () => {
  const who = { tenant: "contoso", clientId: "c", clientSecret: "s" };
  const ask = signIn(baseUrl, who);
  script({ status: 400, body: {} });
  const failed = await Promise.allSettled([ask(), ask()]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(seen).toHaveLength(1);
  script({ status: 200, body: { access_token: "one", expires_in: "3600" } });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(["one", "one", "one"]);
  expect(await ask()).toBe("one");
  expect(seen).toHaveLength(1);
});

test("pages are walked by token, sent as a header", async () => {
  script(
    { status: 200, body: { items: [1, 2], continuationToken: "t1" } },
    { status: 200, body: { items: [3] } },
  );
  const pages = allItems<unknown>((next) =>
    client.listCustomers({ query: { size: "2", ...next } }),
  );
  expect(await Array.fromAsync(pages)).toEqual([1, 2, 3]);
  expect(seen[1]?.url).toBe("/v1/customers?size=2&seekOperation=Next");
  expect(seen[1]?.headers["ms-continuationtoken"]).toBe("t1");
});

test("a path parameter that is missing fails before anything is sent", async () => {
  script();
  const params = {} as { customerId: string };
  await expect(async () => client.getCustomer({ params })).rejects.toThrow(/needs the parameter/);
  expect(seen).toHaveLength(0);
});
