import { catalogOperations } from "@kontor/contract";
import { beforeAll, describe, expect, test } from "vitest";
import { type TestAnswer, testServer } from "../../../../test/harness.ts";
import { newCustomer } from "../../../../test/shop.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import type { Context } from "../../../foundation/partner.ts";
import { availabilityId, availabilityKeyOf } from "../availability-id.ts";
import { defaultCatalog } from "../default-catalog.ts";
import type { PricedOffer } from "../offer.ts";
import { allSegments } from "../selection.ts";
import { importSample, sampleOffer } from "../test-support/offers.ts";
import { withdraw } from "../test-support/store.ts";
import { getAvailability, listAvailabilities, listProducts, listSkus } from "./discovery.ts";

const server = await testServer();
const get = (path: string) => server.call("GET", path);
const { offers } = defaultCatalog();

const product = {
  segments: "SEGMENTSPRD1",
  plans: "PLANSPRODCT1",
  scopeAzure: "SCOPEAZURE01",
  scopePlan: "SCOPEPLAN001",
  scopeBoth: "SCOPEBOTH001",
  past: "PASTPRODUCT1",
  future: "FUTUREPRODC1",
  later: "LATERPRODUC1",
  tieFirst: "AAAATITLE001",
  tieSecond: "BBBBTITLE001",
  withdrawn: "WITHDRAWN001",
};

beforeAll(async () => {
  const reservation = (id: string, reservationScope: "Azure" | "AzurePlan" | null) =>
    sampleOffer({
      product: { id, title: id, kind: "reservation", reservationType: "virtualmachines" },
      billingPlan: "one_time",
      reservationScope,
    });
  const segment = (name: PricedOffer["segment"], sku: string) =>
    sampleOffer({ product: { id: product.segments }, segment: name, sku: { id: sku } });
  const plan = (billingPlan: PricedOffer["billingPlan"], sku: string) =>
    sampleOffer({
      product: { id: product.plans, kind: "online_service" },
      sku: { id: sku },
      billingPlan,
      termDuration: "P1M",
    });
  await importSample(server.database, [
    segment("nonprofit", "0001"),
    segment("government", "0002"),
    segment("education", "0003"),
    segment("education", "0004"),
    segment("commercial", "0004"),
    segment("government", "0004"),
    plan("none", "0001"),
    plan("none", "0002"),
    plan("monthly", "0002"),
    reservation(product.scopeAzure, "Azure"),
    reservation(product.scopePlan, "AzurePlan"),
    reservation(product.scopeBoth, null),
    sampleOffer({ product: { id: product.past }, effectiveTo: "2021-01-01T00:00:00.000Z" }),
    sampleOffer({ product: { id: product.future }, effectiveFrom: "2900-01-01T00:00:00.000Z" }),
    // The later version ends the earlier one, and has ended itself.
    sampleOffer({ product: { id: product.later } }),
    sampleOffer({
      product: { id: product.later },
      effectiveFrom: "2020-06-01T00:00:00.000Z",
      effectiveTo: "2020-07-01T00:00:00.000Z",
    }),
    sampleOffer({ product: { id: product.tieSecond, title: "0 Same title", isSuse: true } }),
    sampleOffer({ product: { id: product.tieFirst, title: "0 Same title", isSuse: true } }),
    sampleOffer({ product: { id: product.withdrawn } }),
  ]);
  await withdraw(server.database, product.withdrawn);
});

function idsOf(answer: TestAnswer): string[] {
  expect(answer.status, answer.text).toBe(200);
  return answer.body.items.map((item: { id: string }) => item.id);
}

function faultOf(answer: TestAnswer) {
  expect(answer.body.data).toEqual([]);
  return [answer.status, answer.body.code];
}

