/** The connection pool and transactions. */
import { setImmediate } from "node:timers/promises";
import pg from "pg";
import { limits } from "../limits.ts";
import { type Db, type Sql, statementName } from "./sql.ts";

/** One transaction. */
export interface Transaction extends Db {
  /**
   * Sends the COMMIT now, behind the statements asked for so far, for work whose last statements
   * nobody looks at: when one of them fails, nothing is committed. Nothing is asked for after it.
   */
  commit(): Promise<void>;
}

/** A pool: runs single statements by itself, and transactions. */
export interface Database extends Db {
  /**
   * Runs `work` in one transaction. A deadlock or serialization failure is retried with a bound,
   * so `work` must make its effects through `tx` alone.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A raw client, for COPY. The caller gets it inside a transaction. */
  withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  /** Tries of transactions that PostgreSQL aborted and that were made again, since the start. */
  retries(): Readonly<Record<RetryReason, number>>;
  /** Connections in use and waiting requests, for metrics. */
  load(): { total: number; idle: number; waiting: number };
}

export interface ConnectionSettings {
  connectionString?: string;
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  ssl?: boolean;
  options?: string;
}

const { INT8, TIMESTAMPTZ } = pg.types.builtins;
const readInstant: (text: string) => unknown = pg.types.getTypeParser(TIMESTAMPTZ);

/** Rows name the same instants again and again: reading one takes 1 µs, finding it a tenth. */
const instants = new Map<string, number>();
const instantsKept = 1000;

/** A Date of its own each time; whatever else PostgreSQL means, infinity, as its package reads it. */
function instantOf(text: string): unknown {
  const known = instants.get(text);
  if (known !== undefined) return new Date(known);
  const value = readInstant(text);
  if (value instanceof Date) {
    if (instants.size >= instantsKept) instants.clear();
    instants.set(text, value.getTime());
  }
  return value;
}

/** int8 is money or a count: exact. numeric stays text: it is a price or a rate. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === INT8) return (value: string) => BigInt(value);
    return oid === TIMESTAMPTZ ? instantOf : pg.types.getTypeParser(oid, format);
  },
};

/** Why PostgreSQL aborts a transaction that may succeed when it is run again. */
export type RetryReason = "serialization_failure" | "deadlock";

/** Errors after which the same transaction may succeed. */
const transient = new Map<unknown, RetryReason>([
  ["40001", "serialization_failure"],
  ["40P01", "deadlock"],
]);

export function openDatabase(
  connection: ConnectionSettings,
  onIdleError: (error: Error) => void,
): Database {
  // Statements that are asked for at the same moment are sent without waiting for one another.
  const pool = poolOf(connection, { max: limits.poolSize, pipeline: true }, onIdleError);
  // COPY cannot share a connection with statements behind it.
  const plain = poolOf(connection, { max: limits.copyPoolSize }, onIdleError);

  const retried: Record<RetryReason, number> = { serialization_failure: 0, deadlock: 0 };

  return {
    query: (statement) => run(pool, statement),
    transaction: (work) => transaction(pool, retried, work),
    retries: () => ({ ...retried }),
    withClient: async (work) => {
      const client = await plain.connect();
      try {
        return await work(client);
      } finally {
        client.release();
      }
    },
    close: async () => {
      await Promise.all([pool.end(), plain.end()]);
    },
    load: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}

function poolOf(
  connection: ConnectionSettings,
  settings: { max: number; pipeline?: boolean },
  onIdleError: (error: Error) => void,
): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    types,
    ...settings,
    connectionTimeoutMillis: limits.poolWaitMs,
    lock_timeout: limits.lockWaitMs,
    application_name: "kontor",
  });
  // Without a listener, an idle connection that PostgreSQL drops would end the process.
  pool.on("error", onIdleError);
  // The same for one that is lost while it is in use: the statement under way fails by itself.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

async function run<Row>(client: pg.Pool | pg.PoolClient, statement: Sql): Promise<Row[]> {
  const result = await client.query({
    name: statementName(statement.text),
    text: statement.text,
    values: [...statement.values],
  });
  return result.rows as Row[];
}

async function transaction<T>(
  pool: pg.Pool,
  retried: Record<RetryReason, number>,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const tx = transactionOn(client);
      sendTogether(client);
      // The first statements do not wait for the answer: they are behind it on the connection.
      const [, result] = await Promise.all([client.query("BEGIN"), work(tx)]);
      await tx.commit();
      return result;
    } catch (error) {
      broken = await rollback(client);
      const reason = transient.get((error as { code?: unknown } | undefined)?.code);
      if (attempt >= limits.transactionTries || reason === undefined) throw error;
      retried[reason] += 1;
    } finally {
      client.release(broken);
    }
  }
}

function transactionOn(client: pg.PoolClient): Transaction {
  let failure: unknown;
  let committed: Promise<void> | undefined;
  // One of which a statement failed is rolled back by its COMMIT, which is no error.
  async function commit(): Promise<void> {
    const { command } = await client.query("COMMIT");
    if (command === "COMMIT") return;
    // The statement's own error is under way: whether to try again depends on it.
    await setImmediate();
    throw failure ?? new Error("the transaction was rolled back");
  }
  return {
    query: async (statement) => {
      if (committed) throw new Error("a statement was asked for behind the commit");
      sendTogether(client);
      try {
        return await run(client, statement);
      } catch (error) {
        failure ??= error;
        throw error;
      }
    },
    commit: () => {
      sendTogether(client);
      committed ??= commit();
      return committed;
    },
  };
}

/**
 * Statements that are asked for in one turn leave in one system call: one for each was 15 % of the
 * time of a checkout in this process.
 */
function sendTogether({ connection: { stream } }: pg.PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Rolls back; answers the error when the connection itself is gone and must not be reused. */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** True when another request held a row for longer than `limits.lockWaitMs`. */
export function isLockTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === "55P03";
}

/** True when PostgreSQL cannot be reached or is going down or coming up. */
export function isUnavailable(error: unknown): boolean {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  return (
    /^(57P0[123]|08...|53300)$/.test(code) ||
    ["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(message)
  );
}
