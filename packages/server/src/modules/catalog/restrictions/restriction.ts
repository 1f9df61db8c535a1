/** Restrictions that a partner adds in its sandbox, to see what a buyer without capacity sees. */
import type { catalogOperations, ResultOf } from "@kontor/contract";
import type { Restriction } from "../catalog-item.ts";
import type { ProductKind } from "../offer.ts";
import { requirementsOf } from "../requirements.ts";

/** What is restricted, and for whom; null: whatever. Ids of the catalog in upper case. */
export interface Scope {
  productId: string | null;
  skuId: string | null;
  customerId: string | null;
  subscriptionId: string | null;
  /** Lower case. */
  armRegionName: string | null;
}

export interface AddedRestriction extends Scope {
  restrictionId: string;
  /** Of a stock: the units that there are from then on. */
  quantity: number | null;
  reasonCode: string;
  description: string;
}

/** A restriction of one SKU that holds for some buyers. */
export interface ScopedRestriction extends Restriction {
  customerId: string | null;
  subscriptionId: string | null;
}

/** For whom a SKU is checked; ids in lower case. */
export interface Buyer {
  customerId: string | undefined;
  subscriptionId: string | undefined;
}

/** The only reason that clients have been seen to receive. */
export const ordinaryReason = "NotAvailableForSubscription";

/** True for goods whose inventory is checked; others are never restricted. */
export function isInventoryChecked(kind: ProductKind): boolean {
  return requirementsOf(kind).purchasePrerequisites.includes("InventoryCheck");
}

/** Everything that stands against a SKU: what holds for everybody, then what holds for the buyer. */
export function restrictionsFor(
  own: readonly Restriction[],
  scoped: readonly ScopedRestriction[],
  buyer: Buyer,
): Restriction[] {
  const holds = ({ customerId, subscriptionId }: ScopedRestriction) =>
    (customerId === null || customerId === buyer.customerId) &&
    (subscriptionId === null || subscriptionId === buyer.subscriptionId);
  const added = scoped.filter(holds).map(({ reasonCode, description, type, values }) => ({
    reasonCode,
    description,
    type,
    values,
  }));
  return [...own, ...added];
}

/** The key by which the restrictions of a SKU are found. */
export function skuKey({ productId, skuId }: { productId: string; skuId: string }): string {
  return `${productId}:${skuId}`.toUpperCase();
}

/** A sentence for a restriction or stock that was added without one. */
export function describeScope({ productId, skuId, armRegionName }: Scope, isStock = false): string {
  if (isStock) return `Nothing is left of ${productId}/${skuId}.`;
  const goods = [productId, skuId].filter((id) => id !== null).join("/");
  const place = armRegionName === null ? "" : ` in ${armRegionName}`;
  return `Capacity${goods && ` of ${goods}`}${place} is not open to this subscription.`;
}

type RestrictionView = ResultOf<typeof catalogOperations.addRestriction>;

export function restrictionView(row: AddedRestriction): RestrictionView {
  const { restrictionId, reasonCode, description, ...scope } = row;
  const given = Object.entries(scope).filter(([, value]) => value !== null);
  return { id: restrictionId, ...Object.fromEntries(given), reasonCode, description };
}
