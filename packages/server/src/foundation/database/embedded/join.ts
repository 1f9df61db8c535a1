import { locateBinaries } from "./binaries.ts";
import { passwordOf } from "./cluster.ts";
import { canonical, clusterOf, readMarker, SYSTEM_PLACES } from "./folder.ts";
import type { EmbeddedPostgres } from "./index.ts";
import { findPostmaster } from "./postmaster.ts";

/**
 * How to connect to the server that another Kontor runs on the data folder; undefined when none
 * does. For commands that work beside a running Kontor; they own nothing and stop nothing.
 */
export async function findRunning(
  dataDir: string,
): Promise<EmbeddedPostgres["connection"] | undefined> {
  const folder = await canonical(dataDir);
  const marker = await readMarker(folder, (await locateBinaries()).major, SYSTEM_PLACES);
  if (!marker) return undefined;
  const clusterDir = clusterOf(folder, marker);
  const server = await findPostmaster(clusterDir);
  if (!server) return undefined;
  const password = await passwordOf(clusterDir);
  const { host, port } = server.address;
  return { host, port, user: "kontor", database: "kontor", ...(password && { password }) };
}
