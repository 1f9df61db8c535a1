/** Migrations: forward only, in order, each once, under a lock that ends with the transaction. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./pool.ts";
import { sql } from "./sql.ts";

const migrationsDir = join(import.meta.dirname, "../../migrations");

/** The database is newer than this program, or has a history that is not ours. */
export class MigrationError extends Error {}

/** Brings the schema up to date; answers the names of the migrations that ran. */
export async function migrate(database: Database, appliedAt: Date): Promise<string[]> {
  const files = (await readdir(migrationsDir))
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort();
  return database.withClient(async (client) => {
    await client.query("BEGIN");
    try {
      await client.query("SET LOCAL lock_timeout = 0");
      // Two processes that start at once: the second waits here and finds nothing left to do.
      await client.query("SELECT pg_advisory_xact_lock(7300)");
      await client.query(
        "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL)",
      );
      const done = new Set(
        (await client.query<{ name: string }>("SELECT name FROM migration")).rows.map(
          (r) => r.name,
        ),
      );
      const unknown = [...done].filter((name) => !files.includes(name));
      if (unknown.length > 0) {
        throw new MigrationError(
          `The database was made by a newer Kontor (it has ${unknown.join(", ")}). ` +
            "Start that version, or point Kontor at another database.",
        );
      }
      const ran: string[] = [];
      for (const name of files.filter((file) => !done.has(file))) {
        await client.query(await readFile(join(migrationsDir, name), "utf8"));
        await client.query("INSERT INTO migration (name, applied_at) VALUES ($1, $2)", [
          name,
          appliedAt,
        ]);
        ran.push(name);
      }
      await client.query("COMMIT");
      return ran;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    }
  });
}

/** True when the schema is there and the server takes writes: for readiness. */
export async function isReady(database: Database): Promise<boolean> {
  const rows = await database.query<{ writable: boolean }>(sql`
    SELECT NOT pg_is_in_recovery() AS writable FROM migration LIMIT 1`);
  return rows[0]?.writable ?? false;
}
