/** Products, SKUs, availabilities and prices: discovery, import, and what a purchase needs. */
export { catalogItemId, type Offer, type Restriction } from "./catalog-item.ts";
export { defaultCatalog } from "./default-catalog.ts";
export { registerDownloads } from "./downloads/routes.ts";
export {
  type ImportFilesOptions,
  type ImportProgress,
  importFiles,
} from "./import/import-files.ts";
export {
  type ImportOptions,
  type ImportReport,
  importOffers,
  type RejectedRow,
} from "./import/import-offers.ts";
export { billingCyclesOf, type Requirements, requirementsOf } from "./requirements.ts";
export { catalogRoutes } from "./routes.ts";
export { catalogItemIdOf, seedCatalog } from "./seed.ts";
export { DamagedSheetError, NotASheetError } from "./sheets/sheet-error.ts";
export { loadOffers } from "./store.ts";