describe("target views", () => {
  const kinds =
    (...names: string[]) =>
    ({ product: { kind } }: PricedOffer) =>
      names.includes(kind);
  const ofType = (type: string) => (offer: PricedOffer) => offer.product.reservationType === type;
  const views: Record<string, (offer: PricedOffer) => boolean> = {
    Azure: kinds("reservation", "azure_plan"),
    AzureReservations: kinds("reservation"),
    AzureReservationsVM: ofType("virtualmachines"),
    AzureReservationsSQL: ofType("sqldatabases"),
    AzureReservationsCosmosDb: ofType("cosmosdb"),
    MicrosoftAzure: kinds("azure_plan"),
    OnlineServices: kinds("online_service"),
    Software: kinds("perpetual_software", "term_software"),
    SoftwareSUSELinux: ({ product: { isSuse } }) => isSuse,
    SoftwarePerpetual: kinds("perpetual_software"),
    SoftwareSubscriptions: kinds("term_software"),
  };

  test.each(Object.keys(views))("%s holds its products and no others", async (view) => {
    const expected = new Set(offers.filter((o) => views[view]?.(o)).map((o) => o.product.id));
    expect(expected.size).toBeGreaterThan(0);
    const found = idsOf(await get(`/v1/products?country=DE&targetView=${view}`));
    expect(new Set(found)).toEqual(expected);
    expect(found).toHaveLength(expected.size);
  });

  test("are matched in any case, and under their older name", async () => {
    const azure = idsOf(await get("/v1/products?country=US&targetView=Azure"));
    expect(idsOf(await get("/v1/products?COUNTRY=us&TargetView=azure"))).toEqual(azure);
    expect(idsOf(await get("/v1/products?country=US&collectionId=AZURE"))).toEqual(azure);
    expect(idsOf(await get("/V1//Products?market=US&targetView=Azure&x=1"))).toEqual(azure);
  });

  test("that are not documented are refused", async () => {
    for (const view of ["MarketplaceSaaS", "Azur", "null"]) {
      expect(faultOf(await get(`/v1/products?country=US&targetView=${view}`))).toEqual([
        403, 400036,
      ]);
    }
  });

  test("and countries must be given", async () => {
    for (const query of [
      "country=US",
      "country=US&targetView=",
      "targetView=Azure",
      "country=USA&targetView=Azure",
      "country=U&targetView=Azure",
    ]) {
      expect(faultOf(await get(`/v1/products?${query}`)), query).toEqual([400, 800002]);
    }
  });
});

describe("products", () => {
  test("have the contract's form", async () => {
    const { status, body } = await get("/v1/products/dzh318z0kt02?country=de");
    expect(status).toBe(200);
    expect(body).toEqual({
      id: "DZH318Z0KT02",
      title: "Virtual Machines Dsv5 Series",
      description: "Balanced machines for most work.",
      productType: {
        id: "Azure",
        displayName: "Azure",
        subType: { id: "VirtualMachines", displayName: "VirtualMachines" },
      },
      isMicrosoftProduct: true,
      publisherName: "Microsoft",
      links: {
        skus: { uri: "/products/DZH318Z0KT02/skus?country=DE", method: "GET", headers: [] },
        self: { uri: "/products/DZH318Z0KT02?country=DE", method: "GET", headers: [] },
      },
    });
  });

  test("are ordered by title, then id", async () => {
    const answer = await get("/v1/products?country=US&targetView=Software");
    expect(idsOf(answer).slice(0, 2)).toEqual([product.tieFirst, product.tieSecond]);
    const titles = answer.body.items.map((item: { title: string }) => item.title);
    expect(titles).toEqual(titles.toSorted());
  });

  test("a list repeats its query in the contract's spelling", async () => {
    const query = "targetview=softwareperpetual&targetSegment=Commercial&COUNTRY=de&other=1";
    const { body } = await get(`/v1/products?${query}`);
    expect(body.totalCount).toBe(body.items.length);
    expect(body.attributes).toEqual({ objectType: "Collection" });
    expect(body.links).toEqual({
      self: {
        uri: "/products?country=DE&targetView=SoftwarePerpetual&targetSegment=commercial",
        method: "GET",
        headers: [],
      },
    });
  });

  test("a country where nothing is sold has an empty list", async () => {
    const { status, body } = await get("/v1/products?country=BR&targetView=Azure");
    expect([status, body.totalCount, body.items]).toEqual([200, 0, []]);
  });

  test("that are not sold in the country are not found", async () => {
    for (const id of ["NOSUCHPRODUC", "DZH318Z0KT02%2F", "é", "x".repeat(64)]) {
      expect(faultOf(await get(`/v1/products/${id}?country=US`)), id).toEqual([404, 400013]);
    }
    expect(faultOf(await get("/v1/products/DZH318Z0KT02?country=BR"))).toEqual([404, 400013]);
  });

  test("without a price at the partner's now are not sold", async () => {
    const listed = idsOf(await get("/v1/products?country=US&targetView=SoftwareSubscriptions"));
    for (const id of [product.past, product.future, product.later]) {
      expect(listed).not.toContain(id);
      expect(faultOf(await get(`/v1/products/${id}?country=US`)), id).toEqual([404, 400013]);
      expect(faultOf(await get(`/v1/products/${id}/skus?country=US`))).toEqual([404, 400013]);
    }
  });

  test("that cannot be bought are still shown", async () => {
    const path = `/v1/products/${product.withdrawn}/skus/0001/availabilities?country=US`;
    const { body } = await get(path);
    expect(body.items[0].isPurchasable).toBe(false);
  });
});

