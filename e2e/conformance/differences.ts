/**
 * Where our answers differ in form from the documented examples: reviewed by hand, each with its
 * reason. A difference that is not listed fails the test, and so does one that is gone.
 */
import type { DifferenceKind } from "./shape.ts";

export interface Difference {
  file: string;
  /** As `titleOf` names the example. */
  heading: string;
  /** The outermost member that differs; arrays as `[]`. */
  path: string;
  kind: DifferenceKind;
  reason: string;
}

const stray = "a member that slipped into the sample: its name is a path";
const misspelt = "the sample spells one name in Pascal case";
const noTranslations = "titles are not translated; no client reads the member";
const noAmendments = "no invoice is amended";
const wholeList = "the list fits one page";
const legacyOrder = "the sample is of a legacy offer; modern orders lack the member";
const perpetual = "the line is perpetual software, which makes no subscription";
const noReseller = "the order names no reseller";
const noTerm = "the line is perpetual software: the member is empty in the sample, else left out";
const allLinks = "as in the sample of an order that is cancelled in part";
const termLineSubscribes = "a line of term software has a subscription";
const termSubscription = "the sample is of a licence, ours of term software";
const noAddOns = "add-ons have no subscription of their own";
const asked = "shown since the call asks for it with showExpiry";
const enumerated = "the .NET client enumerates it without a look";
const modelled = "in the models of the client libraries";
const artifacts = "in the resource table, and read by the .NET client";
const tabled = "in the resource table";
const bothNames = "the newer name of the list; both have the same content";
const byId = "as on the page of the single invoice";
const bodyToken = "the .NET client takes the token from the body";
const selfLink = "as in the samples of other lists";
const termLine = "one of our lines is term software with a renewal";
const filledIn = "filled in from the availability";
const newer = "in newer samples and in the models of the client libraries";

/** Example, what differs how, why, and where. */
type Block = readonly [
  file: string,
  heading: string,
  kind: DifferenceKind,
  reason: string,
  paths: readonly string[],
];

