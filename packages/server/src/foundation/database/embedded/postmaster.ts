import { execFile, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { cannotRun } from "./cluster.ts";
import { codeOf } from "./errors.ts";
import type { LogFile } from "./logfile.ts";
import { type Address, childEnvironment, HAS_UNIX_SOCKETS, serverArguments } from "./settings.ts";
import { waitUntil } from "./wait.ts";

/**
 * How long a fast shutdown (it ends in a checkpoint) may take, and then an immediate one, in which
 * PostgreSQL kills after 5 s whatever of it has not ended.
 */
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;
const REAPED_MS = 100;

/** The server process that serves a cluster, as its `postmaster.pid` describes it. */
type Postmaster = Readonly<{ pid: number; address: Address }>;

/** A server process started here: `ended` tells how it ended, once it has. */
export type Launched = { readonly pid: number; ended: string | undefined };

/** The live server of the cluster, whoever started it. */
export async function findPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const found = await readPidFile(clusterDir);
  return found && (await serves(found.pid, clusterDir)) ? found : undefined;
}

/**
 * Removes the lock files of a dead server whose pid now belongs to some other process, or to a
 * zombie that no one reaps: PostgreSQL would refuse to start as long as that one is there. Should
 * a process of the old server live on unseen, its shared memory still keeps a second server out.
 */
export async function clearReusedPids(clusterDir: string, address: Address): Promise<void> {
  const socketLock = join(address.host, `.s.PGSQL.${address.port}.lock`);
  for (const file of [join(clusterDir, "postmaster.pid"), socketLock]) {
    const pid = Number.parseInt(await readFile(file, "utf8").catch(() => ""), 10);
    if (pid > 0 && isAlive(pid) && !(await serves(pid, clusterDir))) await rm(file);
  }
}

/**
 * Starts the server as a direct child in its own process group, so that Ctrl-C on the terminal
 * does not reach it, and not holding this process's event loop open.
 */
export async function launchPostmaster(
  clusterDir: string,
  address: Address,
  binaries: Binaries,
  account: Account | undefined,
  log: LogFile,
): Promise<Launched> {
  const child = spawn(binaries.postgres, serverArguments(clusterDir, address), {
    cwd: clusterDir,
    env: childEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ["ignore", log.fd, log.fd],
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const failure = await new Promise<unknown>((settle) => {
    child.once("spawn", () => settle(undefined));
    child.once("error", settle);
  });
  if (failure || child.pid === undefined) throw await cannotRun(binaries.postgres, failure);
  const launched: Launched = { pid: child.pid, ended: undefined };
  child.once("exit", (code, signal) => {
    launched.ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  child.unref();
  return launched;
}

/** Shuts the server down, child or not, and returns when its process is gone. */
export async function stopPostmaster(
  pid: number,
  clusterDir: string,
  binaries: Binaries,
  fastShutdownMs = FAST_SHUTDOWN_MS,
): Promise<void> {
  const isGone = async () => !(await serves(pid, clusterDir));
  if (await isGone()) return;
  await sendSignal(pid, "INT", binaries);
  if (!(await waitUntil(isGone, fastShutdownMs))) {
    await sendSignal(pid, "QUIT", binaries);
    if (!(await waitUntil(isGone, IMMEDIATE_SHUTDOWN_MS))) {
      throw new Error(`PostgreSQL (pid ${pid}) did not stop; its cluster is ${clusterDir}`);
    }
  }
  // Its parent, often this very process, has yet to take note; none may, for an orphan.
  await waitUntil(() => !isAlive(pid), REAPED_MS);
}

async function sendSignal(pid: number, signal: "INT" | "QUIT", binaries: Binaries): Promise<void> {
  // Windows has no signals; PostgreSQL's own tool reaches the server through a pipe.
  if (!HAS_UNIX_SOCKETS) {
    await promisify(execFile)(binaries.pgCtl, ["kill", signal, String(pid)]);
    return;
  }
  try {
    process.kill(pid, `SIG${signal}`);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error; // gone since it was looked for
  }
}

/** The file's lines: pid, data folder, start time, port, socket folder, host, key, status. */
async function readPidFile(clusterDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => "");
  const [pid, , , port, socketDir] = text.split("\n");
  if (!Number(pid) || !Number(port)) return undefined; // absent, or being written
  const host = HAS_UNIX_SOCKETS ? socketDir : "127.0.0.1";
  if (!host) return undefined; // written a moment after the rest; pg would take it for localhost
  return { pid: Number(pid), address: { host, port: Number(port) } };
}

/** Whether the process runs and is the server of this very cluster: pids are used again. */
export async function serves(pid: number, clusterDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (!HAS_UNIX_SOCKETS) return true;
  return (await commandLine(pid)).includes(`postgres -D ${clusterDir} -c `);
}

/** Empty for a zombie and for a process that is gone. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return text.replaceAll("\0", " ");
  }
  const list = promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
  return list.then(
    ({ stdout }) => stdout,
    () => "",
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
