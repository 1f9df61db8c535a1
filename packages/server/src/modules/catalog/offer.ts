export const productKinds = [
  "reservation",
  "perpetual_software",
  "term_software",
  "online_service",
  "azure_plan",
] as const;
export type ProductKind = (typeof productKinds)[number];
export type ReservationType = "virtualmachines" | "sqldatabases" | "cosmosdb" | "other";
export type Segment = "commercial" | "education" | "government" | "nonprofit";
export type BillingPlan = "one_time" | "monthly" | "annual" | "none";
export type Term = "P1M" | "P1Y" | "P3Y";
export type ReservationScope = "Azure" | "AzurePlan";

export interface OfferProduct {
  /** 12 upper-case alphanumerics. */
  id: string;
  title: string;
  /** `""` where the source has none: no price sheet has one. */
  description: string;
  kind: ProductKind;
  /** Set on reservations only. */
  reservationType: ReservationType | null;
  /** `""` where the source names none. */
  publisherName: string;
  isSuse: boolean;
}

export interface OfferSku {
  /** 4 upper-case alphanumerics, leading zeros kept; unique inside its product only. */
  id: string;
  title: string;
  description: string;
  /**
   * The row is a trial: free, one month, no billing plan. A SKU may have such a row beside paid
   * ones, and is a trial itself only if all of its offers are.
   */
  isTrial: boolean;
  minimumQuantity: number;
  maximumQuantity: number;
  /**
   * As the wire shows it: flat strings. Keys that reservations have, as far as the source
   * knows them: armRegionName, armSkuName, region, duration, skuDisplayName, category,
   * cores, vCpu, ram.
   */
  dynamicAttributes: Readonly<Record<string, string>>;
}

/** One price of one catalog item in one market: what every importer makes of a row. */
export interface PricedOffer {
  product: OfferProduct;
  sku: OfferSku;
  /** ISO 3166 alpha-2, upper case. */
  market: string;
  /** ISO 4217, upper case. */
  currency: string;
  segment: Segment;
  /** null: perpetual. */
  termDuration: Term | null;
  billingPlan: BillingPlan;
  /** null: bought with either kind of Azure subscription, and everything that is no reservation. */
  reservationScope: ReservationScope | null;
  /**
   * Plain decimal in units of the currency, for the whole term, without exponent and without
   * trailing zeros behind the point. May have more digits than the currency has.
   */
  unitPrice: string;
  /** What the customer is expected to pay, in the same form; null where the source has none. */
  erpPrice: string | null;
  /** ISO 8601 instant, UTC, milliseconds, inclusive; `openStart` where the source has no start. */
  effectiveFrom: string;
  /** The same form, exclusive; null: no end known. */
  effectiveTo: string | null;
}

/**
 * The start of a price that has always held. Sheets write this instant as a placeholder (the
 * oldest date of the vendor's database), and it is a real one to every calendar that reads it.
 */
export const openStart = "1753-01-02T00:00:00.000Z";

/** The quantities that reservations were seen with on the wire; sheets give none. */
export const quantityLimits = { minimum: 1, maximum: 999_999_999 } as const;

/** What every SKU without dynamic attributes shares. */
export const noAttributes: Readonly<Record<string, string>> = Object.freeze({});
