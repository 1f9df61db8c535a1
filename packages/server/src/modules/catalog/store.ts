/** SQL of the catalog's readers. Ids are stored in upper case, so a caller's are raised to it. */
import { type Db, type Sql, sql } from "../../foundation/database/sql.ts";
import {
  type Availability,
  catalogItemId,
  type ItemId,
  type Offer,
  type Product,
  type Restriction,
  type Sku,
} from "./catalog-item.ts";
import type { BillingPlan, ProductKind, ReservationScope, Segment } from "./offer.ts";
import type { TargetView } from "./selection.ts";

/** Where, when and to whom something is sold, and in which language it is described. */
export interface Sale {
  /** Upper case. */
  country: string;
  at: Date;
  /** The subscription that reservations must be usable with; null: whichever. */
  scope: ReservationScope | null;
  /** What the partner may sell there. */
  kinds: readonly ProductKind[];
  /** Those that are open to the buyer. */
  segments: readonly Segment[];
  /** `en-US`, or a locale that products may have been translated to. */
  locale: string;
}

/**
 * True where the price version that holds at the instant exists: the last one that has started,
 * unless it has ended. Speaks of availability `a`.
 */
function hasPrice(at: Date): Sql {
  return sql`(
    SELECT price.effective_to IS NULL OR price.effective_to > ${at}
    FROM price
    WHERE price.product_id = a.product_id AND price.sku_id = a.sku_id
      AND price.availability_id = a.availability_id AND price.effective_from <= ${at}
    ORDER BY price.effective_from DESC LIMIT 1)`;
}

/** Condition on availability `a` of product `p`: it is sold there and then. */
export function isSold({ country, at, scope, kinds, segments }: Sale): Sql {
  return sql`a.market = ${country} AND p.kind = ANY(${kinds}::text[])
    AND a.segment = ANY(${segments}::text[])
    AND (p.kind <> 'reservation' OR a.reservation_scope IS NULL
      OR ${scope}::text IS NULL OR a.reservation_scope = ${scope})
    AND ${hasPrice(at)}`;
}

/** Another number after every change of the catalog. */
export const catalogRevision = sql`(SELECT revision::text FROM catalog_state)`;

/** When prices begin and end, in milliseconds, ascending. */
export async function loadPriceSteps(db: Db): Promise<number[]> {
  const rows = await db.query<{ at: Date }>(sql`
    SELECT effective_from AS at FROM price
    UNION
    SELECT effective_to FROM price WHERE effective_to IS NOT NULL
    ORDER BY 1`);
  return rows.map(({ at }) => at.getTime());
}

const texts = { title: sql`title`, description: sql`description` };

/** A text of a product or SKU in the locale, or its own where it has no translation. */
function inLocale(row: Sql, name: keyof typeof texts, locale: string): Sql {
  const own = sql`${row}.${texts[name]}`;
  if (locale === "en-US") return own;
  return sql`coalesce(${row}.translations -> ${locale}::text ->> ${name}::text, ${own})`;
}

function productColumns({ locale }: Sale): Sql {
  return sql`p.product_id, ${inLocale(sql`p`, "title", locale)} AS product_title,
    ${inLocale(sql`p`, "description", locale)} AS product_description, p.kind, p.reservation_type,
    p.publisher_name`;
}

function skuColumns({ locale }: Sale): Sql {
  return sql`s.sku_id, ${inLocale(sql`s`, "title", locale)} AS sku_title,
    ${inLocale(sql`s`, "description", locale)} AS sku_description,
    s.minimum_quantity, s.maximum_quantity, s.dynamic_attributes,
    EXISTS (
      SELECT 1 FROM download_option d WHERE d.product_id = s.product_id AND d.sku_id = s.sku_id
    ) AS has_downloads`;
}

interface ProductRow {
  product_id: string;
  product_title: string;
  product_description: string;
  kind: Product["kind"];
  reservation_type: Product["reservationType"];
  publisher_name: string;
}

interface SkuRow {
  sku_id: string;
  sku_title: string;
  sku_description: string;
  minimum_quantity: number;
  maximum_quantity: number;
  dynamic_attributes: Readonly<Record<string, unknown>>;
  has_downloads: boolean;
}

function productOf(row: ProductRow): Product {
  return {
    productId: row.product_id,
    title: row.product_title,
    description: row.product_description,
    kind: row.kind,
    reservationType: row.reservation_type,
    publisherName: row.publisher_name,
  };
}

function skuOf(row: SkuRow): Sku {
  return {
    skuId: row.sku_id,
    title: row.sku_title,
    description: row.sku_description,
    minimumQuantity: row.minimum_quantity,
    maximumQuantity: row.maximum_quantity,
    dynamicAttributes: row.dynamic_attributes,
    hasDownloads: row.has_downloads,
  };
}

/**
 * The products of a view with something sold in one of the segments. LIMIT keeps the planner from
 * a join that would look at every availability of the market: it stops at a product's first.
 */
