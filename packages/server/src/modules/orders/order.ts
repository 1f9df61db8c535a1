/** Orders: their rows, their state as a function of row and time, and their wire form. */
import type { BillingCycleName, orderOperations, ResultOf } from "@kontor/contract";
import { wireInstant } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import { jsonAmount, symbolOf } from "../../foundation/money.ts";
import type { Offer } from "../catalog/index.ts";
import { isLegacy } from "./legacy-offer.ts";

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
  artifactGroup: string | null;
  artifactLine: string | null;
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
  lines: OrderLineRow[];
}

export type OrderStatus = "pending" | "completed";
export type OrderView = ResultOf<typeof orderOperations.getOrder>;

export function orderStatus(order: OrderRow, now: Date): OrderStatus {
  return order.fulfilledAt.getTime() <= now.getTime() ? "completed" : "pending";
}

/**
 * The state in which an order is answered to who places it: modern goods begin as pending, even
 * where the profile fulfils them at once, because clients are written to poll from there.
 */
export function statusWhenPlaced(order: OrderRow): OrderStatus {
  return order.lines.every((line) => isLegacy(line.productId)) ? "completed" : "pending";
}

function catalogItemOf(line: OrderLineRow): string {
  if (isLegacy(line.productId)) return line.productId;
  return `${line.productId}:${line.skuId}:${line.availabilityId}`;
}

/** The price of the whole line for its whole term, before tax. */
function extended(line: OrderLineRow): bigint {
  return line.unitMinor * BigInt(line.quantity);
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
    attributes: { objectType: "Order" },
  };
}

function lineView(
  order: OrderRow,
  line: OrderLineRow,
  status: OrderStatus,
  options: { includePrice?: boolean | undefined },
): OrderView["lineItems"][number] {
  const subscription = status === "completed" ? line.subscriptionId : null;
  return {
    lineItemNumber: line.lineNumber,
    offerId: catalogItemOf(line),
    ...(subscription ? { subscriptionId: subscription } : {}),
    friendlyName: line.friendlyName,
    quantity: line.quantity,
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
  const done = orderStatus(order, now) === "completed";
  const status = done ? "fulfilled" : "prefulfillmentPending";
  return order.lines.map(({ lineNumber, quantity }) => ({
    orderLineItemId: lineNumber,
    lineItemNumber: lineNumber,
    status,
    quantityProvisioningInformation: [{ quantity, status }],
  }));
}
