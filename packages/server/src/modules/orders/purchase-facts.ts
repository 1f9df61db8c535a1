/** Facts of a purchase that few lines need: loaded where one does. */
import type { Context } from "../../foundation/partner.ts";
import { loadOffers, type Offer } from "../catalog/index.ts";
import { loadResellers } from "../customers/index.ts";
import { type Channel, namesReseller } from "./partner-on-record.ts";
import { type Draft, renewalItem } from "./purchase-line.ts";

/** Whom the partner may name as reseller. */
export async function loadChannel(
  { db, partner }: Context,
  drafts: readonly Draft[],
): Promise<Channel> {
  const resellers = drafts.some(namesReseller) ? await loadResellers(db, partner.partnerId) : [];
  return { ownMpnId: partner.mpnId, resellers };
}

/** The catalog items of other terms that lines renew to, as far as they are sold now. */
export async function loadRenewalItems(
  { db, now }: Context,
  drafts: readonly Draft[],
  offers: ReadonlyMap<string, Offer>,
): Promise<ReadonlySet<string>> {
  const items = drafts.flatMap(({ catalogItemId, renewsTo }) => {
    const offer = renewsTo && offers.get(catalogItemId.toUpperCase());
    return offer ? (renewalItem(offer, renewsTo.termDuration.trim().toUpperCase()) ?? []) : [];
  });
  if (items.length === 0) return new Set();
  const sold = await loadOffers(db, items, now);
  return new Set([...sold.values()].flatMap((one) => (one.unitPrice ? one.catalogItemId : [])));
}
