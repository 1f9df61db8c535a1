/** SQL of stocks: their rows are restrictions with a quantity; what is left of them is derived. */
import { type Db, type Sql, sql } from "../../../foundation/database/sql.ts";
import { skuKey } from "../restrictions/restriction.ts";
import type { Stocks } from "./stock.ts";

interface Sku {
  productId: string;
  skuId: string;
}

/** Holds the stocks of SKUs, in the order of their keys: whoever takes of them waits. */
export async function lockStocks(tx: Db, partnerId: string, skus: readonly Sku[]): Promise<void> {
  await tx.query(sql`
    SELECT 1 FROM partner_restriction r WHERE ${ofSkus(partnerId, skus)}
    ORDER BY product_id, sku_id FOR NO KEY UPDATE`);
}

/** What is free of SKUs at `now`, and what the carts named have of it. */
export async function loadStocks(
  db: Db,
  partnerId: string,
  skus: readonly Sku[],
  cartIds: readonly string[],
  now: Date,
): Promise<Stocks> {
  const stocks = db.query<Sku & { free: number; description: string }>(sql`
    SELECT r.product_id AS "productId", r.sku_id AS "skuId", r.description,
      greatest(r.quantity - sold.units - held.units, 0)::int AS free
    FROM partner_restriction r
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(l.quantity), 0) AS units
      FROM order_line l JOIN purchase_order o USING (partner_id, order_id)
      WHERE l.partner_id = r.partner_id AND l.product_id = r.product_id AND l.sku_id = r.sku_id
        AND l.kind = 'reservation' AND l.cancelled_at IS NULL AND o.created_at >= r.created_at
    ) sold
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(l.quantity), 0) AS units ${cartLines}
        AND o.order_id IS NULL AND c.ordered_at IS NULL AND c.expires_at > ${now}
        AND c.modified_at >= r.created_at
    ) held
    WHERE ${ofSkus(partnerId, skus)}`);
  const counted = db.query<Sku & { cartId: string; units: number }>(sql`
    SELECT r.product_id AS "productId", r.sku_id AS "skuId", own.*
    FROM partner_restriction r
    CROSS JOIN LATERAL (
      SELECT c.cart_id AS "cartId", sum(l.quantity)::float8 AS units ${cartLines}
        AND c.cart_id = ANY(${cartIds}::uuid[])
        AND (o.order_id IS NOT NULL OR c.modified_at >= r.created_at)
      GROUP BY c.cart_id
    ) own
    WHERE ${ofSkus(partnerId, skus)}`);
  const [rows, own] = await Promise.all([stocks, cartIds.length > 0 ? counted : []]);
  const countedOf = Map.groupBy(own, skuKey);
  return new Map(
    rows.map(({ free, description, ...sku }) => {
      const carts = countedOf.get(skuKey(sku)) ?? [];
      const units = new Map(carts.map((cart) => [cart.cartId, cart.units] as const));
      return [skuKey(sku), { free, description, counted: units }] as const;
    }),
  );
}

function ofSkus(partnerId: string, skus: readonly Sku[]): Sql {
  return sql`r.partner_id = ${partnerId} AND r.quantity IS NOT NULL
    AND (r.product_id, r.sku_id) IN (SELECT * FROM unnest(
      ${skus.map(({ productId }) => productId.toUpperCase())}::text[],
      ${skus.map(({ skuId }) => skuId.toUpperCase())}::text[]))`;
}

/** The lines without error of carts that are of the SKU of `r`, each with its group's order. */
const cartLines: Sql = sql`
  FROM cart_line l JOIN cart c USING (partner_id, cart_id)
  LEFT JOIN purchase_order o ON o.partner_id = l.partner_id AND o.cart_id = l.cart_id
    AND o.order_group = l.order_group
  WHERE l.partner_id = r.partner_id AND l.order_group IS NOT NULL
    AND upper(split_part(l.catalog_item_id, ':', 1)) = r.product_id
    AND upper(split_part(l.catalog_item_id, ':', 2)) = r.sku_id`;
