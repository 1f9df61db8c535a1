/** SQL of the catalog's tests. */
import { type Db, sql } from "../../../foundation/database/sql.ts";

const tables = sql`
  SELECT 'product' AS name, product_id AS id, xmin::text AS version, to_jsonb(product) AS row
  FROM product
  UNION ALL SELECT 'sku', product_id || sku_id, xmin::text, to_jsonb(sku) FROM sku
  UNION ALL SELECT 'availability', product_id || sku_id || availability_id, xmin::text,
    to_jsonb(availability) FROM availability
  UNION ALL SELECT 'price', product_id || sku_id || availability_id || effective_from, xmin::text,
    to_jsonb(price) FROM price`;

/**
 * Every row of the catalog with the transaction that wrote this version of it: equal before and
 * after exactly when nothing was written.
 */
export async function catalogRows(db: Db): Promise<Record<string, unknown>[]> {
  return db.query(sql`SELECT * FROM (${tables}) rows ORDER BY name, id`);
}

/** The parts of the catalog that foreign keys do not prove. */
export async function orphans(db: Db): Promise<number> {
  const [row] = await db.query<{ count: bigint }>(sql`
    SELECT count(*) FROM (
      SELECT FROM availability LEFT JOIN sku USING (product_id, sku_id)
      WHERE sku.sku_id IS NULL
      UNION ALL
      SELECT FROM price LEFT JOIN availability a USING (product_id, sku_id, availability_id)
      WHERE a.sku_id IS NULL
      UNION ALL
      SELECT FROM import_row
    ) orphan`);
  return Number(row?.count);
}

export interface PriceVersion {
  unitPrice: string;
  erpPrice: string | null;
  from: Date;
  to: Date | null;
}

export async function pricesOf(db: Db, productId: string): Promise<PriceVersion[]> {
  return db.query(sql`
    SELECT unit_price AS "unitPrice", erp_price AS "erpPrice", effective_from AS from,
      effective_to AS to
    FROM price WHERE product_id = ${productId} ORDER BY availability_id, effective_from`);
}

export async function withdraw(db: Db, productId: string): Promise<void> {
  await db.query(sql`
    UPDATE availability SET is_purchasable = false WHERE product_id = ${productId}`);
}

/** Makes an availability's id stand for another market. */
export async function moveAvailability(db: Db, productId: string, market: string): Promise<void> {
  await db.query(sql`UPDATE availability SET market = ${market} WHERE product_id = ${productId}`);
}

export async function countCatalog(db: Db): Promise<Record<string, number>> {
  const [row] = await db.query<Record<string, number>>(sql`
    SELECT (SELECT count(*)::int FROM product) AS products,
      (SELECT count(*)::int FROM sku) AS skus,
      (SELECT count(*)::int FROM availability) AS availabilities,
      (SELECT count(*)::int FROM price) AS prices`);
  return row ?? {};
}

/** Ends the connection of the import under way, as when its process is killed. */
export async function breakImport(db: Db): Promise<void> {
  await db.query(sql`
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE relation = 'import_row'::regclass AND mode = 'AccessExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
}
