/** SQL of exports. */
import { type Db, sql } from "../../../foundation/database/sql.ts";
import type { LineKey } from "../line-item.ts";
import type { OwnLines } from "../store.ts";
import type { ExportExtent, ExportRow } from "./export.ts";

export async function insertExport(tx: Db, row: ExportRow): Promise<void> {
  await tx.query(sql`
    INSERT INTO line_export (partner_id, export_id, kind, invoice_id, currency, period,
      attribute_set, last_charge_id, created_at, stored_at)
    VALUES (${row.partnerId}, ${row.exportId}, ${row.kind}, ${row.invoiceId}, ${row.currency},
      ${row.period}, ${row.attributeSet}, ${row.lastChargeId}, ${row.createdAt}, ${row.storedAt})`);
}

/**
 * Cuts the lines of an export into blobs of `size`, by the key of each blob's last line: one scan
 * of the index `charge_in_period`, or of a document's own lines. Without an invoice, only where the
 * month has none.
 */
export async function insertBlobs(
  tx: Db,
  row: ExportRow,
  { size, ownLines }: { size: number; ownLines: OwnLines | undefined },
): Promise<void> {
  const { partnerId, exportId, currency, period } = row;
  const amended = sql`
      SELECT * FROM amendment_line
      WHERE partner_id = ${partnerId} AND invoice_id = ${row.invoiceId}`;
  const charges = sql`
      SELECT * FROM charge
      WHERE partner_id = ${partnerId} AND currency = ${currency} AND period = ${period}
        AND charge_id <= ${row.lastChargeId}
        AND (${row.invoiceId}::text IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM invoice WHERE partner_id = ${partnerId}
            AND currency = ${currency} AND period = ${period}))`;
  await tx.query(sql`
    INSERT INTO line_export_blob (partner_id, export_id, number, line_count, occurred_at, order_id,
      line_number, charge_id)
    SELECT ${partnerId}::uuid, ${exportId}::uuid, (n - 1) / ${size}::integer,
      (n - 1) % ${size}::integer + 1, occurred_at, order_id, line_number, charge_id
    FROM (
      SELECT occurred_at, order_id, line_number, charge_id, (row_number() OVER line)::integer AS n,
        lead(charge_id) OVER line IS NULL AS is_last
      FROM (${ownLines ? amended : charges}) AS wanted
      WINDOW line AS (ORDER BY occurred_at, order_id, line_number, charge_id)
    ) AS line
    WHERE n % ${size}::integer = 0 OR is_last`);
}

/** Forgets all but the newest exports of a partner. */
export async function keepNewest(tx: Db, partnerId: string, count: number): Promise<void> {
  await tx.query(sql`
    DELETE FROM line_export
    WHERE partner_id = ${partnerId} AND export_id IN (
      SELECT export_id FROM line_export WHERE partner_id = ${partnerId}
      ORDER BY stored_at DESC, export_id DESC OFFSET ${count})`);
}

export async function deleteExports(db: Db, partnerId: string, before: Date): Promise<void> {
  await db.query(sql`
    DELETE FROM line_export WHERE partner_id = ${partnerId} AND stored_at < ${before}`);
}

/** An export that was stored at `since` or later. */
export async function loadExport(
  db: Db,
  { partnerId, exportId }: { partnerId: string; exportId: string },
  since: Date,
): Promise<(ExportRow & ExportExtent) | undefined> {
  const [row] = await db.query<ExportRow & ExportExtent>(sql`
    SELECT e.partner_id AS "partnerId", e.export_id AS "exportId", e.kind,
      e.invoice_id AS "invoiceId", e.currency, e.period, e.attribute_set AS "attributeSet",
      e.last_charge_id AS "lastChargeId", e.created_at AS "createdAt", e.stored_at AS "storedAt",
      count(b.number)::integer AS "blobCount",
      coalesce(sum(b.line_count), 0)::integer AS "lineCount"
    FROM line_export e LEFT JOIN line_export_blob b USING (partner_id, export_id)
    WHERE e.partner_id = ${partnerId} AND e.export_id = ${exportId} AND e.stored_at >= ${since}
    GROUP BY e.partner_id, e.export_id`);
  return row;
}

export interface BlobKey {
  partnerId: string;
  exportId: string;
  number: number;
}

/** Which lines a blob holds, and what its lines tell of the partner. */
export interface BlobRow {
  /** Bytes of its content; null until it has been made. */
  length: number | null;
  mpnId: string;
  through: LineKey;
  /** The last line of the blob before; null for the first. */
  after: LineKey | null;
}

export async function loadBlob(db: Db, key: BlobKey): Promise<BlobRow | undefined> {
  type Stored = LineKey & { number: number; length: number | null; mpnId: string };
  const rows = await db.query<Stored>(sql`
    SELECT b.number, octet_length(b.content) AS length, p.mpn_id AS "mpnId",
      b.occurred_at AS "occurredAt", b.order_id AS "orderId", b.line_number AS "lineNumber",
      b.charge_id AS "chargeId"
    FROM line_export_blob b JOIN partner p USING (partner_id)
    WHERE b.partner_id = ${key.partnerId} AND b.export_id = ${key.exportId}
      AND b.number BETWEEN ${key.number}::integer - 1 AND ${key.number}::integer
    ORDER BY b.number`);
  const through = rows.at(-1);
  if (through?.number !== key.number) return undefined;
  const { length, mpnId } = through;
  return { length, mpnId, through, after: rows.length > 1 ? (rows[0] ?? null) : null };
}

/** Stores what was made; what another one has stored meanwhile stays, so that bytes never change. */
export async function storeContent(db: Db, key: BlobKey, content: Buffer): Promise<void> {
  await db.query(sql`
    UPDATE line_export_blob SET content = ${content}
    WHERE partner_id = ${key.partnerId} AND export_id = ${key.exportId}
      AND number = ${key.number} AND content IS NULL`);
}

/** Bytes of a blob from `first` on; undefined where the export is gone. */
export async function loadContent(
  db: Db,
  key: BlobKey,
  { first, length }: { first: number; length: number },
): Promise<Buffer | undefined> {
  const [row] = await db.query<{ part: Buffer }>(sql`
    SELECT substring(content FROM ${first + 1}::integer FOR ${length}::integer) AS part
    FROM line_export_blob
    WHERE partner_id = ${key.partnerId} AND export_id = ${key.exportId}
      AND number = ${key.number} AND content IS NOT NULL`);
  return row?.part;
}
