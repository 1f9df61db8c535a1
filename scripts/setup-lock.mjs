// One set-up at a time: a lock for runs that start together. Runs on Node 18 or newer.

import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** How long one run waits for another one's set-up before it gives up, in ms. */
const waitLimit = 15 * 60_000;

/** A failure with a next step that the user can take; printed without a stack. */
export class SetupError extends Error {}

/**
 * Takes the lock, waiting while somebody else holds it. The lock is a folder with a file of
 * pids; it is filled first and then renamed into place, so that it is never seen without one.
 * It is held as long as one of the pids lives.
 *
 * @param {string} lock path of the folder
 * @param {(line: string) => void} log
 * @returns {Promise<{ add(pid: number): void, release(): void }>} `add` names a process that
 *   works for us: when we are killed, others wait for it too
 * @throws {SetupError} when the wait takes too long
 */
export async function takeLock(lock, log) {
  const mine = `${lock}-${process.pid}`;
  const isMine = () => pidsIn(lock)[0] === process.pid;
  for (let waited = 0; !place(mine, lock); waited += 100) {
    const pids = pidsIn(lock);
    const dead = pids.length > 0 && !pids.some(isAlive);
    if (dead && breakLock(lock, pids, waited)) continue;
    if (waited === 0 && pids.length > 0)
      log(`Waiting for another run (pid ${pids[0]}) to finish the set-up…`);
    if (waited > waitLimit) {
      throw new SetupError(`Another run still holds ${lock}. If there is none, remove it.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    add: (pid) => isMine() && appendFileSync(join(lock, "pids"), ` ${pid}`),
    release: () => isMine() && rmSync(lock, { recursive: true, force: true }),
  };
}

/** Whether the lock is ours now. A folder is not renamed onto one that has something in it. */
function place(mine, lock) {
  try {
    mkdirSync(mine, { recursive: true });
    writeFileSync(join(mine, "pids"), String(process.pid));
  } catch (error) {
    // A checkout that cannot be written cannot be set up by anybody else either.
    if (error.code === "EROFS" || error.code === "EACCES") return true;
    throw error;
  }
  try {
    renameSync(mine, lock);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (["ENOTEMPTY", "EEXIST", "EPERM", "EACCES"].includes(error.code)) return false;
    throw error;
  }
}

/**
 * Removes a dead owner's lock; a second folder keeps two waiters from removing each other's.
 * A run that died while it held that one leaves it behind: after 10 s of waiting it goes too.
 */
function breakLock(lock, pids, waited) {
  const guard = `${lock}-break`;
  try {
    mkdirSync(guard);
  } catch {
    if (waited < 10_000) return false;
  }
  if (pidsIn(lock)[0] === pids[0]) rmSync(lock, { recursive: true, force: true });
  rmSync(guard, { recursive: true, force: true });
  return true;
}

/** The owner's pid, then those that work for it; none when there is no lock. */
function pidsIn(lock) {
  try {
    return readFileSync(join(lock, "pids"), "utf8").split(" ").map(Number);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
