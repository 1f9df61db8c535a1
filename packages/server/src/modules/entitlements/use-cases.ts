import { refuse } from "../../foundation/errors.ts";
import type { Context } from "../../foundation/partner.ts";
import { requireCustomer } from "../customers/index.ts";
import { loadOrderOfArtifact, loadOrders } from "../orders/index.ts";
import {
  type EntitledLine,
  type EntitlementQuery,
  entitlementViews,
  isUsable,
} from "./entitlement.ts";

export async function listEntitlements(
  context: Context,
  customerId: string,
  query: EntitlementQuery,
) {
  const customer = await requireCustomer(context, customerId);
  const orders = await loadOrders(context.db, context.partner.partnerId, customer.customerId);
  return entitlementViews(orders, query, context.now);
}

export interface ArtifactPath {
  customerId: string;
  groupId: string;
  lineItemId: string;
  resourceId: string;
}

/** The usable order line behind an artifact link; every part of the link must fit. */
export async function requireArtifact(context: Context, path: ArtifactPath): Promise<EntitledLine> {
  const customer = await requireCustomer(context, path.customerId);
  const { partnerId } = context.partner;
  const order = await loadOrderOfArtifact(
    context.db,
    partnerId,
    customer.customerId,
    path.lineItemId,
  );
  const line = order?.lines.find(
    (candidate) =>
      candidate.reservationOrderId === path.resourceId &&
      candidate.artifactGroup === path.groupId.toLowerCase() &&
      candidate.artifactLine === path.lineItemId,
  );
  const found = order && line && { order, line };
  if (!found || !isUsable(found, context.now)) {
    return refuse("NOT_FOUND", `no reservation order ${path.resourceId}`);
  }
  return found;
}
