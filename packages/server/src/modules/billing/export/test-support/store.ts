/** What the tests of exports ask the database. */
import { type Db, sql } from "../../../../foundation/database/sql.ts";

/** How many exports and blobs there are. */
export async function exportRows(db: Db): Promise<string> {
  const [row] = await db.query<{ counts: string }>(sql`
    SELECT (SELECT count(*) FROM line_export) || ' ' || (SELECT count(*) FROM line_export_blob)
      AS counts`);
  return row?.counts ?? "";
}
