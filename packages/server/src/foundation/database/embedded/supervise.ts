import { rmdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type Attached, attach, type Target } from "./attach.ts";
import { DataFolderError } from "./errors.ts";
import { stopPostmaster } from "./postmaster.ts";
import { HAS_UNIX_SOCKETS } from "./settings.ts";

export type Log = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields?: Record<string, unknown>,
) => void;

/** This many restarts within this time are tried, then no more: the cause will not go by itself. */
const RESTARTS = 5;
const RESTARTS_WITHIN_MS = 60_000;
const RETRY_MS = 500;

/** The server as it is now, restarted or not. */
type Supervised = Readonly<{ pid(): number; stop(): Promise<void> }>;

/**
 * Keeps the server running until `stop`. The sign that it is gone, crashed or killed, child or
 * adopted, is always the same: the owner's connection ends. It is started again under the address
 * it had, so that a pool only has to reconnect.
 */
export function supervise(target: Target, first: Attached, log: Log): Supervised {
  const again: Target = { ...target, address: first.address };
  const stopping = new AbortController();
  let current = first;
  let recovery = Promise.resolve();
  let restarts: number[] = [];
  watch();

  function watch() {
    current.owner.once("end", () => {
      if (!stopping.signal.aborted) recovery = recover();
    });
  }

  async function recover(): Promise<void> {
    log("warn", "PostgreSQL ended the owner's connection", { pid: current.pid });
    while (!stopping.signal.aborted) {
      const now = performance.now();
      restarts = [...restarts.filter((at) => now - at < RESTARTS_WITHIN_MS), now];
      if (restarts.length > RESTARTS) {
        log("error", `PostgreSQL failed ${RESTARTS} times in a minute; it is not started again`, {
          nextStep: `Stop Kontor, read ${target.logFile.path}, and start it again.`,
        });
        return;
      }
      try {
        current = await attach(again, stopping.signal);
        watch();
        log("warn", "PostgreSQL is back", {
          pid: current.pid,
          ms: Math.round(performance.now() - now),
        });
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        log("error", error instanceof Error ? error.message : String(error));
        if (error instanceof DataFolderError && error.code === "IN_USE") return;
      }
      await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await recovery;
    await stopPostmaster(current.pid, target.clusterDir, target.binaries);
    await current.owner.end().catch(() => undefined);
    const { host } = current.address;
    if (HAS_UNIX_SOCKETS && host !== target.clusterDir) await rmdir(host).catch(() => undefined);
    await target.logFile.close();
  }

  let stopped: Promise<void> | undefined;
  return {
    pid: () => current.pid,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
