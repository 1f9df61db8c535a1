/** Contract of discovery, 5: the business rules. */
import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../../src/foundation/database/sql.ts";
import { testServer } from "../../harness.ts";
import {
  acceptAgreement,
  azureSubscription,
  businessRows,
  newBuyer,
  newCustomer,
  offerOf,
} from "../../shop.ts";
import {
  availabilityPath,
  faultOf,
  idsOf,
  itemsOf,
  partnerToken,
  perpetual,
  service,
  skuPath,
  term,
  vm,
} from "./shelf.ts";

const server = await testServer();
const get = (path: string, token = "user") => server.call("GET", path, { token });
const inUs = { vm: offerOf("reservation"), perpetual: offerOf("perpetual_software") };

async function order(customerId: string, line: Record<string, unknown>, token = "user") {
  return server.call("POST", `/v1/customers/${customerId}/orders`, {
    token,
    body: { lineItems: [{ lineItemNumber: 0, quantity: 1, ...line }] },
  });
}

test("R1: a product is never bought, only a SKU's availability", async () => {
  const { customerId } = await newBuyer(server);
  for (const offerId of [inUs.perpetual.product.id, `${inUs.perpetual.product.id}:0001`]) {
    expect(faultOf(await order(customerId, { offerId }))).toEqual([400, 800004]);
  }
});

test("R2: an unknown availability is refused at purchase", async () => {
  const { customerId } = await newBuyer(server);
  const offerId = inUs.perpetual.catalogItemId.replace(/[^:]*$/, "DZH3GONEGONE");
  const before = await businessRows(server);
  expect(faultOf(await order(customerId, { offerId }))).toEqual([400, 800004]);
  expect(await businessRows(server)).toEqual(before);
});

test("R3: an availability is of one country, segment and currency; lists never mix", async () => {
  for (const [country, currency] of [
    ["DE", "EUR"],
    ["US", "USD"],
    ["JP", "JPY"],
  ]) {
    const items = itemsOf(await get(`${skuPath(service)}/availabilities?country=${country}`));
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect([item.country, item.defaultCurrency.code]).toEqual([country, currency]);
    }
  }
});

test("R4: an inventory check is advisory, and needed where the SKU says so", async () => {
  const { customerId, subscriptionId } = await newBuyer(server);
  const { body: sku } = await get(`${skuPath(vm)}?country=DE`);
  expect(sku.purchasePrerequisites).toContain("InventoryCheck");
  expect((await get(`${skuPath(perpetual)}?country=DE`)).body.purchasePrerequisites).toEqual([]);
  // No check went before.
  const provisioningContext = { subscriptionId, scope: "shared" };
  const line = { offerId: inUs.vm.catalogItemId, provisioningContext };
  expect((await order(customerId, line)).status).toBe(201);
});

test("R5: a reservation needs a registered subscription; discovery and inventory do not", async () => {
  const customerId = await newCustomer(server);
  await acceptAgreement(server, customerId);
  const subscriptionId = await azureSubscription(server, customerId);
  expect((await get(`/v1/customers/${customerId}/products?targetView=Azure`)).status).toBe(200);
  const provisioningContext = { subscriptionId, scope: "shared" };
  const line = { offerId: inUs.vm.catalogItemId, provisioningContext };
  expect(faultOf(await order(customerId, line))).toEqual([400, 800013]);
});

test("R6: one registration enables every reservation product", async () => {
  const { customerId, subscriptionId } = await newBuyer(server);
  const products = idsOf(await get("/v1/products?country=US&targetView=AzureReservations"));
  for (const product of products.slice(0, 3)) {
    const [sku] = itemsOf(await get(`/v1/products/${product}/skus?country=US`));
    const path = `/v1/products/${product}/skus/${sku.id}/availabilities?country=US`;
    const [item] = itemsOf(await get(path));
    const provisioningContext = { subscriptionId, scope: "shared" };
    const made = await order(customerId, { offerId: item.catalogItemId, provisioningContext });
    expect(made.status, made.text).toBe(201);
  }
});