export async function loadProducts(
  db: Db,
  sale: Sale,
  view: TargetView,
  segments: readonly Segment[],
): Promise<Product[]> {
  const { kinds, reservationType, onlySuse } = view;
  // Only what narrows the view stands in the statement, so that the index serves a narrow one.
  const ofType = reservationType ? sql`AND p.reservation_type = ${reservationType}` : sql``;
  const ofSuse = onlySuse ? sql`AND p.is_suse` : sql``;
  const rows = await db.query<ProductRow>(sql`
    SELECT ${productColumns(sale)}
    FROM product p
    CROSS JOIN LATERAL (
      SELECT 1 FROM availability a
      WHERE a.product_id = p.product_id AND ${isSold({ ...sale, segments })}
      LIMIT 1
    ) sold
    WHERE p.kind = ANY(${kinds}::text[]) ${ofType} ${ofSuse}
    ORDER BY p.title COLLATE "C", p.product_id`);
  return rows.map(productOf);
}

export async function loadProduct(
  db: Db,
  sale: Sale,
  productId: string,
): Promise<Product | undefined> {
  const [row] = await db.query<ProductRow>(sql`
    SELECT ${productColumns(sale)}
    FROM product p
    CROSS JOIN LATERAL (
      SELECT 1 FROM availability a WHERE a.product_id = p.product_id AND ${isSold(sale)} LIMIT 1
    ) sold
    WHERE p.product_id = ${productId.toUpperCase()}`);
  return row && productOf(row);
}

/** A SKU with what its availabilities, sold there and then in whatever segment, say of it. */
export interface SoldSku {
  product: Product;
  sku: Sku;
  /** Of each availability, in the order in which availabilities are listed. */
  plans: readonly BillingPlan[];
  segments: readonly Segment[];
}

/** The sold SKUs of a product, or the one named. */
export async function loadSkus(
  db: Db,
  sale: Sale,
  productId: string,
  skuId: string | null,
): Promise<SoldSku[]> {
  type Row = ProductRow & SkuRow & { plans: BillingPlan[]; segments: Segment[] };
  const rows = await db.query<Row>(sql`
    SELECT ${productColumns(sale)}, ${skuColumns(sale)}, sold.plans, sold.segments
    FROM product p
    JOIN sku s ON s.product_id = p.product_id
    CROSS JOIN LATERAL (
      SELECT array_agg(a.billing_plan ORDER BY ${listed}) AS plans,
        array_agg(DISTINCT a.segment) AS segments
      FROM availability a
      WHERE a.product_id = s.product_id AND a.sku_id = s.sku_id AND ${isSold(sale)}
    ) sold
    WHERE p.product_id = ${productId.toUpperCase()}
      AND (${skuId?.toUpperCase() ?? null}::text IS NULL OR s.sku_id = ${skuId?.toUpperCase()})
      AND sold.plans IS NOT NULL
    ORDER BY s.sku_id`);
  return rows.map((row) => ({
    product: productOf(row),
    sku: skuOf(row),
    plans: row.plans,
    segments: row.segments,
  }));
}

/** The order of availabilities `a`: clients take the first, which must be the ordinary one. */
const listed = sql`a.segment <> 'commercial', a.availability_id`;

export interface SoldAvailability {
  product: Product;
  sku: Sku;
  availability: Availability;
}

/** The sold availabilities of a SKU, or the one named. */
export async function loadAvailabilities(
  db: Db,
  sale: Sale,
  ids: { productId: string; skuId: string; availabilityId: string | null },
): Promise<SoldAvailability[]> {
  const availabilityId = ids.availabilityId?.toUpperCase() ?? null;
  type Row = ProductRow &
    SkuRow & {
      availability_id: string;
      market: string;
      currency: string;
      segment: Segment;
      term: string | null;
      billing_plan: BillingPlan;
      reservation_scope: ReservationScope | null;
      is_purchasable: boolean;
    };
  const rows = await db.query<Row>(sql`
    SELECT ${productColumns(sale)}, ${skuColumns(sale)}, a.availability_id, a.market, a.currency, a.segment,
      a.term, a.billing_plan, a.reservation_scope, a.is_purchasable
    FROM product p
    JOIN sku s ON s.product_id = p.product_id
    JOIN availability a ON a.product_id = s.product_id AND a.sku_id = s.sku_id
    WHERE p.product_id = ${ids.productId.toUpperCase()}
      AND s.sku_id = ${ids.skuId.toUpperCase()}
      AND (${availabilityId}::text IS NULL OR a.availability_id = ${availabilityId})
      AND ${isSold(sale)}
    ORDER BY ${listed}`);
  return rows.map((row) => ({
    product: productOf(row),
    sku: skuOf(row),
    availability: {
      availabilityId: row.availability_id,
      market: row.market,
      currency: row.currency,
      segment: row.segment,
      term: row.term,
      billingPlan: row.billing_plan,
      reservationScope: row.reservation_scope,
      isPurchasable: row.is_purchasable,
    },
  }));
}

