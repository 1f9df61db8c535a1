import { access, operation, throttled } from "../operation.ts";
import {
  Attributes,
  anyJson,
  collection,
  decimal,
  flag,
  guid,
  instant,
  integer,
  Link,
  list,
  oneOf,
  optional,
  record,
  SelfLinks,
  type Static,
  text,
  textMap,
} from "../schema.ts";
import { ActivationLink, BillingCycle, customerParams, integerOut } from "./shared.ts";

const RenewsTo = record({ termDuration: text({ max: 10 }) });
const RenewsToIn = { ...RenewsTo, "x-single": true } as typeof RenewsTo;
const Participant = record({ key: text({ max: 60 }), value: text({ max: 60 }) });

const lineIn = {
  // Clients may send any number; ids are kept only when all of them are distinct.
  id: optional(integer()),
  catalogItemId: text({
    max: 100,
    min: 1,
    "x-aliases": ["catalogId"],
    "x-error": "CATALOG_ITEM_MISSING",
  }),
  friendlyName: optional(text({ max: 200 })),
  quantity: integer({ min: 1 }),
  currencyCode: optional(text({ max: 3 })),
  billingCycle: optional(BillingCycle),
  termDuration: optional(text({ max: 10 })),
  participants: optional(list(Participant, { max: 6 })),
  provisioningContext: optional(textMap()),
  renewsTo: optional(RenewsToIn),
  customTermEndDate: optional(instant()),
  attestationAccepted: optional(flag()),
  promotionId: optional(text({ max: 60 })),
} as const;

/** At most this many add-ons of one line. */
const addonLimit = 50;
const AddonLineIn = record(lineIn);
const CartLineIn = record({
  ...lineIn,
  addonItems: optional(list(AddonLineIn, { max: addonLimit })),
});
export type NewCartLine = Static<typeof CartLineIn>;

/** At most this many lines in a cart, add-ons not counted. */
export const cartLineLimit = 200;

const CartIn = record({
  lineItems: list(CartLineIn, { min: 1, max: cartLineLimit }),
  partnerOnRecordAttestationAccepted: optional(flag()),
});
export type NewCart = Static<typeof CartIn>;

const lineOut = {
  id: integerOut(),
  catalogItemId: text(),
  friendlyName: optional(text()),
  quantity: integerOut(),
  currencyCode: optional(text()),
  billingCycle: optional(BillingCycle),
  termDuration: optional(text()),
  participants: optional(list(Participant)),
  provisioningContext: optional(textMap()),
  renewsTo: optional(RenewsTo),
  customTermEndDate: optional(instant()),
  attestationAccepted: optional(flag()),
  promotionId: optional(text()),
  orderGroup: optional(text()),
  error: optional(record({ errorCode: integerOut(), errorDescription: text() })),
} as const;
const CartLine = record({ ...lineOut, addonItems: optional(list(record(lineOut))) });

export const Cart = record({
  id: guid(),
  creationTimestamp: instant(),
  lastModifiedTimestamp: instant(),
  expirationTimestamp: instant(),
  lastModifiedUser: text(),
  status: oneOf(["Active", "Ordered"]),
  lineItems: list(CartLine),
  partnerOnRecordAttestationAccepted: optional(flag()),
  links: SelfLinks,
  attributes: Attributes,
});

const Pricing = record({
  listPrice: decimal(),
  discountedPrice: decimal(),
  proratedPrice: decimal(),
  price: decimal(),
  extendedPrice: decimal(),
});

const OrderLineItem = record({
  lineItemNumber: integerOut(),
  offerId: text(),
  subscriptionId: optional(text()),
  friendlyName: text(),
  quantity: integerOut(),
  termDuration: optional(text()),
  renewsTo: optional(RenewsTo),
  transactionType: text(),
  partnerIdOnRecord: optional(text()),
  pricing: optional(Pricing),
  // A line of a legacy offer has no product behind it.
  links: record({
    product: optional(Link),
    sku: optional(Link),
    availability: optional(Link),
    subscription: optional(Link),
  }),
  attributes: Attributes,
});

export const Order = record({
  id: text(),
  alternateId: text(),
  referenceCustomerId: guid(),
  billingCycle: BillingCycle,
  currencyCode: text(),
  currencySymbol: text(),
  lineItems: list(OrderLineItem),
  creationDate: instant(),
  status: oneOf(["pending", "completed", "cancelled"]),
  transactionType: text(),
  totalPrice: optional(decimal()),
  partnerOnRecordAttestationAccepted: optional(flag()),
  links: record({ self: Link, provisioningStatus: Link, patchOperation: Link }),
  client: record({ marketplaceCountry: text(), deviceFamily: text(), name: text() }),
  attributes: Attributes,
});

const OrderError = record({
  orderGroupId: text(),
  code: integerOut(),
  description: text(),
  attributes: Attributes,
});

export const CartCheckoutResult = record({
  orders: list(Order),
  orderErrors: list(OrderError),
  attributes: Attributes,
});

