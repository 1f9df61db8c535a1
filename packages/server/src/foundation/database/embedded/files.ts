import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, link, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, DataFolderError } from "./errors.ts";

/** Whatever is at the path itself (a link is not followed), or undefined when nothing is. */
export async function statOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes a rename or a new name in the folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // Windows cannot open a folder, and needs no such step
  const handle = await open(path, constants.O_RDONLY);
  await handle.sync().finally(() => handle.close());
}

/**
 * Writes a small file whole: a reader, or a start after a crash, sees the old text or the new one.
 * Answers false, and changes nothing, when `create` is set and the file is there already.
 */
export async function writeWhole(
  path: string,
  text: string,
  how: "create" | "replace",
): Promise<boolean> {
  const temporary = `${path}.new-${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(temporary, "wx", 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A hard link, unlike a rename, refuses an existing name: of two creators exactly one wins.
    if (how === "create") await link(temporary, path);
    else await rename(temporary, path);
  } catch (error) {
    if (how === "create" && codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/**
 * Removes what crashed starts left beside `path`: everything named `<path>.new-...`. To be called
 * only once `path` itself stands, so that whoever is still building another one is too late anyway.
 */
export async function sweepUnfinished(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.new-`)) continue;
    // A process that outlived its crashed parent may still be writing: the next start tries again.
    await rm(join(dirname(path), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Makes, where it is missing, a folder that all may enter and only root may change. */
export async function ensureRootFolder(path: string): Promise<void> {
  if (await mkdir(path, { recursive: true })) await chmod(path, 0o755); // whatever the umask is
  await demandRootsOwn(path);
}

/** What root starts or hands on must not lie where anyone else could have put or changed it. */
export async function demandRootsOwn(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return;
  throw new DataFolderError(
    "UNSAFE_FOLDER",
    `${path} is not a folder that only root can change, so Kontor does not use it.`,
    `Look who made it, then remove it: rm -r "${path}". Kontor makes it again.`,
  );
}
