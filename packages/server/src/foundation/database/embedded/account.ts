import { chmod, chown, lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DataFolderError } from "./errors.ts";
import { statOf } from "./files.ts";

/** The system user that PostgreSQL runs as when Kontor itself runs as root, which it refuses. */
export type Account = Readonly<{ uid: number; gid: number; name: string }>;

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Who runs PostgreSQL: undefined means Kontor's own user. Root hands over to the owner of the
 * existing cluster, else to `postgres`, else to `nobody`.
 */
export async function accountFor(clusterDir: string | undefined): Promise<Account | undefined> {
  const owner = clusterDir === undefined ? undefined : await statOf(clusterDir);
  const self = process.getuid?.();
  if (owner && owner.uid !== self && !runsAsRoot()) {
    throw new DataFolderError(
      "OTHER_OWNER",
      `The database in ${clusterDir} belongs to user id ${owner.uid}; Kontor runs as ${self}.`,
      "Start Kontor as that user or as root, or name another folder in KONTOR_DATA_DIR.",
    );
  }
  if (!runsAsRoot()) return undefined;
  if (owner?.uid === 0) {
    throw new DataFolderError(
      "OTHER_OWNER",
      `The database in ${clusterDir} belongs to root, and PostgreSQL refuses to run as root.`,
      `Give it to an ordinary user: chown -R nobody "${clusterDir}".`,
    );
  }
  const accounts = parsePasswd(await readFile("/etc/passwd", "utf8").catch(() => ""));
  if (owner) {
    const name = accounts.find((account) => account.uid === owner.uid)?.name;
    return { uid: owner.uid, gid: owner.gid, name: name ?? `user id ${owner.uid}` };
  }
  const named = (name: string) =>
    accounts.find((account) => account.name === name && account.uid !== 0);
  const account = named("postgres") ?? named("nobody");
  if (account) return account;
  throw new DataFolderError(
    "NO_UNPRIVILEGED_USER",
    "Kontor runs as root, PostgreSQL refuses to; there is no user postgres or nobody to run it.",
    "Run Kontor as an ordinary user, add a user named postgres, or set DATABASE_URL.",
  );
}

/** The users of a passwd file; lines that are not of its form are left out. */
export function parsePasswd(text: string): Account[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (!name || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

/**
 * The outermost folder on the way to and including `folder` that the account may not enter, or
 * undefined when it may enter all. Judged by the mode bits, without supplementary groups, which
 * is how the child process is started; an access list may allow more, and then costs only a copy.
 */
export async function firstClosedFolder(
  folder: string,
  account: Account | undefined,
): Promise<string | undefined> {
  if (!account) return undefined;
  const way: string[] = [];
  for (let at = await realpath(folder); ; at = dirname(at)) {
    way.unshift(at);
    if (dirname(at) === at) break;
  }
  for (const at of way) {
    const { mode, uid, gid } = await stat(at);
    const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) return at;
  }
  return undefined;
}

/**
 * Lets the account pass through root's own private data folder (mode 0700, as mkdtemp makes it):
 * its group may then enter, not list. A folder that others may use already is left as it is.
 */
export async function letThrough(dataDir: string, account: Account | undefined): Promise<void> {
  if (!account) return;
  const { uid, mode } = await lstat(dataDir);
  if (uid !== 0 || (mode & 0o077) !== 0) return;
  await chown(dataDir, uid, account.gid);
  await chmod(dataDir, 0o710);
}
