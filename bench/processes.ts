/** Starts the processes that are measured. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const main = join(import.meta.dirname, "../packages/server/src/main.ts");
const startLimitMs = 120_000;

export interface Kontor {
  url: string;
  partner: { id: string; domain: string };
  app: { clientId: string; clientSecret: string };
  user: { name: string; password: string };
  stop(): Promise<void>;
}

/** A Kontor on its own embedded PostgreSQL, in a folder that must be empty or its own. */
export async function startKontor(folder: string): Promise<Kontor> {
  const readyFile = join(folder, "ready.json");
  const flags = ["--port", "0", "--data-dir", join(folder, "data"), "--ready-file", readyFile];
  const child = start(main, flags, { KONTOR_LOG_LEVEL: "warn" });
  const deadline = performance.now() + startLimitMs;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`Kontor did not start (exit code ${child.exitCode})`);
    }
    await delay(20);
  }
  return { ...JSON.parse(await readFile(readyFile, "utf8")), stop: () => stop(child) };
}

/** Starts a program that writes one line of JSON when it is ready. */
export async function startChild<Ready>(
  file: string,
  args: string[],
): Promise<Ready & { stop(): Promise<void> }> {
  const child = start(file, args, {});
  let line = "";
  while (!line.includes("\n")) {
    const [chunk] = await once(child.stdout ?? child, "data");
    line += chunk;
  }
  return { ...JSON.parse(line), stop: () => stop(child) };
}

function start(file: string, args: string[], settings: NodeJS.ProcessEnv): ChildProcess {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KONTOR_|DATABASE_URL)/.test(name)),
  );
  return spawn(process.execPath, [file, ...args], {
    env: { ...env, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
