/** Products, SKUs, availabilities and prices: discovery, import, and what a purchase needs. */
export { catalogItemId, catalogItemIdOf, type Offer, type Restriction } from "./catalog-item.ts";
export { defaultCatalog } from "./default-catalog.ts";
export { registerDownloads } from "./downloads/routes.ts";
export { billingCyclesOf, type Requirements, requirementsOf } from "./requirements.ts";
export { catalogRoutes } from "./routes.ts";
export { DamagedSheetError, NotASheetError } from "./sheets/sheet-error.ts";
export { loadOffers } from "./store.ts";
export {
  type ImportFilesOptions,
  type ImportProgress,
  importFiles,
} from "./use-cases/import-files.ts";
export {
  type ImportOptions,
  type ImportReport,
  importOffers,
  type RejectedRow,
} from "./use-cases/import-offers.ts";
export { seedCatalog } from "./use-cases/seed.ts";
