/** SQL of due work. */
import { type Db, sql } from "../../foundation/database/sql.ts";

/** One piece of work; the same (kind, subject) is done once. */
export interface DueWork {
  kind: string;
  /** What it is about, e.g. `USD:2026-10`. */
  subject: string;
  /** Commerce time at which it runs. */
  dueAt: Date;
}

/** Puts work on the list; work that is there already stays as it is. */
export async function schedule(tx: Db, partnerId: string, works: DueWork[]): Promise<void> {
  if (works.length === 0) return;
  await tx.query(sql`
    INSERT INTO due_work (partner_id, kind, subject, due_at)
    SELECT ${partnerId}::uuid, kind, subject, due_at
    FROM unnest(
      ${works.map((work) => work.kind)}::text[],
      ${works.map((work) => work.subject)}::text[],
      ${works.map((work) => work.dueAt)}::timestamptz[]
    ) AS work (kind, subject, due_at)
    ON CONFLICT DO NOTHING`);
}

/** Takes work off the list that is not done yet; what is not on it is no matter. */
export async function dropWork(
  tx: Db,
  partnerId: string,
  kind: string,
  subjects: readonly string[],
): Promise<void> {
  if (subjects.length === 0) return;
  await tx.query(sql`
    DELETE FROM due_work
    WHERE partner_id = ${partnerId} AND kind = ${kind} AND subject = ANY(${subjects}::text[])
      AND done_at IS NULL`);
}

/** Claims the earliest open work due at `now`; another claimer skips it. */
export async function claimNext(
  tx: Db,
  partnerId: string,
  now: Date,
): Promise<DueWork | undefined> {
  const [row] = await tx.query<{ kind: string; subject: string; due_at: Date }>(sql`
    SELECT kind, subject, due_at FROM due_work
    WHERE partner_id = ${partnerId} AND done_at IS NULL AND due_at <= ${now}
    ORDER BY due_at, kind, subject LIMIT 1
    FOR UPDATE SKIP LOCKED`);
  return row && { kind: row.kind, subject: row.subject, dueAt: row.due_at };
}

export async function markDone(tx: Db, partnerId: string, work: DueWork): Promise<void> {
  await tx.query(sql`
    UPDATE due_work SET done_at = ${work.dueAt}
    WHERE partner_id = ${partnerId} AND kind = ${work.kind} AND subject = ${work.subject}`);
}

/** Partners whose clock, at the machine's time `system`, has passed some open work. */
export async function partnersWithDueWork(db: Db, system: Date): Promise<string[]> {
  const rows = await db.query<{ partner_id: string }>(sql`
    SELECT partner_id FROM partner
    WHERE EXISTS (
      SELECT 1 FROM due_work
      WHERE due_work.partner_id = partner.partner_id AND done_at IS NULL
        AND due_at <= coalesce(clock_frozen_at,
          ${system}::timestamptz + clock_offset_ms * interval '1 millisecond'))
    ORDER BY partner_id`);
  return rows.map((row) => row.partner_id);
}
