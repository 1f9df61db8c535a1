import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lchown, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { codeOf, DataFolderError } from "./errors.ts";
import { statOf, syncFolder } from "./files.ts";
import { childEnvironment, HAS_UNIX_SOCKETS, initdbArguments } from "./settings.ts";

const PASSWORD_FILE = "kontor.password";

/**
 * Makes the cluster if there is none: in a sibling folder, renamed when whole, so that a crash in
 * the middle leaves nothing half-made under the cluster's name. initdb itself syncs every file.
 * When another process makes the same one at the same moment, the first rename stands.
 */
export async function ensureCluster(
  clusterDir: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  if (await statOf(clusterDir)) return;
  const temporary = await mkdtemp(`${clusterDir}.new-`);
  try {
    if (account) await lchown(temporary, account.uid, account.gid);
    await initdb(temporary, binaries, account);
    await rename(temporary, clusterDir);
  } catch (error) {
    // The other process may also have swept this folder away while initdb was writing to it.
    if (!(await statOf(clusterDir))) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await syncFolder(dirname(clusterDir));
}

/** Where there is no unix socket any local user can connect, so the cluster has a password. */
export async function passwordOf(clusterDir: string): Promise<string | undefined> {
  return HAS_UNIX_SOCKETS ? undefined : readFile(join(clusterDir, PASSWORD_FILE), "utf8");
}

async function initdb(folder: string, binaries: Binaries, account?: Account): Promise<void> {
  const passwordFile = `${folder}.password`;
  if (!HAS_UNIX_SOCKETS) {
    await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
  try {
    await promisify(execFile)(binaries.initdb, initdbArguments(folder, passwordFile), {
      cwd: dirname(folder),
      env: childEnvironment(),
      ...(account && { uid: account.uid, gid: account.gid }),
    });
  } catch (error) {
    throw await cannotRun(binaries.initdb, error);
  }
  if (!HAS_UNIX_SOCKETS) await rename(passwordFile, join(folder, PASSWORD_FILE));
}

/** Why one of PostgreSQL's programs could not be started, or what it said when it failed. */
export async function cannotRun(program: string, error: unknown): Promise<DataFolderError> {
  if (codeOf(error) === "ENOENT" && (await statOf(program))) {
    return new DataFolderError(
      "UNSUPPORTED_PLATFORM",
      `${program} is there but cannot run: this system lacks the GNU C library it was built for.`,
      "Use a glibc system (Alpine is not one), or set DATABASE_URL to a PostgreSQL 15 or newer.",
      { cause: error },
    );
  }
  const said =
    error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
  return new DataFolderError(
    "START_FAILED",
    `${program} failed: ${said}`,
    "Correct what it names and start again, or set DATABASE_URL to a PostgreSQL 15 or newer.",
    { cause: error },
  );
}
