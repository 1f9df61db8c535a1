/** What a caller may change of a subscription, and what the change makes of its row. Pure. */
import type { BodyOf, Operations } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { askedTransition, familyOf } from "./lifecycle.ts";
import { isAzure, type SubscriptionRow, subscriptionStatus } from "./subscription.ts";

export type SubscriptionChange = BodyOf<Operations["updateSubscription"]>;

/**
 * The status of a subscription that may still change. Asked before its version is compared: no
 * newer etag would help who holds a deleted one.
 *
 * @throws Refusal SUBSCRIPTION_DELETED
 */
export function requireLive(row: SubscriptionRow, now: Date): "active" | "suspended" {
  const status = subscriptionStatus(row, now);
  if (status !== "deleted") return status;
  return refuse("SUBSCRIPTION_DELETED", `subscription ${row.subscriptionId}`);
}

/**
 * The row after a change, with the next version; the same row where nothing differs from it, as
 * when a client sends back what it has read. The status `deleted` stands in it where the caller
 * asks to cancel, which is left to who calls this.
 *
 * @throws Refusal SUBSCRIPTION_DELETED, SUBSCRIPTION_SUSPENDED, BILLING_CYCLE_FIXED,
 * QUANTITY_OUT_OF_RANGE, SEATS_NOT_ADDED, QUANTITY_FIXED, STATUS_FIXED, NOT_RENEWABLE
 */
export function changedSubscription(
  row: SubscriptionRow,
  change: SubscriptionChange,
  now: Date,
): SubscriptionRow {
  const status = requireLive(row, now);
  const wanted = change.status ?? status;
  if (wanted !== status && !askedTransition(familyOf(row), status, wanted)) {
    refuse("STATUS_FIXED", `a ${row.kind} subscription does not go from ${status} to ${wanted}`);
  }
  if (wanted === "deleted") return { ...row, status: wanted };
  const next: SubscriptionRow = {
    ...row,
    friendlyName: change.friendlyName ?? row.friendlyName,
    // Documented: a flag that is left out is off.
    autoRenew: change.autoRenewEnabled ?? false,
    status: wanted,
  };
  const differs =
    next.friendlyName !== row.friendlyName ||
    next.autoRenew !== row.autoRenew ||
    (change.quantity ?? row.quantity) !== row.quantity ||
    (change.billingCycle ?? row.billingCycle) !== row.billingCycle;
  if (differs && wanted === "suspended") {
    const how = status === "suspended" ? "is" : "would be";
    refuse("SUBSCRIPTION_SUSPENDED", `subscription ${row.subscriptionId} ${how} suspended`);
  }
  refuseFixed(row, change);
  if (next.autoRenew && !isRenewable(row)) {
    refuse("NOT_RENEWABLE", `a ${row.kind} subscription has no term that ends`);
  }
  return differs || wanted !== status ? { ...next, version: row.version + 1 } : row;
}

function refuseFixed(row: SubscriptionRow, { billingCycle, quantity }: SubscriptionChange): void {
  if (billingCycle !== undefined && billingCycle !== row.billingCycle) {
    refuse("BILLING_CYCLE_FIXED", `it is ${row.billingCycle}, not ${billingCycle}`);
  }
  if (quantity === undefined || quantity === row.quantity) return;
  if (quantity < 1 || isAzure(row)) {
    const range = isAzure(row) ? `is always ${row.quantity}` : "is 1 or more";
    refuse("QUANTITY_OUT_OF_RANGE", `the quantity ${range}, not ${quantity}`);
  }
  const cause = `the quantity is ${row.quantity}, not ${quantity}`;
  refuse(quantity > row.quantity ? "SEATS_NOT_ADDED" : "QUANTITY_FIXED", cause);
}

/** What has a term that ends can begin another one. */
function isRenewable(row: SubscriptionRow): boolean {
  return familyOf(row) === "license" && row.term !== null && row.endsAt !== null;
}
