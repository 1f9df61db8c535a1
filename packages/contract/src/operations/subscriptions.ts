import { access, operation } from "../operation.ts";
import {
  Attributes,
  anyJson,
  collection,
  flag,
  guid,
  instant,
  Link,
  list,
  oneOf,
  optional,
  record,
  text,
} from "../schema.ts";
import { BillingCycle, customerParams, integerOut, ItemType } from "./shared.ts";


/** A subscription id that is no GUID cannot exist: it answers like an unknown one. */
const subscriptionParams = record({
  ...customerParams.properties,
  subscriptionId: guid({ "x-error": "SUBSCRIPTION_NOT_FOUND" }),
});

export const Subscription = record({
  id: text(),
  offerId: text(),
  entitlementId: optional(text()),
  offerName: text(),
  friendlyName: text(),
  productType: optional(ItemType),
  quantity: integerOut(),
  unitType: text(),
  parentSubscriptionId: optional(text()),
  hasPurchasableAddons: flag(),
  creationDate: instant(),
  effectiveStartDate: instant(),
  commitmentEndDate: instant(),
  cancellationAllowedUntilDate: optional(instant()),
  billingCycleEndDate: optional(instant()),
  // Only these four: every other status makes the Java and PowerShell clients lose the answer.
  status: oneOf(["none", "active", "suspended", "deleted"]),
  autoRenewEnabled: flag(),
  isTrial: flag(),
  billingType: oneOf(["none", "usage", "license"]),
  billingCycle: BillingCycle,
  termDuration: optional(text()),
  renewalTermDuration: optional(text()),
  isMicrosoftProduct: flag(),
  publisherName: optional(text()),
  partnerId: optional(text()),
  actions: list(text()),
  suspensionReasons: optional(list(text())),
  contractType: oneOf(["subscription"]),
  refundOptions: optional(list(record({ type: text(), expiresAt: optional(instant()) }))),
  orderId: text(),
  links: record({
    offer: optional(Link),
    product: optional(Link),
    sku: optional(Link),
    availability: optional(Link),
    self: Link,
  }),
  attributes: Attributes,
});

export const SubscriptionRegistrationStatus = record({
  subscriptionId: text(),
  status: oneOf(["NotRegistered", "Registering", "Registered"]),
  attributes: Attributes,
});

export const subscriptionOperations = {
  listSubscriptions: operation({
    id: "listSubscriptions",
    method: "GET",
    path: "/customers/{customerId}/subscriptions",
    area: "enablement",
    summary: "List a customer's subscriptions",
    access: access.anyone,
    params: customerParams,
    query: record({ order_id: optional(text({ max: 64 })), mpn_id: optional(text({ max: 20 })) }),
    responses: { 200: collection(Subscription) },
    errors: ["CUSTOMER_ID_INVALID", "NO_RELATIONSHIP"],
  }),
  getSubscription: operation({
    id: "getSubscription",
    method: "GET",
    path: "/customers/{customerId}/subscriptions/{subscriptionId}",
    area: "enablement",
    summary: "Get a subscription",
    access: access.anyone,
    params: subscriptionParams,
    query: record({}),
    responses: { 200: Subscription },
    errors: ["CUSTOMER_ID_INVALID", "NO_RELATIONSHIP", "SUBSCRIPTION_NOT_FOUND"],
  }),
  registerSubscription: operation({
    id: "registerSubscription",
    method: "POST",
    path: "/customers/{customerId}/subscriptions/{subscriptionId}/registrations",
    area: "enablement",
    summary: "Register a subscription for buying reservations",
    access: access.sell,
    params: subscriptionParams,
    query: record({}),
    body: anyJson,
    responses: { 202: "empty" },
    errors: [
      "CUSTOMER_ID_INVALID",
      "NO_RELATIONSHIP",
      "SUBSCRIPTION_NOT_FOUND",
      "SUBSCRIPTION_NOT_AZURE",
      "SUBSCRIPTION_NOT_ACTIVE",
    ],
  }),
  getRegistrationStatus: operation({
    id: "getRegistrationStatus",
    method: "GET",
    path: "/customers/{customerId}/subscriptions/{subscriptionId}/registrationstatus",
    area: "enablement",
    summary: "Get the registration status of a subscription",
    access: access.anyone,
    params: subscriptionParams,
    query: record({}),
    responses: { 200: SubscriptionRegistrationStatus },
    errors: ["CUSTOMER_ID_INVALID", "NO_RELATIONSHIP", "SUBSCRIPTION_NOT_FOUND"],
  }),
};
