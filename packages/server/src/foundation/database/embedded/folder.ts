import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Account, firstClosedFolder, letThrough } from "./account.ts";
import { codeOf, DataFolderError } from "./errors.ts";
import { ensureRootFolder, statOf, writeWhole } from "./files.ts";

/**
 * The content of `kontor.json`. `cluster` is set when the database lies elsewhere (see
 * `claimFolder`), `initialising` from the first claim until the cluster is whole.
 */
type Marker = Readonly<{
  format: 1;
  postgres: number;
  cluster?: string;
  initialising?: true;
}>;

/** The folders outside the data folder that only root uses. */
export type Places = Readonly<{ programs: string; clusters: string }>;

export const SYSTEM_PLACES: Places = {
  programs: "/var/cache/kontor",
  clusters: "/var/lib/kontor",
};

const DELETE_OR_CHOOSE =
  "Name another folder in KONTOR_DATA_DIR, or delete this one to start with an empty database.";

export const markerPath = (dataDir: string) => join(dataDir, "kontor.json");

/** Where the cluster of a marked data folder lies. */
export function clusterOf(dataDir: string, marker: Marker): string {
  return marker.cluster ?? join(dataDir, "postgres");
}

/**
 * Reads the marker of a data folder and checks that it is ours and of this version; undefined for
 * a folder that is empty or does not exist. Changes nothing.
 */
export async function readMarker(
  dataDir: string,
  major: number,
  places: Places,
): Promise<Marker | undefined> {
  const found = await stat(dataDir).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (!found) return undefined;
  if (!found.isDirectory()) throw notOurs(dataDir, "it is not a folder");
  const text = await readIfThere(markerPath(dataDir));
  if (text === undefined) {
    // A volume mounted as the data folder has lost+found, tls is ours and may be there before the
    // database, and the other is a claim that crashed.
    const foreign = (await readdir(dataDir)).find(
      (name) => !["lost+found", "tls"].includes(name) && !name.startsWith("kontor.json.new-"),
    );
    if (foreign !== undefined) throw notOurs(dataDir, `it holds ${foreign} but no kontor.json`);
    return undefined;
  }
  return parseMarker(text, dataDir, major, places);
}

/** Checks that the cluster of a marked folder is there and of this version. Changes nothing. */
export async function checkCluster(dataDir: string, marker: Marker, major: number): Promise<void> {
  const clusterDir = clusterOf(dataDir, marker);
  if (await statOf(clusterDir)) {
    const version = (await readIfThere(join(clusterDir, "PG_VERSION")))?.trim();
    if (version === String(major)) return;
    const has = version === undefined ? "no PG_VERSION" : `PostgreSQL ${version}`;
    throw unknownVersion(dataDir, `its database has ${has}, this Kontor brings ${major}`);
  }
  if (marker.initialising) return;
  throw new DataFolderError(
    "DATABASE_MISSING",
    `The data folder ${dataDir} has lost its database: ${clusterDir} does not exist.`,
    `Put the database back, or delete ${dataDir} to start with an empty one.`,
  );
}

/** Makes the folder if it is missing, private to this user and the account. */
export async function ensureFolder(dataDir: string, account: Account | undefined): Promise<void> {
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
  await letThrough(dataDir, account);
}

/**
 * Makes the data folder ours by publishing its marker. Of several processes that do this at once
 * one wins, and all go on with the winner's marker. The database goes into the
 * folder itself; only where the account may not enter a folder above (a checkout below /root, say)
 * it goes to a folder of its own in `places.clusters`, which the marker then names.
 */
export async function claimFolder(
  dataDir: string,
  major: number,
  account: Account | undefined,
  places: Places,
): Promise<Marker> {
  const base: Marker = { format: 1, postgres: major, initialising: true };
  const closed = await firstClosedFolder(dataDir, account);
  if (closed) await ensureRootFolder(places.clusters);
  const marker: Marker = closed
    ? { ...base, cluster: join(places.clusters, randomBytes(8).toString("hex")) }
    : base;
  if (await writeWhole(markerPath(dataDir), markerText(marker), "create")) return marker;
  const winner = await readMarker(dataDir, major, places);
  if (winner) return winner;
  throw new Error(`${markerPath(dataDir)} disappeared while ${dataDir} was being set up`);
}

/** Records that the cluster is whole: from now on a missing cluster is an error. */
export async function finishFolder(dataDir: string, marker: Marker): Promise<Marker> {
  const { initialising: _, ...finished } = marker;
  await writeWhole(markerPath(dataDir), markerText(finished), "replace");
  return finished;
}

/** The data folder's one true path, through which every process names it alike. */
export async function canonical(dataDir: string): Promise<string> {
  const absolute = resolve(dataDir);
  return realpath(absolute).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return absolute;
    throw error;
  });
}

function markerText(marker: Marker): string {
  return `${JSON.stringify(marker)}\n`;
}

function parseMarker(text: string, dataDir: string, major: number, places: Places): Marker {
  let parsed: Partial<Record<keyof Marker, unknown>> | null;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = null;
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw unknownVersion(dataDir, "its kontor.json is not readable as JSON");
  }
  const { format, postgres, cluster, initialising } = parsed;
  if (format !== 1) throw unknownVersion(dataDir, `its format is ${format}, this Kontor knows 1`);
  if (postgres !== major) {
    throw unknownVersion(dataDir, `it is for PostgreSQL ${postgres}, this Kontor brings ${major}`);
  }
  // Root trusts the pointer only where no one else could have made what it points to.
  const id = basename(String(cluster));
  if (
    cluster !== undefined &&
    (!/^[0-9a-f]{16}$/.test(id) || cluster !== join(places.clusters, id))
  ) {
    throw unknownVersion(dataDir, `its database ${cluster} is not in ${places.clusters}`);
  }
  return {
    format: 1,
    postgres: major,
    ...(cluster === undefined ? {} : { cluster: String(cluster) }),
    ...(initialising === true ? { initialising } : {}),
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
}

function notOurs(dataDir: string, why: string): DataFolderError {
  return new DataFolderError(
    "NOT_OURS",
    `${dataDir} is not a data folder of Kontor: ${why}.`,
    "Name an empty or a new folder in KONTOR_DATA_DIR. Nothing was changed.",
  );
}

function unknownVersion(dataDir: string, why: string): DataFolderError {
  return new DataFolderError(
    "UNKNOWN_VERSION",
    `The data folder ${dataDir} cannot be opened by this version: ${why}.`,
    `Use the Kontor that wrote it. ${DELETE_OR_CHOOSE} Nothing was changed.`,
  );
}
