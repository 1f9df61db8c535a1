/** SQL of the default catalog's seed, besides what the import does. */
import { type Db, sql } from "../../../foundation/database/sql.ts";
import type { DownloadOption, InventoryRestriction } from "../default-catalog.ts";
import type { Translation } from "../default-translations.ts";

/** Makes restrictions that are missing and updates those that differ. */
export async function writeRestrictions(
  tx: Db,
  restrictions: readonly InventoryRestriction[],
): Promise<void> {
  await tx.query(sql`
    INSERT INTO inventory_restriction AS known
      (product_id, sku_id, reason_code, description, restriction_type, restriction_values)
    SELECT * FROM unnest(
      ${restrictions.map((row) => row.productId)}::text[],
      ${restrictions.map((row) => row.skuId)}::text[],
      ${restrictions.map((row) => row.reasonCode)}::text[],
      ${restrictions.map((row) => row.description)}::text[],
      ${restrictions.map((row) => row.type)}::text[],
      ${restrictions.map((row) => row.values)}::text[])
    ON CONFLICT (product_id, sku_id, reason_code) DO UPDATE
    SET description = excluded.description, restriction_type = excluded.restriction_type,
      restriction_values = excluded.restriction_values
    WHERE (known.description, known.restriction_type, known.restriction_values)
      IS DISTINCT FROM
      (excluded.description, excluded.restriction_type, excluded.restriction_values)`);
}

/** Makes downloads that are missing and updates those that differ. */
export async function writeDownloads(tx: Db, downloads: readonly DownloadOption[]): Promise<void> {
  await tx.query(sql`
    INSERT INTO download_option AS known (product_id, sku_id, option_key, title, display_rank,
      cpu_and_file_type, language_code, language_name, file_size)
    SELECT * FROM unnest(
      ${downloads.map((row) => row.productId)}::text[],
      ${downloads.map((row) => row.skuId)}::text[],
      ${downloads.map((row) => row.optionKey)}::text[],
      ${downloads.map((row) => row.optionTitle)}::text[],
      ${downloads.map((row) => row.displayRank)}::integer[],
      ${downloads.map((row) => row.cpuAndFileType)}::text[],
      ${downloads.map((row) => row.languageCode)}::text[],
      ${downloads.map((row) => row.languageName)}::text[],
      ${downloads.map((row) => row.fileSize)}::bigint[])
    ON CONFLICT (product_id, sku_id, option_key) DO UPDATE
    SET title = excluded.title, display_rank = excluded.display_rank,
      cpu_and_file_type = excluded.cpu_and_file_type, language_code = excluded.language_code,
      language_name = excluded.language_name, file_size = excluded.file_size
    WHERE (known.title, known.display_rank, known.cpu_and_file_type, known.language_code,
        known.language_name, known.file_size)
      IS DISTINCT FROM
      (excluded.title, excluded.display_rank, excluded.cpu_and_file_type, excluded.language_code,
        excluded.language_name, excluded.file_size)`);
}

/** Gives products and SKUs the translations that they lack or have otherwise. */
export async function writeTranslations(
  tx: Db,
  translations: readonly Translation[],
): Promise<void> {
  const given = sql`
    SELECT product_id, sku_id,
      jsonb_object_agg(locale, jsonb_build_object('title', title, 'description', description))
        AS translations
    FROM unnest(
      ${translations.map((row) => row.productId)}::text[],
      ${translations.map((row) => row.skuId)}::text[],
      ${translations.map((row) => row.locale)}::text[],
      ${translations.map((row) => row.title)}::text[],
      ${translations.map((row) => row.description)}::text[]
    ) AS given (product_id, sku_id, locale, title, description)
    GROUP BY product_id, sku_id`;
  await tx.query(sql`
    UPDATE product SET translations = given.translations FROM (${given}) given
    WHERE given.sku_id IS NULL AND product.product_id = given.product_id
      AND product.translations <> given.translations`);
  await tx.query(sql`
    UPDATE sku SET translations = given.translations FROM (${given}) given
    WHERE sku.product_id = given.product_id AND sku.sku_id = given.sku_id
      AND sku.translations <> given.translations`);
}
