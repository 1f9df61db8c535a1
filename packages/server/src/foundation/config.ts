/**
 * Configuration: flag over environment over default. Secrets may come from a file named by the
 * same variable with `_FILE`. The only file that reads the environment.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export type Mode = "sandbox" | "live";
export type Profile = "instant" | "realistic" | "hostile";

export interface Config {
  port: number;
  host: string;
  /** Folder of the embedded database; not used when `databaseUrl` is set. */
  dataDir: string;
  databaseUrl: string | undefined;
  /** Asked for; the mode that counts is the database's own. */
  mode: Mode;
  profile: Profile;
  logLevel: string;
  readyFile: string | undefined;
}

const modes = ["sandbox", "live"] as const;
const profiles = ["instant", "realistic", "hostile"] as const;
const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const known = [
  "KONTOR_PORT",
  "KONTOR_HOST",
  "KONTOR_DATA_DIR",
  "KONTOR_MODE",
  "KONTOR_PROFILE",
  "KONTOR_LOG_LEVEL",
  "KONTOR_READY_FILE",
  // Read by the tests and the build, not by the server.
  "KONTOR_SHARED_DATA",
  "KONTOR_URL",
];

/** Bad configuration: what is wrong and how to mend it, for the terminal. */
export class ConfigError extends Error {}

export interface Flags {
  port?: string | undefined;
  host?: string | undefined;
  dataDir?: string | undefined;
  readyFile?: string | undefined;
}

/** Reads the configuration. Returns warnings (unknown names) beside it. */
export function readConfig(
  flags: Flags,
  environment: NodeJS.ProcessEnv = process.env,
): { config: Config; warnings: string[] } {
  // A variable that is set to nothing says nothing.
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const databaseUrl = secret(env, "DATABASE_URL");
  const port = flags.port ?? env.KONTOR_PORT ?? "7300";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new ConfigError(`The port must be a number from 0 to 65535, not ${port}.`);
  }
  const config: Config = {
    port: Number(port),
    host: flags.host ?? env.KONTOR_HOST ?? "127.0.0.1",
    dataDir: resolve(flags.dataDir ?? env.KONTOR_DATA_DIR ?? ".kontor"),
    databaseUrl,
    mode: member("KONTOR_MODE", env.KONTOR_MODE ?? "sandbox", modes),
    profile: member("KONTOR_PROFILE", env.KONTOR_PROFILE ?? "instant", profiles),
    logLevel: member("KONTOR_LOG_LEVEL", env.KONTOR_LOG_LEVEL ?? "info", logLevels),
    readyFile: flags.readyFile ?? env.KONTOR_READY_FILE,
  };
  return { config, warnings: unknownNames(env) };
}

function member<T extends string>(name: string, value: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value.toLowerCase());
  if (found === undefined) {
    throw new ConfigError(`${name} must be one of ${values.join(", ")}, not ${value}.`);
  }
  return found;
}

function secret(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined) return env[name];
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new ConfigError(`${name}_FILE names ${file}, which cannot be read: ${String(error)}`);
  }
}

function unknownNames(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("KONTOR_") && !known.includes(name.replace(/_FILE$/, "")))
    .map((name) => {
      const nearest = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
      return `${name} is not a setting of Kontor; did you mean ${nearest}?`;
    });
}

/** Levenshtein distance, for suggestions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