test("R7: the same SKU has other availabilities for an Azure plan", async () => {
  const path = `${skuPath(vm)}/availabilities?country=DE`;
  const legacy = idsOf(await get(path));
  const plan = idsOf(await get(`${path}&reservationScope=AzurePlan`));
  expect(legacy).toHaveLength(1);
  expect(plan).toHaveLength(1);
  expect(plan).not.toEqual(legacy);
});

test("R8: cycles, quantities and terms of the catalog bound a line", async () => {
  const { customerId } = await newBuyer(server);
  const own = offerOf("term_software");
  const errorOf = async (change: Record<string, unknown>) => {
    const line = { id: 0, catalogItemId: own.catalogItemId, quantity: 1, ...change };
    const path = `/v1/customers/${customerId}/carts`;
    const { status, body } = await server.call("POST", path, { body: { lineItems: [line] } });
    expect(status).toBe(201);
    return body.lineItems[0].error?.errorCode;
  };
  const other = own.termDuration === "P1Y" ? "P3Y" : "P1Y";
  expect(await errorOf({})).toBeUndefined();
  expect(
    await errorOf({ billingCycle: "one_time", termDuration: own.termDuration }),
  ).toBeUndefined();
  for (const change of [{ billingCycle: "monthly" }, { quantity: 1e9 }, { termDuration: other }]) {
    expect(await errorOf(change), JSON.stringify(change)).toEqual(expect.any(Number));
  }
});

test("R9: every provisioning variable must be given, in any case", async () => {
  const { customerId, subscriptionId } = await newBuyer(server);
  const offerId = inUs.vm.catalogItemId;
  for (const provisioningContext of [{ subscriptionId }, { scope: "shared" }, {}]) {
    expect((await order(customerId, { offerId, provisioningContext })).status).toBe(400);
  }
  const duration = inUs.vm.sku.dynamicAttributes.duration ?? "";
  const provisioningContext = {
    SUBSCRIPTIONID: subscriptionId,
    Scope: "Single",
    DURATION: duration,
  };
  const made = await order(customerId, { offerId, provisioningContext });
  expect(made.status, made.text).toBe(201);
});

test("R10: what cannot be bought may be listed, and is refused at purchase", async () => {
  const id = "DG7GMGF0KT11";
  await server.database.query(sql`
    UPDATE availability SET is_purchasable = false WHERE product_id = ${id}`);
  const path = `/v1/products/${id}/skus/0001/availabilities?country=US`;
  const [item] = itemsOf(await get(path));
  expect(item.isPurchasable).toBe(false);
  const { customerId } = await newBuyer(server);
  const before = await businessRows(server);
  const refused = await order(customerId, { offerId: item.catalogItemId });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(await businessRows(server)).toEqual(before);
});

describe("R11: a partner that is not qualified for perpetual software", () => {
  let token = "";
  beforeAll(async () => {
    token = await partnerToken(server, { perpetualSoftware: false });
  });

  test("gets 403/400036 on SoftwarePerpetual", async () => {
    const path = "/v1/products?country=DE&targetView=SoftwarePerpetual";
    expect(faultOf(await get(path, token))).toEqual([403, 400036]);
    expect((await get(path)).status).toBe(200);
  });

  test("sees none under Software, and other software", async () => {
    const ids = idsOf(await get("/v1/products?country=DE&targetView=Software", token));
    expect(ids).toContain(term.product.id);
    expect(ids).not.toContain(perpetual.product.id);
  });

  test("finds none by id", async () => {
    const path = `/v1/products/${perpetual.product.id}`;
    for (const one of [
      path,
      `${path}/skus`,
      skuPath(perpetual),
      `${skuPath(perpetual)}/availabilities`,
      availabilityPath(perpetual),
      `${skuPath(perpetual)}/downloadoptions`,
    ]) {
      expect(faultOf(await get(`${one}?country=DE`, token)), one).toEqual([404, 400013]);
    }
  });

  test("cannot buy any, and then nothing is written", async () => {
    const spare = await testServer();
    const { customerId } = await newBuyer(spare);
    const text = "UPDATE partner SET perpetual_software = false";
    await spare.database.query({ text, values: [] });
    const before = await businessRows(spare);
    const refused = await spare.call("POST", `/v1/customers/${customerId}/orders`, {
      body: { lineItems: [{ offerId: inUs.perpetual.catalogItemId, quantity: 1 }] },
    });
    expect(faultOf(refused)).toEqual([403, 800020]);
    expect(await businessRows(spare)).toEqual(before);
    const seen = await spare.call(
      "GET",
      `/v1/customers/${customerId}/products?targetView=Software`,
    );
    expect(idsOf(seen)).not.toContain(perpetual.product.id);
  });
});

