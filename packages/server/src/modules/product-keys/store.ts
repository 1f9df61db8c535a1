/** SQL of sealed product keys. No other query reads this table, so that no list can show a key. */
import { type Db, sql } from "../../foundation/database/sql.ts";

export interface SealedKey {
  orderId: string;
  lineNumber: number;
  sealed: Buffer;
}

/** Appends the keys of order lines, in the transaction that appends the lines. */
export async function insertProductKeys(
  tx: Db,
  partnerId: string,
  keys: readonly SealedKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(sql`
    INSERT INTO product_key (partner_id, order_id, line_number, sealed)
    SELECT ${partnerId}::uuid, order_id, line_number, sealed
    FROM unnest(
      ${keys.map(({ orderId }) => orderId)}::text[],
      ${keys.map(({ lineNumber }) => lineNumber)}::integer[],
      ${keys.map(({ sealed }) => sealed)}::bytea[]
    ) AS k (order_id, line_number, sealed)`);
}

export async function loadSealedKey(
  db: Db,
  partnerId: string,
  orderId: string,
  lineNumber: number,
): Promise<Buffer | undefined> {
  const [row] = await db.query<{ sealed: Buffer }>(sql`
    SELECT sealed FROM product_key
    WHERE partner_id = ${partnerId} AND order_id = ${orderId} AND line_number = ${lineNumber}`);
  return row?.sealed;
}
