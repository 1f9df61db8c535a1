import { refuse } from "../../foundation/errors.ts";
import type { Context } from "../../foundation/partner.ts";
import { requireCustomer } from "../customers/index.ts";
import { loadOrderOfArtifact, loadOrders } from "../orders/index.ts";
import { readProductKey } from "../product-keys/index.ts";
import { loadCustomerSubscriptions, tenureOf } from "../subscriptions/index.ts";
import { keyItemOf } from "./artifact.ts";
import type { EntitledLine } from "./entitled-line.ts";
import { type EntitlementQuery, entitlementViews } from "./entitlement.ts";
import { isUsable } from "./state.ts";

export async function listEntitlements(
  context: Context,
  customerId: string,
  query: EntitlementQuery,
) {
  const { db, partner, now } = context;
  const customer = await requireCustomer(context, customerId);
  const orders = await loadOrders(db, partner.partnerId, customer.customerId);
  const subscriptions = await loadCustomerSubscriptions(db, partner.partnerId, customer.customerId);
  const tenures = new Map(subscriptions.map((row) => [row.subscriptionId, tenureOf(row)]));
  return entitlementViews(orders, query, partner.entitlementShape, now, tenures);
}

interface ArtifactPath {
  customerId: string;
  groupId: string;
  lineItemId: string;
}

/** The reservation behind an artifact link; every part of the link must fit. */
export async function requireReservation(
  context: Context,
  path: ArtifactPath & { resourceId: string },
): Promise<EntitledLine> {
  const found = await findArtifact(context, path);
  if (found?.line.reservationOrderId !== path.resourceId) {
    return refuse("NOT_FOUND", `no reservation order ${path.resourceId}`);
  }
  return found;
}

/**
 * The key behind an artifact link, whatever form the partner's lists have.
 *
 * @throws Refusal NOT_FOUND for a link that was not given out, and for software not usable now
 */
export async function requireProductKey(
  context: Context,
  path: ArtifactPath & { itemId: string },
): Promise<string> {
  const found = await findArtifact(context, path);
  const item = found && keyItemOf(found);
  if (!item || !isSame(item, path.itemId)) return refuse("NOT_FOUND", `no item ${path.itemId}`);
  const { order, line } = found;
  const productKey = await readProductKey(context, { ...order, ...line });
  return productKey ?? refuse("NOT_FOUND", `no item ${path.itemId}`);
}

/** The usable order line that an artifact belongs to, as far as group and line of its link say. */
async function findArtifact(
  context: Context,
  path: ArtifactPath,
): Promise<EntitledLine | undefined> {
  const { db, partner, now } = context;
  const { customerId } = await requireCustomer(context, path.customerId);
  const order = await loadOrderOfArtifact(db, partner.partnerId, customerId, path.lineItemId);
  const line = order?.lines.find(({ artifactLine }) => artifactLine === path.lineItemId);
  if (!order || !line?.artifactGroup || !isSame(line.artifactGroup, path.groupId)) return undefined;
  return isUsable({ order, line }, now) ? { order, line } : undefined;
}

/** Parts of a path are compared without regard to case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
