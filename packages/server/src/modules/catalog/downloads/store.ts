/** SQL of downloads. */
import { type Db, sql } from "../../../foundation/database/sql.ts";
import type { DownloadOption } from "../default-catalog.ts";
import { isSold, type Sale } from "../store.ts";

/** The downloads of a SKU that is sold there and then; none where it is not. */
export async function loadDownloads(
  db: Db,
  sale: Sale,
  productId: string,
  skuId: string,
): Promise<DownloadOption[]> {
  type Row = Omit<DownloadOption, "fileSize"> & { fileSize: bigint };
  const rows = await db.query<Row>(sql`
    SELECT d.product_id AS "productId", d.sku_id AS "skuId", d.option_key AS "optionKey",
      d.title AS "optionTitle", d.display_rank AS "displayRank",
      d.cpu_and_file_type AS "cpuAndFileType", d.language_code AS "languageCode",
      d.language_name AS "languageName", d.file_size AS "fileSize"
    FROM download_option d
    JOIN product p USING (product_id)
    WHERE d.product_id = ${productId.toUpperCase()} AND d.sku_id = ${skuId.toUpperCase()}
      AND EXISTS (
        SELECT 1 FROM availability a
        WHERE a.product_id = d.product_id AND a.sku_id = d.sku_id AND ${isSold(sale)})
    ORDER BY d.display_rank, d.option_key`);
  return rows.map((row) => ({ ...row, fileSize: Number(row.fileSize) }));
}

/** A download by its ids alone, for a link that has been signed. */
export async function loadDownload(
  db: Db,
  ids: { productId: string; skuId: string; optionKey: string },
): Promise<{ optionTitle: string; skuTitle: string; productTitle: string } | undefined> {
  const [row] = await db.query<{ optionTitle: string; skuTitle: string; productTitle: string }>(sql`
    SELECT d.title AS "optionTitle", s.title AS "skuTitle", p.title AS "productTitle"
    FROM download_option d
    JOIN sku s USING (product_id, sku_id)
    JOIN product p USING (product_id)
    WHERE d.product_id = ${ids.productId} AND d.sku_id = ${ids.skuId}
      AND d.option_key = ${ids.optionKey}`);
  return row;
}
