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

/** A call with the hash of what it asks for. */
export interface HashedCall {
  key: ReplayKey;
  bodyHash: string;
}

/** `claimCall` for several calls of one partner, whose keys differ; in their order. */
export async function claimCalls(
  tx: Db,
  partnerId: string,
  calls: readonly HashedCall[],
  now: Date,
): Promise<(StoredAnswer | undefined)[]> {
  if (calls.length === 0) return [];
  const columns = keyColumns(calls);
  // In the order of the keys: two transactions that claim the same ones never wait crosswise.
  const inserted = await tx.query(sql`
    INSERT INTO replay (partner_id, request_id, method, path, body_hash, stored_at)
    SELECT ${partnerId}::uuid, request_id, method, path, body_hash, ${now}::timestamptz
    FROM unnest(${columns.requestIds}::text[], ${columns.methods}::text[],
      ${columns.paths}::text[], ${calls.map(({ bodyHash }) => bodyHash)}::text[]
    ) AS c (request_id, method, path, body_hash)
    ORDER BY request_id, method, path
    ON CONFLICT DO NOTHING RETURNING 1`);
  if (inserted.length === calls.length) return calls.map(() => undefined);
  const rows = await tx.query<{ position: number; body_hash: string } & StoredAnswer>(sql`
    SELECT (c.position - 1)::int AS position, r.body_hash, r.status, r.headers, r.body
    FROM unnest(${columns.requestIds}::text[], ${columns.methods}::text[],
      ${columns.paths}::text[]
    ) WITH ORDINALITY AS c (request_id, method, path, position)
    JOIN replay r ON r.partner_id = ${partnerId} AND r.request_id = c.request_id
      AND r.method = c.method AND r.path = c.path
    WHERE r.status IS NOT NULL AND r.stored_at > ${addMs(now, -limits.replayMs)}
    ORDER BY r.request_id, r.method, r.path
    FOR UPDATE OF r`);
  const found: (StoredAnswer | undefined)[] = calls.map(() => undefined);
  for (const { position, body_hash, ...stored } of rows) {
    if (body_hash === calls[position]?.bodyHash) found[position] = stored;
  }
  return found;
}

/** `storeAnswer` for several calls of one partner. */
export async function storeAnswers(
  tx: Db,
  partnerId: string,
  calls: readonly (HashedCall & { answer: StoredAnswer })[],
  now: Date,
): Promise<void> {
  if (calls.length === 0) return;
  const columns = keyColumns(calls);
  await tx.query(sql`
    INSERT INTO replay
      (partner_id, request_id, method, path, body_hash, stored_at, status, headers, body)
    SELECT ${partnerId}::uuid, request_id, method, path, body_hash, ${now}::timestamptz, status,
      headers::jsonb, body
    FROM unnest(${columns.requestIds}::text[], ${columns.methods}::text[],
      ${columns.paths}::text[], ${calls.map(({ bodyHash }) => bodyHash)}::text[],
      ${calls.map(({ answer }) => answer.status)}::integer[],
      ${calls.map(({ answer }) => JSON.stringify(answer.headers))}::text[],
      ${calls.map(({ answer }) => answer.body)}::bytea[]
    ) AS c (request_id, method, path, body_hash, status, headers, body)
    ORDER BY request_id, method, path
    ON CONFLICT (partner_id, request_id, method, path) DO UPDATE SET
      body_hash = excluded.body_hash, stored_at = excluded.stored_at, status = excluded.status,
      headers = excluded.headers, body = excluded.body`);
}

/** Gives claims back whose answers are not kept. */
export async function dropClaims(
  tx: Db,
  partnerId: string,
  calls: readonly HashedCall[],
): Promise<void> {
  if (calls.length === 0) return;
  const columns = keyColumns(calls);
  await tx.query(sql`
    DELETE FROM replay
    WHERE partner_id = ${partnerId} AND status IS NULL AND (request_id, method, path) IN (
      SELECT * FROM unnest(${columns.requestIds}::text[], ${columns.methods}::text[],
        ${columns.paths}::text[]))`);
}

function keyColumns(calls: readonly HashedCall[]) {
  return {
    requestIds: calls.map(({ key }) => key.requestId),
    methods: calls.map(({ key }) => key.method),
    paths: calls.map(({ key }) => key.path),
  };
}

/** Forgets answers older than the replay window. */
export async function forgetOldAnswers(db: Db, partnerId: string, now: Date): Promise<void> {
  await db.query(sql`
    DELETE FROM replay
    WHERE partner_id = ${partnerId} AND stored_at < ${addMs(now, -limits.replayMs)}`);
}
