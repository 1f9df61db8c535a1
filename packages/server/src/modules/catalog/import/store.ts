/**
 * SQL of the import. All of it runs in one transaction on one connection: rows are copied into
 * `import_row`, compared with the catalog as sets, and written where they differ.
 */
import type pg from "pg";
import { type RowCopy, startCopy } from "./io/copy-rows.ts";
import { stagedColumns } from "./staged-line.ts";

/** Of each sort and hash. Merging 1 000 000 rows takes 14 s with it, 13 s with twice as much. */
const workMemory = "64MB";

/**
 * Empties `import_row`. The lock that this takes makes imports wait for one another, so that the
 * statements below see a catalog that nobody else changes.
 */
export async function beginImport(client: pg.PoolClient): Promise<void> {
  await client.query("BEGIN");
  await client.query(`SET LOCAL work_mem = '${workMemory}'`);
  await client.query("TRUNCATE import_row");
}

/** A COPY into `import_row` of lines as `lineWriter` makes them. */
export function copyRows(client: pg.PoolClient): RowCopy {
  const columns = stagedColumns.join(", ");
  // FREEZE: the rows need no second visit to be marked as committed, which nobody else sees.
  return startCopy(client, `COPY import_row (${columns}) FROM STDIN (FREEZE)`);
}

/** Tells the planner how many rows there are and how wide: it knows nothing of a new table. */
export async function analyzeRows(client: pg.PoolClient): Promise<void> {
  await client.query("ANALYZE import_row");
}

/** Empties `import_row` again and makes everything visible at once. */
export async function commitImport(client: pg.PoolClient): Promise<void> {
  await client.query("TRUNCATE import_row");
  await client.query("COMMIT");
}

const itemColumns = "product_id, sku_id, availability_id";

/** What the rows are against the catalog as it stands. */
export interface Survey {
  /** Availabilities of the file, all together. */
  availabilities: number;
  /** Of them, those that the catalog has not. */
  made: number;
  /** Of the others, those with a price that is new or has changed. */
  changed: number;
  /** Rows of availabilities that have several; among them may be repeats. */
  shared: number;
  /** Availabilities whose id stands for something else already. */
  clashing: number;
}

export async function surveyRows(client: pg.PoolClient): Promise<Survey> {
  const { rows } = await client.query<Record<keyof Survey, bigint>>(`
    SELECT count(*) AS availabilities,
      count(*) FILTER (WHERE is_new) AS made,
      count(*) FILTER (WHERE NOT is_new AND differs) AS changed,
      coalesce(sum(size) FILTER (WHERE size > 1), 0)::bigint AS shared,
      count(*) FILTER (WHERE clashes) AS clashing
    FROM (
      SELECT count(*) AS size,
        bool_or(a.product_id IS NULL) AS is_new,
        bool_or(p.product_id IS NULL OR (${priceDiffers})) AS differs,
        bool_or(a.product_id IS NOT NULL AND (${keyDiffers})) AS clashes
      FROM import_row r
      LEFT JOIN availability a USING (${itemColumns})
      LEFT JOIN price p USING (${itemColumns}, effective_from)
      GROUP BY ${itemColumns}
    ) item`);
  const [found] = rows;
  if (!found) throw new Error("an aggregate without GROUP BY answers one row");
  const { availabilities, made, changed, shared, clashing } = found;
  return {
    availabilities: Number(availabilities),
    made: Number(made),
    changed: Number(changed),
    shared: Number(shared),
    clashing: Number(clashing),
  };
}

const priceDiffers = `(p.effective_to, p.unit_price, p.erp_price)
  IS DISTINCT FROM (r.effective_to, r.unit_price, r.erp_price)`;

const keyDiffers = `
  (a.market, a.currency, a.segment, a.term, a.billing_plan, a.reservation_scope)
  IS DISTINCT FROM (r.market, r.currency, r.segment, r.term, r.billing_plan, r.reservation_scope)`;

export interface Repeat {
  line: number;
  /** The line that priced the same item from the same instant before. */
  first: number;
}

/** Each row with the first one that prices the same item from the same instant. */
const ranked = `
  SELECT line, min(line) OVER (PARTITION BY ${itemColumns}, effective_from) AS first
  FROM import_row`;

/**
 * Takes out the rows that price an item from an instant that an earlier row has. Answers how many
 * there were, and the first `listed` of them: a file may repeat itself a million times.
 */
export async function removeRepeats(
  client: pg.PoolClient,
  listed: number,
): Promise<{ count: number; repeats: Repeat[] }> {
  const { rows: repeats } = await client.query<Repeat>(
    `SELECT line, first FROM (${ranked}) ranked WHERE first < line ORDER BY line LIMIT $1`,
    [listed],
  );
  if (repeats.length === 0) return { count: 0, repeats };
  const { rowCount } = await client.query(
    `DELETE FROM import_row USING (${ranked}) ranked
     WHERE import_row.line = ranked.line AND ranked.first < ranked.line`,
  );
  return { count: rowCount ?? 0, repeats };
}

