import type { BillingCycleName } from "@kontor/contract";
import type { BillingPlan, ProductKind } from "./offer.ts";

/** What a SKU demands of a buyer, in the names of the wire. */
export interface Requirements {
  readonly purchasePrerequisites: readonly string[];
  /** Names that the inventory check needs in its context. */
  readonly inventoryVariables: readonly string[];
  /** Names that a cart line needs in its provisioning context. */
  readonly provisioningVariables: readonly string[];
}

const nothing: Requirements = {
  purchasePrerequisites: [],
  inventoryVariables: [],
  provisioningVariables: [],
};

const ofReservations: Requirements = {
  purchasePrerequisites: ["AzureSubscriptionRegistration", "InventoryCheck"],
  inventoryVariables: ["CustomerId", "AzureSubscriptionId"],
  provisioningVariables: ["Scope", "SubscriptionId", "Duration"],
};

/** The requirements of every SKU of this kind. */
export function requirementsOf(kind: ProductKind): Requirements {
  return kind === "reservation" ? ofReservations : nothing;
}

/** The billing cycles that a line of this plan may name; the first is its default. */
export function billingCyclesOf(billingPlan: BillingPlan): readonly BillingCycleName[] {
  return [billingPlan];
}

/** Terms of subscriptions go on; a reservation is bought anew, and a trial ends. */
export function isRenewable(kind: ProductKind, term: string | null, plan: BillingPlan): boolean {
  const subscribes = kind === "term_software" || kind === "online_service";
  return subscribes && term !== null && !isTrial(plan);
}

/** Only what is free for a month has no billing plan. */
export function isTrial(plan: BillingPlan): boolean {
  return plan === "none";
}

/** How long an order of the goods can be given back, and for how much. */
export interface RefundOption {
  type: "Full" | "Partial";
  /** ISO 8601 duration from the order. */
  expiresAfter: string;
}

/** What the vendor's policy grants at every price of this kind; undefined: nothing. */
export function refundOf(kind: ProductKind): RefundOption | undefined {
  if (kind === "perpetual_software") return { type: "Full", expiresAfter: "P30D" };
  if (kind === "term_software") return { type: "Partial", expiresAfter: "P7D" };
  return undefined;
}
