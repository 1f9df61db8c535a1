/** The default catalog in the database. */
import type { Database } from "../../foundation/database/pool.ts";
import { availabilityId, availabilityKeyOf } from "./availability-id.ts";
import { catalogItemId } from "./catalog-item.ts";
import { defaultCatalog } from "./default-catalog.ts";
import { importOffers } from "./import/import-offers.ts";
import type { PricedOffer } from "./offer.ts";
import { writeDownloads, writeRestrictions } from "./store.ts";

/** The catalog item that an offer prices. */
export function catalogItemIdOf(offer: PricedOffer): string {
  return catalogItemId({
    productId: offer.product.id,
    skuId: offer.sku.id,
    availabilityId: availabilityId(availabilityKeyOf(offer)),
  });
}

/** Makes the default catalog, or brings it up to date; what else is in the catalog stays. */
export async function seedCatalog(database: Database): Promise<void> {
  const { offers, restrictions, downloads } = defaultCatalog();
  const rows = offers.map((offer, index) => ({ line: index + 1, offer }));
  await importOffers(database, [rows], { file: "default catalog" });
  await database.transaction(async (tx) => {
    await writeRestrictions(tx, restrictions);
    await writeDownloads(tx, downloads);
  });
}