const blocks: readonly Block[] = [
  [
    "cancel-an-order-from-the-integration-sandbox",
    "Response example",
    "we-add",
    allLinks,
    ["client", "links"],
  ],
  [
    "cancel-an-order-from-the-integration-sandbox",
    "Response example",
    "we-add",
    modelled,
    ["lineItems[].attributes"],
  ],
  [
    "cancel-an-order-from-the-integration-sandbox",
    "Response example",
    "we-omit",
    noTerm,
    ["lineItems[].termDuration"],
  ],
  ["cancel-software-purchases", "Response example", "we-add", modelled, ["lineItems[].attributes"]],
  [
    "cancel-software-purchases",
    "Response example",
    "we-add",
    termLineSubscribes,
    ["lineItems[].links.subscription", "lineItems[].subscriptionId"],
  ],
  ["update-a-cart", "Response example", "we-add", newer, ["expirationTimestamp", "status"]],
  ["update-a-cart", "Response example", "we-add", misspelt, ["lineItems[].provisioningContext"]],
  ["update-a-cart", "Response example", "we-add", filledIn, ["lineItems[].termDuration"]],
  ["update-a-cart", "Response example", "we-omit", misspelt, ["lineItems[].ProvisioningContext"]],
  [
    "create-an-order-for-a-customer-of-an-indirect-reseller",
    "Response example",
    "we-add",
    newer,
    [
      "alternateId",
      "client",
      "currencyCode",
      "currencySymbol",
      "lineItems[].attributes",
      "lineItems[].links.availability",
      "lineItems[].links.product",
      "lineItems[].links.sku",
      "lineItems[].transactionType",
      "links.patchOperation",
      "links.provisioningStatus",
      "status",
      "transactionType",
    ],
  ],
  [
    "create-an-order-for-a-customer-of-an-indirect-reseller",
    "Response example",
    "we-omit",
    legacyOrder,
    ["attributes.etag"],
  ],
  [
    "create-an-order-for-a-customer-of-an-indirect-reseller",
    "Response example",
    "we-omit",
    perpetual,
    ["lineItems[].links.subscription", "lineItems[].subscriptionId"],
  ],
  [
    "create-an-order-for-a-customer-of-an-indirect-reseller",
    "Response example",
    "we-omit",
    noReseller,
    ["lineItems[].partnerIdOnRecord"],
  ],
  [
    "create-an-order",
    "Response example",
    "we-add",
    newer,
    [
      "alternateId",
      "client",
      "currencySymbol",
      "lineItems[].attributes",
      "lineItems[].links.availability",
      "lineItems[].links.product",
      "lineItems[].transactionType",
      "links.patchOperation",
      "transactionType",
    ],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example",
    "we-add",
    modelled,
    ["items[].attributes", "items[].fulfillmentState"],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example",
    "we-add",
    artifacts,
    ["items[].entitledArtifacts[].dynamicAttributes"],
  ],
  ["get-a-collection-of-entitlements", "Response example", "we-add", asked, ["items[].expiryDate"]],
  [
    "get-a-collection-of-entitlements",
    "Response example",
    "we-add",
    enumerated,
    ["items[].quantityDetails"],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example",
    "we-add",
    newer,
    ["items[].referenceOrder.alternateId"],
  ],
  ["get-a-collection-of-entitlements", "Response example", "we-add", selfLink, ["links"]],
  [
    "get-a-collection-of-entitlements",
    "Response example #2",
    "we-add",
    modelled,
    ["items[].attributes", "items[].fulfillmentState"],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example #2",
    "we-add",
    artifacts,
    ["items[].dynamicAttributes"],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example #2",
    "we-add",
    enumerated,
    ["items[].quantityDetails"],
  ],
  ["get-a-collection-of-entitlements", "Response example #2", "we-add", selfLink, ["links"]],
  [
    "get-a-collection-of-entitlements",
    "Response example #3",
    "we-add",
    tabled,
    ["virtualMachineReservations[].displayName"],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example #4",
    "we-add",
    bothNames,
    ["reservations"],
  ],
  [
    "get-a-collection-of-entitlements",
    "Response example #4",
    "we-add",
    tabled,
    ["virtualMachineReservations[].displayName"],
  ],
  [
    "get-a-collection-of-invoices",
    "Response example",
    "we-add",
    byId,
    ["items[].billingPeriodEndDate", "items[].billingPeriodStartDate"],
  ],
  [
    "get-a-collection-of-invoices",
    "Response example",
    "we-omit",
    noAmendments,
    ["items[].amendments"],
  ],
  ["get-a-collection-of-invoices", "Response example", "we-omit", wholeList, ["links.next"]],
  [
    "get-a-list-of-availabilities-for-a-sku-by-customer",
    "Response example",
    "we-add",
    modelled,
    ["termsOfUseUri"],
  ],
  [
    "get-a-list-of-availabilities-for-a-sku",
    "Response example",
    "we-add",
    newer,
    ["items[].includedQuantityOptions", "items[].terms[].billingCycle", "items[].terms[].id"],
  ],
  [
    "get-a-list-of-orders-by-customer-and-billing-cycle-type",
    "Response example",
    "we-add",
    newer,
    [
      "items[].alternateId",
      "items[].client",
      "items[].currencySymbol",
      "items[].lineItems[].attributes",
      "items[].lineItems[].links.availability",
      "items[].lineItems[].links.product",
      "items[].lineItems[].transactionType",
      "items[].links.patchOperation",
      "items[].transactionType",
    ],
  ],
  [
    "get-a-list-of-orders-by-customer-and-billing-cycle-type",
    "Response example",
    "we-add",
    termLine,
    [
      "items[].lineItems[].links.subscription",
      "items[].lineItems[].renewsTo",
      "items[].lineItems[].subscriptionId",
      "items[].lineItems[].termDuration",
    ],
  ],
  [
    "get-a-list-of-products-by-customer",
    "Response example",
    "we-add",
    modelled,
    ["items[].termsOfUseUri"],
  ],
  [
    "get-a-list-of-skus-for-a-product-by-customer",
    "Response example",
    "we-omit",
    noTranslations,
    ["localizedAttributes"],
  ],
  [
    "get-a-list-of-skus-for-a-product",
    "Response example",
    "we-add",
    modelled,
    ["items[].actions", "items[].inventoryVariables", "items[].termsOfUseUri"],
  ],
  [
    "get-a-list-of-subscriptions-by-order",
    "Response example",
    "we-add",
    newer,
    [
      "items[].actions",
      "items[].billingCycle",
      "items[].hasPurchasableAddons",
      "items[].isMicrosoftProduct",
      "items[].isTrial",
      "items[].productType",
      "items[].publisherName",
    ],
  ],
  [
    "get-a-list-of-subscriptions-by-order",
    "Response example",
    "we-add",
    termSubscription,
    [
      "items[].billingCycleEndDate",
      "items[].cancellationAllowedUntilDate",
      "items[].links.availability",
      "items[].links.product",
      "items[].links.sku",
      "items[].offerId",
      "items[].offerName",
      "items[].refundOptions",
      "items[].renewalTermDuration",
    ],
  ],
  [
    "get-a-list-of-subscriptions-by-order",
    "Response example",
    "we-add",
    termLine,
    ["items[].termDuration"],
  ],
  ["get-a-list-of-subscriptions-by-order", "Response example", "we-add", selfLink, ["links"]],
  [
    "get-a-list-of-subscriptions-by-order",
    "Response example",
    "we-omit",
    termSubscription,
    ["items[].entitlementId", "items[].links.offer"],
  ],
  ["get-a-sku-by-id", "Response example", "we-add", modelled, ["actions", "termsOfUseUri"]],
  [
    "get-a-subscription-by-id",
    "Response example for a standard subscription",
    "we-add",
    newer,
    [
      "actions",
      "billingCycle",
      "hasPurchasableAddons",
      "isMicrosoftProduct",
      "isTrial",
      "productType",
      "publisherName",
    ],
  ],
  [
    "get-a-subscription-by-id",
    "Response example for an add-on subscription",
    "we-add",
    newer,
    [
      "actions",
      "billingCycle",
      "entitlementId",
      "hasPurchasableAddons",
      "isMicrosoftProduct",
      "isTrial",
      "productType",
      "publisherName",
    ],
  ],
  [
    "get-a-subscription-by-id",
    "Response example for an add-on subscription",
    "we-omit",
    noAddOns,
    ["links.parentSubscription", "parentSubscriptionId"],
  ],
  [
    "get-all-of-a-customer-s-orders",
    "Response example",
    "we-add",
    newer,
    [
      "items[].alternateId",
      "items[].client",
      "items[].currencySymbol",
      "items[].lineItems[].attributes",
      "items[].lineItems[].links.availability",
      "items[].lineItems[].links.product",
      "items[].lineItems[].transactionType",
      "items[].links.patchOperation",
      "items[].transactionType",
    ],
  ],
  [
    "get-all-of-a-customer-s-orders",
    "Response example",
    "we-add",
    termLine,
    ["items[].lineItems[].renewsTo", "items[].lineItems[].termDuration"],
  ],
  [
    "get-all-of-a-customer-s-orders",
    "Response example",
    "we-omit",
    legacyOrder,
    ["items[].attributes.etag", "items[].lineItems[].links.provisioningStatus"],
  ],
  [
    "get-all-of-a-customer-s-subscriptions",
    "Response example",
    "we-add",
    newer,
    [
      "items[].actions",
      "items[].billingCycle",
      "items[].hasPurchasableAddons",
      "items[].isMicrosoftProduct",
      "items[].isTrial",
      "items[].productType",
      "items[].publisherName",
    ],
  ],
  [
    "get-all-of-a-customer-s-subscriptions",
    "Response example",
    "we-add",
    termSubscription,
    [
      "items[].billingCycleEndDate",
      "items[].cancellationAllowedUntilDate",
      "items[].links.availability",
      "items[].links.product",
      "items[].links.sku",
      "items[].offerId",
      "items[].offerName",
      "items[].termDuration",
      "items[].refundOptions",
      "items[].renewalTermDuration",
    ],
  ],
  ["get-all-of-a-customer-s-subscriptions", "Response example", "we-add", selfLink, ["links"]],
  [
    "get-an-availability-by-id",
    "Response example",
    "we-add",
    newer,
    ["includedQuantityOptions", "terms[].billingCycle", "terms[].id"],
  ],
  [
    "get-an-order-by-id",
    "Response example",
    "we-add",
    newer,
    [
      "alternateId",
      "client",
      "lineItems[].attributes",
      "lineItems[].links.availability",
      "lineItems[].links.product",
      "lineItems[].transactionType",
      "links.patchOperation",
      "transactionType",
    ],
  ],
  [
    "get-an-order-by-id",
    "Response example",
    "we-add",
    termLine,
    [
      "lineItems[].links.subscription",
      "lineItems[].renewsTo",
      "lineItems[].subscriptionId",
      "lineItems[].termDuration",
    ],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 1",
    "we-add",
    bodyToken,
    ["continuationToken"],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 1",
    "we-add",
    modelled,
    ["items[].creditReasonCode"],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 1",
    "we-omit",
    stray,
    ["items[].attributes/objectType"],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 2",
    "we-add",
    modelled,
    ["items[].creditReasonCode"],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 2",
    "we-omit",
    stray,
    ["items[].attributes/objectType"],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 3",
    "we-add",
    modelled,
    ["items[].creditReasonCode"],
  ],
  [
    "get-invoice-unbilled-recon-lineitems",
    "Response example 3",
    "we-omit",
    stray,
    ["items[].attributes/objectType"],
  ],
  ["get-invoiceline-items", "Response example 5", "we-add", modelled, ["items[].creditReasonCode"]],
  [
    "get-invoiceline-items",
    "Response example 5",
    "we-omit",
    stray,
    ["items[].attributes/objectType"],
  ],
];

export const differences: readonly Difference[] = blocks.flatMap(
  ([file, heading, kind, reason, paths]) =>
    paths.map((path) => ({ file, heading, path, kind, reason })),
);
