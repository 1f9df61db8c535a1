import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { runsAsRoot } from "./account.ts";

/** `postgres.log` may grow to LIMIT before it is cut down to its last KEEP bytes. */
export const LOG_LIMIT_BYTES = 1024 * 1024;
const KEEP_BYTES = 64 * 1024;
const TAIL_BYTES = 4 * 1024;
const TRIM_EVERY_MS = 30_000;

/** PostgreSQL's own output. `fd` is for the child, which writes to it even when we are gone. */
export type LogFile = Readonly<{
  path: string;
  fd: number;
  size(): Promise<number>;
  /** The last lines written since the file had that size; at most 4 KiB. */
  tail(since: number): Promise<string>;
  trim(): Promise<void>;
  close(): Promise<void>;
}>;

export async function openLogFile(dataDir: string): Promise<LogFile> {
  const path = join(dataDir, "postgres.log");
  // Appending, so that a running server goes on at the new end after the file was cut; a link,
  // which could lead root to any file, is not followed.
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = constants;
  const file = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  const size = async () => (await file.stat()).size;
  const log: LogFile = {
    path,
    fd: file.fd,
    size,
    tail: async (since) => {
      const end = await size();
      return lastBytes(file, Math.max(Math.min(since, end), end - TAIL_BYTES), end);
    },
    trim: async () => {
      const end = await size();
      if (end <= LOG_LIMIT_BYTES) return;
      const kept = await lastBytes(file, end - KEEP_BYTES, end);
      await file.truncate(0);
      await file.appendFile(kept.slice(kept.indexOf("\n") + 1));
    },
    close: async () => {
      clearInterval(timer);
      await file.close();
    },
  };
  const timer = setInterval(() => void log.trim().catch(() => undefined), TRIM_EVERY_MS);
  timer.unref();
  if (runsAsRoot()) {
    const owner = await stat(dataDir); // who may later start Kontor here without being root
    await file.chown(owner.uid, owner.gid);
  }
  await log.trim();
  return log;
}

async function lastBytes(file: FileHandle, from: number, to: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.toString("utf8", 0, bytesRead);
}
