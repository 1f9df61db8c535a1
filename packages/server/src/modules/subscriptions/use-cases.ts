import type { Operations, QueryOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { requireEtag } from "../../foundation/http/etag.ts";
import type { Context } from "../../foundation/partner.ts";
import { appendAudit } from "../audit/index.ts";
import { type Customer, requireCustomer } from "../customers/index.ts";
import { schedule } from "../due/index.ts";
import { changedSubscription, requireLive, type SubscriptionChange } from "./change.ts";
import { renewalWork } from "./renewal.ts";
import {
  loadCustomerSubscriptions,
  loadSubscription,
  markRegistered,
  saveSubscription,
} from "./store.ts";
import {
  isAzure,
  isVisible,
  provisioningView,
  registrationState,
  type SubscriptionRow,
  subscriptionEtag,
  subscriptionStatus,
  subscriptionView,
} from "./subscription.ts";

export async function listSubscriptions(
  context: Context,
  customerId: string,
  query: QueryOf<Operations["listSubscriptions"]>,
) {
  const { db, now, partner, installation } = context;
  const customer = await requireCustomer(context, customerId);
  const rows = await loadCustomerSubscriptions(db, partner.partnerId, customer.customerId, {
    orderId: query.order_id,
    mpnId: query.mpn_id,
  });
  return rows
    .filter((row) => isVisible(row, now, installation.profile))
    .map((row) => subscriptionView(row, customer.country, now));
}

export async function getSubscription(
  context: Context,
  customerId: string,
  subscriptionId: string,
) {
  const { customer, row } = await requireSubscription(context, customerId, subscriptionId);
  return subscriptionView(row, customer.country, context.now);
}

/** Cancels the order line that a subscription was bought with. */
export interface CancelSubscription {
  /** Holds the order, before the subscription's own row is held. */
  lock(context: Context, row: SubscriptionRow): Promise<void>;
  /** With both rows held: gives back what is due, and deletes the subscription. */
  cancel(context: Context, row: SubscriptionRow): Promise<void>;
}

/**
 * Changes a subscription as `changedSubscription` says: what differs from the row is the change.
 *
 * @throws Refusal SUBSCRIPTION_NOT_FOUND, ETAG_STALE, and those of `changedSubscription` and of `cancellation`
 */
export async function updateSubscription(
  context: Context,
  customerId: string,
  subscriptionId: string,
  change: SubscriptionChange,
  cancellation: CancelSubscription,
) {
  const { db, now, partner } = context;
  if (change.status === "deleted") {
    const { row } = await requireSubscription(context, customerId, subscriptionId);
    await cancellation.lock(context, row);
  }
  const found = await requireSubscription(context, customerId, subscriptionId, { lock: true });
  const { customer, row } = found;
  requireLive(row, now);
  const etag = { header: context.header("if-match"), body: change.attributes?.etag };
  requireEtag(etag, subscriptionEtag(row));
  const next = changedSubscription(row, change, now);
  if (next.status === "deleted") {
    await cancellation.cancel(context, row);
    return getSubscription(context, customerId, subscriptionId);
  }
  const view = subscriptionView(next, customer.country, now);
  if (next === row) return view;
  await saveSubscription(db, partner.partnerId, next);
  // What was called off stays on the list; the work looks at the row when its time has come.
  await schedule(db, partner.partnerId, renewalWork(next));
  await appendAudit(db, context, {
    customerId: customer.customerId,
    resourceType: "subscription",
    operationType: "update_subscription",
    resourceId: row.subscriptionId,
    newValue: view,
  });
  return view;
}

/**
 * Registers an Azure subscription for buying reservations, once: a repeat changes nothing.
 *
 * @throws Refusal SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_AZURE, SUBSCRIPTION_NOT_ACTIVE
 */
export async function registerSubscription(
  context: Context,
  customerId: string,
  subscriptionId: string,
): Promise<void> {
  const { db, now, partner } = context;
  const { customer, row } = await requireSubscription(context, customerId, subscriptionId);
  if (!isAzure(row)) refuse("SUBSCRIPTION_NOT_AZURE", `subscription ${row.subscriptionId}`);
  const status = subscriptionStatus(row, now);
  if (status !== "active") {
    refuse("SUBSCRIPTION_NOT_ACTIVE", `subscription ${row.subscriptionId} is ${status}`);
  }
  if (!(await markRegistered(db, partner.partnerId, row.subscriptionId, now))) return;
  await appendAudit(db, context, {
    customerId: customer.customerId,
    resourceType: "subscription",
    operationType: "update_subscription",
    resourceId: row.subscriptionId,
    newValue: registrationView({ ...row, registeredAt: now }, context),
  });
}

export async function getRegistrationStatus(
  context: Context,
  customerId: string,
  subscriptionId: string,
) {
  const { row } = await requireSubscription(context, customerId, subscriptionId);
  return registrationView(row, context);
}

export async function getProvisioningStatus(
  context: Context,
  customerId: string,
  subscriptionId: string,
) {
  const { row } = await requireSubscription(context, customerId, subscriptionId);
  return provisioningView(row);
}

function registrationView(row: SubscriptionRow, { now, installation }: Context) {
  return {
    subscriptionId: row.subscriptionId,
    status: registrationState(row, now, installation.profile),
    attributes: { objectType: "SubscriptionRegistrationStatus" },
  };
}

async function requireSubscription(
  context: Context,
  customerId: string,
  subscriptionId: string,
  options: { lock?: boolean } = {},
): Promise<{ customer: Customer; row: SubscriptionRow }> {
  const { db, now, partner, installation } = context;
  const customer = await requireCustomer(context, customerId);
  const { partnerId } = partner;
  const own = customer.customerId;
  const row = await loadSubscription(db, partnerId, own, subscriptionId, options);
  if (row && isVisible(row, now, installation.profile)) return { customer, row };
  return refuse("SUBSCRIPTION_NOT_FOUND", `subscription ${subscriptionId}`);
}