describe("segments", () => {
  const list = async (path: string, segment?: string) =>
    get(`${path}?country=US${segment === undefined ? "" : `&targetSegment=${segment}`}`);
  const skus = `/v1/products/${product.segments}/skus`;

  test("without one, all but nonprofit are listed", async () => {
    expect(idsOf(await list(skus))).toEqual(["0002", "0003", "0004"]);
    const { body } = await list(`${skus}/0004/availabilities`);
    const found = body.items.map((item: { segment: string }) => item.segment);
    expect(found[0]).toBe("commercial");
    expect(found.toSorted()).toEqual(["commercial", "education", "government"]);
  });

  test("one asked for is listed alone, in any case", async () => {
    expect(idsOf(await list(skus, "NonProfit"))).toEqual(["0001"]);
    expect(idsOf(await list(skus, "education"))).toEqual(["0003", "0004"]);
    const education = await list(`${skus}/0004/availabilities`, "EDUCATION");
    expect(education.body.items).toHaveLength(1);
    expect(education.body.items[0].segment).toBe("education");
    const older = await get(`${skus}/0004/availabilities?country=US&segment=education`);
    expect(older.body).toEqual(education.body);
  });

  test("a sold product or SKU without items in the segment has an empty list", async () => {
    expect(idsOf(await list(`/v1/products/${product.plans}/skus`, "nonprofit"))).toEqual([]);
    expect(idsOf(await list(`${skus}/0002/availabilities`, "commercial"))).toEqual([]);
  });

  test("products are listed by them", async () => {
    const software = (segment: string) =>
      get(`/v1/products?country=US&targetView=Software&targetSegment=${segment}`);
    expect(idsOf(await software("nonprofit"))).toEqual([product.segments]);
    expect(idsOf(await software("government"))).toEqual([product.segments]);
  });

  test("by id, any segment is found", async () => {
    expect((await get(`${skus}/0001?country=US`)).status).toBe(200);
  });

  test("that are not documented are refused", async () => {
    for (const path of ["/v1/products", skus, `${skus}/0004/availabilities`]) {
      const answer = await get(`${path}?country=US&targetView=Azure&targetSegment=charity`);
      expect(faultOf(answer), path).toEqual([403, 400030]);
    }
  });
});

