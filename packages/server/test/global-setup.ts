/** One PostgreSQL for all test files, with a prepared database that each file copies. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "../src/foundation/database/embedded/index.ts";
import { openDatabase } from "../src/foundation/database/pool.ts";
import { prepareDatabase } from "../src/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgres: { host: string; port: number; user: string; password?: string };
  }
}

export const templateName = "kontor_template";

export default async function setup(project: TestProject) {
  const dataDir = await mkdtemp(join(tmpdir(), "kontor-test-"));
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  const { database: _own, ...server } = embedded.connection;
  const admin = new pg.Client({ ...embedded.connection });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateName}`);
  await admin.end();
  const database = openDatabase({ ...server, database: templateName }, () => {});
  await prepareDatabase(database, {
    mode: "sandbox",
    profile: "instant",
    extent: "partner",
    catalog: "default",
  });
  await database.close();
  project.provide("postgres", server);
  return async () => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
