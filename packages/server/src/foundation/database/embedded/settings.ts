import { createHash } from "node:crypto";
import { lchown, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, firstClosedFolder } from "./account.ts";
import { codeOf, DataFolderError } from "./errors.ts";
import { statOf } from "./files.ts";

/** Where PostgreSQL listens: a folder for its unix socket, or 127.0.0.1 where there is none. */
export type Address = Readonly<{ host: string; port: number }>;

export const HAS_UNIX_SOCKETS = process.platform !== "win32";

/** Only part of the socket's file name, since no TCP port is opened. */
export const SOCKET_PORT = 5432;

/**
 * One system call instead of an fsync for each of 1000 files. With both processors busy: initdb
 * 2.4 s instead of 4.4 s, the first step of crash recovery 0.005 s instead of 2.4 s.
 */
const SYNC_METHOD = process.platform === "linux" ? "syncfs" : "fsync";

/** sun_path without its end mark: 108 bytes on Linux, 104 on macOS. */
const LONGEST_SOCKET_PATH = process.platform === "linux" ? 107 : 103;

/**
 * Nothing of the parent's environment reaches PostgreSQL: PGPORT, PGOPTIONS, LC_ALL or
 * LD_LIBRARY_PATH set for another purpose would change what it does.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  if (process.platform === "win32") {
    return { SystemRoot: process.env.SystemRoot, PATH: process.env.PATH, LC_ALL: "C" };
  }
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

/** For a cluster of C collation that only Kontor's own user (or its account) can enter. */
export function initdbArguments(folder: string, passwordFile: string): string[] {
  const access = HAS_UNIX_SOCKETS
    ? ["--auth=trust"] // who may enter the socket's folder (mode 0700) could read the files as well
    : ["--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  return [
    `--pgdata=${folder}`,
    "--username=kontor",
    "--encoding=UTF8",
    "--locale=C",
    "--set=huge_pages=off",
    `--sync-method=${SYNC_METHOD}`,
    "--no-instructions",
    ...access,
  ];
}

/**
 * Settings for a small developer machine and CI, given on the command line so that a new version
 * of Kontor applies its own to an old cluster. fsync and full_page_writes keep their default, on.
 * The order `-D <cluster> -c ...` stays: a running server is known by it (see `serves`).
 * Measured on 2 cores: 28 MiB (PSS of all its processes), warm start 40 ms.
 */
export function serverArguments(clusterDir: string, address: Address): string[] {
  const listen = HAS_UNIX_SOCKETS
    ? {
        listen_addresses: "",
        // A list: quotes keep a comma in the path from splitting it.
        unix_socket_directories: `"${address.host.replaceAll('"', '""')}"`,
        unix_socket_permissions: "0700",
      }
    : { listen_addresses: address.host };
  const settings = {
    ...listen,
    port: address.port,
    synchronous_commit: "on",
    recovery_init_sync_method: SYNC_METHOD,
    shared_buffers: "64MB",
    max_connections: 200,
    // A container that sees huge pages but may not use them would die with a bus error.
    huge_pages: "off",
    // Parallel queries need /dev/shm, of which a container has 64 MB; small data gains nothing.
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    // No replicas and no read-ahead workers: four processes fewer.
    max_logical_replication_workers: 0,
    io_method: "sync",
    // Plans made while tables were empty read all of them until the first ANALYZE: orders by id
    // 1,000 times a second in place of 12,000. Looked for once a minute by default.
    autovacuum_naptime: "10s",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
    // Errors of statements go to the client; the log keeps starts, stops, crashes and refusals.
    log_min_messages: "log",
    log_checkpoints: "off",
  };
  return [
    "-D",
    clusterDir,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/**
 * The socket's folder: the cluster's own (mode 0700, and whoever copies or moves the data folder
 * cannot reach the wrong server), or, where that path is too long for a socket, a private folder
 * in the temporary folder whose name follows from the cluster's path.
 */
export async function socketFolder(
  clusterDir: string,
  account: Account | undefined,
): Promise<string> {
  if (fits(clusterDir)) return clusterDir;
  const name = `kontor-${createHash("sha256").update(clusterDir).digest("hex").slice(0, 16)}`;
  for (const parent of [tmpdir(), "/tmp"]) {
    const folder = join(parent, name);
    if (!fits(folder) || (await firstClosedFolder(parent, account))) continue;
    await ensurePrivateFolder(folder, account);
    return folder;
  }
  throw new DataFolderError(
    "NO_SOCKET_FOLDER",
    `The path ${clusterDir} is too long for a socket (${LONGEST_SOCKET_PATH} bytes), ` +
      `and so is ${tmpdir()}.`,
    "Name a folder with a shorter path in KONTOR_DATA_DIR.",
  );
}

/** Makes the folder with mode 0700; one that another user made before is refused. */
export async function ensurePrivateFolder(
  folder: string,
  account: Account | undefined,
): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
  const found = await statOf(folder);
  const mine = found?.uid === process.getuid?.() || found?.uid === account?.uid;
  if (!found?.isDirectory() || !mine || (found.mode & 0o077) !== 0) {
    throw new DataFolderError(
      "NO_SOCKET_FOLDER",
      `The socket's folder ${folder} is not private to this user.`,
      "Remove it, or name a folder with a shorter path in KONTOR_DATA_DIR.",
    );
  }
  if (account) await lchown(folder, account.uid, account.gid);
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) <= LONGEST_SOCKET_PATH;
}