describe("R12: markets", () => {
  const closed = ["BR", "CN", "RU", "GL", "PG"];
  const sold = {
    reservation: "DZH318Z0KT08",
    term: "DG7GMGF0KT45",
    perpetual: "DG7GMGF0KT12",
  };
  // As if a sheet had priced them there: what is sold in the US with another market and id.
  beforeAll(async () => {
    const ids = Object.values(sold);
    await server.database.query(sql`
      INSERT INTO availability
      SELECT product_id, sku_id, there || substr(availability_id, 3), there, currency, segment,
        term, billing_plan, reservation_scope, is_purchasable
      FROM availability CROSS JOIN unnest(${closed}::text[]) there
      WHERE product_id = ANY(${ids}::text[]) AND market = 'US' AND segment = 'commercial'`);
    await server.database.query(sql`
      INSERT INTO price
      SELECT a.product_id, a.sku_id, a.availability_id, '2020-01-01Z', NULL, 12, NULL
      FROM availability a WHERE a.market = ANY(${closed}::text[])`);
  });

  test.each(closed)("%s lists no software subscription and no reservation", async (country) => {
    for (const view of ["AzureReservations", "SoftwareSubscriptions"]) {
      const list = await get(`/v1/products?country=${country}&targetView=${view}`);
      expect(idsOf(list), view).toEqual([]);
    }
    for (const id of [sold.reservation, sold.term]) {
      expect(faultOf(await get(`/v1/products/${id}?country=${country}`))).toEqual([404, 400013]);
    }
    const software = await get(`/v1/products?country=${country}&targetView=Software`);
    expect(idsOf(software)).toEqual([sold.perpetual]);
  });

  const byCountry = [
    "/v1/products?targetView=Azure&",
    `/v1/products/${vm.product.id}?`,
    `/v1/products/${vm.product.id}/skus?`,
    `${skuPath(vm)}?`,
    `${skuPath(vm)}/availabilities?`,
    `${availabilityPath(vm)}?`,
    `${skuPath(perpetual)}/downloadoptions?`,
    `${skuPath(perpetual)}/downloadoptions/x/downloadlink?`,
  ];

  test("what is no market is 403/2030, on every operation by country", async () => {
    for (const path of byCountry) {
      expect(faultOf(await get(`${path}country=ZZ`)), path).toEqual([403, 2030]);
      expect(faultOf(await get(`${path}country=Z`)), path).toEqual([400, 800002]);
    }
    const check = await server.call("POST", "/v1/extensions/product/checkinventory?country=ZZ", {
      body: { targetItems: [{ productId: vm.product.id }] },
    });
    expect(faultOf(check)).toEqual([403, 2030]);
  });

  test("where the partner is not onboarded is 403/2030, elsewhere it sells", async () => {
    const token = await partnerToken(server, { sellsIn: ["us", "DE"] });
    for (const path of byCountry) {
      expect(faultOf(await get(`${path}country=FR`, token)), path).toEqual([403, 2030]);
    }
    expect((await get(`${skuPath(vm)}?country=DE`, token)).status).toBe(200);
  });

  test("a partner cannot be onboarded in what is no market", async () => {
    const refused = await server.call("POST", "/_kontor/partners", {
      token: "none",
      body: { sellsIn: ["DE", "ZZ"] },
    });
    expect(faultOf(refused)).toEqual([400, 800002]);
  });

  test("a customer where the partner is not onboarded is offered nothing", async () => {
    const spare = await testServer();
    const { customerId } = await newBuyer(spare);
    const text = "UPDATE partner SET sells_in = '{DE}'";
    await spare.database.query({ text, values: [] });
    const seen = await spare.call("GET", `/v1/customers/${customerId}/products?targetView=Azure`);
    expect(idsOf(seen)).toEqual([]);
    const before = await businessRows(spare);
    const refused = await spare.call("POST", `/v1/customers/${customerId}/orders`, {
      body: { lineItems: [{ offerId: inUs.perpetual.catalogItemId, quantity: 1 }] },
    });
    expect(faultOf(refused)).toEqual([400, 800070]);
    expect(await businessRows(spare)).toEqual(before);
  });
});

