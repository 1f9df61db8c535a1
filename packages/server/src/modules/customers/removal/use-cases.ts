import type { BodyOf, Operations } from "@kontor/contract";
import { refuse } from "../../../foundation/errors.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { appendAudit } from "../../audit/index.ts";
import { type Customer, customerView, formerCustomerView } from "../customer.ts";
import { requireCustomer } from "../use-cases.ts";
import { loadStandingOrders, markRemoved, purge, suspendSubscriptions } from "./store.ts";

type CustomerChange = BodyOf<Operations["updateCustomer"]>;

/**
 * Deletes a customer of a sandbox with all that is its own. Whoever calls this is alone with the
 * partner, so that no purchase slips in.
 *
 * @throws Refusal SANDBOX_ONLY, TENANT_NOT_FOUND, CUSTOMER_HAS_ORDERS
 */
export async function deleteCustomer(context: Context, customerId: string): Promise<undefined> {
  if (context.installation.mode !== "sandbox") {
    refuse("SANDBOX_ONLY", "customers are deleted in sandboxes only");
  }
  const customer = await requireCustomer(context, customerId);
  await removeWithAll(context, customer);
  await recordRemoval(context, customer, "delete_customer");
}

/**
 * Ends the relationship with a customer: the one change that is supported. In a sandbox it deletes
 * the customer; in a live database the customer's active subscriptions are suspended and its
 * orders run on.
 *
 * @throws Refusal TENANT_NOT_FOUND, CHANGE_NOT_SUPPORTED, CUSTOMER_HAS_ORDERS
 */
export async function endRelationship(
  context: Context,
  customerId: string,
  change: CustomerChange,
): Promise<typeof formerCustomerView> {
  const customer = await requireCustomer(context, customerId);
  if (change.relationshipToPartner !== "none") {
    refuse("CHANGE_NOT_SUPPORTED", "only relationshipToPartner may change, and only to none");
  }
  if (context.installation.mode === "sandbox") await removeWithAll(context, customer);
  else {
    const { db, partner, now } = context;
    for (const id of await suspendSubscriptions(db, partner.partnerId, customerId)) {
      await appendAudit(db, context, {
        customerId,
        resourceType: "subscription",
        operationType: "update_subscription",
        resourceId: id,
        newValue: { id, status: "suspended" },
      });
    }
    await markRemoved(db, partner.partnerId, customerId, now);
  }
  await recordRemoval(context, customer, "remove_partner_customer_relationship");
  return formerCustomerView;
}

async function removeWithAll(context: Context, { customerId }: Customer): Promise<void> {
  const { db, partner, now } = context;
  const standing = await loadStandingOrders(db, partner.partnerId, customerId);
  if (standing.length > 0) {
    const named = standing.slice(0, limits.ordersNamed);
    const rest = standing.length - named.length;
    const cause = named.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
    refuse("CUSTOMER_HAS_ORDERS", cause, named);
  }
  await purge(db, partner.partnerId, customerId);
  await markRemoved(db, partner.partnerId, customerId, now);
}

async function recordRemoval(
  context: Context,
  customer: Customer,
  operationType: "delete_customer" | "remove_partner_customer_relationship",
): Promise<void> {
  await appendAudit(context.db, context, {
    customerId: customer.customerId,
    resourceType: "customer",
    operationType,
    resourceId: customer.customerId,
    newValue: { ...customerView(customer), relationshipToPartner: "none" },
  });
}
