/** Artifacts: what an entitlement leads to, the paths of it, and the reservation behind one. */
import type { ReservationView } from "@kontor/contract";
import { wireDay, wireInstant } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import { type EntitledLine, expiryOf } from "./entitled-line.ts";
import type { EntitlementState } from "./state.ts";

/** The words for reservations: today's, and those of June 2018 for virtual machines alone. */
export const reservationWords = {
  current: { type: "reservedinstance", path: "reservedinstance" },
  older: { type: "virtual_machine_reserved_instance", path: "virtualmachinereservedinstance" },
} as const;

export const productKeyType = "product_key";

export function reservationAttributes({ line }: EntitledLine): Record<string, string> {
  return { reservationType: line.reservationType ?? "virtualmachines" };
}

export function reservationArtifact(
  { order, line }: EntitledLine,
  words: (typeof reservationWords)[keyof typeof reservationWords],
) {
  return {
    artifactType: words.type,
    resourceId: line.reservationOrderId ?? "",
    link: link(
      `/customers/${order.customerId}/artifacts/${words.path}/groups/${line.artifactGroup}` +
        `/lineitems/${line.artifactLine}/resource/${line.reservationOrderId}`,
    ),
  };
}

/** Never the key itself: that is fetched by its own path. */
export function productKeyArtifact(entitled: EntitledLine, state: EntitlementState) {
  const { order, line } = entitled;
  const isActive = state === "usable";
  return {
    artifactType: productKeyType,
    state: isActive ? "Active" : "Cancelled",
    reason: isActive ? "" : "The order line was cancelled.",
    link: link(
      `/customers/${order.customerId}/artifacts/productkey/groups/${line.artifactGroup}` +
        `/lineitems/${line.artifactLine}/items/${keyItemOf(entitled)}`,
    ),
  };
}

/** The last part of a product key's path; undefined for goods without a key. */
export function keyItemOf({ line }: EntitledLine): string | undefined {
  if (line.artifactItem === null) return undefined;
  return `${line.productId}:${line.skuId}:${line.artifactItem}`;
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
