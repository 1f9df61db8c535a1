import { access, controlPlaneErrors, operation } from "../operation.ts";
import {
  collection,
  flag,
  guid,
  integer,
  Link,
  list,
  optional,
  record,
  SelfLinks,
  text,
  textMap,
} from "../schema.ts";
import { BillingCycle, customerParams, ItemType, integerOut } from "./shared.ts";

/** ISO 3166 alpha-2, any case. Its absence or another form is refused with 800002. */
const country = () => text({ pattern: "^[A-Za-z]{2}$", "x-aliases": ["market"] });
const segment = () => optional(text({ max: 40, "x-aliases": ["segment"] }));
const scope = () => optional(text({ max: 40 }));
/** `collectionId` is the name that the parameter had in spring 2018. */
const targetView = () => text({ max: 60, "x-aliases": ["collectionId"] });

const catalogId = () => text({ max: 64 });
const productParams = record({ productId: catalogId() });
const skuParams = record({ ...productParams.properties, skuId: catalogId() });
const availabilityParams = record({ ...skuParams.properties, availabilityId: catalogId() });
const ofCustomer = customerParams.properties;

export const Product = record({
  id: text(),
  title: text(),
  description: text({ max: 4000 }),
  productType: ItemType,
  isMicrosoftProduct: flag(),
  publisherName: text(),
  links: record({ skus: Link, self: Link }),
});

export const Sku = record({
  id: text(),
  productId: text(),
  title: text(),
  description: text({ max: 4000 }),
  minimumQuantity: integerOut(),
  maximumQuantity: integerOut(),
  isTrial: flag(),
  supportedBillingCycles: list(BillingCycle),
  purchasePrerequisites: list(text()),
  inventoryVariables: list(text()),
  provisioningVariables: list(text()),
  actions: list(text()),
  dynamicAttributes: textMap(),
  termsOfUseUri: optional(text()),
  links: record({ availabilities: Link, downloadOptions: optional(Link), self: Link }),
});

/** `expiresAfter` is a duration here; an absent one never expires. */
const CancellationPolicy = record({
  refundOptions: list(
    record({ sequenceId: integerOut(), type: text(), expiresAfter: optional(text()) }),
  ),
});

const Term = record({
  id: text(),
  duration: text(),
  description: text(),
  billingCycle: optional(text()),
  renewalOptions: optional(list(record({ termDuration: text(), description: text() }))),
  cancellationPolicies: optional(list(CancellationPolicy)),
});

/** What a term goes over into: `renewToId` is `product:sku`. */
const RenewalInstruction = record({
  applicableTermIds: list(text()),
  renewalOptions: list(record({ renewToId: text(), isAutoRenewable: flag() })),
});

export const Availability = record({
  id: text(),
  productId: text(),
  skuId: text(),
  catalogItemId: text(),
  defaultCurrency: record({ code: text(), symbol: text() }),
  segment: text(),
  country: text(),
  isPurchasable: flag(),
  isRenewable: flag(),
  terms: list(Term),
  includedQuantityOptions: list(record({ units: text(), description: text() })),
  renewalInstructions: optional(list(RenewalInstruction)),
  product: Product,
  sku: Sku,
  links: SelfLinks,
});

const SkuDownloadOptions = record({
  optionKey: text(),
  optionTitle: text(),
  displayRank: integerOut(),
  cpUandFileType: text(),
  languageCode: text(),
  languageName: text(),
  // Bytes, beyond 32 bits.
  fileSize: integer({ max: Number.MAX_SAFE_INTEGER }),
  downloadLink: Link,
});

const InventoryCheck = record({
  targetItems: list(record({ productId: text({ max: 64 }), skuId: optional(text({ max: 64 })) }), {
    min: 1,
    max: 200,
  }),
  inventoryContext: optional(textMap()),
});

