/** The stored answers of writes, by `MS-RequestId`. */
import { createHash } from "node:crypto";
import { addMs } from "../../clock.ts";
import { type Db, sql } from "../../database/sql.ts";
import { limits } from "../../limits.ts";

/** One call: the path is part of it, since clients share one id across different operations. */
export interface ReplayKey {
  partnerId: string;
  requestId: string;
  method: string;
  path: string;
}

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What a call asks for besides its path: its query and its body. */
export function hashCall(search: string, body: Uint8Array | undefined): string {
  return createHash("sha256")
    .update(`${search}\n`)
    .update(body ?? "")
    .digest("base64url");
}

/**
 * Claims the call for this transaction, or answers what it answered before. A twin that runs at
 * the same moment waits on the row until the first one commits, and then finds its answer.
 */
export async function claimCall(
  tx: Db,
  key: ReplayKey,
  bodyHash: string,
  now: Date,
): Promise<StoredAnswer | undefined> {
  const inserted = await tx.query(sql`
    INSERT INTO replay (partner_id, request_id, method, path, body_hash, stored_at)
    VALUES (${key.partnerId}, ${key.requestId}, ${key.method}, ${key.path}, ${bodyHash}, ${now})
    ON CONFLICT DO NOTHING RETURNING 1`);
  if (inserted.length === 1) return undefined;
  const [row] = await tx.query<{
    body_hash: string;
    stored_at: Date;
    status: number;
    headers: Record<string, string>;
    body: Buffer;
  }>(sql`
    SELECT body_hash, stored_at, status, headers, body FROM replay
    WHERE partner_id = ${key.partnerId} AND request_id = ${key.requestId}
      AND method = ${key.method} AND path = ${key.path}
    FOR UPDATE`);
  const fresh = row && row.stored_at.getTime() > addMs(now, -limits.replayMs).getTime();
  // The same id with another body is a new call: real clients share one id across a context.
  if (!row || !fresh || row.body_hash !== bodyHash) return undefined;
  return { status: row.status, headers: row.headers, body: row.body };
}

/** Stores the answer in the transaction of its effect. */
export async function storeAnswer(
  tx: Db,
  key: ReplayKey,
  bodyHash: string,
  answer: StoredAnswer,
  now: Date,
): Promise<void> {
  await tx.query(sql`
    INSERT INTO replay
      (partner_id, request_id, method, path, body_hash, stored_at, status, headers, body)
    VALUES (${key.partnerId}, ${key.requestId}, ${key.method}, ${key.path}, ${bodyHash}, ${now},
      ${answer.status}, ${JSON.stringify(answer.headers)}, ${answer.body})
    ON CONFLICT (partner_id, request_id, method, path) DO UPDATE SET
      body_hash = excluded.body_hash, stored_at = excluded.stored_at, status = excluded.status,
      headers = excluded.headers, body = excluded.body`);
}

/** Forgets answers older than the replay window. */
export async function forgetOldAnswers(db: Db, partnerId: string, now: Date): Promise<void> {
  await db.query(sql`
    DELETE FROM replay
    WHERE partner_id = ${partnerId} AND stored_at < ${addMs(now, -limits.replayMs)}`);
}
