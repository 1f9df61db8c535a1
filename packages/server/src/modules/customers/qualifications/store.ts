/** SQL of qualifications and of the use of validation codes. */
import { type Db, sql } from "../../../foundation/database/sql.ts";
import { newId } from "../../../foundation/ids.ts";
import {
  type Qualification,
  type QualificationName,
  type Segment,
  segmentsOf,
} from "./qualification.ts";

interface Row {
  qualification: QualificationName;
  requested_at: Date;
  is_immediate: boolean;
  denial: string | null;
  validation_id: string | null;
}

/** A customer's qualifications, oldest first. */
export async function loadQualifications(
  db: Db,
  partnerId: string,
  customerId: string,
): Promise<Qualification[]> {
  const rows = await db.query<Row>(sql`
    SELECT qualification, requested_at, is_immediate, denial, validation_id
    FROM qualification
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId}
    ORDER BY request_id`);
  return rows.map(qualificationOf);
}

function qualificationOf(row: Row): Qualification {
  return {
    qualification: row.qualification,
    requestedAt: row.requested_at,
    isImmediate: row.is_immediate,
    denial: row.denial,
    validationId: row.validation_id,
  };
}

/**
 * The catalog segments that a customer may see and buy: always `commercial`, and `education`,
 * `nonprofit` and `government` for an approved qualification. One in review or denied counts for
 * nothing. `vettingMs` is how long a review takes (`fidelityOf[profile].vettingMs`).
 */
export async function approvedSegments(
  db: Db,
  partnerId: string,
  customerId: string,
  now: Date,
  vettingMs: number,
): Promise<ReadonlySet<Segment>> {
  return segmentsOf(await loadQualifications(db, partnerId, customerId), now, vettingMs);
}

/** The same for several customers, by their ids; who has no qualification is absent. */
export async function loadApprovedSegments(
  db: Db,
  partnerId: string,
  customerIds: readonly string[],
  now: Date,
  vettingMs: number,
): Promise<ReadonlyMap<string, ReadonlySet<Segment>>> {
  const rows = await db.query<Row & { customer_id: string }>(sql`
    SELECT customer_id, qualification, requested_at, is_immediate, denial, validation_id
    FROM qualification
    WHERE partner_id = ${partnerId} AND customer_id = ANY(${customerIds}::uuid[])
    ORDER BY request_id`);
  const own = Map.groupBy(rows, (row) => row.customer_id);
  return new Map(
    [...own].map(([id, group]) => [id, segmentsOf(group.map(qualificationOf), now, vettingMs)]),
  );
}

/** Keeps other writers of the customer's qualifications out until the transaction ends. */
export async function lockCustomer(tx: Db, partnerId: string, customerId: string): Promise<void> {
  await tx.query(sql`
    SELECT 1 FROM customer
    WHERE partner_id = ${partnerId} AND customer_id = ${customerId} FOR UPDATE`);
}

/** Writes a qualification in place of the customer's earlier one of the same name. */
export async function saveQualification(
  tx: Db,
  partnerId: string,
  customerId: string,
  row: Qualification,
): Promise<void> {
  await tx.query(sql`
    INSERT INTO qualification (partner_id, customer_id, qualification, request_id, requested_at,
      is_immediate, denial, validation_id)
    VALUES (${partnerId}, ${customerId}, ${row.qualification}, ${newId()}, ${row.requestedAt},
      ${row.isImmediate}, ${row.denial}, ${row.validationId})
    ON CONFLICT (partner_id, customer_id, qualification) DO UPDATE SET
      request_id = excluded.request_id, requested_at = excluded.requested_at,
      is_immediate = excluded.is_immediate, denial = excluded.denial,
      validation_id = excluded.validation_id`);
}

/** How often each of the partner's validation codes was used, and when last. */
export async function loadCodeUses(
  db: Db,
  partnerId: string,
): Promise<ReadonlyMap<string, { used: number; lastUsedAt: Date }>> {
  const rows = await db.query<{ validation_id: string; used: number; last_used_at: Date }>(sql`
    SELECT validation_id, used, last_used_at FROM validation_code_use
    WHERE partner_id = ${partnerId}`);
  return new Map(
    rows.map((row) => [row.validation_id, { used: row.used, lastUsedAt: row.last_used_at }]),
  );
}

/** Uses a code once; false where it has been used `maxCreates` times, and then nothing changed. */
export async function countCodeUse(
  tx: Db,
  partnerId: string,
  code: { validationId: string; maxCreates: number },
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(sql`
    INSERT INTO validation_code_use (partner_id, validation_id, used, last_used_at)
    VALUES (${partnerId}, ${code.validationId}, 1, ${now})
    ON CONFLICT (partner_id, validation_id) DO UPDATE SET
      used = validation_code_use.used + 1, last_used_at = excluded.last_used_at
    WHERE validation_code_use.used < ${code.maxCreates}
    RETURNING 1`);
  return rows.length === 1;
}
