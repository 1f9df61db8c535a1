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
import type { Stocks } from "../stocks/stock.ts";
import { loadStocks, lockStocks } from "../stocks/store.ts";
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
import {
  deleteAdded,
  insertAdded,
  type LimitedSku,
  loadAdded,
  loadScoped,
  meetsSku,
} from "./store.ts";

type Wanted = BodyOf<typeof catalogOperations.addRestriction>;

/**
 * Restricts SKUs in the partner's sandbox, for the inventory check and for purchases alike: closes
 * them, or with a quantity sets how many units of one there are from now on. The caller is alone
 * with the partner, so that each purchase is before a stock or knows of it.
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
  const quantity = wanted?.quantity ?? null;
  const row: AddedRestriction = {
    restrictionId: newId(),
    ...scope,
    reasonCode: wanted?.reasonCode ?? ordinaryReason,
    description: wanted?.description ?? describeScope(scope, quantity !== null),
    quantity,
  };
  const limit = limits.restrictionsPerPartner;
  const restrictionId =
    (await insertAdded(db, partner.partnerId, row, limit, now)) ??
    refuse("INVALID_INPUT", `a partner may add ${limit} restrictions; remove some first`);
  return restrictionView({ ...row, restrictionId });
}

async function scopeOf(context: Context, wanted: NonNullable<Wanted>): Promise<Scope> {
  const { productId, skuId, customerId, subscriptionId, armRegionName } = wanted;
  const isWhole = [customerId, subscriptionId, armRegionName].every((one) => one === undefined);
  if (wanted.quantity !== undefined && !(productId && skuId && isWhole)) {
    refuse("INVALID_INPUT", "quantity is of one SKU: it goes with productId and skuId alone");
  }
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
): Promise<{
  restrictionsOf(
    offer: Pick<Offer, "productId" | "skuId"> & { restrictions: readonly Restriction[] },
    buyer: Buyer,
  ): readonly Restriction[];
  limited: readonly LimitedSku[];
}> {
  const checked = [...offers].filter(({ kind }) => isInventoryChecked(kind));
  const { scoped, limited } = await loadScoped(db, partnerId, checked);
  return {
    restrictionsOf: (offer, buyer) =>
      restrictionsFor(offer.restrictions, scoped.get(skuKey(offer)) ?? [], buyer),
    limited,
  };
}

/**
 * Holds the stocks of limited SKUs for a purchase, and tells what is free of them then. Costs
 * nothing where no SKU is limited.
 */
export async function takeStocks(
  { db, partner: { partnerId }, now }: Context,
  limited: readonly LimitedSku[],
  cartIds: readonly string[],
): Promise<Stocks | undefined> {
  if (limited.length === 0) return undefined;
  // Sent in this order on the connection: what is free is read behind the locks.
  const [, stocks] = await Promise.all([
    lockStocks(db, partnerId, limited),
    loadStocks(db, partnerId, limited, cartIds, now),
  ]);
  return stocks;
}

/** What stands against limited SKUs of which nothing is free at `now`, by `skuKey`. */
export async function loadSoldOut(
  { db, partner: { partnerId }, now }: Context,
  limited: readonly LimitedSku[],
): Promise<ReadonlyMap<string, Restriction>> {
  if (limited.length === 0) return new Map();
  const stocks = await loadStocks(db, partnerId, limited, [], now);
  const soldOut = limited.filter((sku) => stocks.get(skuKey(sku))?.free === 0);
  return new Map(soldOut.map((sku) => [skuKey(sku), sku] as const));
}