const OrderLineIn = record({
  lineItemNumber: optional(integer({ min: 0 })),
  offerId: text({ max: 100, min: 1, "x-aliases": ["catalogItemId"], "x-error": "OFFER_INVALID" }),
  friendlyName: optional(text({ max: 200 })),
  quantity: integer({ min: 1 }),
  termDuration: optional(text({ max: 10 })),
  renewsTo: optional(RenewsToIn),
  provisioningContext: optional(textMap()),
  partnerIdOnRecord: optional(text({ max: 20 })),
});

const OrderIn = record({
  referenceCustomerId: optional(guid()),
  billingCycle: optional(BillingCycle),
  lineItems: list(OrderLineIn, { min: 1, max: cartLineLimit }),
  partnerOnRecordAttestationAccepted: optional(flag()),
});
export type NewOrder = Static<typeof OrderIn>;

/** What an order from a full cart can hold: its lines and their add-ons. */
const orderLineLimit = cartLineLimit * (1 + addonLimit);

/** Of a change only what tells the intents apart: callers send the whole order back. */
const OrderChange = record({
  // Read by hand: two spellings of one word, and any other word is no cancellation.
  status: optional(text({ max: 60 })),
  billingCycle: optional(BillingCycle),
  lineItems: optional(
    list(
      record({
        lineItemNumber: optional(integer({ "x-error": "LINE_NUMBERS_WRONG" })),
        offerId: optional(text({ max: 100, "x-aliases": ["catalogItemId"] })),
        parentSubscriptionId: optional(text({ max: 60 })),
      }),
      { max: orderLineLimit },
    ),
  ),
  attributes: optional(record({ etag: optional(text()) })),
});
export type ChangedOrder = Static<typeof OrderChange>;

const ProvisioningStatus = record({
  orderLineItemId: integerOut(),
  lineItemNumber: integerOut(),
  status: oneOf(["fulfilled", "unfulfilled", "prefulfillmentPending"]),
  quantityProvisioningInformation: list(record({ quantity: integerOut(), status: text() })),
});

/** A cart id that is no GUID cannot exist: it answers like an unknown one. */
const cartParams = record({
  ...customerParams.properties,
  cartId: guid({ "x-error": "CART_NOT_FOUND" }),
});
/** New order ids are texts, compared with regard to case. */
const orderParams = record({
  ...customerParams.properties,
  orderId: text({ max: 64, "x-error": "ORDER_NOT_FOUND" }),
});

const customerErrors = ["CUSTOMER_ID_INVALID", "TENANT_NOT_FOUND"] as const;
const priced = { include_price: optional(flag()) };

export const cartOperations = {
  createCart: operation({
    id: "createCart",
    method: "POST",
    path: "/customers/{customerId}/carts",
    area: "carts",
    summary: "Create a cart",
    access: access.sell,
    throttle: throttled.cart,
    params: customerParams,
    query: record({}),
    body: CartIn,
    responses: { 201: Cart },
    errors: [...customerErrors, "INVALID_INPUT", "CATALOG_ITEM_MISSING", "ENUM_UNPARSABLE"],
  }),
  getCart: operation({
    id: "getCart",
    method: "GET",
    path: "/customers/{customerId}/carts/{cartId}",
    area: "carts",
    summary: "Get a cart",
    access: access.sell,
    params: cartParams,
    query: record({}),
    responses: { 200: Cart },
    errors: [...customerErrors, "CART_NOT_FOUND"],
  }),
  updateCart: operation({
    id: "updateCart",
    method: "PUT",
    path: "/customers/{customerId}/carts/{cartId}",
    area: "carts",
    summary: "Replace the lines of a cart",
    access: access.sell,
    throttle: throttled.cart,
    params: cartParams,
    query: record({}),
    body: CartIn,
    responses: { 201: Cart },
    errors: [
      ...customerErrors,
      "CART_NOT_FOUND",
      "CART_ORDERED",
      "INVALID_INPUT",
      "CATALOG_ITEM_MISSING",
      "ENUM_UNPARSABLE",
    ],
  }),
  checkoutCart: operation({
    id: "checkoutCart",
    method: "POST",
    path: "/customers/{customerId}/carts/{cartId}/checkout",
    area: "carts",
    summary: "Check out a cart: one order for each of its groups",
    access: access.sell,
    throttle: throttled.cart,
    params: cartParams,
    query: record({}),
    body: anyJson,
    responses: { 201: CartCheckoutResult },
    errors: [
      ...customerErrors,
      "CART_NOT_FOUND",
      "CART_LINES_IN_ERROR",
      "PARTNER_AGREEMENT_MISSING",
      "RESELLER_AGREEMENT_MISSING",
      "AGREEMENT_MISSING",
      "SANDBOX_LIMIT_REACHED",
      "SANDBOX_SUBSCRIPTIONS_EXCEEDED",
      "SANDBOX_SEATS_EXCEEDED",
    ],
  }),
};

