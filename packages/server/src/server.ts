/** Composition: configuration and a database become a listening server. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type { Operations } from "@kontor/contract";
import type { FastifyInstance } from "fastify";
import { addMs, commerceNow, systemNow } from "./foundation/clock.ts";
import type { Config, Mode, Switches } from "./foundation/config.ts";
import { startEmbedded } from "./foundation/database/embedded/index.ts";
import { findRunning } from "./foundation/database/embedded/join.ts";
import { migrate } from "./foundation/database/migrate.ts";
import { type Database, openDatabase } from "./foundation/database/pool.ts";
import { createApp } from "./foundation/http/app.ts";
import type { BindingsOf } from "./foundation/http/binding.ts";
import { forgetOldAnswers } from "./foundation/http/replay/store.ts";
import { registerServiceRoutes } from "./foundation/http/service-routes.ts";
import { limits } from "./foundation/limits.ts";
import { roundBy } from "./foundation/money.ts";
import type { Installation } from "./foundation/partner.ts";
import type { Log } from "./foundation/telemetry/log.ts";
import { createMetrics } from "./foundation/telemetry/metrics.ts";
import { keepRenewed, type ServerCertificate, serverCertificate } from "./foundation/tls/index.ts";
import {
  accountingRoutes,
  amendmentRoutes,
  billingRoutes,
  closePeriodHandler,
  closePeriodKind,
  exportRoutes,
  forgetOldExports,
  type Proof,
  paymentRoutes,
  proveSnapshot,
  registerExportBlobs,
} from "./modules/billing/index.ts";
import { cartRoutes } from "./modules/carts/index.ts";
import { catalogRoutes, registerDownloads } from "./modules/catalog/index.ts";
import {
  agreementRoutes,
  customerRoutes,
  qualificationRoutes,
  registerAgreementDocuments,
  relationshipRoutes,
} from "./modules/customers/index.ts";
import { type DueHandlers, partnersWithDueWork, runDueWork } from "./modules/due/index.ts";
import { entitlementRoutes } from "./modules/entitlements/index.ts";
import {
  createGate,
  createPartner,
  listPartnerIds,
  loadInstallation,
  loadPartner,
  type PartnerSignIn,
  type PartnerSpec,
  registerPartner,
  registerSignIn,
} from "./modules/identity/index.ts";
import {
  chargeCycleHandler,
  chargeCycleKind,
  orderRoutes,
  subscriptionCancellation,
} from "./modules/orders/index.ts";
import { profileRoutes } from "./modules/profiles/index.ts";
import {
  chargeRenewedCycleHandler,
  chargeRenewedCycleKind,
  renewSubscriptionHandler,
} from "./modules/renewals/index.ts";
import { createSandboxRoutes, type SeedOptions, seedSandbox } from "./modules/sandbox/index.ts";
import { createSubscriptionRoutes, renewSubscriptionKind } from "./modules/subscriptions/index.ts";
import { validationRoutes } from "./modules/validations/index.ts";

export const version: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;

/** What runs when its time has come, by kind. */
const dueHandlersOf = (installation: Installation): DueHandlers => ({
  [closePeriodKind]: closePeriodHandler,
  [chargeCycleKind]: chargeCycleHandler,
  [renewSubscriptionKind]: renewSubscriptionHandler(installation),
  [chargeRenewedCycleKind]: chargeRenewedCycleHandler,
});

/** Makes the schema, and on a new sandbox database the seed. Safe to run in two processes. */
export async function prepareDatabase(
  database: Database,
  options: { mode: Mode } & Partial<Switches> & SeedOptions,
): Promise<Installation> {
  await migrate(database, systemNow());
  const installation = await loadInstallation(database, options, systemNow());
  if (installation.mode === "sandbox") {
    const dueHandlers = dueHandlersOf(installation);
    await seedSandbox(database, installation, dueHandlers, options, systemNow());
  }
  return installation;
}

/** The application without a socket: what `startServer` listens with, and tests call directly. */
export function compose(
  database: Database,
  installation: Installation,
  log: Log,
  tls?: ServerCertificate,
): FastifyInstance {
  const metrics = createMetrics(database);
  const gate = createGate({ database, installation });
  const bindings = {
    ...customerRoutes,
    ...relationshipRoutes,
    ...agreementRoutes,
    ...qualificationRoutes,
    ...validationRoutes,
    ...profileRoutes,
    ...createSubscriptionRoutes(subscriptionCancellation),
    ...catalogRoutes,
    ...cartRoutes,
    ...orderRoutes,
    ...entitlementRoutes,
    ...billingRoutes,
    ...amendmentRoutes,
    ...createSandboxRoutes({ dueHandlers: dueHandlersOf(installation) }),
    ...paymentRoutes,
    ...accountingRoutes,
    ...exportRoutes,
  } satisfies BindingsOf<Operations>;
  const app = createApp({ bindings, database, gate, installation, log, metrics, tls });
  registerSignIn(app, { database, installation });
  registerDownloads(app, { database, installation });
  registerAgreementDocuments(app, { installation });
  registerExportBlobs(app, { database, installation });
  registerServiceRoutes(app, { database, metrics, version });
  return app;
}

export interface RunningServer {
  url: string;
  /** The authority that clients must trust; undefined without TLS and with one's own certificate. */
  caFile: string | undefined;
  installation: Installation;
  database: Database;
  /** Answers what is under way, then stops: at most about ten seconds. */
  close(): Promise<void>;
}

/**
 * The database for a command: the one of a Kontor that runs on the folder, or else opened for as
 * long as the command takes. The schema is brought up to date.
 */
