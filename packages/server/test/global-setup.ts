/** One PostgreSQL for all test files, with a prepared database that each file copies. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "../src/foundation/database/embedded/index.ts";
import { type ConnectionSettings, openDatabase } from "../src/foundation/database/pool.ts";
import { prepareDatabase } from "../src/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgres: { host: string; port: number; user: string; password?: string };
  }
}

const templateName = "kontor_template";

export default async function setup(project: TestProject) {
  const dataDir = await mkdtemp(join(tmpdir(), "kontor-test-"));
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  const stop = async () => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const { database: _own, ...server } = embedded.connection;
  try {
    await makeTemplate(embedded.connection);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("postgres", server);
  return stop;
}

async function makeTemplate(connection: ConnectionSettings): Promise<void> {
  const admin = new pg.Client(connection);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateName}`);
  await admin.end();
  const database = openDatabase({ ...connection, database: templateName }, () => {});
  await prepareDatabase(database, {
    mode: "sandbox",
    profile: "instant",
    extent: "partner",
    catalog: "default",
  });
  await database.close();
}
