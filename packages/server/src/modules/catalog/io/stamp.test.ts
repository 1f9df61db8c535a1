import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { defaultCatalog } from "../default-catalog.ts";
import type { PricedOffer } from "../offer.ts";
import { importOffers } from "../use-cases/import-offers.ts";

const list = "/v1/products?country=US&targetView=SoftwarePerpetual";

/** An offer of the default catalog under another product id, from an instant on. */
function laterOffer(id: string, effectiveFrom: string): PricedOffer {
  const known = defaultCatalog().offers.find(
    ({ product, market, segment }) =>
      product.kind === "perpetual_software" && market === "US" && segment === "commercial",
  );
  if (!known) throw new Error("the default catalog sells no perpetual software in the US");
  return { ...known, product: { ...known.product, id }, effectiveFrom, effectiveTo: null };
}

async function ids(server: Awaited<ReturnType<typeof testServer>>, token?: string) {
  const answer = await server.call("GET", list, token === undefined ? {} : { token });
  expect(answer.status).toBe(200);
  return answer.body.items.map(({ id }: { id: string }) => id) as string[];
}

describe("a catalog read that is asked again", () => {
  test("answers the same bytes", async () => {
    const server = await testServer();
    const first = await server.call("GET", list);
    expect((await server.call("GET", list)).text).toBe(first.text);
  });

  test("shows an import at once", async () => {
    const server = await testServer();
    expect(await ids(server)).not.toContain("DG7GMGFKEPT1");
    const offer = laterOffer("DG7GMGFKEPT1", "2020-01-01T00:00:00.000Z");
    await importOffers(server.database, [[{ line: 1, offer }]], { file: "test" });
    expect(await ids(server)).toContain("DG7GMGFKEPT1");
  });

  test("shows a price from the instant on at which it begins, and none before", async () => {
    const server = await testServer();
    await server.at("2030-01-01T00:00:00Z");
    const offer = laterOffer("DG7GMGFKEPT2", "2030-02-01T00:00:00.000Z");
    await importOffers(server.database, [[{ line: 1, offer }]], { file: "test" });
    expect(await ids(server)).not.toContain("DG7GMGFKEPT2");
    await server.at("2030-01-31T23:59:59.999Z");
    expect(await ids(server)).not.toContain("DG7GMGFKEPT2");
    await server.at("2030-02-01T00:00:00Z");
    expect(await ids(server)).toContain("DG7GMGFKEPT2");
  });

  test("is another one for another partner and for another language", async () => {
    const server = await testServer();
    expect((await ids(server)).length).toBeGreaterThan(0);
    const made = await server.call("POST", "/_kontor/partners", {
      body: { perpetualSoftware: false },
    });
    const token = await server.signIn("user", made.body);
    expect((await server.call("GET", list, { token })).body.code).toBe(400036);
    const german = await server.call("GET", list, { headers: { "x-locale": "de-DE" } });
    expect(german.headers["x-locale"]).toBe("de-DE");
    expect(german.text).not.toBe((await server.call("GET", list)).text);
  });
});
