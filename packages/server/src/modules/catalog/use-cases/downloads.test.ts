import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { addDays, addMs, systemNow } from "../../../foundation/clock.ts";
import { limits } from "../../../foundation/limits.ts";
import { defaultCatalog } from "../default-catalog.ts";
import { readGrant, signGrant } from "../downloads/signed-link.ts";
import { standIn } from "../downloads/stand-in.ts";

const server = await testServer();
const { downloads, offers } = defaultCatalog();
const path = "/v1/products/DG7GMGF0KT08/skus/0001/downloadoptions";
const own = downloads.filter(({ productId }) => productId === "DG7GMGF0KT08");
const { secret } = server.installation;

function faultOf({ status, body }: { status: number; body: { code: number; data: unknown } }) {
  expect(body.data).toEqual([]);
  return [status, body.code];
}

async function newLink(): Promise<URL> {
  const { body } = await server.call("GET", `${path}/${own[0]?.optionKey}/downloadlink?country=DE`);
  return new URL(body.uri);
}

describe("options", () => {
  test("have the contract's form, in their rank", async () => {
    const { status, body } = await server.call("GET", `${path.toLowerCase()}?country=de`);
    expect(status).toBe(200);
    expect(body.totalCount).toBe(own.length);
    expect(body.links.self.uri).toBe(`${path.slice(3)}?country=DE`);
    expect(body.items[0]).toEqual({
      optionKey: own[0]?.optionKey,
      optionTitle: own[0]?.optionTitle,
      displayRank: 0,
      cpUandFileType: own[0]?.cpuAndFileType,
      languageCode: "en-US",
      languageName: "English (United States)",
      fileSize: own[0]?.fileSize,
      downloadLink: {
        uri: `${path.slice(3)}/${own[0]?.optionKey}/downloadlink?country=DE`,
        method: "GET",
        headers: [],
      },
    });
    const ranks = body.items.map((item: { displayRank: number }) => item.displayRank);
    expect(ranks).toEqual(own.map((_, rank) => rank));
  });

  test("of a SKU with nothing to download are an empty list", async () => {
    const offer = offers.find(({ product }) => product.kind === "term_software");
    const empty = `/v1/products/${offer?.product.id}/skus/${offer?.sku.id}/downloadoptions`;
    const { status, body } = await server.call("GET", `${empty}?country=US`);
    expect([status, body.items]).toEqual([200, []]);
    const link = await server.call("GET", `${empty}/abc/downloadlink?country=US`);
    expect(faultOf(link)).toEqual([404, 1000]);
  });

  test("of what is not sold are not found", async () => {
    const at = (product: string, sku: string, country: string) =>
      server.call("GET", `/v1/products/${product}/skus/${sku}/downloadoptions?country=${country}`);
    expect(faultOf(await at("DG7GMGF0KT08", "0001", "BR"))).toEqual([404, 400013]);
    expect(faultOf(await at("NOSUCHPRODUC", "0001", "DE"))).toEqual([404, 400013]);
    expect(faultOf(await at("DG7GMGF0KT08", "ZZZZ", "DE"))).toEqual([404, 400018]);
    const link = `${path}/${own[0]?.optionKey}/downloadlink?country=BR`;
    expect(faultOf(await server.call("GET", link))).toEqual([404, 400013]);
  });

  test("of an unknown key have no link", async () => {
    for (const key of ["AAAA", own[0]?.optionKey.toLowerCase()]) {
      const answer = await server.call("GET", `${path}/${key}/downloadlink?country=DE`);
      expect(faultOf(answer), key).toEqual([404, 1000]);
    }
  });
});