describe("reservation scope", () => {
  const azure = "/v1/products?country=US&targetView=AzureReservations";

  test("names what an Azure plan can use, or else what a legacy subscription can", async () => {
    const legacy = idsOf(await get(azure));
    expect(legacy).toContain(product.scopeAzure);
    expect(legacy).toContain(product.scopeBoth);
    expect(legacy).not.toContain(product.scopePlan);
    const plan = idsOf(await get(`${azure}&reservationScope=azureplan`));
    expect(plan).toContain(product.scopePlan);
    expect(plan).toContain(product.scopeBoth);
    expect(plan).not.toContain(product.scopeAzure);
  });

  test.each(["", "/skus", "/skus/0001", "/skus/0001/availabilities"])(
    "decides whether /products/{id}%s is found",
    async (path) => {
      const at = (id: string, query = "") => get(`/v1/products/${id}${path}?country=US${query}`);
      const plan = "&reservationScope=AzurePlan";
      expect(faultOf(await at(product.scopePlan))).toEqual([404, 400013]);
      expect(faultOf(await at(product.scopeAzure, plan))).toEqual([404, 400013]);
      const found = [at(product.scopePlan, plan), at(product.scopeAzure), at(product.scopeBoth)];
      found.push(at(product.scopeBoth, plan));
      const statuses = (await Promise.all(found)).map(({ status }) => status);
      expect(statuses).toEqual([200, 200, 200, 200]);
    },
  );

  test("separates the availabilities of a SKU", async () => {
    const sku = "/v1/products/DZH318Z0KT01/skus";
    const [id] = idsOf(await get(`${sku}?country=US`));
    const legacy = idsOf(await get(`${sku}/${id}/availabilities?country=US`));
    const plan = idsOf(
      await get(`${sku}/${id}/availabilities?country=US&reservationScope=AzurePlan`),
    );
    expect([legacy.length, plan.length]).toEqual([1, 1]);
    expect(plan).not.toEqual(legacy);
    // By its id, an availability of either scope is found.
    for (const availability of [...legacy, ...plan]) {
      const found = await get(`${sku}/${id}/availabilities/${availability}?country=US`);
      expect(found.body.id).toBe(availability);
    }
  });

  test("is carried by links, which lead to the same selection", async () => {
    const { body } = await get(`${azure}&reservationScope=AzurePlan`);
    expect(body.links.self.uri).toBe(
      "/products?country=US&targetView=AzureReservations&reservationScope=AzurePlan",
    );
    const own = body.items.find((item: { id: string }) => item.id === product.scopePlan);
    const skus = await get(own.links.skus.uri);
    const availabilities = await get(skus.body.items[0].links.availabilities.uri);
    const [only] = availabilities.body.items;
    expect((await get(only.links.self.uri)).body).toEqual(only);
    expect((await get(only.product.links.self.uri)).body).toEqual(only.product);
    expect((await get(only.sku.links.self.uri)).body).toEqual(only.sku);
  });

  test("is ignored for everything else", async () => {
    const software = "/v1/products?country=US&targetView=SoftwarePerpetual";
    const all = idsOf(await get(software));
    expect(idsOf(await get(`${software}&reservationScope=AzurePlan`))).toEqual(all);
    const { body } = await get(`/v1/products/${all[0]}?country=US&reservationScope=AzurePlan`);
    expect(body.links.self.uri).toBe(`/products/${all[0]}?country=US`);
  });

  test("of another value is refused", async () => {
    for (const path of ["", "/DZH318Z0KT02", "/DZH318Z0KT02/skus"]) {
      const query = "country=US&targetView=Azure&reservationScope=Azure";
      expect(faultOf(await get(`/v1/products${path}?${query}`))).toEqual([400, 800002]);
    }
  });
});

