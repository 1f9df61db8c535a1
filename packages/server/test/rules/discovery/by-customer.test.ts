/** Contract of discovery, 4.9: what a customer may buy. */
import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { businessRows, newCustomer } from "../../shop.ts";
import {
  availabilityPath,
  faultOf,
  idsOf,
  itemsOf,
  partnerToken,
  perpetual,
  service,
  skuPath,
  vm,
} from "./shelf.ts";

const server = await testServer();
const get = (path: string) => server.call("GET", path);
let customerId = "";
let base = "";
let qualified = "";
beforeAll(async () => {
  customerId = await newCustomer(server, "DE");
  base = `/v1/customers/${customerId}`;
  qualified = `/v1/customers/${await newCustomer(server, "DE")}`;
  const path = `${qualified}/qualification`;
  const set = await server.call("PUT", path, { body: "education" });
  if (set.status !== 200) throw new Error(set.text);
});

/** C1 to C7 beneath a customer. */
function pathsOf(prefix: string): string[] {
  return [
    `${prefix}/products?targetView=Azure`,
    `${prefix}/products/${vm.product.id}`,
    `${prefix}/products/${vm.product.id}/skus`,
    skuPath(vm, prefix),
    `${skuPath(vm, prefix)}/availabilities`,
    availabilityPath(vm, prefix),
    `${skuPath(perpetual, prefix)}/downloadoptions`,
  ];
}

describe("method", () => {
  test("GET and POST with an empty body answer alike", async () => {
    for (const path of pathsOf(base)) {
      const read = await get(path);
      expect(read.status, read.text).toBe(200);
      const posted = await server.call("POST", path, { token: "app" });
      expect([posted.status, posted.body], path).toEqual([200, read.body]);
      const typed = await server.call("POST", path, { payload: "null" });
      expect(typed.status).toBe(200);
    }
  });

  test("POST writes nothing and is not replayed", async () => {
    const before = await businessRows(server);
    const path = `${base}/products?targetView=Azure`;
    const headers = { "ms-requestid": "0f8fad5b-d9cb-469f-a165-70867728950e" };
    for (let turn = 0; turn < 2; turn++) {
      const answer = await server.call("POST", path, { headers });
      expect(answer.headers["kontor-replayed"]).toBeUndefined();
    }
    expect(await businessRows(server)).toEqual(before);
  });

  test("other methods are refused, and named", async () => {
    const answer = await server.call("PUT", `${base}/products`);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe("GET, POST");
  });
});

describe("representations", () => {
  test("C1 is a collection of products with its own self link", async () => {
    const { body } = await get(`${base}/products?targetView=azure`);
    expect(body.items[0]).toHaveProperty("productType");
    expect(body.links.self.uri).toBe(`/customers/${customerId}/products?targetView=Azure`);
  });

  test("C3 is a collection of SKUs, C5 of availabilities", async () => {
    const [sku] = itemsOf(await get(`${base}/products/${vm.product.id}/skus`));
    expect(sku).toHaveProperty("purchasePrerequisites");
    const [item] = itemsOf(await get(`${skuPath(vm, base)}/availabilities`));
    expect(item.catalogItemId.split(":")).toEqual([vm.product.id, vm.sku.id, item.id]);
  });

  test("items link to the catalog of the customer's country", async () => {
    const [item] = itemsOf(await get(`${skuPath(vm, base)}/availabilities`));
    expect(item.links.self.uri).toBe(`${skuPath(vm, "")}/availabilities/${item.id}?country=DE`);
    const [option] = itemsOf(await get(`${skuPath(perpetual, base)}/downloadoptions`));
    expect(option.downloadLink.uri).toMatch(/^\/products\/.*\/downloadlink\?country=DE$/);
  });

  test("the country is the customer's", async () => {
    const [item] = itemsOf(await get(`${skuPath(vm, base)}/availabilities`));
    expect([item.country, item.defaultCurrency.code]).toEqual(["DE", "EUR"]);
  });
});

