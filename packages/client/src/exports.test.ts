import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { createClient, exportLines, RequestFailed } from "./index.ts";

const lines = Array.from({ length: 500 }, (_, number) => ({ OrderId: `${number}`, Quantity: 1 }));
const file = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
const id = "0b0c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4";

/** Bytes after which a download breaks off; 0: at once. */
let breakAfter = 400;
const ranges: (string | undefined)[] = [];
const operations: object[] = [];

const server = createServer((request, response) => {
  if (request.method === "POST") {
    response.writeHead(202, { location: `${baseUrl}/v1.0/operations/${id}` }).end();
  } else if (request.url?.includes("/operations/")) {
    response.writeHead(200, { "content-type": "application/json", "retry-after": "0" });
    response.end(JSON.stringify(operations.shift()));
  } else {
    const { range } = request.headers;
    ranges.push(range);
    const from = Number(/\d+/.exec(range ?? "0")?.[0]);
    response.writeHead(range ? 206 : 200, { "content-length": file.length - from });
    response.flushHeaders();
    response.write(file.subarray(from, from + breakAfter), () => {
      if (from + breakAfter < file.length) setImmediate(() => response.destroy());
      else response.end();
    });
  }
});
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
afterAll(() => void server.close());
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = createClient({ baseUrl, token: "abc", retries: 0 });

const succeeded = {
  status: "succeeded",
  resourceLocation: { rootDirectory: baseUrl, sasToken: "sig=a", blobs: [{ name: "a.gz" }] },
};
const read = () => Array.fromAsync(exportLines(client, { invoiceId: "G1" }));

test("an export is waited for, and a download that breaks off goes on", async () => {
  operations.push({ status: "running" }, succeeded);
  breakAfter = 400;
  expect(await read()).toEqual(lines);
  expect(ranges[0]).toBeUndefined();
  expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ""))).toBe(true);
  expect(ranges.length).toBeGreaterThan(2);
});

test("an export without data has no lines", async () => {
  operations.push({ status: "failed", error: { code: "5000", message: "none" } });
  expect(await read()).toEqual([]);
});

test("a download that gets nowhere is given up", async () => {
  operations.push(succeeded);
  breakAfter = 0;
  await expect(read()).rejects.toBeInstanceOf(RequestFailed);
});