describe("SKUs", () => {
  test("of a reservation tell what it demands", async () => {
    const answer = await get("/v1/products/DZH318Z0KT02/skus?country=DE");
    const { body } = answer;
    const ids = idsOf(answer);
    expect(idsOf(await get(body.links.self.uri))).toEqual(ids);
    expect(ids).toEqual(ids.toSorted());
    const offer = offers.find((o) => o.product.id === "DZH318Z0KT02" && o.sku.id === ids[0]);
    expect(body.items[0]).toEqual({
      id: ids[0],
      productId: "DZH318Z0KT02",
      termsOfUseUri: "https://www.microsoft.com/licensing/terms",
      title: offer?.sku.title,
      description: offer?.sku.description,
      minimumQuantity: 1,
      maximumQuantity: 999999999,
      isTrial: false,
      supportedBillingCycles: ["one_time"],
      purchasePrerequisites: ["AzureSubscriptionRegistration", "InventoryCheck"],
      inventoryVariables: ["CustomerId", "AzureSubscriptionId"],
      provisioningVariables: ["Scope", "SubscriptionId", "Duration"],
      actions: [],
      dynamicAttributes: offer?.sku.dynamicAttributes,
      links: {
        availabilities: {
          uri: `/products/DZH318Z0KT02/skus/${ids[0]}/availabilities?country=DE`,
          method: "GET",
          headers: [],
        },
        self: {
          uri: `/products/DZH318Z0KT02/skus/${ids[0]}?country=DE`,
          method: "GET",
          headers: [],
        },
      },
    });
    const values = Object.values(body.items[0].dynamicAttributes);
    expect(values.every((value) => typeof value === "string")).toBe(true);
    expect(body.items[0].dynamicAttributes.duration).toMatch(/^(1Year|3Years)$/);
  });

  test("of software demand nothing", async () => {
    const { body } = await get("/v1/products/DG7GMGF0KT01/skus/0001?country=US");
    expect(body).toMatchObject({
      purchasePrerequisites: [],
      inventoryVariables: [],
      provisioningVariables: [],
      supportedBillingCycles: ["one_time"],
      dynamicAttributes: {},
    });
    expect(body.links.downloadOptions.uri).toBe(
      "/products/DG7GMGF0KT01/skus/0001/downloadoptions?country=US",
    );
  });

  test("name the billing cycles of their availabilities, and are trials if all of them are", async () => {
    const { body } = await get(`/v1/products/${product.plans}/skus?country=US`);
    const found = body.items.map((sku: Record<string, unknown>) => [
      sku.id,
      sku.isTrial,
      (sku.supportedBillingCycles as string[]).toSorted(),
    ]);
    expect(found).toEqual([
      ["0001", true, ["none"]],
      ["0002", false, ["monthly", "none"]],
    ]);
  });

  test("put the billing cycle of the first availability first", async () => {
    const path = `/v1/products/${product.plans}/skus/0002`;
    const { body: sku } = await get(`${path}?country=US`);
    const { body: list } = await get(`${path}/availabilities?country=US`);
    expect(sku.supportedBillingCycles[0]).toBe(list.items[0].terms[0].billingCycle);
  });
});

