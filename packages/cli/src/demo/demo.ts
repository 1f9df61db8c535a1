/** `kontor demo`: a server on a fresh database, and the purchase through it. */
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, signIn } from "@kontor/client";
import {
  createLog,
  importCatalog,
  type RunningServer,
  readConfig,
  startServer,
  wellKnownSignIn,
} from "@kontor/server";
import { runJourney } from "./journey.ts";
import { recordSteps } from "./steps.ts";

export interface DemoOptions {
  once: boolean;
  json: boolean;
  /** Price sheets to sell from in place of the default catalog. */
  catalog: string[];
  country: string;
  port: string | undefined;
}

/** Runs the demo; answers the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const progress = options.json ? process.stderr : process.stdout;
  const print = (line: string) => progress.write(`${line}\n`);
  const outputDir = await mkdtemp(join(tmpdir(), "kontor-demo-"));
  // Run as root, Kontor gives the database to another account, which must get through here.
  await chmod(outputDir, 0o711);
  const ownDir = join(outputDir, "data");
  // An environment folder is the user's and stays; ours goes with the demo.
  // The demo's own client trusts no local authority.
  const { config } = readConfig({ port: options.port ?? "0", tls: false });
  const keepsData = process.env.KONTOR_DATA_DIR !== undefined || config.databaseUrl !== undefined;
  const dataDir = keepsData ? config.dataDir : ownDir;
  if (!keepsData) await mkdir(ownDir, { mode: 0o700 });
  const server = await startServer({ ...config, dataDir, logLevel: "warn" }, createLog("warn"), {
    extent: "partner",
    catalog: options.catalog.length > 0 ? "none" : "default",
  });
  const stop = async () => {
    await server.close();
    if (!keepsData) await rm(ownDir, { recursive: true, force: true });
  };
  try {
    print(
      `Kontor runs at ${server.url} (${server.installation.mode}); a purchase from end to end:`,
    );
    await importSheets(server, options.catalog, print);
    const steps = recordSteps(print);
    const client = createClient({
      baseUrl: server.url,
      token: signIn(server.url, {
        tenant: wellKnownSignIn.partner.domain,
        ...wellKnownSignIn.app,
        user: wellKnownSignIn.user,
      }),
      onCall: steps.observe,
    });
    const result = await runJourney(client, steps, { country: options.country, outputDir });
    print(`\nAll of it held. Statement: ${result.statementPdf}`);
    if (options.json) {
      const document = { url: server.url, steps: steps.all, ...result };
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    }
  } catch (error) {
    print(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
    await stop();
    return 1;
  }
  if (!options.once) {
    print(`Kontor stays up at ${server.url} (reference: ${server.url}/docs). Ctrl-C stops it.`);
    await untilSignal();
  }
  await stop();
  return 0;
}

async function importSheets(
  server: RunningServer,
  files: string[],
  print: (line: string) => void,
): Promise<void> {
  if (files.length === 0) return;
  for (const report of await importCatalog(server.database, files)) {
    const { made, changed, unchanged } = report.availabilities;
    print(`  catalog ${report.file}: ${made} made, ${changed} changed, ${unchanged} unchanged`);
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
