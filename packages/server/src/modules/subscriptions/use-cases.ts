import type { Operations, QueryOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import type { Context } from "../../foundation/partner.ts";
import { appendAudit } from "../audit/index.ts";
import { type Customer, requireCustomer } from "../customers/index.ts";
import { loadCustomerSubscriptions, loadSubscription, markRegistered } from "./store.ts";
import {
  isAzure,
  isVisible,
  provisioningView,
  registrationState,
  type SubscriptionRow,
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
): Promise<{ customer: Customer; row: SubscriptionRow }> {
  const { db, now, partner, installation } = context;
  const customer = await requireCustomer(context, customerId);
  const row = await loadSubscription(db, partner.partnerId, customer.customerId, subscriptionId);
  if (row && isVisible(row, now, installation.profile)) return { customer, row };
  return refuse("SUBSCRIPTION_NOT_FOUND", `subscription ${subscriptionId}`);
}