test("R13: the five B1s SKUs of the vendor's sandbox are in the catalog, for one year", async () => {
  const items = itemsOf(await get("/v1/products/DZH318Z0KT01/skus?country=US"));
  const attributes = items.map((sku: { dynamicAttributes: Record<string, string> }) => [
    sku.dynamicAttributes.armRegionName,
    sku.dynamicAttributes.armSkuName,
    sku.dynamicAttributes.duration,
  ]);
  expect(new Set(attributes.map(String))).toEqual(
    new Set(
      ["koreasouth", "eastus", "westus2", "northcentralus", "canadaeast"].map((region) =>
        String([region, "Standard_B1s", "1Year"]),
      ),
    ),
  );
});

describe("R14: titles and descriptions follow X-Locale", () => {
  const inLocale = (path: string, locale: string) =>
    server.call("GET", path, { headers: { "x-locale": locale } });

  test.each(["de-DE", "fr-FR", "ja-JP", "es-ES"])("in %s, and ids do not", async (locale) => {
    for (const path of ["/v1/products/DZH318Z0KT01", "/v1/products/DG7GMGF0KT01/skus/0001"]) {
      const { body: own } = await inLocale(`${path}?country=US`, "en-US");
      const { body, headers } = await inLocale(`${path}?country=US`, locale);
      expect(headers["x-locale"]).toBe(locale);
      expect(body.description).not.toBe(own.description);
      expect({ ...body, title: "", description: "" }).toEqual({
        ...own,
        title: "",
        description: "",
      });
    }
  });

  test("in lists and inside availabilities", async () => {
    const path = "/v1/products?country=US&targetView=Azure";
    const titles = itemsOf(await inLocale(path, "de-DE")).map(
      ({ title }: { title: string }) => title,
    );
    expect(titles).toContain("Virtuelle Computer der BS-Serie");
    expect(titles).toContain("Azure-Plan");
    const [sku] = itemsOf(await inLocale("/v1/products/DZH318Z0KT01/skus?country=US", "de-DE"));
    expect(sku.title).toContain("Reservierte VM-Instanz");
    const availabilities = `/v1/products/DZH318Z0KT01/skus/${sku.id}/availabilities?country=US`;
    const [item] = itemsOf(await inLocale(availabilities, "de-DE"));
    expect([item.sku.title, item.product.title]).toEqual([
      sku.title,
      "Virtuelle Computer der BS-Serie",
    ]);
    expect([item.segment, item.defaultCurrency.code]).toEqual(["commercial", "USD"]);
  });

  test("en-US where there is no translation, or no such locale", async () => {
    const path = "/v1/products/DZH318Z0KT01?country=US";
    const { body: own } = await get(path);
    for (const locale of ["it-IT", "xx-XX"]) {
      expect((await inLocale(path, locale)).body, locale).toEqual(own);
    }
  });

  test("names of download languages too", async () => {
    const path = "/v1/products/DG7GMGF0KT08/skus/0001/downloadoptions?country=DE";
    const [first] = itemsOf(await inLocale(path, "de-DE"));
    expect([first.languageCode, first.languageName]).toEqual([
      "en-US",
      "Englisch (Vereinigte Staaten)",
    ]);
  });
});