describe("links", () => {
  test("are absolute and lead to a file that says what it is, without a token", async () => {
    const { status, body } = await server.call(
      "GET",
      `${path}/${own[0]?.optionKey}/downloadlink?country=DE`,
      { headers: { host: "kontor.example:7300" } },
    );
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(["uri", "method", "headers"]);
    const uri = new URL(body.uri);
    expect(uri.origin).toBe("http://kontor.example:7300");
    const file = await server.call("GET", uri.pathname, { token: "none" });
    expect(file.status).toBe(200);
    expect(file.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(file.headers["content-disposition"]).toBe(
      'attachment; filename="Office-LTSC-Professional-Plus-2024.txt"',
    );
    expect(Number(file.headers["content-length"])).toBe(file.raw.length);
    expect(file.text).toContain("Kontor's stand-in");
    for (const part of ["DG7GMGF0KT08", "0001", own[0]?.optionKey, own[0]?.optionTitle]) {
      expect(file.text).toContain(part);
    }
  });

  test("that were forged answer a fault", async () => {
    const { pathname } = await newLink();
    const forged = [
      `${pathname}x`,
      pathname.slice(0, -1),
      pathname.replace(".", ".x"),
      "/_kontor/downloads/x",
      "/_kontor/downloads/.",
    ];
    for (const url of forged) {
      expect(faultOf(await server.call("GET", url, { token: "none" })), url).toEqual([404, 1000]);
    }
  });

  test("for a file that is not offered answer a fault", async () => {
    const expiresAt = addMs(systemNow(), 60_000);
    const grant = { productId: "DG7GMGF0KT08", skuId: "0001", optionKey: "gone", expiresAt };
    const url = `/_kontor/downloads/${signGrant(grant, secret)}`;
    expect(faultOf(await server.call("GET", url, { token: "none" }))).toEqual([404, 1000]);
  });

  test("live as long as the limit says, whatever the partner's clock", async () => {
    const before = systemNow();
    await server.at(addDays(before, 1000).toISOString());
    const { pathname } = await newLink();
    const token = pathname.split("/").at(-1) ?? "";
    const life = limits.downloadLinkSeconds * 1000;
    expect(readGrant(token, secret, before)).toMatchObject({ skuId: "0001" });
    expect(readGrant(token, secret, addMs(before, life - 1000))).toMatchObject({ skuId: "0001" });
    expect(readGrant(token, secret, addMs(systemNow(), life))).toBe("expired");
    expect((await server.call("GET", pathname, { token: "none" })).status).toBe(200);
  });

  test("that have expired answer a fault", async () => {
    const expiresAt = addMs(systemNow(), -1000);
    const grant = { productId: "DG7GMGF0KT08", skuId: "0001", optionKey: "x", expiresAt };
    const url = `/_kontor/downloads/${signGrant(grant, secret)}`;
    const answer = await server.call("GET", url, { token: "none" });
    expect(faultOf(answer)).toEqual([404, 1000]);
    expect(answer.body.description).toContain("expired");
  });
});

const now = new Date("2026-01-01T00:00:00.000Z");
const idText = fc.stringMatching(/^[0-9A-Z]{1,64}$/);
const grants = fc.record({
  productId: idText,
  skuId: idText,
  optionKey: fc.stringMatching(/^[0-9A-Za-z_=-]{1,200}$/),
});

test("a grant is read as it was signed, until it expires and not from then on", () => {
  fc.assert(
    fc.property(grants, fc.integer({ min: 1, max: 900 }), (ids, seconds) => {
      const grant = { ...ids, expiresAt: addMs(now, seconds * 1000) };
      const token = signGrant(grant, secret);
      expect(token).toMatch(/^[\w.-]+$/);
      expect(token.length).toBeLessThanOrEqual(limits.pathParameterLength);
      expect(readGrant(token, secret, addMs(grant.expiresAt, -1))).toEqual(grant);
      expect(readGrant(token, secret, grant.expiresAt)).toBe("expired");
    }),
  );
});

test("a token with any other character, or of another secret, is forged", () => {
  const expiresAt = addMs(now, 1000);
  const grant = { productId: "P", skuId: "S", optionKey: "K", expiresAt };
  const token = signGrant(grant, secret);
  expect(readGrant(signGrant(grant, new Uint8Array(32)), secret, now)).toBe("forged");
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom("A", "b", "0", "."), (at, other) => {
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      fc.pre(changed !== token);
      expect(readGrant(changed, secret, now)).toBe("forged");
    }),
  );
});

test("the file's name holds plain characters only", () => {
  const nameOf = (optionTitle: string) =>
    standIn({
      productId: "P",
      productTitle: "P",
      skuId: "S",
      skuTitle: "S",
      optionKey: "K",
      optionTitle,
    }).name;
  expect(nameOf('Büro "2024"\r\nX: y')).toBe("Bu-ro-2024-X-y.txt");
  expect(nameOf("日本")).toBe("download.txt");
  expect(nameOf("a".repeat(500))).toHaveLength(84);
});
