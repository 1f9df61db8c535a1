/** Contract of discovery, 4.1 to 4.3 and 4.7: identifiers, query parameters, views, answers. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { availabilityPath, faultOf, idsOf, itemsOf, service, skuPath, vm } from "./shelf.ts";

const server = await testServer();
const get = (path: string) => server.call("GET", path);
const list = (query: string) => get(`/v1/products?${query}`);

describe("4.1 identifiers", () => {
  test("have the documented shapes, and the catalog item id is their triple", async () => {
    const [first] = itemsOf(await get(`${skuPath(vm)}/availabilities?country=DE`));
    expect(first.productId).toMatch(/^[0-9A-Z]{12}$/);
    expect(first.skuId).toMatch(/^[0-9A-Z]{4}$/);
    expect(first.id).toMatch(/^[0-9A-Z]{12}$/);
    expect(first.catalogItemId).toBe(`${first.productId}:${first.skuId}:${first.id}`);
  });
});

describe("4.2 query parameters", () => {
  test.each([
    ["country absent", "targetView=Azure"],
    ["country of one letter", "country=U&targetView=Azure"],
    ["country of three letters", "country=USA&targetView=Azure"],
    ["country of digits", "country=12&targetView=Azure"],
    ["targetView absent", "country=DE"],
    ["reservationScope unknown", "country=DE&targetView=Azure&reservationScope=Azure"],
  ])("%s is 400/800002", async (_what, query) => {
    expect(faultOf(await list(query))).toEqual([400, 800002]);
  });

  test("country in any case, upper case in links", async () => {
    const { body } = await list("country=de&targetView=Azure");
    expect(body.links.self.uri).toBe("/products?country=DE&targetView=Azure");
  });

  test("targetView unknown is 403/400036", async () => {
    expect(faultOf(await list("country=DE&targetView=Nothing"))).toEqual([403, 400036]);
  });

  test("targetSegment unknown is 403/400030", async () => {
    for (const path of [
      "/v1/products?country=DE&targetView=Azure&",
      `/v1/products/${vm.product.id}/skus?country=DE&`,
      `${skuPath(vm)}/availabilities?country=DE&`,
    ]) {
      expect(faultOf(await get(`${path}targetSegment=military`)), path).toEqual([403, 400030]);
    }
  });

  test("targetSegment in any case, emitted in lower case", async () => {
    const path = `${skuPath(service)}/availabilities?country=DE`;
    const items = itemsOf(await get(`${path}&targetSegment=EDUCATION`));
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map(({ segment }: { segment: string }) => segment))).toEqual(
      new Set(["education"]),
    );
  });

  test("reservationScope AzurePlan chooses other items, and none of other goods", async () => {
    const path = `${skuPath(vm)}/availabilities?country=DE`;
    const [legacy, plan] = [
      idsOf(await get(path)),
      idsOf(await get(`${path}&reservationScope=azureplan`)),
    ];
    expect(legacy.length).toBeGreaterThan(0);
    expect(plan.length).toBeGreaterThan(0);
    expect(legacy.filter((id) => plan.includes(id))).toEqual([]);
    const other = `${skuPath(service)}/availabilities?country=DE`;
    expect(idsOf(await get(`${other}&reservationScope=AzurePlan`))).toEqual(
      idsOf(await get(other)),
    );
  });

  test("collectionId, segment and market are aliases", async () => {
    const plain = idsOf(await list("country=DE&targetView=OnlineServices&targetSegment=education"));
    expect(plain.length).toBeGreaterThan(0);
    expect(idsOf(await list("MARKET=de&collectionId=onlineservices&Segment=Education"))).toEqual(
      plain,
    );
  });

  test("without targetSegment all but nonprofit, commercial first", async () => {
    const items = itemsOf(await get(`${skuPath(service)}/availabilities?country=DE`));
    const segments = items.map(({ segment }: { segment: string }) => segment);
    expect(segments[0]).toBe("commercial");
    expect(new Set(segments)).toEqual(new Set(["commercial", "education"]));
    expect(segments.lastIndexOf("commercial")).toBeLessThan(segments.indexOf("education"));
    const asked = itemsOf(
      await get(`${skuPath(service)}/availabilities?country=DE&targetSegment=nonprofit`),
    );
    expect(asked[0].segment).toBe("nonprofit");
  });
});

describe("4.3 target views", () => {
  const view = async (name: string) => new Set(idsOf(await list(`country=DE&targetView=${name}`)));
  test.each([
    ["Azure", "AzureReservations"],
    ["AzureReservations", "AzureReservationsVM"],
    ["AzureReservations", "AzureReservationsSQL"],
    ["AzureReservations", "AzureReservationsCosmosDb"],
    ["Azure", "MicrosoftAzure"],
    ["Software", "SoftwareSUSELinux"],
    ["Software", "SoftwarePerpetual"],
    ["Software", "SoftwareSubscriptions"],
  ])("%s holds all of %s", async (wide, narrow) => {
    const [outer, inner] = [await view(wide), await view(narrow)];
    expect(inner.size).toBeGreaterThan(0);
    expect(inner.isSubsetOf(outer)).toBe(true);
    expect(inner.size).toBeLessThan(outer.size);
  });

  test("OnlineServices holds online services alone", async () => {
    const services = await view("OnlineServices");
    expect(services.has(service.product.id)).toBe(true);
    for (const name of ["Azure", "Software"]) {
      expect(services.isDisjointFrom(await view(name)), name).toBe(true);
    }
  });
});

describe("4.7 answers by country", () => {
  const at = (path: string, country = "DE") => get(`${path}?country=${country}`);
  const productPath = `/v1/products/${vm.product.id}`;
  const missingProduct = "/v1/products/NOSUCHPRODUC";

  test("D1 is 200, also where it is empty, and its self link repeats the query", async () => {
    const query = "country=GB&targetView=Software&targetSegment=education";
    const { status, body } = await list(query);
    expect([status, body.items, body.links.self.uri]).toEqual([200, [], `/products?${query}`]);
  });

  test("D2 is a product, or 404/400013", async () => {
    expect((await at(productPath)).body.id).toBe(vm.product.id);
    expect(faultOf(await at(missingProduct))).toEqual([404, 400013]);
    expect(faultOf(await at(productPath, "GB"))).toEqual([404, 400013]);
  });

  test("D2 without items of the reservation scope is 404/400013", async () => {
    // Every reservation of the default catalog has both scopes, so the plan's are withdrawn.
    const { database } = server;
    const text = `UPDATE availability SET reservation_scope = 'Azure'
      WHERE product_id = 'DZH318Z0KT08' AND reservation_scope = 'AzurePlan'`;
    await database.query({ text, values: [] });
    const path = "/v1/products/DZH318Z0KT08?country=DE";
    expect((await get(path)).status).toBe(200);
    expect(faultOf(await get(`${path}&reservationScope=AzurePlan`))).toEqual([404, 400013]);
  });

  test("D3 is a collection of SKUs, or 404/400013", async () => {
    const items = itemsOf(await at(`${productPath}/skus`));
    expect(items[0]).toMatchObject({ productId: vm.product.id, minimumQuantity: 1 });
    expect(faultOf(await at(`${missingProduct}/skus`))).toEqual([404, 400013]);
  });

  test("D4 is a single SKU, or 404/400013, 404/400018", async () => {
    expect((await at(skuPath(vm))).body.id).toBe(vm.sku.id);
    expect(faultOf(await at(`${missingProduct}/skus/${vm.sku.id}`))).toEqual([404, 400013]);
    expect(faultOf(await at(`${productPath}/skus/ZZZZ`))).toEqual([404, 400018]);
  });

  test("D5 is a collection, or 404/400013, 404/400018", async () => {
    expect(itemsOf(await at(`${skuPath(vm)}/availabilities`)).length).toBeGreaterThan(0);
    const missing = `${missingProduct}/skus/${vm.sku.id}/availabilities`;
    expect(faultOf(await at(missing))).toEqual([404, 400013]);
    expect(faultOf(await at(`${productPath}/skus/ZZZZ/availabilities`))).toEqual([404, 400018]);
  });

  test("D6 is an availability of any scope and segment, or the 404 ladder", async () => {
    const path = `${skuPath(vm)}/availabilities`;
    for (const query of ["country=DE", "country=DE&reservationScope=AzurePlan"]) {
      for (const id of idsOf(await get(`${path}?${query}`))) {
        expect((await at(`${path}/${id}`)).body.id).toBe(id);
      }
    }
    expect(faultOf(await at(`${missingProduct}/skus/0001/availabilities/A`))).toEqual([
      404, 400013,
    ]);
    expect(faultOf(await at(`${productPath}/skus/ZZZZ/availabilities/A`))).toEqual([404, 400018]);
    expect(faultOf(await at(`${path}/NOSUCHAVAILA`))).toEqual([404, 400019]);
  });

  test("D6 of another country's id is 404/400019", async () => {
    expect(faultOf(await at(availabilityPath(vm), "US"))).toEqual([404, 400019]);
  });
});