describe("availabilities", () => {
  const offer = offers.find(
    (o) => o.product.kind === "reservation" && o.market === "JP" && o.termDuration === "P3Y",
  ) as PricedOffer;
  const path = `/products/${offer.product.id}/skus/${offer.sku.id}`;
  const id = availabilityId(availabilityKeyOf(offer));

  test("have the contract's form, with the whole product and SKU", async () => {
    const { body } = await get(`/v1${path}/availabilities?country=jp`);
    expect(body.links.self.uri).toBe(`${path}/availabilities?country=JP`);
    const { body: whole } = await get(`/v1/products/${offer.product.id}?country=JP`);
    const { body: sku } = await get(`/v1${path}?country=JP`);
    expect(body.items).toEqual([
      {
        id,
        productId: offer.product.id,
        skuId: offer.sku.id,
        catalogItemId: `${offer.product.id}:${offer.sku.id}:${id}`,
        defaultCurrency: { code: "JPY", symbol: "¥" },
        segment: "commercial",
        country: "JP",
        isPurchasable: true,
        isRenewable: false,
        terms: [
          {
            id: id?.toLowerCase(),
            duration: "P3Y",
            description: "Three years, paid up front",
            billingCycle: "one_time",
          },
        ],
        includedQuantityOptions: [],
        product: whole,
        sku,
        links: {
          self: { uri: `${path}/availabilities/${id}?country=JP`, method: "GET", headers: [] },
        },
      },
    ]);
  });

  test("are found by id in any case, and shown as in the list", async () => {
    const { body: list } = await get(`/v1${path}/availabilities?country=JP`);
    const lower = `/v1${path}/availabilities/${id}`.toLowerCase();
    expect((await get(`${lower}?country=jp&targetView=Azure`)).body).toEqual(list.items[0]);
  });

  test("are missed in the order product, SKU, availability", async () => {
    const at = (p: string, s: string, a: string, country = "JP") =>
      get(`/v1/products/${p}/skus/${s}/availabilities/${a}?country=${country}`);
    const { product: ownProduct, sku } = offer;
    expect(faultOf(await at("NOSUCHPRODUC", "ZZZZ", "X"))).toEqual([404, 400013]);
    expect(faultOf(await at(ownProduct.id, "ZZZZ", "X"))).toEqual([404, 400018]);
    expect(faultOf(await at(ownProduct.id, sku.id, "X"))).toEqual([404, 400019]);
    // Of another country.
    expect(faultOf(await at(ownProduct.id, sku.id, id, "DE"))).toEqual([404, 400019]);
    expect(faultOf(await at(ownProduct.id, sku.id, id, "BR"))).toEqual([404, 400013]);
  });

  test("of a SKU that is not sold are not found", async () => {
    const base = `/v1/products/${offer.product.id}/skus/ZZZZ`;
    expect(faultOf(await get(`${base}?country=JP`))).toEqual([404, 400018]);
    expect(faultOf(await get(`${base}/availabilities?country=JP`))).toEqual([404, 400018]);
    const other = "/v1/products/NOSUCHPRODUC/skus/0001/availabilities?country=JP";
    expect(faultOf(await get(other))).toEqual([404, 400013]);
  });

  test("of perpetual software have no term, of subscriptions one that renews", async () => {
    const first = async (kind: string) => {
      const { product: own, sku } = offers.find((o) => o.product.kind === kind) as PricedOffer;
      const list = `/v1/products/${own.id}/skus/${sku.id}/availabilities?country=US`;
      return (await get(list)).body.items[0];
    };
    expect(await first("perpetual_software")).toMatchObject({ terms: [], isRenewable: false });
    const term = await first("term_software");
    expect(term.isRenewable).toBe(true);
    expect(term.terms[0].duration).toMatch(/^P(1M|1Y|3Y)$/);
    expect(await first("azure_plan")).toMatchObject({
      productId: "DZH318Z0BPS6",
      skuId: "0001",
      terms: [],
      sku: { supportedBillingCycles: ["monthly"], maximumQuantity: 1 },
    });
  });

  test("speak in their SKU of their own billing cycle", async () => {
    const { body } = await get(`/v1/products/${product.plans}/skus/0002/availabilities?country=US`);
    expect(body.items).toHaveLength(2);
    for (const item of body.items) {
      expect(item.sku.supportedBillingCycles).toEqual([item.terms[0].billingCycle]);
      expect(item.isRenewable).toBe(item.terms[0].billingCycle === "monthly");
    }
  });

  test("no resource carries a price or a null", async () => {
    const { text } = await get(`/v1${path}/availabilities?country=JP`);
    expect(text).not.toMatch(/null|price/i);
  });
});