export async function openForTools(
  config: Pick<Config, "dataDir" | "databaseUrl">,
  log: Log,
): Promise<{ database: Database; close(): Promise<void> }> {
  const opened = await openConfigured(config, log, { besideServer: true });
  await migrate(opened.database, systemNow());
  return opened;
}

/**
 * Makes a partner. In a sandbox it comes with an app and a user to sign in as; in a live database
 * its id is the tenant in the tokens of a trusted issuer. An empty database gets its mode here.
 */
export async function addPartner(
  database: Database,
  options: { mode: Mode },
  spec: PartnerSpec,
): Promise<Partial<PartnerSignIn>> {
  const { mode } = await loadInstallation(database, options, systemNow());
  const add = mode === "live" ? registerPartner : createPartner;
  return database.transaction((tx) => add(tx, spec, systemNow()));
}

/** Proves the books of every partner, one after the other, while Kontor goes on. */
export async function* verifyInstallation(
  database: Database,
): AsyncGenerator<{ partnerId: string; proofs: Proof[] }> {
  for (const partnerId of await listPartnerIds(database)) {
    yield { partnerId, proofs: await proveSnapshot(database, partnerId) };
  }
}

/** Opens what the configuration names; `close` also stops an embedded server that was started. */
async function openConfigured(
  { dataDir, databaseUrl }: Pick<Config, "dataDir" | "databaseUrl">,
  log: Log,
  { besideServer }: { besideServer: boolean },
): Promise<{ database: Database; close(): Promise<void> }> {
  const onIdleError = (error: Error) =>
    log.warn({ err: error }, "an idle database connection was lost");
  if (databaseUrl !== undefined) {
    const database = openDatabase({ connectionString: databaseUrl }, onIdleError);
    return { database, close: () => database.close() };
  }
  const running = besideServer ? await findRunning(dataDir) : undefined;
  const embedded = running
    ? undefined
    : await startEmbedded({
        dataDir,
        log: (level, message, fields) => log[level](fields ?? {}, message),
      });
  const connection = {
    ...(running ?? embedded?.connection),
    // Said in so many words, or pg would take PGSSLMODE and PGOPTIONS, which mean other servers.
    ssl: false,
    options: "-c idle_session_timeout=0",
  };
  const database = openDatabase(connection, onIdleError);
  return {
    database,
    close: async () => {
      await database.close();
      await embedded?.stop();
    },
  };
}

export async function startServer(
  config: Config,
  log: Log,
  seed: SeedOptions = { extent: "full", catalog: "default" },
): Promise<RunningServer> {
  roundBy(config.rounding);
  const { database, close: closeDatabase } = await openConfigured(config, log, {
    besideServer: false,
  });
  try {
    const installation = await prepareDatabase(database, { ...config, ...seed });
    if (installation.mode !== config.mode) {
      log.warn(`the database is a ${installation.mode} one; its mode was fixed when it was made`);
    }
    warnOfIssuers(installation, log);
    const tls = await serverCertificate(config, systemNow());
    const app = compose(database, installation, log, tls);
    await app.listen({ port: config.port, host: config.host });
    const renewal = keepRenewed(app.server, config, tls, log);
    const worker = startWorker(database, dueHandlersOf(installation), log);
    return {
      url: urlOf(tls ? "https" : "http", config.host, app.server.address() as AddressInfo),
      caFile: tls?.caFile,
      installation,
      database,
      close: async () => {
        renewal.stop();
        await worker.stop();
        await drain(app, log);
        await closeDatabase();
      },
    };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

/** A live database that trusts nobody is of no use; a sandbox trusts its own tokens alone. */
function warnOfIssuers({ mode, issuers }: Installation, log: Log): void {
  if (mode === "live" && issuers.length === 0) {
    log.warn("no issuer of tokens is trusted, so nobody can call the API: set KONTOR_ISSUERS");
  }
  if (mode === "sandbox" && issuers.length > 0) {
    log.warn("KONTOR_ISSUERS counts in live databases only; this sandbox signs its own tokens");
  }
}

function urlOf(scheme: string, host: string, { port }: AddressInfo): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${scheme}://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

/** Stops listening, waits for requests under way, and gives up on those that hang. */
async function drain(app: FastifyInstance, log: Log): Promise<void> {
  const timer = setTimeout(() => {
    log.warn({ ms: limits.drainMs }, "requests did not finish in time; closing their connections");
    app.server.closeAllConnections();
  }, limits.drainMs);
  await app.close();
  clearTimeout(timer);
}

/**
 * Runs what comes due by itself while the clocks go on. A partner's row is the lease: whoever
 * moves its clock or works for it holds the row.
 */
function startWorker(
  database: Database,
  dueHandlers: DueHandlers,
  log: Log,
): { stop(): Promise<void> } {
  let stopped = false;
  let swept = systemNow();
  const round = async () => {
    const system = systemNow();
    for (const partnerId of await partnersWithDueWork(database, system)) {
      if (stopped) return;
      await database.transaction(async (tx) => {
        const partner = await loadPartner(tx, partnerId, "update");
        if (!partner) return;
        const ran = await runDueWork(tx, partner, commerceNow(partner.clock, system), dueHandlers);
        if (ran.length > 0) log.info({ partner: partnerId, count: ran.length }, "due work ran");
      });
    }
    if (addMs(swept, limits.replaySweepMs).getTime() > system.getTime()) return;
    swept = system;
    for (const partnerId of await listPartnerIds(database)) {
      await forgetOldAnswers(database, partnerId, system);
      await forgetOldExports(database, partnerId, system);
    }
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(async () => {
      if (stopped) return;
      await round().catch((error) => log.warn({ err: error }, "a round of due work failed"));
    });
  }, limits.dueWorkEveryMs);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
