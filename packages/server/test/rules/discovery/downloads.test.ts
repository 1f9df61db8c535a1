/** Contract of discovery, 4.8: download options and their links. */
import { describe, expect, test, vi } from "vitest";
import { addMs, systemNow } from "../../../src/foundation/clock.ts";
import { limits } from "../../../src/foundation/limits.ts";
import { testServer } from "../../harness.ts";
import { newCustomer } from "../../shop.ts";
import { faultOf, itemsOf } from "./shelf.ts";

const server = await testServer();
const sku = "/products/DG7GMGF0KT08/skus/0001";
const options = itemsOf(await server.call("GET", `/v1${sku}/downloadoptions?country=DE`));
const customerId = await newCustomer(server, "DE");

async function newLink(): Promise<string> {
  const { body } = await server.call("GET", `/v1${options[0].downloadLink.uri}`);
  return new URL(body.uri).pathname;
}
const fetchFile = (path: string, method = "GET", headers: Record<string, string> = {}) =>
  server.call(method, path, { token: "none", headers });

test("the fields of the table", () => {
  expect(options[0]).toEqual({
    optionKey: expect.stringMatching(/^[A-Za-z0-9_=-]+$/),
    optionTitle: expect.any(String),
    displayRank: 0,
    cpUandFileType: "64 Bit, IMG",
    languageCode: "en-US",
    languageName: "English (United States)",
    fileSize: expect.any(Number),
    downloadLink: {
      uri: `${sku}/downloadoptions/${options[0].optionKey}/downloadlink?country=DE`,
      method: "GET",
      headers: [],
    },
  });
  expect(options.some(({ fileSize }: { fileSize: number }) => fileSize > 2 ** 32)).toBe(true);
});

test("country is required by country, and the customer's by customer", async () => {
  expect(faultOf(await server.call("GET", `/v1${sku}/downloadoptions`))).toEqual([400, 800002]);
  const path = `/v1/customers/${customerId}${sku}/downloadoptions`;
  const own = await server.call("GET", path);
  expect(itemsOf(own)).toEqual(options);
  expect(own.body.links.self.uri).toBe(path.slice(3));
});

test("nothing to download is an empty collection", async () => {
  const path = "/v1/products/DZH318Z0KT01/skus";
  const [reservation] = itemsOf(await server.call("GET", `${path}?country=DE`));
  const list = await server.call("GET", `${path}/${reservation.id}/downloadoptions?country=DE`);
  expect(itemsOf(list)).toEqual([]);
});

describe("D8", () => {
  test("is one bare link, absolute and not a redirect", async () => {
    const { status, body } = await server.call("GET", `/v1${options[0].downloadLink.uri}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      uri: expect.stringMatching(/^https?:\/\//),
      method: "GET",
      headers: [],
    });
  });

  test("leads to a file, by GET and HEAD, with its name", async () => {
    const path = await newLink();
    const file = await fetchFile(path);
    expect(file.status).toBe(200);
    expect(file.headers["content-disposition"]).toMatch(/^attachment; filename="[\w-]+\.txt"$/);
    const head = await fetchFile(path, "HEAD");
    expect([head.status, head.raw.length]).toEqual([200, 0]);
    expect(head.headers["content-length"]).toBe(file.headers["content-length"]);
  });

  test("can be read in parts", async () => {
    const path = await newLink();
    const { raw } = await fetchFile(path);
    const part = await fetchFile(path, "GET", { range: "bytes=5-9" });
    expect([part.status, part.headers["content-range"]]).toEqual([206, `bytes 5-9/${raw.length}`]);
    expect(part.raw).toEqual(raw.subarray(5, 10));
    const rest = await fetchFile(path, "GET", { range: `bytes=${raw.length - 3}-` });
    expect(rest.raw).toEqual(raw.subarray(-3));
    const beyond = await fetchFile(path, "GET", { range: `bytes=${raw.length}-` });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([
      416,
      `bytes */${raw.length}`,
    ]);
  });

  test("a link that has expired or was tampered with is 404/1000", async () => {
    const path = await newLink();
    for (const one of [path.replace(/.$/, "!"), `${path}A`, path.replace(/\w\./, "_.")]) {
      expect(faultOf(await fetchFile(one)), one).toEqual([404, 1000]);
    }
    const life = limits.downloadLinkSeconds * 1000;
    vi.useFakeTimers({ toFake: ["Date"], now: addMs(systemNow(), life - 5_000) });
    try {
      expect((await fetchFile(path)).status).toBe(200);
      vi.setSystemTime(addMs(systemNow(), 6_000));
      expect(faultOf(await fetchFile(path))).toEqual([404, 1000]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("404/400013, 404/400018, 404/1000 for an unknown key", async () => {
    const key = options[0].optionKey;
    for (const [path, code] of [
      [`/products/X/skus/0001/downloadoptions/${key}`, 400013],
      [`/products/DG7GMGF0KT08/skus/X/downloadoptions/${key}`, 400018],
      [`${sku}/downloadoptions/x`, 1000],
    ] as const) {
      const answer = await server.call("GET", `/v1${path}/downloadlink?country=DE`);
      expect(faultOf(answer), path).toEqual([404, code]);
    }
  });
});
