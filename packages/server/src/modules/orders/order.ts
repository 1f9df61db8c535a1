/** Orders: their rows, their state as a function of row and time, and their wire form. */
import type { BillingCycleName, orderOperations, ResultOf } from "@kontor/contract";
import { wireInstant } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import { jsonAmount, symbolOf } from "../../foundation/money.ts";
import type { Offer } from "../catalog/index.ts";
import { isLegacy } from "./legacy-offer.ts";
import type { LineState, OrderStatus } from "./life.ts";

export interface OrderLineRow {
  lineNumber: number;
  productId: string;
  skuId: string;
  availabilityId: string;
  kind: Offer["kind"];
  reservationType: Offer["reservationType"];
  productTitle: string;
  skuTitle: string;
  publisherName: string;
  friendlyName: string;
  quantity: number;
  term: string | null;
  renewsTo: string | null;
  /** Per unit for the whole term, in the pricing currency. */
  unitPrice: string;
  pricingCurrency: string;
  /** Per unit for the whole term, minor units of the order's currency. */
  unitMinor: bigint;
  /** Per unit for one billing cycle, minor units of the order's currency. */
  cycleUnitMinor: bigint;
  partnerOnRecord: string | null;
  provisioningContext: Readonly<Record<string, string>> | null;
  subscriptionId: string | null;
  reservationOrderId: string | null;
  reservationId: string | null;
  /** Path of the entitled artifact: a reservation or a product key. The item is of keys alone. */
  artifactGroup: string | null;
  artifactLine: string | null;
  artifactItem: string | null;
  cancelledAt: Date | null;
  /** What stays owed for a cancelled line, before tax; null while it stands. */
  keptMinor: bigint | null;
}

export interface OrderRow {
  orderId: string;
  customerId: string;
  alternateId: string;
  country: string;
  billingCycle: BillingCycleName;
  currency: string;
  cartId: string | null;
  orderGroup: string;
  attestationAccepted: boolean | null;
  createdAt: Date;
  fulfilledAt: Date;
  /** Counts the changes, from 1. */
  version: number;
  lines: OrderLineRow[];
}

export type OrderView = ResultOf<typeof orderOperations.getOrder>;

type Standing = Pick<OrderLineRow, "cancelledAt">;
type Fulfilled = Pick<OrderRow, "fulfilledAt">;

export function lineState(order: Fulfilled, line: Standing, now: Date): LineState {
  if (line.cancelledAt !== null) return "unfulfilled";
  return order.fulfilledAt.getTime() <= now.getTime() ? "fulfilled" : "prefulfillmentPending";
}

/** The status follows from the lines: those that are left, or that none is. */
export function orderStatus(
  order: Fulfilled & { lines: readonly Standing[] },
  now: Date,
): OrderStatus {
  const states = order.lines.map((line) => lineState(order, line, now));
  if (states.every((state) => state === "unfulfilled")) return "cancelled";
  return states.includes("prefulfillmentPending") ? "pending" : "completed";
}

/** Base64 of id and version, the form that clients have seen. */
export function orderEtag({ orderId, version }: OrderRow): string {
  return Buffer.from(JSON.stringify({ id: orderId, version })).toString("base64");
}

/**
 * The state in which an order is answered to who places it: modern goods begin as pending, even
 * where the profile fulfils them at once, because clients are written to poll from there.
 */
export function statusWhenPlaced(order: OrderRow): OrderStatus {
  return order.lines.every((line) => isLegacy(line.productId)) ? "completed" : "pending";
}

export function catalogItemOf(line: OrderLineRow): string {
  if (isLegacy(line.productId)) return line.productId;
  return `${line.productId}:${line.skuId}:${line.availabilityId}`;
}

/** The price of the whole line for its whole term, or what is left of it, before tax. */
function extended(line: OrderLineRow): bigint {
  return line.keptMinor ?? line.unitMinor * BigInt(line.quantity);
}

