/** Contract of discovery, 1.6 and 4.4 to 4.6: what strict clients survive, field by field. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { newBuyer } from "../../shop.ts";
import {
  availabilityPath,
  itemsOf,
  perpetual,
  service,
  skuPath,
  term,
  valuesOf,
  vm,
} from "./shelf.ts";

const server = await testServer();
const get = async (path: string) => {
  const answer = await server.call("GET", path);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const buyer = await newBuyer(server, "DE");
const kinds = { vm, perpetual, term, service };

/** One answer of each kind of resource of this area. */
const answers: unknown[] = [
  await get("/v1/products?country=DE&targetView=Azure"),
  await get(`/v1/customers/${buyer.customerId}/subscriptions`),
  await get(
    `/v1/customers/${buyer.customerId}/subscriptions/${buyer.subscriptionId}/registrationstatus`,
  ),
];
for (const offer of Object.values(kinds)) {
  answers.push(await get(`/v1/products/${offer.product.id}/skus?country=DE`));
  answers.push(await get(`${skuPath(offer)}/availabilities?country=DE`));
  answers.push(await get(`${skuPath(offer)}/downloadoptions?country=DE`));
}

function leaves(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  return Object.values(value).flatMap(leaves);
}

function keys(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(keys)];
}

describe("1.6 what each client can survive", () => {
  test("camelCase names", () => {
    for (const key of keys(answers)) expect(key).toMatch(/^[a-z][A-Za-z]*$/);
  });

  test("enums as lower snake_case, never triennial or biennial", () => {
    const cycles = [
      ...valuesOf(answers, "supportedBillingCycles").flat(),
      ...valuesOf(answers, "billingCycle"),
    ];
    expect(new Set(cycles).isSubsetOf(new Set(["one_time", "monthly", "annual", "none"]))).toBe(
      true,
    );
    expect(cycles).toContain("one_time");
  });

  test("never null, and no empty enum", () => {
    expect(leaves(answers)).not.toContain(null);
    for (const name of ["billingCycle", "billingType", "status", "contractType", "segment"]) {
      expect(valuesOf(answers, name)).not.toContain("");
    }
  });

  test("integers of 32 bits, but for the size of a file", () => {
    const sizes = new Set(valuesOf(answers, "fileSize"));
    const numbers = leaves(answers).filter((leaf) => typeof leaf === "number");
    for (const number of numbers.filter((leaf) => !sizes.has(leaf))) {
      expect(Number.isInteger(number)).toBe(true);
      expect(number).toBeLessThanOrEqual(2_147_483_647);
    }
  });

  test("dynamicAttributes are a flat map of texts", () => {
    const maps = valuesOf(answers, "dynamicAttributes") as Record<string, unknown>[];
    expect(maps.length).toBeGreaterThan(3);
    for (const value of maps.flatMap((map) => Object.values(map)))
      expect(value).toBeTypeOf("string");
  });

  test("defaultCurrency is an object", () => {
    for (const value of valuesOf(answers, "defaultCurrency")) {
      expect(value).toEqual({ code: "EUR", symbol: "€" });
    }
  });

  test("restriction properties are a flat map, and the inventory check a bare array", async () => {
    const closed = "DZH318Z0KT02";
    const { body } = await server.call("POST", "/v1/extensions/product/checkinventory?country=DE", {
      body: {
        targetItems: [{ productId: closed }],
        inventoryContext: {
          customerId: buyer.customerId,
          azureSubscriptionId: buyer.subscriptionId,
        },
      },
    });
    expect(Array.isArray(body)).toBe(true);
    const properties = valuesOf(body, "properties");
    expect(properties.length).toBeGreaterThan(0);
    for (const one of properties) expect(one).toEqual({ type: "Location", values: "brazilsouth" });
  });
});

const isText = expect.any(String);
const isLink = { uri: isText, method: "GET", headers: [] };

test("4.4 a product has the fields of the table", async () => {
  const path = `/products/${vm.product.id}`;
  expect(await get(`/v1${path}?country=DE`)).toEqual({
    id: vm.product.id,
    title: isText,
    description: isText,
    productType: {
      id: "Azure",
      displayName: "Azure",
      subType: { id: "VirtualMachines", displayName: "VirtualMachines" },
    },
    isMicrosoftProduct: true,
    publisherName: "Microsoft",
    links: {
      skus: { ...isLink, uri: `${path}/skus?country=DE` },
      self: { ...isLink, uri: `${path}?country=DE` },
    },
  });
});