/** The texts of the file: the last row that has any counts. */
const lastProducts = `
  SELECT DISTINCT ON (product_id) product_id, product_title AS title,
    product_description AS description, kind, reservation_type, is_suse, publisher_name
  FROM import_row WHERE product_title IS NOT NULL
  ORDER BY product_id, line DESC`;
const lastSkus = `
  SELECT DISTINCT ON (product_id, sku_id) product_id, sku_id, sku_title AS title,
    sku_description AS description, minimum_quantity, maximum_quantity, dynamic_attributes
  FROM import_row WHERE sku_title IS NOT NULL
  ORDER BY product_id, sku_id, line DESC`;

const productColumns = "title, description, kind, reservation_type, is_suse, publisher_name";
const skuColumns = "title, description, minimum_quantity, maximum_quantity, dynamic_attributes";

function each(columns: string, alias: string): string {
  return columns.replace(/\w+/g, (column) => `${alias}.${column}`);
}

export interface TextsWritten {
  /** In the file. */
  total: number;
  changed: number;
}

/** Makes the products that are missing and updates those that differ; touches no others. */
export async function writeProducts(client: pg.PoolClient): Promise<TextsWritten> {
  const total = await client.query(
    "SELECT FROM import_row WHERE product_title IS NOT NULL GROUP BY product_id",
  );
  const changed = await client.query(`
    UPDATE product known SET (${productColumns}) = ROW (${each(productColumns, "last")})
    FROM (${lastProducts}) last
    WHERE known.product_id = last.product_id
      AND (${each(productColumns, "known")}) IS DISTINCT FROM (${each(productColumns, "last")})`);
  await client.query(`
    INSERT INTO product (product_id, ${productColumns})
    SELECT last.product_id, ${each(productColumns, "last")}
    FROM (${lastProducts}) last
    LEFT JOIN product known USING (product_id)
    WHERE known.product_id IS NULL`);
  return { total: total.rowCount ?? 0, changed: changed.rowCount ?? 0 };
}

/** The same for SKUs, whose products must be there. */
export async function writeSkus(client: pg.PoolClient): Promise<TextsWritten> {
  const total = await client.query(
    "SELECT FROM import_row WHERE sku_title IS NOT NULL GROUP BY product_id, sku_id",
  );
  const changed = await client.query(`
    UPDATE sku known SET (${skuColumns}) = ROW (${each(skuColumns, "last")})
    FROM (${lastSkus}) last
    WHERE known.product_id = last.product_id AND known.sku_id = last.sku_id
      AND (${each(skuColumns, "known")}) IS DISTINCT FROM (${each(skuColumns, "last")})`);
  await client.query(`
    INSERT INTO sku (product_id, sku_id, ${skuColumns})
    SELECT last.product_id, last.sku_id, ${each(skuColumns, "last")}
    FROM (${lastSkus}) last
    LEFT JOIN sku known USING (product_id, sku_id)
    WHERE known.product_id IS NULL`);
  return { total: total.rowCount ?? 0, changed: changed.rowCount ?? 0 };
}

const availabilityColumns = `${itemColumns}, market, currency, segment, term, billing_plan,
  reservation_scope`;

/** In the order of the key, so that the index grows page by page. */
export async function insertAvailabilities(client: pg.PoolClient): Promise<void> {
  // DISTINCT over all columns: two offers with one id do not merge, but fail on the key.
  await client.query(`
    INSERT INTO availability (${availabilityColumns})
    SELECT DISTINCT ${each(availabilityColumns, "r")}
    FROM import_row r
    LEFT JOIN availability a USING (${itemColumns})
    WHERE a.product_id IS NULL
    ORDER BY 1, 2, 3`);
}

const priceColumns = `${itemColumns}, effective_from, effective_to, unit_price, erp_price`;

/** Versions that are known and of which the file says something else. */
export async function updatePrices(client: pg.PoolClient): Promise<void> {
  await client.query(`
    UPDATE price p
    SET effective_to = r.effective_to, unit_price = r.unit_price, erp_price = r.erp_price
    FROM import_row r
    WHERE (p.product_id, p.sku_id, p.availability_id, p.effective_from)
      = (r.product_id, r.sku_id, r.availability_id, r.effective_from)
      AND (${priceDiffers})`);
}

/** Versions that are not known yet. */
export async function insertPrices(client: pg.PoolClient): Promise<void> {
  await client.query(`
    INSERT INTO price (${priceColumns})
    SELECT ${each(priceColumns, "r")}
    FROM import_row r
    LEFT JOIN price p USING (${itemColumns}, effective_from)
    WHERE p.product_id IS NULL
    ORDER BY 1, 2, 3, 4`);
}
