import type { BodyOf, catalogOperations } from "@kontor/contract";
import type { Db } from "../../../foundation/database/sql.ts";
import { refuse } from "../../../foundation/errors.ts";
import { newId } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { requireCustomer } from "../../customers/index.ts";
import { loadSubscriptions } from "../../subscriptions/index.ts";
import type { Offer, Restriction } from "../catalog-item.ts";
import { productKinds } from "../offer.ts";
import {
  type AddedRestriction,
  type Buyer,
  describeScope,
  isInventoryChecked,
  ordinaryReason,
  restrictionsFor,
  restrictionView,
  type Scope,
  skuKey,
} from "./restriction.ts";
import { deleteAdded, insertAdded, loadAdded, loadScoped, meetsSku } from "./store.ts";

type Wanted = BodyOf<typeof catalogOperations.addRestriction>;

/**
 * Restricts SKUs in the partner's sandbox, for the inventory check and for purchases alike.
 *
 * @throws Refusal TENANT_NOT_FOUND, SUBSCRIPTION_NOT_FOUND; INVALID_INPUT where no SKU whose
 *   inventory is checked is meant, or the partner has too many
 */
export async function addRestriction(context: Context, wanted: Wanted) {
  const { db, partner, now } = context;
  const scope = await scopeOf(context, wanted ?? {});
  if (!(await meetsSku(db, scope, productKinds.filter(isInventoryChecked)))) {
    refuse("INVALID_INPUT", "the catalog has no such SKU whose inventory is checked");
  }
  const row: AddedRestriction = {
    restrictionId: newId(),
    ...scope,
    reasonCode: wanted?.reasonCode ?? ordinaryReason,
    description: wanted?.description ?? describeScope(scope),
  };
  const limit = limits.restrictionsPerPartner;
  if (!(await insertAdded(db, partner.partnerId, row, limit, now))) {
    refuse("INVALID_INPUT", `a partner may add ${limit} restrictions; remove some first`);
  }
  return restrictionView(row);
}

async function scopeOf(context: Context, wanted: NonNullable<Wanted>): Promise<Scope> {
  const { productId, skuId, customerId, subscriptionId, armRegionName } = wanted;
  if (skuId !== undefined && productId === undefined) {
    refuse("INVALID_INPUT", "skuId needs productId: SKU ids are unique inside a product only");
  }
  if (customerId !== undefined) await requireCustomer(context, customerId);
  if (subscriptionId !== undefined) {
    const { partnerId } = context.partner;
    const [found] = await loadSubscriptions(context.db, partnerId, [subscriptionId]);
    if (!found || (customerId !== undefined && found.customerId !== customerId)) {
      refuse("SUBSCRIPTION_NOT_FOUND", `subscription ${subscriptionId}`);
    }
  }
  return {
    productId: productId?.trim().toUpperCase() ?? null,
    skuId: skuId?.trim().toUpperCase() ?? null,
    customerId: customerId ?? null,
    subscriptionId: subscriptionId ?? null,
    armRegionName: armRegionName?.trim().toLowerCase() ?? null,
  };
}

export async function listRestrictions({ db, partner }: Context) {
  const rows = await loadAdded(db, partner.partnerId);
  return { items: rows.map(restrictionView) };
}

/** Removes one restriction, or all of the partner's. @throws Refusal NOT_FOUND */
export async function removeRestrictions(
  { db, partner }: Context,
  restrictionId: string | null,
): Promise<undefined> {
  const removed = await deleteAdded(db, partner.partnerId, restrictionId);
  if (restrictionId !== null && removed === 0) {
    refuse("NOT_FOUND", `there is no restriction ${restrictionId}`);
  }
}

/**
 * What stands against offers for a buyer: the one rule of the inventory check and of purchases.
 * Costs one statement where an offer's inventory is checked, and none elsewhere.
 */
export async function loadRestrictionsOf(
  db: Db,
  partnerId: string,
  offers: Iterable<Pick<Offer, "productId" | "skuId" | "kind">>,
): Promise<
  (
    offer: Pick<Offer, "productId" | "skuId"> & { restrictions: readonly Restriction[] },
    buyer: Buyer,
  ) => readonly Restriction[]
> {
  const checked = [...offers].filter(({ kind }) => isInventoryChecked(kind));
  const scoped = await loadScoped(db, partnerId, checked);
  return (offer, buyer) =>
    restrictionsFor(offer.restrictions, scoped.get(skuKey(offer)) ?? [], buyer);
}
