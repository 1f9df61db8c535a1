/**
 * The one legacy offer that is sold: the Azure subscription from before Azure plans. It is bought
 * by its offer id, without product and SKU, costs nothing and lives in the older purchase system,
 * so its order group is numbered apart.
 */
import type { Offer } from "../catalog/index.ts";

const legacyAzureOfferId = "MS-AZR-0145P";

export function isLegacy(catalogItemId: string): boolean {
  return catalogItemId.toUpperCase() === legacyAzureOfferId;
}

export function legacyAzureOffer(catalogItemId: string, market: string): Offer | undefined {
  if (!isLegacy(catalogItemId)) return undefined;
  return {
    catalogItemId: legacyAzureOfferId,
    productId: legacyAzureOfferId,
    skuId: legacyAzureOfferId,
    availabilityId: legacyAzureOfferId,
    market,
    // Nothing is charged for it; usage is invoiced elsewhere, in dollars.
    currency: "USD",
    segment: "commercial",
    term: null,
    billingPlan: "monthly",
    reservationScope: null,
    isPurchasable: true,
    kind: "azure_plan",
    reservationType: null,
    productTitle: "Microsoft Azure",
    skuTitle: "Microsoft Azure",
    publisherName: "Microsoft",
    minimumQuantity: 1,
    maximumQuantity: 1,
    unitPrice: "0",
    restrictions: [],
  };
}