/** One resolved SKU of an inventory check; the answer is a bare array of these. */
export const InventoryItem = record({
  productId: text(),
  skuId: text(),
  isRestricted: flag(),
  restrictions: list(record({ reasonCode: text(), description: text(), properties: textMap() })),
});

/** What makes SKUs restricted in a sandbox: everything that is left out matches all. */
const restrictionScope = {
  productId: optional(text({ min: 1, max: 64 })),
  /** Needs `productId`. */
  skuId: optional(text({ min: 1, max: 64 })),
  customerId: optional(guid()),
  /** An Azure subscription of a customer's. */
  subscriptionId: optional(guid()),
  /** The SKUs of this region, e.g. `westeurope`. */
  armRegionName: optional(text({ min: 1, max: 60 })),
};

/**
 * How many units of the SKU there are from now on, for all customers together; without it the scope
 * is closed. Needs `productId` and `skuId`, and goes with nothing else of the scope.
 */
const stock = { quantity: optional(integer({ min: 0, max: 999_999_999 })) };

const NewRestriction = record({
  ...restrictionScope,
  ...stock,
  /** `NotAvailableForSubscription` unless told otherwise. */
  reasonCode: optional(text({ min: 1, max: 100 })),
  description: optional(text({ min: 1, max: 500 })),
});

const AddedRestriction = record({
  id: guid(),
  ...restrictionScope,
  ...stock,
  reasonCode: text(),
  description: text(),
});

/** The control plane of the inventory, in sandbox databases only. */
const control = { area: "sandbox", access: access.anyone, query: record({}) } as const;

const read = { area: "discovery", access: access.anyone } as const;
const customerErrors = ["CUSTOMER_ID_INVALID", "NO_RELATIONSHIP"] as const;

