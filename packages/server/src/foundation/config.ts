/**
 * Configuration: flag over environment over default. Secrets may come from a file named by the
 * same variable with `_FILE`. The only file that reads the environment.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseDuration } from "./clock.ts";
import { ConfigError } from "./config-error.ts";
import { type IssuerSettings, readIssuers } from "./issuers.ts";
import { limits } from "./limits.ts";
import type { Rounding } from "./money.ts";
import { defaultPolicy, type Policy } from "./policy.ts";

export { ConfigError };

export type Mode = "sandbox" | "live";
export type Profile = "instant" | "realistic" | "hostile";

/** What an operator may switch; the same for every request of the process. */
export interface Switches {
  profile: Profile;
  /** Further host names under which the control plane may be called, lower case. */
  allowedHosts: readonly string[];
  /** Requests per minute and throttled resource; undefined: as the profile says. */
  throttle: number | undefined;
  /** Life of a cart from its creation, an ISO 8601 duration. */
  cartLife: string;
  policy: Policy;
  /** Who signs the tokens of a live database; a sandbox signs its own. */
  issuers: readonly IssuerSettings[];
}

/** The switches that are given, and the defaults of those that are not. */
export function switchesOf(given: Partial<Switches>): Switches {
  const { profile = "instant", allowedHosts = [], throttle, cartLife = limits.cartLife } = given;
  const { policy = defaultPolicy, issuers = [] } = given;
  return { profile, allowedHosts, throttle, cartLife, policy, issuers };
}

export interface Config extends Switches {
  port: number;
  host: string;
  /** Folder of the embedded database; not used when `databaseUrl` is set. */
  dataDir: string;
  databaseUrl: string | undefined;
  /** Asked for; the mode that counts is the database's own. */
  mode: Mode;
  logLevel: string;
  readyFile: string | undefined;
  /** How a price, a part of it or a tax becomes whole minor units. */
  rounding: Rounding;
  tls: TlsConfig;
}

/** `local`: a certificate of Kontor's own authority, which stands in the data folder. */
export type TlsConfig =
  | { kind: "off" }
  | { kind: "local" }
  | { kind: "files"; certFile: string; keyFile: string };

const modes = ["sandbox", "live"] as const;
const profiles = ["instant", "realistic", "hostile"] as const;
const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const roundings = ["truncate", "half-up"] as const;
const appUserPolicies = ["strict", "lenient"] as const;

const known = [
  "KONTOR_PORT",
  "KONTOR_HOST",
  "KONTOR_DATA_DIR",
  "KONTOR_MODE",
  "KONTOR_PROFILE",
  "KONTOR_ALLOWED_HOSTS",
  "KONTOR_THROTTLE",
  "KONTOR_CART_LIFE",
  "KONTOR_LOG_LEVEL",
  "KONTOR_READY_FILE",
  "KONTOR_TLS",
  "KONTOR_TLS_CERT_FILE",
  "KONTOR_TLS_KEY_FILE",
  "KONTOR_REQUIRE_MFA",
  "KONTOR_REFUSE_GRAPH_AUDIENCE",
  "KONTOR_APP_USER",
  "KONTOR_ROUNDING",
  "KONTOR_ISSUERS",
  // Read by the tests and the build, not by the server.
  "KONTOR_SHARED_DATA",
  "KONTOR_OBSERVED",
  "KONTOR_FUZZ_CASES",
  "KONTOR_FUZZ_SEED",
  "KONTOR_INVOICES",
  "KONTOR_URL",
];

export interface Flags {
  port?: string | undefined;
  host?: string | undefined;
  dataDir?: string | undefined;
  readyFile?: string | undefined;
  tls?: boolean | undefined;
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
    allowedHosts: (env.KONTOR_ALLOWED_HOSTS ?? "")
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    throttle: rate("KONTOR_THROTTLE", env.KONTOR_THROTTLE),
    cartLife: lifetime("KONTOR_CART_LIFE", env.KONTOR_CART_LIFE ?? limits.cartLife),
    logLevel: member("KONTOR_LOG_LEVEL", env.KONTOR_LOG_LEVEL ?? "info", logLevels),
    readyFile: flags.readyFile ?? env.KONTOR_READY_FILE,
    rounding: member("KONTOR_ROUNDING", env.KONTOR_ROUNDING ?? "truncate", roundings),
    tls: readTls(flags, env),
    policy: {
      requireMfa: toggle(env, "KONTOR_REQUIRE_MFA") ?? false,
      refuseGraphAudience: toggle(env, "KONTOR_REFUSE_GRAPH_AUDIENCE") ?? false,
      appUser: member("KONTOR_APP_USER", env.KONTOR_APP_USER ?? "strict", appUserPolicies),
    },
    issuers: readIssuers(secret(env, "KONTOR_ISSUERS")),
  };
  return { config, warnings: unknownNames(env) };
}

function rate(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  throw new ConfigError(`${name} must be a number of requests per minute, not ${value}.`);
}

function lifetime(name: string, value: string): string {
  const duration = parseDuration(value);
  if (duration && duration.months + duration.ms > 0) return value.trim().toUpperCase();
  throw new ConfigError(`${name} must be an ISO 8601 duration such as P7D or PT15M, not ${value}.`);
}

/** One's own certificate turns TLS on by itself; `KONTOR_TLS=false` keeps it off all the same. */
function readTls(flags: Flags, env: NodeJS.ProcessEnv): TlsConfig {
  const { KONTOR_TLS_CERT_FILE: certFile, KONTOR_TLS_KEY_FILE: keyFile } = env;
  const asked = flags.tls ?? toggle(env, "KONTOR_TLS");
  if (certFile === undefined && keyFile === undefined) return { kind: asked ? "local" : "off" };
  if (certFile === undefined || keyFile === undefined) {
    const missing = certFile === undefined ? "KONTOR_TLS_CERT_FILE" : "KONTOR_TLS_KEY_FILE";
    throw new ConfigError(
      `A certificate and its key belong together, and ${missing} is not set. ` +
        "Set both, or neither and start with --tls for a certificate of Kontor's own.",
    );
  }
  return asked === false ? { kind: "off" } : { kind: "files", certFile, keyFile };
}

function toggle(env: NodeJS.ProcessEnv, name: string): boolean | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  return member(name, value, ["true", "false"] as const) === "true";
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

function isKnown(name: string): boolean {
  return known.includes(name) || known.includes(name.replace(/_FILE$/, ""));
}

function unknownNames(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("KONTOR_") && !isKnown(name))
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