export const orderOperations = {
  createOrder: operation({
    id: "createOrder",
    method: "POST",
    path: "/customers/{customerId}/orders",
    area: "orders",
    summary: "Create an order directly",
    access: access.sell,
    throttle: throttled.order,
    params: customerParams,
    query: record({}),
    body: OrderIn,
    responses: { 201: Order },
    errors: [
      ...customerErrors,
      "INVALID_INPUT",
      "ENUM_UNPARSABLE",
      "OFFER_INVALID",
      "LINE_NUMBERS_WRONG",
      "QUANTITY_OUT_OF_RANGE",
      "NOT_SOLD_IN_COUNTRY",
      "NO_INVENTORY",
      "QUANTITY_NOT_AVAILABLE",
      "RESELLER_NOT_FOUND",
      "PROVIDER_ON_RECORD",
      "SUBSCRIPTION_NOT_FOUND",
      "SUBSCRIPTION_NOT_AZURE",
      "SUBSCRIPTION_NOT_ACTIVE",
      "SUBSCRIPTION_NOT_REGISTERED",
      "NOT_ELIGIBLE",
      "CUSTOMER_NOT_QUALIFIED",
      "PARTNER_AGREEMENT_MISSING",
      "RESELLER_AGREEMENT_MISSING",
      "AGREEMENT_MISSING",
      "CREDIT_EXHAUSTED",
      "SANDBOX_LIMIT_REACHED",
      "SANDBOX_SUBSCRIPTIONS_EXCEEDED",
      "SANDBOX_SEATS_EXCEEDED",
    ],
  }),
  getOrder: operation({
    id: "getOrder",
    method: "GET",
    path: "/customers/{customerId}/orders/{orderId}",
    area: "orders",
    summary: "Get an order",
    access: access.sell,
    throttle: throttled.order,
    params: orderParams,
    query: record(priced),
    responses: { 200: Order },
    errors: [...customerErrors, "ORDER_NOT_FOUND"],
  }),
  listOrders: operation({
    id: "listOrders",
    method: "GET",
    path: "/customers/{customerId}/orders",
    area: "orders",
    summary: "List a customer's orders, newest first, optionally of one billing cycle",
    access: access.sell,
    throttle: throttled.order,
    params: customerParams,
    query: record({ billingType: optional(BillingCycle), ...priced }),
    responses: { 200: collection(Order) },
    errors: [...customerErrors, "ENUM_UNPARSABLE"],
  }),
  updateOrder: operation({
    id: "updateOrder",
    method: "PATCH",
    path: "/customers/{customerId}/orders/{orderId}",
    area: "orders",
    summary: "Cancel an order, or some of its lines",
    access: access.sell,
    throttle: throttled.order,
    params: orderParams,
    query: record({}),
    body: OrderChange,
    responses: { 200: Order },
    errors: [
      ...customerErrors,
      "ORDER_NOT_FOUND",
      "INVALID_INPUT",
      "ENUM_UNPARSABLE",
      "LINE_NUMBERS_WRONG",
      "ETAG_STALE",
      "ORDER_CHANGE_NOT_SUPPORTED",
      "ORDER_NOT_CANCELLABLE",
      "RESERVATION_NOT_CANCELLABLE",
      "SERVICE_NOT_CANCELLABLE",
      "CANCELLATION_WINDOW_CLOSED",
    ],
  }),
  getOrderProvisioningStatus: operation({
    id: "getOrderProvisioningStatus",
    method: "GET",
    path: "/customers/{customerId}/orders/{orderId}/provisioningstatus",
    area: "orders",
    summary: "Get the provisioning status of an order's lines",
    access: access.sellAsUser,
    throttle: throttled.order,
    params: orderParams,
    query: record({}),
    responses: { 200: collection(ProvisioningStatus) },
    errors: [...customerErrors, "ORDER_NOT_FOUND"],
  }),
  listOrderLineActivationLinks: operation({
    id: "listOrderLineActivationLinks",
    method: "GET",
    path: "/customers/{customerId}/orders/{orderId}/lineitems/{lineItemNumber}/activationlinks",
    area: "orders",
    summary: "List activation links of an order line; software and reservations have none",
    access: access.sell,
    params: record({ ...orderParams.properties, lineItemNumber: text({ max: 12 }) }),
    query: record({}),
    responses: { 200: collection(ActivationLink) },
    errors: [...customerErrors, "ORDER_NOT_FOUND", "LINE_NUMBERS_WRONG"],
  }),
  listOrderActivationLinks: operation({
    id: "listOrderActivationLinks",
    method: "GET",
    path: "/customers/{customerId}/orders/{orderId}/activationlinks",
    area: "orders",
    summary: "List activation links of all lines of an order",
    access: access.sell,
    throttle: throttled.order,
    params: orderParams,
    query: record({}),
    responses: { 200: collection(ActivationLink) },
    errors: [...customerErrors, "ORDER_NOT_FOUND"],
  }),
};
