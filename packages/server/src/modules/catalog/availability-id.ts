import { hash } from "node:crypto";
import type { PricedOffer } from "./offer.ts";

/** What tells the availabilities of all products apart; letter case is without meaning. */
export interface AvailabilityKey {
  productId: string;
  skuId: string;
  market: string;
  currency: string;
  segment: string;
  /** null: perpetual. */
  termDuration: string | null;
  billingPlan: string;
  /** null: both scopes; leaves no trace in the id. */
  reservationScope: string | null;
}

/** The availability that an offer prices. Several prices of one availability differ in time. */
export function availabilityKeyOf(offer: PricedOffer): AvailabilityKey {
  const { market, currency, segment, termDuration, billingPlan, reservationScope } = offer;
  return {
    productId: offer.product.id,
    skuId: offer.sku.id,
    market,
    currency,
    segment,
    termDuration,
    billingPlan,
    reservationScope,
  };
}

/** The key as one text: equal for keys that differ in letter case only, distinct otherwise. */
function availabilityKeyText(key: AvailabilityKey): string {
  const { productId, skuId, market, currency, segment, termDuration, billingPlan } = key;
  const scope = key.reservationScope === null ? "" : `|${key.reservationScope}`;
  const term = termDuration ?? "";
  const text = `${productId}|${skuId}|${market}|${currency}|${segment}|${term}|${billingPlan}`;
  return (text + scope).toUpperCase();
}

const prefix = "DZH3";
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The availability's id: 12 upper-case alphanumerics, four fixed and eight of five bits each,
 * taken from the SHA-256 of the key. The same key gives the same id in every database and every
 * import, so a catalog item id outlives a re-import.
 *
 * Ids need to be unique inside one product and SKU only. Of n availabilities of one SKU, two
 * share an id with odds of about n²/2^41: 1 in 2.2 million for 1 000 (every market, segment,
 * term and plan at once), 1 in 22 000 for 10 000. Behind the wire's usual prefix of eight
 * characters only four would be left, and 2 in 5 such SKUs of 1 000 would have a collision.
 */
export function availabilityId(key: AvailabilityKey): string {
  const digest = hash("sha256", availabilityKeyText(key), "hex");
  let rest = Number.parseInt(digest.slice(0, 10), 16);
  let id = "";
  for (let position = 0; position < 8; position++) {
    id = digits.charAt(rest % 32) + id;
    rest = Math.floor(rest / 32);
  }
  return prefix + id;
}
