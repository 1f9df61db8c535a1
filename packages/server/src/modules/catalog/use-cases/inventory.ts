/** The inventory check: whether SKUs can be bought in a context. It reserves nothing. */
import type { BodyOf, catalogOperations, ResultOf } from "@kontor/contract";
import { refuse } from "../../../foundation/errors.ts";
import type { Context } from "../../../foundation/partner.ts";
import { requireCustomer } from "../../customers/index.ts";
import { loadSubscriptions } from "../../subscriptions/index.ts";
import { contextOf, guidOf, missingVariables } from "../inventory.ts";
import { skuKey } from "../restrictions/restriction.ts";
import { loadRestrictionsOf, loadSoldOut } from "../restrictions/use-cases.ts";
import { type InventoryTarget, loadInventory } from "../store.ts";
import { type Place, saleAt } from "./discovery.ts";

type Request = BodyOf<typeof catalogOperations.checkInventory>;
type InventoryAnswer = ResultOf<typeof catalogOperations.checkInventory>;

/**
 * Refuses a missing body (2001), a missing variable (400026), and a customer or subscription of
 * somebody else; leaves out what is not sold in the country.
 */
export async function checkInventory(
  context: Context,
  place: Place,
  request: Request,
): Promise<InventoryAnswer> {
  if (request === undefined) return refuse("INVENTORY_BODY_MISSING");
  const targets = request.targetItems.map(targetOf);
  const skus = await loadInventory(context.db, saleAt(context, place, null), targets);
  const given = contextOf(request.inventoryContext ?? {});
  const missing = missingVariables(skus, given);
  if (missing.length > 0) refuse("INVENTORY_CONTEXT_MISSING", missing.join(", "));
  await requireOwn(context, given);
  const { partnerId } = context.partner;
  const { restrictionsOf, limited } = await loadRestrictionsOf(context.db, partnerId, skus);
  const soldOut = await loadSoldOut(context, limited);
  const buyer = {
    customerId: guidOf(given.get("customerid") ?? ""),
    subscriptionId: guidOf(given.get("azuresubscriptionid") ?? ""),
  };
  return skus.map((sku) => {
    const restrictions = [restrictionsOf(sku, buyer), soldOut.get(skuKey(sku)) ?? []].flat();
    return {
      productId: sku.productId,
      skuId: sku.skuId,
      isRestricted: restrictions.length > 0,
      restrictions: restrictions.map(({ reasonCode, description, type, values }) => ({
        reasonCode,
        description,
        properties: { type, values },
      })),
    };
  });
}

function targetOf(item: { productId: string; skuId?: string }): InventoryTarget {
  const skuId = item.skuId?.trim();
  return { productId: item.productId.trim(), skuId: skuId || null };
}

/** The customer and the subscription that the context names are the partner's, and belong together. */
async function requireOwn(context: Context, given: ReadonlyMap<string, string>): Promise<void> {
  const customerText = given.get("customerid");
  const customerId = guidOf(customerText ?? "");
  if (customerText !== undefined) {
    if (customerId === undefined) return refuse("NO_RELATIONSHIP", `customer ${customerText}`);
    await requireCustomer(context, customerId);
  }
  const subscriptionText = given.get("azuresubscriptionid");
  if (subscriptionText === undefined) return;
  const subscriptionId = guidOf(subscriptionText);
  const [subscription] =
    subscriptionId === undefined
      ? []
      : await loadSubscriptions(context.db, context.partner.partnerId, [subscriptionId]);
  const isOwn = customerId === undefined || subscription?.customerId === customerId;
  if (!subscription || !isOwn) refuse("SUBSCRIPTION_NOT_FOUND", `subscription ${subscriptionText}`);
}
