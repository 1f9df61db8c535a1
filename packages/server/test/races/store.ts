/** What the database says after a race. */
import type { Database } from "../../src/foundation/database/pool.ts";
import { type Db, sql } from "../../src/foundation/database/sql.ts";

/** The orders of a cart in the order of their groups. */
export async function ordersOf(db: Db, partnerId: string, cartId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    SELECT order_id AS id FROM purchase_order
    WHERE partner_id = ${partnerId} AND cart_id = ${cartId} ORDER BY order_group`);
  return rows.map(({ id }) => id);
}

/** Records in the audit trail of these orders. */
export async function recordsOf(db: Db, partnerId: string, orders: string[]): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM audit_record
    WHERE partner_id = ${partnerId} AND resource_type = 'order'
      AND resource_id = ANY(${orders}::text[])`);
  return row?.count ?? 0;
}

/** Deadlocks in this database since it was made, those of all idle connections told. */
export async function deadlocks(database: Database): Promise<number> {
  const gate = Promise.withResolvers<void>();
  const { total } = database.load();
  let told = 0;
  // All at once, so that each has a connection of its own.
  const tell = () =>
    database.transaction(async (tx) => {
      await tx.query(sql`SELECT pg_stat_force_next_flush()`);
      told += 1;
      if (told >= total) gate.resolve();
      await gate.promise;
    });
  await Promise.all(Array.from({ length: total }, tell));
  const [row] = await database.query<{ count: number }>(sql`
    SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()`);
  return row?.count ?? 0;
}