export const catalogOperations = {
  listProducts: operation({
    ...read,
    id: "listProducts",
    method: "GET",
    path: "/products",
    summary: "List the products sold in a country",
    params: record({}),
    query: record({
      country: country(),
      targetView: targetView(),
      targetSegment: segment(),
      reservationScope: scope(),
    }),
    responses: { 200: collection(Product) },
    errors: ["INVALID_INPUT", "COUNTRY_NOT_ALLOWED", "VIEW_NOT_ALLOWED", "SEGMENT_NOT_ALLOWED"],
  }),
  getProduct: operation({
    ...read,
    id: "getProduct",
    method: "GET",
    path: "/products/{productId}",
    summary: "Get a product",
    params: productParams,
    query: record({ country: country(), reservationScope: scope() }),
    responses: { 200: Product },
    errors: ["INVALID_INPUT", "COUNTRY_NOT_ALLOWED", "PRODUCT_NOT_FOUND"],
  }),
  listSkus: operation({
    ...read,
    id: "listSkus",
    method: "GET",
    path: "/products/{productId}/skus",
    summary: "List the SKUs of a product",
    params: productParams,
    query: record({ country: country(), targetSegment: segment(), reservationScope: scope() }),
    responses: { 200: collection(Sku) },
    errors: ["INVALID_INPUT", "COUNTRY_NOT_ALLOWED", "SEGMENT_NOT_ALLOWED", "PRODUCT_NOT_FOUND"],
  }),
  getSku: operation({
    ...read,
    id: "getSku",
    method: "GET",
    path: "/products/{productId}/skus/{skuId}",
    summary: "Get a SKU",
    params: skuParams,
    query: record({ country: country(), reservationScope: scope() }),
    responses: { 200: Sku },
    errors: ["INVALID_INPUT", "COUNTRY_NOT_ALLOWED", "PRODUCT_NOT_FOUND", "SKU_NOT_FOUND"],
  }),
  listDownloadOptions: operation({
    ...read,
    id: "listDownloadOptions",
    method: "GET",
    path: "/products/{productId}/skus/{skuId}/downloadoptions",
    summary: "List what can be downloaded for a SKU",
    params: skuParams,
    query: record({ country: country() }),
    responses: { 200: collection(SkuDownloadOptions) },
    errors: ["INVALID_INPUT", "COUNTRY_NOT_ALLOWED", "PRODUCT_NOT_FOUND", "SKU_NOT_FOUND"],
  }),
  getDownloadLink: operation({
    ...read,
    id: "getDownloadLink",
    method: "GET",
    path: "/products/{productId}/skus/{skuId}/downloadoptions/{optionKey}/downloadlink",
    summary: "Get a short-lived link to one download",
    params: record({ ...skuParams.properties, optionKey: text({ max: 200 }) }),
    query: record({ country: country() }),
    responses: { 200: Link },
    errors: [
      "INVALID_INPUT",
      "COUNTRY_NOT_ALLOWED",
      "PRODUCT_NOT_FOUND",
      "SKU_NOT_FOUND",
      "NOT_FOUND",
    ],
  }),
  listAvailabilities: operation({
    ...read,
    id: "listAvailabilities",
    method: "GET",
    path: "/products/{productId}/skus/{skuId}/availabilities",
    summary: "List the availabilities of a SKU",
    params: skuParams,
    query: record({ country: country(), targetSegment: segment(), reservationScope: scope() }),
    responses: { 200: collection(Availability) },
    errors: [
      "INVALID_INPUT",
      "COUNTRY_NOT_ALLOWED",
      "SEGMENT_NOT_ALLOWED",
      "PRODUCT_NOT_FOUND",
      "SKU_NOT_FOUND",
    ],
  }),
  getAvailability: operation({
    ...read,
    id: "getAvailability",
    method: "GET",
    path: "/products/{productId}/skus/{skuId}/availabilities/{availabilityId}",
    summary: "Get an availability",
    params: availabilityParams,
    query: record({ country: country() }),
    responses: { 200: Availability },
    errors: [
      "INVALID_INPUT",
      "COUNTRY_NOT_ALLOWED",
      "PRODUCT_NOT_FOUND",
      "SKU_NOT_FOUND",
      "AVAILABILITY_NOT_FOUND",
    ],
  }),
  listCustomerProducts: operation({
    ...read,
    id: "listCustomerProducts",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products",
    summary: "List the products that a customer may buy",
    params: customerParams,
    query: record({
      targetView: targetView(),
      targetSegment: segment(),
      reservationScope: scope(),
    }),
    responses: { 200: collection(Product) },
    errors: [...customerErrors, "INVALID_INPUT", "VIEW_NOT_ALLOWED", "SEGMENT_NOT_ALLOWED"],
  }),
  getCustomerProduct: operation({
    ...read,
    id: "getCustomerProduct",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products/{productId}",
    summary: "Get a product that a customer may buy",
    params: record({ ...ofCustomer, ...productParams.properties }),
    query: record({ reservationScope: scope() }),
    responses: { 200: Product },
    errors: [...customerErrors, "INVALID_INPUT", "PRODUCT_NOT_FOUND"],
  }),
  listCustomerSkus: operation({
    ...read,
    id: "listCustomerSkus",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products/{productId}/skus",
    summary: "List the SKUs that a customer may buy",
    params: record({ ...ofCustomer, ...productParams.properties }),
    query: record({ targetSegment: segment(), reservationScope: scope() }),
    responses: { 200: collection(Sku) },
    errors: [...customerErrors, "INVALID_INPUT", "SEGMENT_NOT_ALLOWED", "PRODUCT_NOT_FOUND"],
  }),
  getCustomerSku: operation({
    ...read,
    id: "getCustomerSku",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products/{productId}/skus/{skuId}",
    summary: "Get a SKU that a customer may buy",
    params: record({ ...ofCustomer, ...skuParams.properties }),
    query: record({ reservationScope: scope() }),
    responses: { 200: Sku },
    errors: [...customerErrors, "INVALID_INPUT", "PRODUCT_NOT_FOUND", "SKU_NOT_FOUND"],
  }),
  listCustomerAvailabilities: operation({
    ...read,
    id: "listCustomerAvailabilities",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products/{productId}/skus/{skuId}/availabilities",
    summary: "List the availabilities that a customer may buy",
    params: record({ ...ofCustomer, ...skuParams.properties }),
    query: record({ targetSegment: segment(), reservationScope: scope() }),
    responses: { 200: collection(Availability) },
    errors: [
      ...customerErrors,
      "INVALID_INPUT",
      "SEGMENT_NOT_ALLOWED",
      "PRODUCT_NOT_FOUND",
      "SKU_NOT_FOUND",
    ],
  }),
  getCustomerAvailability: operation({
    ...read,
    id: "getCustomerAvailability",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products/{productId}/skus/{skuId}/availabilities/{availabilityId}",
    summary: "Get an availability that a customer may buy",
    params: record({ ...ofCustomer, ...availabilityParams.properties }),
    query: record({}),
    responses: { 200: Availability },
    errors: [...customerErrors, "PRODUCT_NOT_FOUND", "SKU_NOT_FOUND", "AVAILABILITY_NOT_FOUND"],
  }),
  listCustomerDownloadOptions: operation({
    ...read,
    id: "listCustomerDownloadOptions",
    method: "GET",
    alsoMethods: ["POST"],
    path: "/customers/{customerId}/products/{productId}/skus/{skuId}/downloadoptions",
    summary: "List what a customer can download for a SKU",
    params: record({ ...ofCustomer, ...skuParams.properties }),
    query: record({}),
    responses: { 200: collection(SkuDownloadOptions) },
    errors: [...customerErrors, "PRODUCT_NOT_FOUND", "SKU_NOT_FOUND"],
  }),
  checkInventory: operation({
    ...read,
    id: "checkInventory",
    method: "POST",
    path: "/extensions/product/checkinventory",
    summary: "Check whether SKUs can be bought in a context",
    params: record({}),
    query: record({ country: country() }),
    body: optional(InventoryCheck),
    readOnly: true,
    responses: { 200: list(InventoryItem) },
    errors: [
      "INVALID_INPUT",
      "COUNTRY_NOT_ALLOWED",
      "INVENTORY_BODY_MISSING",
      "INVENTORY_CONTEXT_MISSING",
      "NO_RELATIONSHIP",
      "SUBSCRIPTION_NOT_FOUND",
    ],
  }),
  listRestrictions: operation({
    ...control,
    id: "listRestrictions",
    method: "GET",
    path: "/_kontor/inventory",
    summary: "List the inventory restrictions that the partner has added",
    params: record({}),
    responses: { 200: record({ items: list(AddedRestriction) }) },
    errors: [...controlPlaneErrors],
  }),
  addRestriction: operation({
    ...control,
    id: "addRestriction",
    method: "POST",
    path: "/_kontor/inventory",
    summary: "Restrict SKUs for a customer, a subscription, a region, or everybody; or set a stock",
    params: record({}),
    body: optional(NewRestriction),
    responses: { 201: AddedRestriction },
    errors: [...controlPlaneErrors, "INVALID_INPUT", "TENANT_NOT_FOUND", "SUBSCRIPTION_NOT_FOUND"],
  }),
  clearRestrictions: operation({
    ...control,
    id: "clearRestrictions",
    method: "DELETE",
    path: "/_kontor/inventory",
    summary: "Remove all inventory restrictions that the partner has added",
    params: record({}),
    responses: { 204: "empty" },
    errors: [...controlPlaneErrors, "INVALID_INPUT"],
  }),
  removeRestriction: operation({
    ...control,
    id: "removeRestriction",
    method: "DELETE",
    path: "/_kontor/inventory/{restrictionId}",
    summary: "Remove an inventory restriction",
    params: record({ restrictionId: guid({ "x-error": "NOT_FOUND" }) }),
    responses: { 204: "empty" },
    errors: [...controlPlaneErrors, "INVALID_INPUT"],
  }),
};
