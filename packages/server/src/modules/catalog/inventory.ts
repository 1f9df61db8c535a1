/** The inventory check: whether SKUs can be bought in a context. It reserves nothing. */
import type { BodyOf, catalogOperations, ResultOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import type { Context } from "../../foundation/partner.ts";
import { requireCustomer } from "../customers/index.ts";
import { loadSubscriptions } from "../subscriptions/index.ts";
import { requirementsOf } from "./requirements.ts";
import { type InventorySku, type InventoryTarget, loadInventory } from "./store.ts";
import { type Place, saleAt } from "./use-cases.ts";

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
  return skus.map(({ productId, skuId, restrictions }) => ({
    productId,
    skuId,
    isRestricted: restrictions.length > 0,
    restrictions: restrictions.map(({ reasonCode, description, type, values }) => ({
      reasonCode,
      description,
      properties: { type, values },
    })),
  }));
}

function targetOf(item: { productId: string; skuId?: string }): InventoryTarget {
  const skuId = item.skuId?.trim();
  return { productId: item.productId.trim(), skuId: skuId || null };
}

/** The values by their names in lower case; blank ones are absent. */
export function contextOf(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const values = Object.entries(given).map(
    ([name, value]) => [name.trim().toLowerCase(), value.trim()] as const,
  );
  return new Map(values.filter(([, value]) => value !== ""));
}

/** The names that some SKU needs and the context lacks, each once. */
export function missingVariables(
  skus: readonly Pick<InventorySku, "kind">[],
  given: ReadonlyMap<string, string>,
): string[] {
  const kinds = new Set(skus.map((sku) => sku.kind));
  const needed = new Set([...kinds].flatMap((kind) => requirementsOf(kind).inventoryVariables));
  return [...needed].filter((name) => !given.has(name.toLowerCase()));
}

const guidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function guidOf(value: string): string {
  return value.replace(/^\{(.*)\}$/, "$1").toLowerCase();
}

/** The customer and the subscription that the context names are the partner's, and belong together. */
async function requireOwn(context: Context, given: ReadonlyMap<string, string>): Promise<void> {
  const customerId = guidOf(given.get("customerid") ?? "");
  if (customerId !== "") {
    if (!guidForm.test(customerId)) refuse("NO_RELATIONSHIP", `customer ${customerId}`);
    await requireCustomer(context, customerId);
  }
  const subscriptionId = guidOf(given.get("azuresubscriptionid") ?? "");
  if (subscriptionId === "") return;
  const [subscription] = guidForm.test(subscriptionId)
    ? await loadSubscriptions(context.db, context.partner.partnerId, [subscriptionId])
    : [];
  const isOwn = customerId === "" || subscription?.customerId === customerId;
  if (!subscription || !isOwn) refuse("SUBSCRIPTION_NOT_FOUND", `subscription ${subscriptionId}`);
}
