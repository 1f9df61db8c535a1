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
