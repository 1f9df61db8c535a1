/** The default catalog in the database. */
import type { Database } from "../../../foundation/database/pool.ts";
import { defaultCatalog } from "../default-catalog.ts";
import { writeDownloads, writeRestrictions, writeTranslations } from "../seed/store.ts";
import { importOffers } from "./import-offers.ts";

/** Makes the default catalog, or brings it up to date; what else is in the catalog stays. */
export async function seedCatalog(database: Database): Promise<void> {
  const { offers, restrictions, downloads, translations } = defaultCatalog();
  const rows = offers.map((offer, index) => ({ line: index + 1, offer }));
  await importOffers(database, [rows], { file: "default catalog" });
  await database.transaction(async (tx) => {
    await writeRestrictions(tx, restrictions);
    await writeDownloads(tx, downloads);
    await writeTranslations(tx, translations);
  });
}
