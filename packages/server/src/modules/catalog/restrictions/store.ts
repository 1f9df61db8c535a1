/** SQL of the restrictions that partners add. */
import { type Db, type Sql, sql } from "../../../foundation/database/sql.ts";
import type { Restriction } from "../catalog-item.ts";
import type { ProductKind } from "../offer.ts";
import {
  type AddedRestriction,
  type Scope,
  type ScopedRestriction,
  skuKey,
} from "./restriction.ts";

/** In the order in which they were added. */
export async function loadAdded(db: Db, partnerId: string): Promise<AddedRestriction[]> {
  return db.query<AddedRestriction>(sql`
    SELECT restriction_id AS "restrictionId", product_id AS "productId", sku_id AS "skuId",
      customer_id AS "customerId", subscription_id AS "subscriptionId",
      arm_region_name AS "armRegionName", reason_code AS "reasonCode", description, quantity
    FROM partner_restriction WHERE partner_id = ${partnerId}
    ORDER BY created_at, restriction_id`);
}

/** A SKU that has a stock, and what stands against it when nothing is left. */
export interface LimitedSku extends Restriction {
  productId: string;
  skuId: string;
}

/** What a partner adds to SKUs. */
export interface Added {
  /** By `skuKey`; SKUs without any are absent. */
  scoped: ReadonlyMap<string, ScopedRestriction[]>;
  limited: readonly LimitedSku[];
}

/** What the partner adds to the given SKUs: one statement. */
export async function loadScoped(
  db: Db,
  partnerId: string,
  skus: readonly { productId: string; skuId: string }[],
): Promise<Added> {
  if (skus.length === 0) return { scoped: new Map(), limited: [] };
  type Row = ScopedRestriction & { productId: string; skuId: string; isStock: boolean };
  const rows = await db.query<Row>(sql`
    SELECT s.product_id AS "productId", s.sku_id AS "skuId", r.reason_code AS "reasonCode",
      r.description, 'Location' AS type, r.customer_id AS "customerId",
      r.quantity IS NOT NULL AS "isStock", r.subscription_id AS "subscriptionId",
      coalesce(r.arm_region_name, s.dynamic_attributes ->> 'armRegionName', '') AS values
    FROM partner_restriction r
    JOIN sku s ON (s.product_id, s.sku_id) IN (
      SELECT * FROM unnest(
        ${skus.map((sku) => sku.productId.toUpperCase())}::text[],
        ${skus.map((sku) => sku.skuId.toUpperCase())}::text[]))
    WHERE r.partner_id = ${partnerId} AND ${restricts}
    ORDER BY r.created_at, r.restriction_id`);
  const found = new Map<string, ScopedRestriction[]>();
  for (const { productId, skuId, isStock, ...restriction } of rows) {
    if (isStock) continue;
    const key = skuKey({ productId, skuId });
    found.set(key, [...(found.get(key) ?? []), restriction]);
  }
  return { scoped: found, limited: rows.filter(({ isStock }) => isStock) };
}

/** Whether restriction `r` speaks of SKU `s`. */
const restricts: Sql = sql`(r.product_id IS NULL OR r.product_id = s.product_id)
  AND (r.sku_id IS NULL OR r.sku_id = s.sku_id)
  AND (r.arm_region_name IS NULL
    OR lower(s.dynamic_attributes ->> 'armRegionName') = r.arm_region_name)`;

/** True where the catalog has a SKU of one of the kinds that the scope speaks of. */
export async function meetsSku(
  db: Db,
  scope: Scope,
  kinds: readonly ProductKind[],
): Promise<boolean> {
  const rows = await db.query(sql`
    SELECT 1 FROM sku s JOIN product p USING (product_id)
    CROSS JOIN (SELECT ${scope.productId}::text AS product_id, ${scope.skuId}::text AS sku_id,
      ${scope.armRegionName}::text AS arm_region_name) r
    WHERE p.kind = ANY(${kinds}::text[]) AND ${restricts} LIMIT 1`);
  return rows.length === 1;
}

/**
 * Adds a restriction, or sets a SKU's stock anew; answers its id. Undefined where the partner has as
 * many as it may have, and then nothing was written.
 */
export async function insertAdded(
  tx: Db,
  partnerId: string,
  row: AddedRestriction,
  limit: number,
  at: Date,
): Promise<string | undefined> {
  const [added] = await tx.query<{ id: string }>(sql`
    INSERT INTO partner_restriction (partner_id, restriction_id, product_id, sku_id, customer_id,
      subscription_id, arm_region_name, reason_code, description, quantity, created_at)
    SELECT ${partnerId}::uuid, ${row.restrictionId}::uuid, ${row.productId}, ${row.skuId},
      ${row.customerId}::uuid, ${row.subscriptionId}::uuid, ${row.armRegionName},
      ${row.reasonCode}, ${row.description}, ${row.quantity}::integer, ${at}::timestamptz
    WHERE (SELECT count(*) FROM partner_restriction WHERE partner_id = ${partnerId}::uuid)
      < ${limit}::bigint
    ON CONFLICT (partner_id, product_id, sku_id) WHERE quantity IS NOT NULL DO UPDATE SET
      reason_code = excluded.reason_code, description = excluded.description,
      quantity = excluded.quantity, created_at = excluded.created_at
    RETURNING restriction_id AS id`);
  return added?.id;
}

/** Removes one, or all; answers how many there were. */
export async function deleteAdded(
  tx: Db,
  partnerId: string,
  restrictionId: string | null,
): Promise<number> {
  const rows = await tx.query(sql`
    DELETE FROM partner_restriction
    WHERE partner_id = ${partnerId}
      AND (${restrictionId}::uuid IS NULL OR restriction_id = ${restrictionId}::uuid)
    RETURNING 1`);
  return rows.length;
}
