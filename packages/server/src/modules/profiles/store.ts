/** SQL of the partner's own profiles. */
import { type Db, sql } from "../../foundation/database/sql.ts";
import type { Contents, Kind, Profile } from "./profile.ts";

interface Row<K extends Kind> {
  content: Contents[K];
  vetted_content: Contents[K] | null;
  version: number;
  changed_at: Date | null;
}

function profileFrom<K extends Kind>(row: Row<K>): Profile<K> {
  return {
    content: row.content,
    vettedContent: row.vetted_content,
    version: row.version,
    changedAt: row.changed_at,
  };
}

/** What the partner changed; undefined where it changed nothing. */
export async function loadProfile<K extends Kind>(
  db: Db,
  partnerId: string,
  kind: K,
): Promise<Profile<K> | undefined> {
  const [row] = await db.query<Row<K>>(sql`
    SELECT content, vetted_content, version, changed_at FROM partner_profile
    WHERE partner_id = ${partnerId} AND kind = ${kind}`);
  return row && profileFrom(row);
}

/** The profile, locked for the rest of the transaction; `derived` is stored where there is none. */
export async function lockProfile<K extends Kind>(
  tx: Db,
  partnerId: string,
  kind: K,
  derived: Profile<K>,
): Promise<Profile<K>> {
  await tx.query(sql`
    INSERT INTO partner_profile (partner_id, kind, content, version)
    VALUES (${partnerId}, ${kind}, ${JSON.stringify(derived.content)}, ${derived.version})
    ON CONFLICT DO NOTHING`);
  const [row] = await tx.query<Row<K>>(sql`
    SELECT content, vetted_content, version, changed_at FROM partner_profile
    WHERE partner_id = ${partnerId} AND kind = ${kind} FOR UPDATE`);
  if (!row) throw new Error(`the ${kind} profile was stored just now`);
  return profileFrom(row);
}

export async function saveProfile<K extends Kind>(
  tx: Db,
  partnerId: string,
  kind: K,
  profile: Profile<K>,
): Promise<void> {
  const vetted = profile.vettedContent === null ? null : JSON.stringify(profile.vettedContent);
  await tx.query(sql`
    UPDATE partner_profile
    SET content = ${JSON.stringify(profile.content)}, vetted_content = ${vetted},
      version = ${profile.version}, changed_at = ${profile.changedAt}
    WHERE partner_id = ${partnerId} AND kind = ${kind}`);
  await tx.query(sql`
    INSERT INTO partner_profile_version (partner_id, kind, version, content, changed_at)
    VALUES (${partnerId}, ${kind}, ${profile.version}, ${JSON.stringify(profile.content)},
      ${profile.changedAt})`);
}

/** What the profiles of a partner said at an instant; a kind is missing where it was not changed. */
export async function loadContentsAt(
  db: Db,
  partnerId: string,
  at: Date,
): Promise<Partial<Contents>> {
  const rows = await db.query<{ kind: Kind; content: unknown }>(sql`
    SELECT DISTINCT ON (kind) kind, content FROM partner_profile_version
    WHERE partner_id = ${partnerId} AND changed_at <= ${at}
    ORDER BY kind, version DESC`);
  return Object.fromEntries(rows.map(({ kind, content }) => [kind, content]));
}
