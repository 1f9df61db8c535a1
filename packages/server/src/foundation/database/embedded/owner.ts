import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { codeOf, DataFolderError } from "./errors.ts";
import { isAlive } from "./postmaster.ts";
import type { Address } from "./settings.ts";

/** Any two numbers would do; these spell "Kontor" and stay the same in every version. */
const LOCK = [0x4b6f6e74, 0x6f72] as const;

/** How long to wait for a live owner to go, and for the server to notice that it is dead. */
const LIVE_OWNER_MS = 1_000;
const DEAD_OWNER_MS = 10_000;

const CONNECT_TIMEOUT_MS = 5_000;

/** 57P0x: the server shuts down, has crashed, or is starting. */
const AWAY = /^(57P0[123]|ENOENT|ECONNREFUSED|ECONNRESET|EPIPE)$/;

/** Whether the server is not there at this moment, rather than refusing what was asked. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return AWAY.test(code);
  // pg's own errors carry no code: the connection was closed, or took too long.
  return error instanceof Error && /terminat|timeout|not queryable/.test(error.message);
}

/**
 * Connects as the owner of `ownerPid`; undefined while the server does not answer, or not yet.
 * The connection is to the database `postgres`, which every cluster has from the start.
 */
export async function connectOwner(
  address: Address,
  password: string | undefined,
  ownerPid: number,
): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    ...address,
    user: "kontor",
    database: "postgres",
    password,
    ssl: false,
    application_name: `kontor owner ${ownerPid}`,
    // Set in order that pg does not take PGOPTIONS, and that a lock is not lost for being idle.
    options: "-c idle_session_timeout=0",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => undefined); // "end" follows, and is what the watcher listens to
  try {
    return await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isAway(error)) return undefined;
    throw error;
  }
}

/**
 * Takes the lock that makes this process the one owner of the data folder: a session advisory
 * lock, which PostgreSQL gives back by itself when the connection ends, however it ends.
 *
 * @throws DataFolderError IN_USE, naming the process that holds it
 */
export async function takeLock(client: pg.Client, dataDir: string): Promise<void> {
  const start = performance.now();
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      "SELECT pg_try_advisory_lock($1, $2) AS taken",
      [...LOCK],
    );
    if (rows[0]?.taken) return;
    const holder = await lockHolder(client);
    const limit = holder === undefined || isAlive(holder) ? LIVE_OWNER_MS : DEAD_OWNER_MS;
    if (performance.now() - start >= limit) throw inUse(dataDir, holder);
    await delay(25);
  }
}

/** The Kontor process whose connection holds the lock, as its application_name tells. */
export async function lockHolder(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.application_name AS name
       FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted
        AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [...LOCK],
  );
  const pid = Number(rows[0]?.name.split(" ").at(-1));
  return pid > 0 ? pid : undefined;
}

export function inUse(dataDir: string, holder: number | undefined): DataFolderError {
  const who =
    holder === undefined ? "a PostgreSQL that cannot be seen from here" : `process ${holder}`;
  return new DataFolderError(
    "IN_USE",
    `The data folder ${dataDir} is in use by ${who}.`,
    "Stop that process, or give this Kontor a folder of its own in KONTOR_DATA_DIR.",
  );
}

/** Creates the database that Kontor's tables live in, if a first start was cut short before it. */
export async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'kontor'");
  if (rowCount === 0) await client.query("CREATE DATABASE kontor");
}
