import { availabilityId, availabilityKeyOf } from "./availability-id.ts";
import type { InventoryRestriction } from "./default-catalog.ts";
import type {
  BillingPlan,
  PricedOffer,
  ProductKind,
  ReservationScope,
  ReservationType,
  Segment,
} from "./offer.ts";

/** The ids that name a catalog item; letter case is without meaning. */
export interface ItemId {
  productId: string;
  skuId: string;
  availabilityId: string;
}

/** The id of a catalog item as it is stored and emitted: `PRODUCT:SKU:AVAILABILITY`. */
export function catalogItemId({ productId, skuId, availabilityId }: ItemId): string {
  return `${productId}:${skuId}:${availabilityId}`.toUpperCase();
}

/** The catalog item that an offer prices. */
export function catalogItemIdOf(offer: PricedOffer): string {
  return catalogItemId({
    productId: offer.product.id,
    skuId: offer.sku.id,
    availabilityId: availabilityId(availabilityKeyOf(offer)),
  });
}

/** The same goods for another term, whether or not they are sold for it. */
export function itemWithTerm(offer: Offer, term: string): ItemId {
  const { productId, skuId } = offer;
  return {
    productId,
    skuId,
    availabilityId: availabilityId({ ...offer, termDuration: term }),
  };
}

/** What the inventory check says against a SKU. */
export type Restriction = Omit<InventoryRestriction, "productId" | "skuId">;

export interface Product {
  productId: string;
  title: string;
  description: string;
  kind: ProductKind;
  /** Set on reservations only. */
  reservationType: ReservationType | null;
  publisherName: string;
}

export interface Sku {
  skuId: string;
  title: string;
  description: string;
  minimumQuantity: number;
  maximumQuantity: number;
  dynamicAttributes: Readonly<Record<string, unknown>>;
  hasDownloads: boolean;
}

export interface Availability {
  availabilityId: string;
  /** ISO 3166 alpha-2, upper case. */
  market: string;
  /** ISO 4217. */
  currency: string;
  segment: Segment;
  /** `P1M`, `P1Y`, `P3Y`; null: perpetual. */
  term: string | null;
  billingPlan: BillingPlan;
  /** null: usable with either kind of Azure subscription. */
  reservationScope: ReservationScope | null;
  isPurchasable: boolean;
}

/** Everything that a purchase needs to know about a catalog item. */
export interface Offer extends ItemId {
  catalogItemId: string;
  market: string;
  currency: string;
  segment: Segment;
  term: string | null;
  billingPlan: BillingPlan;
  /** null: usable with either kind of Azure subscription. */
  reservationScope: ReservationScope | null;
  isPurchasable: boolean;
  kind: ProductKind;
  reservationType: ReservationType | null;
  productTitle: string;
  skuTitle: string;
  publisherName: string;
  minimumQuantity: number;
  maximumQuantity: number;
  /** Plain decimal, per unit and for the whole term; null where no price holds at the instant. */
  unitPrice: string | null;
  restrictions: readonly Restriction[];
}
