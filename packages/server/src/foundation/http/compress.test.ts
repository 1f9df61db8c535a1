import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { acceptsGzip } from "./compress.ts";

describe("acceptsGzip", () => {
  test.each(["gzip", "deflate, GZIP", "br;q=1.0, gzip;q=0.8", " gzip ; q=1"])(
    "takes %s",
    (text) => {
      expect(acceptsGzip(text)).toBe(true);
    },
  );
  test.each([undefined, "", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip", "*"])(
    "leaves %s",
    (text) => {
      expect(acceptsGzip(text)).toBe(false);
    },
  );
});

describe("an answer", () => {
  test("is compressed for who asks, and says so", async () => {
    const server = await testServer();
    const path = "/v1/products?country=US&targetView=Azure";
    const plain = await server.call("GET", path);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const zipped = await server.call("GET", path, { headers: { "accept-encoding": "gzip" } });
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect(zipped.headers.vary).toBe("Accept-Encoding");
    expect(zipped.headers["content-length"]).toBe(`${zipped.raw.length}`);
    expect(gunzipSync(zipped.raw).toString()).toBe(plain.text);
    const short = await server.call("GET", "/v1/nothing", {
      headers: { "accept-encoding": "gzip" },
    });
    expect(short.headers["content-encoding"]).toBeUndefined();
  });
});
