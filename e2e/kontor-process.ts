/** Starts Kontor as a process of its own, as a user would. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll } from "vitest";

export const root = join(import.meta.dirname, "..");
const main = join(root, "packages/server/src/main.ts");
const startLimitMs = 60_000;

export interface Ready {
  url: string;
  /** There when the server has a certificate of its own authority. */
  tls?: { caFile: string };
  pid: number;
  mode: string;
  partner: { id: string; domain: string };
  app: { clientId: string; clientSecret: string };
  user: { name: string; password: string };
}

export interface KontorProcess {
  child: ChildProcess;
  ready: Ready;
  /** What it has printed so far. */
  output(): string;
  /** SIGTERM, and the exit code; milliseconds in `ms`. */
  stop(): Promise<{ code: number | null; ms: number }>;
}

const folders: string[] = [];
const running = new Set<ChildProcess>();

// Also after a failed test: what was started is stopped, what was made is removed.
afterAll(async () => {
  for (const child of running) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A folder that goes with the test file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kontor-e2e-"));
  // Run as root, Kontor gives the database to another account, which must get through here.
  await chmod(folder, 0o711);
  folders.push(folder);
  return folder;
}

/** The environment of a test run without its Kontor settings. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("KONTOR_") && !name.startsWith("DATABASE_URL"),
  );
  return Object.fromEntries(entries);
}

/** Runs a program of the repository to its end. */
export async function run(
  file: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: options.cwd ?? root,
    env: { ...cleanEnvironment(), ...options.env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (output.stdout += chunk));
  child.stderr.on("data", (chunk) => (output.stderr += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

export async function startKontor(
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
  flags: string[] = [],
): Promise<KontorProcess> {
  // Beside the data folder: Kontor takes a folder only when it is empty or its own.
  const readyFile = join(dataDir, "..", `ready-${process.pid}.json`);
  await rm(readyFile, { force: true });
  const child = spawn(
    process.execPath,
    [main, "--port", "0", "--data-dir", dataDir, "--ready-file", readyFile, ...flags],
    { cwd: root, env: { ...cleanEnvironment(), ...env } },
  );
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += chunk));
  child.stderr.on("data", (chunk) => (printed += chunk));
  const ended = once(child, "exit");
  running.add(child);
  child.once("exit", () => running.delete(child));
  const deadline = performance.now() + startLimitMs;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error(`Kontor ended with ${child.exitCode}: ${printed}`);
    if (performance.now() > deadline) throw new Error(`Kontor is not ready: ${printed}`);
    await delay(20);
  }
  return {
    child,
    ready: JSON.parse(await readFile(readyFile, "utf8")),
    output: () => printed,
    async stop() {
      const started = performance.now();
      child.kill("SIGTERM");
      const [code] = (await ended) as [number | null];
      return { code, ms: performance.now() - started };
    },
  };
}