describe("by customer", async () => {
  const customerId = await newCustomer(server, "DE");
  const base = `/v1/customers/${customerId}`;
  const sku = "/products/DZH318Z0KT02/skus";

  test.each([
    ["/products", "&targetView=Azure&reservationScope=AzurePlan"],
    ["/products/DZH318Z0KT02", ""],
    [sku, "&targetSegment=commercial"],
    [`${sku}/<sku>`, ""],
    [`${sku}/<sku>/availabilities`, ""],
    [`${sku}/<sku>/availabilities/<availability>`, ""],
    ["/products/DG7GMGF0KT01/skus/0001/downloadoptions", ""],
  ])("%s answers what the customer's country does", async (template, query) => {
    const [first] = (await get(`${base}${sku}`)).body.items;
    const list = await get(`${base}${sku}/${first.id}/availabilities`);
    const path = template
      .replace("<sku>", first.id)
      .replace("<availability>", list.body.items[0].id);
    const byCountry = await get(`/v1${path}?country=DE${query}`);
    expect(byCountry.status).toBe(200);
    const byCustomer = await get(`${base}${path}?${query.slice(1)}`);
    expect(byCustomer.body.items ?? byCustomer.body).toEqual(
      byCountry.body.items ?? byCountry.body,
    );
    if (byCustomer.body.items) {
      const self = `/customers/${customerId}${path}`;
      expect(byCustomer.body.links.self.uri).toBe(query ? `${self}?${query.slice(1)}` : self);
    }
  });

  test("refuses views, segments and ids like by country", async () => {
    expect(faultOf(await get(`${base}/products`))).toEqual([400, 800002]);
    expect(faultOf(await get(`${base}/products?targetView=X`))).toEqual([403, 400036]);
    expect(faultOf(await get(`${base}${sku}?targetSegment=X`))).toEqual([403, 400030]);
    expect(faultOf(await get(`${base}/products/X`))).toEqual([404, 400013]);
    expect(faultOf(await get(`${base}${sku}/X`))).toEqual([404, 400018]);
    expect(faultOf(await get(`${base}/products/X/skus/X/availabilities`))).toEqual([404, 400013]);
  });

  test("an unknown or malformed customer is refused", async () => {
    const unknown = "/v1/customers/00000000-0000-4000-8000-000000000000";
    for (const path of ["/products?targetView=Azure", "/products/X", sku, `${sku}/X`]) {
      expect(faultOf(await get(`${unknown}${path}`)), path).toEqual([403, 20002]);
      expect(faultOf(await get(`/v1/customers/x${path}`)), path).toEqual([400, 900118]);
    }
  });
});

describe("statements", async () => {
  const partner = await server.partner();

  /** How many statements a use case needs. */
  async function statements(work: (context: Context) => Promise<unknown>): Promise<number> {
    let count = 0;
    const db: Db = {
      query: (statement) => {
        count += 1;
        return server.database.query(statement);
      },
    };
    const context: Context = {
      db,
      now: new Date("2026-01-01T00:00:00.000Z"),
      partner,
      caller: {
        partnerId: partner.partnerId,
        kind: "app",
        objectId: "",
        applicationId: "",
        userName: undefined,
        roles: [],
      },
      operation: catalogOperations.listProducts,
      installation: server.installation,
      locale: "en-US",
      requestId: "",
      correlationId: "",
      origin: "",
      header: () => undefined,
    };
    await work(context);
    return count;
  }

  test("one answers a request, however many items it lists", async () => {
    const place = {
      country: "US",
      prefix: "",
      query: { country: "US" },
      segments: allSegments,
    };
    const ids = { productId: product.plans, skuId: "0002" };
    const counts = [
      await statements((context) => listProducts(context, place, { targetView: "Azure" })),
      await statements((context) => listSkus(context, place, { productId: "DZH318Z0KT02" }, {})),
      await statements((context) => listAvailabilities(context, place, ids, {})),
      await statements(async (context) => {
        const list = await listAvailabilities(context, place, ids, {});
        const availabilityId = list.items[0]?.id ?? "";
        return getAvailability(context, place, { ...ids, availabilityId });
      }),
    ];
    expect(counts).toEqual([1, 1, 1, 2]);
  });
});