export function orderView(
  order: OrderRow,
  status: OrderStatus,
  options: { includePrice?: boolean | undefined } = {},
): OrderView {
  const self = `/customers/${order.customerId}/orders/${order.orderId}`;
  const total = order.lines.reduce((sum, line) => sum + extended(line), 0n);
  return {
    id: order.orderId,
    alternateId: order.alternateId,
    referenceCustomerId: order.customerId,
    billingCycle: order.billingCycle,
    currencyCode: order.currency,
    currencySymbol: symbolOf(order.currency),
    lineItems: order.lines.map((line) => lineView(order, line, status, options)),
    creationDate: wireInstant(order.createdAt),
    status,
    transactionType: "UserPurchase",
    ...(options.includePrice ? { totalPrice: jsonAmount(total, order.currency) } : {}),
    ...(order.attestationAccepted === null
      ? {}
      : { partnerOnRecordAttestationAccepted: order.attestationAccepted }),
    links: {
      self: link(self),
      provisioningStatus: link(`${self}/provisioningstatus`),
      patchOperation: link(self, "PATCH"),
    },
    client: {
      marketplaceCountry: order.country,
      deviceFamily: "UniversalStore-PartnerCenter",
      name: "Partner Center API",
    },
    // Modern orders show none: who cancels line after line sends back what was read once.
    attributes: {
      ...(order.lines.every((line) => isLegacy(line.productId)) && { etag: orderEtag(order) }),
      objectType: "Order",
    },
  };
}

function lineView(
  order: OrderRow,
  line: OrderLineRow,
  status: OrderStatus,
  options: { includePrice?: boolean | undefined },
): OrderView["lineItems"][number] {
  const { cancelledAt } = line;
  const provisioned =
    cancelledAt === null ? status === "completed" : cancelledAt >= order.fulfilledAt;
  const subscription = provisioned ? line.subscriptionId : null;
  return {
    lineItemNumber: line.lineNumber,
    offerId: catalogItemOf(line),
    ...(subscription ? { subscriptionId: subscription } : {}),
    friendlyName: line.friendlyName,
    // An order that is cancelled as a whole goes on showing what was bought.
    quantity: cancelledAt !== null && status !== "cancelled" ? 0 : line.quantity,
    ...(line.term ? { termDuration: line.term } : {}),
    ...(line.renewsTo ? { renewsTo: { termDuration: line.renewsTo } } : {}),
    transactionType: "New",
    ...(line.partnerOnRecord ? { partnerIdOnRecord: line.partnerOnRecord } : {}),
    ...(options.includePrice ? { pricing: pricingOf(order, line) } : {}),
    links: {
      ...catalogLinks(line, order.country),
      ...(subscription
        ? { subscription: link(`/customers/${order.customerId}/subscriptions/${subscription}`) }
        : {}),
    },
    attributes: { objectType: "OrderLineItem" },
  };
}

/** None for a legacy offer, which is not in the catalog. */
function catalogLinks(line: OrderLineRow, market: string) {
  if (isLegacy(line.productId)) return {};
  const product = `/products/${line.productId}`;
  const sku = `${product}/skus/${line.skuId}`;
  const country = `?country=${market}`;
  return {
    product: link(product + country),
    sku: link(sku + country),
    availability: link(`${sku}/availabilities/${line.availabilityId}${country}`),
  };
}

function pricingOf(order: OrderRow, line: OrderLineRow) {
  const unit = jsonAmount(line.unitMinor, order.currency);
  return {
    listPrice: unit,
    discountedPrice: unit,
    proratedPrice: unit,
    price: unit,
    extendedPrice: jsonAmount(extended(line), order.currency),
  };
}

type ProvisioningItem = ResultOf<
  typeof orderOperations.getOrderProvisioningStatus
>["items"][number];

export function provisioningViews(order: OrderRow, now: Date): ProvisioningItem[] {
  return order.lines.map((line) => {
    const { lineNumber, quantity } = line;
    const status = lineState(order, line, now);
    return {
      orderLineItemId: lineNumber,
      lineItemNumber: lineNumber,
      status,
      quantityProvisioningInformation: [{ quantity, status }],
    };
  });
}
