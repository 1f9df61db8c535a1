/**
 * Entitlements: what a customer may use now. Nothing is stored: an entitlement is a fulfilled
 * order line, seen at a time.
 */
import type { entitlementOperations, ReservationView, ResultOf } from "@kontor/contract";
import { addTerm, startOfDay, wireDay, wireInstant } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import { lineState, type OrderLineRow, type OrderRow } from "../orders/index.ts";

export type EntitlementView = ResultOf<
  typeof entitlementOperations.listEntitlements
>["items"][number];

export interface EntitledLine {
  order: OrderRow;
  line: OrderLineRow;
}

/** The day on which the goods of a line end, at 00:00 UTC; undefined for perpetual goods. */
function expiryOf({ order, line }: EntitledLine): Date | undefined {
  if (line.term === null) return undefined;
  return startOfDay(addTerm(order.fulfilledAt, line.term));
}

/** The one answer to "usable now?": the line is fulfilled, not cancelled, its term not over. */
export function isUsable(entitled: EntitledLine, now: Date): boolean {
  if (lineState(entitled.order, entitled.line, now) !== "fulfilled") return false;
  const expiry = expiryOf(entitled);
  return expiry === undefined || expiry.getTime() > now.getTime();
}

/** Reservations and software are entitled; services and Azure plans are subscriptions only. */
function typeOf(line: OrderLineRow): "software" | "reservedinstance" | undefined {
  switch (line.kind) {
    case "reservation":
      return "reservedinstance";
    case "perpetual_software":
    case "term_software":
      return "software";
    default:
      return undefined;
  }
}

/** The older list of virtual-machine reservations, which today's Java SDK cannot read. */
const legacyType = "virtual_machine_reserved_instance";

export interface EntitlementQuery {
  entitlementType?: string | undefined;
  showExpiry?: boolean | undefined;
}

/** Usable entitlements, newest order first. An unknown type matches nothing. */
export function entitlementViews(
  orders: readonly OrderRow[],
  query: EntitlementQuery,
  now: Date,
): EntitlementView[] {
  const wanted = query.entitlementType?.toLowerCase().replaceAll("_", "");
  const legacy = wanted === "virtualmachinereservedinstance";
  return orders
    .flatMap((order) => order.lines.map((line) => ({ order, line })))
    .filter((entitled) => isUsable(entitled, now))
    .filter(({ line }) => {
      if (legacy) return line.reservationType === "virtualmachines";
      const type = typeOf(line);
      return type !== undefined && (wanted === undefined || wanted === type);
    })
    .map((entitled) => entitlementView(entitled, legacy, query.showExpiry ?? false));
}

function entitlementView(
  entitled: EntitledLine,
  legacy: boolean,
  showExpiry: boolean,
): EntitlementView {
  const { order, line } = entitled;
  const expiry = showExpiry ? expiryOf(entitled) : undefined;
  const attributes = { reservationType: line.reservationType ?? "virtualmachines" };
  const isReservation = line.kind === "reservation";
  return {
    includedEntitlements: [],
    referenceOrder: {
      id: order.orderId,
      lineItemId: `${line.lineNumber}`,
      alternateId: order.alternateId,
    },
    productId: line.productId,
    skuId: line.skuId,
    quantity: line.quantity,
    quantityDetails: [{ quantity: line.quantity, status: "fulfilled" }],
    entitledArtifacts: isReservation
      ? [
          {
            artifactType: legacy ? legacyType : "reservedinstance",
            resourceId: line.reservationOrderId ?? "",
            dynamicAttributes: attributes,
            link: link(artifactPath(order, line, legacy)),
          },
        ]
      : [],
    entitlementType: legacy ? legacyType : (typeOf(line) ?? "software"),
    ...(expiry ? { expiryDate: wireDay(expiry) } : {}),
    fulfillmentState: "fulfilled",
    ...(isReservation ? { dynamicAttributes: attributes } : {}),
    attributes: { objectType: "Entitlement" },
  };
}

function artifactPath(order: OrderRow, line: OrderLineRow, legacy: boolean): string {
  const kind = legacy ? "virtualmachinereservedinstance" : "reservedinstance";
  return (
    `/customers/${order.customerId}/artifacts/${kind}/groups/${line.artifactGroup}` +
    `/lineitems/${line.artifactLine}/resource/${line.reservationOrderId}`
  );
}

/** The reservation behind an artifact. */
export function reservationView({ order, line }: EntitledLine): ReservationView {
  const context = line.provisioningContext ?? {};
  const shared = (context.scope ?? "shared").toLowerCase() === "shared";
  const subscription = context.subscriptionId ?? context.azureSubscriptionId ?? "";
  return {
    reservationId: line.reservationId ?? "",
    displayName: line.friendlyName,
    scopeType: shared ? "Shared" : "Single",
    ...(shared ? {} : { appliedScopes: [subscription.toLowerCase()] }),
    quantity: line.quantity,
    effectiveDateTime: wireInstant(order.fulfilledAt),
    expiryDateTime: wireDay(expiryOf({ order, line }) ?? order.fulfilledAt),
    provisioningState: "Created",
  };
}