/** Whether the product and the SKU are sold there and then: tells which of them is missing. */
export async function loadPresence(
  db: Db,
  sale: Sale,
  productId: string,
  skuId: string,
): Promise<{ product: boolean; sku: boolean }> {
  const [row] = await db.query<{ product: boolean; sku: boolean }>(sql`
    SELECT count(*) > 0 AS product, count(*) FILTER (WHERE found.is_sku) > 0 AS sku
    FROM product p
    CROSS JOIN LATERAL (
      (SELECT false AS is_sku FROM availability a
        WHERE a.product_id = p.product_id AND ${isSold(sale)} LIMIT 1)
      UNION ALL
      (SELECT true FROM availability a
        WHERE a.product_id = p.product_id AND a.sku_id = ${skuId.toUpperCase()}
          AND ${isSold(sale)} LIMIT 1)
    ) found
    WHERE p.product_id = ${productId.toUpperCase()}`);
  return row ?? { product: false, sku: false };
}

/** What the inventory check is asked about; without a SKU, all of the product. */
export interface InventoryTarget {
  productId: string;
  skuId: string | null;
}

export interface InventorySku {
  productId: string;
  skuId: string;
  kind: Product["kind"];
  restrictions: readonly Restriction[];
}

const restrictionsOf = sql`(
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'reasonCode', r.reason_code,
    'description', r.description,
    'type', r.restriction_type,
    'values', r.restriction_values
  ) ORDER BY r.reason_code), '[]')
  FROM inventory_restriction r
  WHERE r.product_id = s.product_id AND r.sku_id = s.sku_id)`;

/** The sold SKUs that the targets mean, each once, in the order of the targets, then by id. */
export async function loadInventory(
  db: Db,
  sale: Sale,
  targets: readonly InventoryTarget[],
): Promise<InventorySku[]> {
  return db.query<InventorySku>(sql`
    SELECT s.product_id AS "productId", s.sku_id AS "skuId", p.kind,
      ${restrictionsOf} AS restrictions
    FROM (
      SELECT upper(product_id) AS product_id, upper(sku_id) AS sku_id, min(position) AS position
      FROM unnest(
        ${targets.map((target) => target.productId)}::text[],
        ${targets.map((target) => target.skuId)}::text[]
      ) WITH ORDINALITY AS target (product_id, sku_id, position)
      GROUP BY 1, 2
    ) target
    JOIN product p ON p.product_id = target.product_id
    JOIN sku s ON s.product_id = p.product_id
      AND (target.sku_id IS NULL OR s.sku_id = target.sku_id)
    CROSS JOIN LATERAL (
      SELECT 1 FROM availability a
      WHERE a.product_id = s.product_id AND a.sku_id = s.sku_id AND ${isSold(sale)}
      LIMIT 1
    ) sold
    GROUP BY s.product_id, s.sku_id, p.kind
    ORDER BY min(target.position), s.sku_id`);
}

/**
 * Offers by their catalog item id, with the price that holds at `at`. Unknown ids are absent.
 * One statement for any number of items.
 */
export async function loadOffers(
  db: Db,
  items: readonly ItemId[],
  at: Date,
): Promise<Map<string, Offer>> {
  const rows = await db.query<Omit<Offer, "catalogItemId">>(sql`
    SELECT a.product_id AS "productId", a.sku_id AS "skuId",
      a.availability_id AS "availabilityId", a.market, a.currency, a.segment, a.term,
      a.billing_plan AS "billingPlan", a.reservation_scope AS "reservationScope",
      a.is_purchasable AS "isPurchasable", p.kind, p.reservation_type AS "reservationType",
      p.title AS "productTitle", s.title AS "skuTitle", p.publisher_name AS "publisherName",
      s.minimum_quantity AS "minimumQuantity", s.maximum_quantity AS "maximumQuantity",
      CASE WHEN version.effective_to IS NULL OR version.effective_to > ${at}
        THEN version.unit_price END AS "unitPrice",
      ${restrictionsOf} AS restrictions
    FROM (
      SELECT DISTINCT upper(product_id) AS product_id, upper(sku_id) AS sku_id,
        upper(availability_id) AS availability_id
      FROM unnest(
        ${items.map((item) => item.productId)}::text[],
        ${items.map((item) => item.skuId)}::text[],
        ${items.map((item) => item.availabilityId)}::text[]
      ) AS wanted (product_id, sku_id, availability_id)
    ) wanted
    JOIN availability a USING (product_id, sku_id, availability_id)
    JOIN sku s USING (product_id, sku_id)
    JOIN product p USING (product_id)
    LEFT JOIN LATERAL (
      SELECT price.unit_price, price.effective_to
      FROM price
      WHERE price.product_id = a.product_id AND price.sku_id = a.sku_id
        AND price.availability_id = a.availability_id AND price.effective_from <= ${at}
      ORDER BY price.effective_from DESC LIMIT 1
    ) version ON true`);
  return new Map(
    rows.map((row) => {
      const id = catalogItemId(row);
      return [id, { catalogItemId: id, ...row }];
    }),
  );
}
