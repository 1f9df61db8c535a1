/** Products, SKUs, availabilities and prices: discovery, import, and what a purchase needs. */
export {
  catalogItemId,
  catalogItemIdOf,
  type ItemId,
  itemWithTerm,
  type Offer,
  type Restriction,
} from "./catalog-item.ts";
export { defaultCatalog } from "./default-catalog.ts";
export { registerDownloads } from "./downloads/routes.ts";
export { billingCyclesOf, isRenewable, refundOf, requirementsOf } from "./requirements.ts";
export { skuKey } from "./restrictions/restriction.ts";
export { loadRestrictionsOf, takeStocks } from "./restrictions/use-cases.ts";
export { catalogRoutes } from "./routes.ts";
export { type Seller, saleObstacle } from "./sellable.ts";
export { countWanted, leftOf, type StockShare } from "./stocks/stock.ts";
export { loadOffers } from "./store.ts";
export { type ImportProgress, importFiles } from "./use-cases/import-files.ts";
export type { ImportReport } from "./use-cases/import-offers.ts";
export { seedCatalog } from "./use-cases/seed.ts";
