import { createServer } from "node:net";
import { dirname } from "node:path";
import { type Account, accountFor, firstClosedFolder } from "./account.ts";
import { attach, type Target } from "./attach.ts";
import { hydrateLinks, locateBinaries, reachableBinaries } from "./binaries.ts";
import { ensureCluster, passwordOf } from "./cluster.ts";
import { DataFolderError, explain } from "./errors.ts";
import { sweepUnfinished } from "./files.ts";
import {
  canonical,
  checkCluster,
  claimFolder,
  clusterOf,
  ensureFolder,
  finishFolder,
  markerPath,
  type Places,
  readMarker,
  SYSTEM_PLACES,
} from "./folder.ts";
import { openLogFile } from "./logfile.ts";
import { ensureDatabase } from "./owner.ts";
import { type Address, HAS_UNIX_SOCKETS, SOCKET_PORT, socketFolder } from "./settings.ts";
import { type Log, supervise } from "./supervise.ts";

export { DataFolderError } from "./errors.ts";

export interface EmbeddedOptions {
  dataDir: string;
  log: Log;
  /** Whom others are told the folder is in use by; this process, unless set. */
  ownerPid?: number;
}

export interface EmbeddedPostgres {
  /** For pg: host is the socket's folder, or 127.0.0.1 on Windows. Stays valid over a restart. */
  connection: { host: string; port: number; user: string; database: string; password?: string };
  /** The server's process; another one after a crash. */
  pid(): number;
  /** True when a running server, left by a killed process, was taken over. */
  adopted: boolean;
  /** Fast shutdown; returns when the process is gone and the lock with it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Opens the data folder, creating it if it is empty or missing, and serves its database with a
 * PostgreSQL of its own until `stop`. One process owns a data folder at a time.
 *
 * @throws DataFolderError when the folder cannot be used; nothing in it was changed when it is
 * NOT_OURS, of UNKNOWN_VERSION, of OTHER_OWNER or has its DATABASE_MISSING
 */
export async function startEmbedded(
  options: EmbeddedOptions,
  places: Places = SYSTEM_PLACES,
): Promise<EmbeddedPostgres> {
  try {
    const target = await prepare(options, places);
    return await serve(target, options.log);
  } catch (error) {
    throw explain(error, options.dataDir);
  }
}

/** Everything that precedes a running server: folder, account, programs, cluster. */
async function prepare(options: EmbeddedOptions, places: Places): Promise<Target> {
  const located = await locateBinaries();
  const wanted = await canonical(options.dataDir);
  const found = await readMarker(wanted, located.major, places);
  const account = await accountFor(found && clusterOf(wanted, found));
  if (found) await checkCluster(wanted, found, located.major);
  await hydrateLinks(located);
  await ensureFolder(wanted, account);
  const dataDir = await canonical(wanted);
  const marker = found ?? (await claimFolder(dataDir, located.major, account, places));
  const clusterDir = clusterOf(dataDir, marker);
  await demandReadable(dirname(clusterDir), account);
  const binaries = await reachableBinaries(located, account, places.programs);
  if (marker.initialising) {
    options.log("info", "Creating a new database", { folder: clusterDir });
    await ensureCluster(clusterDir, binaries, account);
    await finishFolder(dataDir, marker);
  }
  return {
    dataDir,
    clusterDir,
    address: await addressFor(clusterDir, account),
    password: await passwordOf(clusterDir),
    binaries,
    account,
    ownerPid: options.ownerPid ?? process.pid,
    logFile: await openLogFile(dataDir),
  };
}

async function serve(target: Target, log: Log): Promise<EmbeddedPostgres> {
  const attached = await attach(target, new AbortController().signal).catch(async (error) => {
    await target.logFile.close();
    throw error;
  });
  const server = supervise(target, attached, log);
  try {
    await ensureDatabase(attached.owner);
    await sweepUnfinished(target.clusterDir);
    await sweepUnfinished(markerPath(target.dataDir));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    connection: {
      ...attached.address,
      user: "kontor",
      database: "kontor",
      ...(target.password === undefined ? {} : { password: target.password }),
    },
    adopted: attached.adopted,
    ...server,
  };
}

async function addressFor(clusterDir: string, account: Account | undefined): Promise<Address> {
  if (HAS_UNIX_SOCKETS) {
    return { host: await socketFolder(clusterDir, account), port: SOCKET_PORT };
  }
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((settle) => probe.once("listening", settle));
  const bound = probe.address();
  await new Promise((settle) => probe.close(settle));
  return { host: "127.0.0.1", port: typeof bound === "object" && bound ? bound.port : 0 };
}

async function demandReadable(folder: string, account: Account | undefined): Promise<void> {
  const closed = await firstClosedFolder(folder, account);
  if (closed === undefined) return;
  throw new DataFolderError(
    "UNREADABLE_BY_POSTGRES",
    `PostgreSQL runs as ${account?.name}, who may not enter ${closed}, where its database lies.`,
    `Let it: chmod o+x "${closed}". Or move the data folder to where ${account?.name} may go.`,
  );
}
