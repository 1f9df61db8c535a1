import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { DataFolderError } from "./errors.ts";
import type { LogFile } from "./logfile.ts";
import { connectOwner, inUse, isAway, lockHolder, takeLock } from "./owner.ts";
import {
  clearReusedPids,
  findPostmaster,
  type Launched,
  launchPostmaster,
  stopPostmaster,
} from "./postmaster.ts";
import { type Address, ensurePrivateFolder, HAS_UNIX_SOCKETS } from "./settings.ts";

/** Replaying the log after a crash may take long; a server that ends is noticed at once. */
const START_LIMIT_MS = 300_000;

/** How long the last processes of a killed server may take to end: one may be inside a query. */
const OLD_SERVER_LIMIT_MS = 60_000;
const OLD_SERVER_REMAINS = /pre-existing shared memory block|lock file ".*" already exists/;

/** All that is needed to find, start and own the server of one cluster. */
export type Target = Readonly<{
  dataDir: string;
  clusterDir: string;
  address: Address;
  password: string | undefined;
  binaries: Binaries;
  account: Account | undefined;
  ownerPid: number;
  logFile: LogFile;
}>;

/** A server that answers, and the connection that holds the lock on it. */
export type Attached = Readonly<{
  pid: number;
  address: Address;
  owner: pg.Client;
  adopted: boolean;
}>;

/**
 * Takes over the cluster's running server or starts one, waits until it answers, and takes the
 * owner's lock. The signal ends the attempt. An attempt that fails stops the server it started,
 * unless another process owns that by now.
 *
 * @throws DataFolderError IN_USE or START_FAILED
 */
export async function attach(target: Target, signal: AbortSignal): Promise<Attached> {
  const own: { launched: Launched | undefined } = { launched: undefined };
  try {
    return await tryUntilOwned(target, own, signal);
  } catch (error) {
    const taken = error instanceof DataFolderError && error.code === "IN_USE";
    if (own.launched && !taken) {
      await stopPostmaster(own.launched.pid, target.clusterDir, target.binaries);
    }
    throw error;
  }
}

async function tryUntilOwned(
  target: Target,
  own: { launched: Launched | undefined },
  signal: AbortSignal,
): Promise<Attached> {
  const { clusterDir, logFile } = target;
  const start = performance.now();
  let logStart = await logFile.size();
  for (;;) {
    signal.throwIfAborted();
    const waited = performance.now() - start;
    const running = await findPostmaster(clusterDir);
    if (running) {
      const owner = await connectOwner(running.address, target.password, target.ownerPid);
      if (owner && (await locks(owner, target.dataDir))) {
        return { ...running, owner, adopted: running.pid !== own.launched?.pid };
      }
    } else if (own.launched?.ended !== undefined) {
      const said = await logFile.tail(logStart);
      if (!OLD_SERVER_REMAINS.test(said) || waited > OLD_SERVER_LIMIT_MS) {
        throw startFailed(target, own.launched.ended, said);
      }
      own.launched = undefined;
    } else if (!own.launched) {
      logStart = await logFile.size();
      own.launched = await launch(target);
    }
    if (waited > START_LIMIT_MS) {
      throw startFailed(target, `no answer in ${START_LIMIT_MS} ms`, await logFile.tail(logStart));
    }
    await delay(waited < 1_000 ? 10 : 100); // each question costs a recovering server a process
  }
}

async function launch(target: Target): Promise<Launched | undefined> {
  const { clusterDir, address, account } = target;
  if (HAS_UNIX_SOCKETS) {
    if (address.host !== clusterDir) await ensurePrivateFolder(address.host, account);
    if (await hiddenServer(target)) return undefined;
  }
  await clearReusedPids(clusterDir, address);
  return launchPostmaster(clusterDir, address, target.binaries, account, target.logFile);
}

/**
 * Asks the socket before a server is started: one may answer whose process cannot be seen from
 * here (a container that shares the folder), and two servers on one cluster would destroy it.
 * Answers true when it turns out to be a visible one that has just come up, or is just going.
 */
async function hiddenServer(target: Target): Promise<boolean> {
  const client = await connectOwner(target.address, target.password, target.ownerPid);
  if (!client) return false;
  try {
    if (await findPostmaster(target.clusterDir)) return true;
    throw inUse(target.dataDir, await lockHolder(client));
  } catch (error) {
    if (isAway(error)) return true;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** False when the server went away meanwhile, as it does when its owner is just stopping it. */
async function locks(owner: pg.Client, dataDir: string): Promise<boolean> {
  try {
    await takeLock(owner, dataDir);
    return true;
  } catch (error) {
    await owner.end().catch(() => undefined);
    if (isAway(error)) return false;
    throw error;
  }
}

function startFailed(target: Target, how: string, said: string): DataFolderError {
  return new DataFolderError(
    "START_FAILED",
    `PostgreSQL did not start on ${target.clusterDir} (${how}). It said:\n${said.trim()}`,
    `Correct what it names and start again; ${target.logFile.path} holds all it said.`,
  );
}