describe("segments", () => {
  const segmentsOf = async (prefix: string) => {
    const items = itemsOf(await get(`${skuPath(service, prefix)}/availabilities`));
    return new Set(items.map(({ segment }: { segment: string }) => segment));
  };

  test("a customer without qualification may buy commercial offers alone", async () => {
    expect(await segmentsOf(base)).toEqual(new Set(["commercial"]));
  });

  test("a qualified customer may buy those of its segment too, commercial first", async () => {
    expect(await segmentsOf(qualified)).toEqual(new Set(["commercial", "education"]));
    const [first] = itemsOf(await get(`${skuPath(service, qualified)}/availabilities`));
    expect(first.segment).toBe("commercial");
  });

  test.each(["education", "government", "nonprofit"])(
    "%s is 403/400030 without the qualification",
    async (segment) => {
      for (const path of [
        `${base}/products?targetView=OnlineServices&`,
        `${base}/products/${service.product.id}/skus?`,
        `${skuPath(service, base)}/availabilities?`,
      ]) {
        expect(faultOf(await get(`${path}targetSegment=${segment}`))).toEqual([403, 400030]);
      }
    },
  );

  test("an approved segment is listed when it is asked for", async () => {
    const list = await get(`${qualified}/products?targetView=OnlineServices&segment=Education`);
    expect(idsOf(list)).toContain(service.product.id);
  });

  test("an availability of a closed segment is not found by its id", async () => {
    const list = await get(`${skuPath(service)}/availabilities?country=DE&targetSegment=education`);
    const path = `/products/${service.product.id}/skus/${service.sku.id}/availabilities`;
    const [id] = idsOf(list);
    expect(faultOf(await get(`${base}${path}/${id}`))).toEqual([404, 400019]);
    expect((await get(`${qualified}${path}/${id}`)).status).toBe(200);
  });
});

describe("errors", () => {
  test("403/20002 for an unknown customer and for another partner's", async () => {
    const foreign = await partnerToken(server);
    for (const path of pathsOf("/v1/customers/11111111-2222-4333-8444-555555555555")) {
      expect(faultOf(await get(path)), path).toEqual([403, 20002]);
    }
    for (const path of pathsOf(base)) {
      expect(faultOf(await server.call("GET", path, { token: foreign }))).toEqual([403, 20002]);
    }
  });

  test("400/900118 for a customer id of another form", async () => {
    for (const path of pathsOf("/v1/customers/me")) {
      expect(faultOf(await get(path)), path).toEqual([400, 900118]);
    }
  });

  test("C1 403/400036 for an unknown view, 400/800002 without one", async () => {
    expect(faultOf(await get(`${base}/products?targetView=x`))).toEqual([403, 400036]);
    expect(faultOf(await get(`${base}/products`))).toEqual([400, 800002]);
  });

  test("404/400013, 404/400018 and 404/400019 as by country", async () => {
    const product = `${base}/products/${vm.product.id}`;
    for (const [path, code] of [
      [`${base}/products/NOSUCHPRODUC`, 400013],
      [`${base}/products/NOSUCHPRODUC/skus`, 400013],
      [`${base}/products/NOSUCHPRODUC/skus/0001/availabilities`, 400013],
      [`${product}/skus/ZZZZ`, 400018],
      [`${product}/skus/ZZZZ/availabilities`, 400018],
      [`${product}/skus/ZZZZ/downloadoptions`, 400018],
      [`${product}/skus/${vm.sku.id}/availabilities/NOSUCHAVAILA`, 400019],
    ] as const) {
      expect(faultOf(await get(path)), path).toEqual([404, code]);
    }
  });

  test("400/800002 for an unknown reservation scope", async () => {
    const path = `${base}/products?targetView=Azure&reservationScope=x`;
    expect(faultOf(await get(path))).toEqual([400, 800002]);
  });
});

test("Node's way: item 0 of C3, item 0 of C5, the catalog item composed", async () => {
  const skus = itemsOf(await get(`${base}/products/${vm.product.id}/skus`));
  const path = `${base}/products/${vm.product.id}/skus/${skus[0].id}/availabilities`;
  const [item] = itemsOf(await get(path));
  expect(`${vm.product.id}:${skus[0].id}:${item.id}`).toBe(item.catalogItemId);
});

describe("refusals, product before SKU before availability", () => {
  const sku = skuPath(vm, "");
  const unknownProduct = sku.replace(vm.product.id, "DZH318Z0NONE");
  const unknownSku = `/products/${vm.product.id}/skus/ZZZZ`;
  test.each([
    ["a product in an unknown scope", `/products/${vm.product.id}?reservationScope=x`, 400, 800002],
    ["SKUs in an unknown scope", `/products/${vm.product.id}/skus?reservationScope=x`, 400, 800002],
    ["a SKU in an unknown scope", `${sku}?reservationScope=x`, 400, 800002],
    ["availabilities in an unknown scope", `${sku}/availabilities?reservationScope=x`, 400, 800002],
    ["a SKU of an unknown product", unknownProduct, 404, 400013],
    ["an availability of an unknown product", `${unknownProduct}/availabilities/X`, 404, 400013],
    ["an availability of an unknown SKU", `${unknownSku}/availabilities/X`, 404, 400018],
    ["downloads of an unknown product", `${unknownProduct}/downloadoptions`, 404, 400013],
  ])("%s", async (_name, path, status, code) => {
    expect(faultOf(await get(`${base}${path}`))).toEqual([status, code]);
  });
});