describe("4.5 a SKU", () => {
  test("of a reservation has the fields of the table, with its duration", async () => {
    expect(await get(`${skuPath(vm)}?country=DE`)).toEqual({
      id: vm.sku.id,
      productId: vm.product.id,
      title: isText,
      description: isText,
      minimumQuantity: 1,
      maximumQuantity: 999_999_999,
      isTrial: false,
      supportedBillingCycles: ["one_time"],
      purchasePrerequisites: ["AzureSubscriptionRegistration", "InventoryCheck"],
      inventoryVariables: ["CustomerId", "AzureSubscriptionId"],
      provisioningVariables: ["Scope", "SubscriptionId", "Duration"],
      actions: [],
      dynamicAttributes: expect.objectContaining({
        armRegionName: isText,
        armSkuName: isText,
        region: isText,
        duration: expect.stringMatching(/^(1Year|3Years)$/),
        skuDisplayName: isText,
        category: isText,
        cores: isText,
        vCpu: isText,
        ram: isText,
      }),
      termsOfUseUri: isText,
      links: {
        availabilities: { ...isLink, uri: `${skuPath(vm, "")}/availabilities?country=DE` },
        self: { ...isLink, uri: `${skuPath(vm, "")}?country=DE` },
      },
    });
  });

  test.each(["perpetual", "term"] as const)("of %s software demands nothing", async (kind) => {
    expect(await get(`${skuPath(kinds[kind])}?country=DE`)).toMatchObject({
      purchasePrerequisites: [],
      inventoryVariables: [],
      provisioningVariables: [],
      actions: ["Refund"],
      supportedBillingCycles: ["one_time"],
    });
  });
});

describe("4.6 an availability", () => {
  test("of a reservation has the fields of the table, with whole product and SKU", async () => {
    const id = vm.catalogItemId.split(":")[2];
    expect(await get(`${availabilityPath(vm)}?country=DE`)).toEqual({
      id,
      productId: vm.product.id,
      skuId: vm.sku.id,
      catalogItemId: vm.catalogItemId,
      defaultCurrency: { code: "EUR", symbol: "€" },
      segment: "commercial",
      country: "DE",
      isPurchasable: true,
      isRenewable: false,
      terms: [
        {
          id: id?.toLowerCase(),
          duration: vm.termDuration,
          description: isText,
          billingCycle: "one_time",
        },
      ],
      includedQuantityOptions: [],
      product: await get(`/v1/products/${vm.product.id}?country=DE`),
      sku: await get(`${skuPath(vm)}?country=DE`),
      links: { self: { ...isLink, uri: `${availabilityPath(vm, "")}?country=DE` } },
    });
  });

  test("of perpetual software has no term", async () => {
    const body = await get(`${availabilityPath(perpetual)}?country=DE`);
    expect([body.terms, body.isRenewable, body.renewalInstructions]).toEqual([
      [],
      false,
      undefined,
    ]);
  });

  test("that renews says into what, and until when it can be given back", async () => {
    const body = await get(`${availabilityPath(term)}?country=DE`);
    const [only] = body.terms;
    expect(body).toMatchObject({
      isRenewable: true,
      renewalInstructions: [
        {
          applicableTermIds: [only.id],
          renewalOptions: [
            { renewToId: `${term.product.id}:${term.sku.id}`, isAutoRenewable: true },
          ],
        },
      ],
    });
    expect(only).toMatchObject({
      duration: term.termDuration,
      renewalOptions: [{ termDuration: term.termDuration, description: isText }],
      cancellationPolicies: [
        { refundOptions: [{ sequenceId: 0, type: "Partial", expiresAfter: "P7D" }] },
      ],
    });
  });

  test("has no price, and neither has any other resource", () => {
    expect(keys(answers).filter((key) => /price|amount|cost/i.test(key))).toEqual([]);
  });

  test("tells its own billing cycle and quantities in its SKU", async () => {
    for (const item of itemsOf(
      await server.call("GET", `${skuPath(service)}/availabilities?country=DE`),
    )) {
      expect(item.sku.supportedBillingCycles).toEqual([item.terms[0].billingCycle]);
      expect(item.sku.minimumQuantity).toBe(1);
    }
  });
});
