/** Process entry: flags and environment in, a server up, signals and exit codes. */
import { rename, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ConfigError, type Flags, readConfig } from "./foundation/config.ts";
import { DataFolderError } from "./foundation/database/embedded/index.ts";
import { MigrationError } from "./foundation/database/migrate.ts";
import { createLog } from "./foundation/telemetry/log.ts";
import { caFileOf, TlsError, trustHelp, trustLine } from "./foundation/tls/index.ts";
import { wellKnownSignIn } from "./modules/identity/index.ts";
import { type RunningServer, startServer } from "./server.ts";

const usage = `Usage: npm start -- [--port N] [--host H] [--data-dir DIR] [--ready-file PATH] [--tls]

  --port N           port to listen on; 0 picks a free one        (default 7300)
  --host H           address to listen on                         (default 127.0.0.1)
  --data-dir DIR     folder of the embedded database              (default .kontor)
  --ready-file PATH  written as JSON when the server is ready: address, pid, sign-in
  --tls              serve https with a certificate of Kontor's own authority
  --tls-help         say how each kind of client is told to trust that authority

Environment: KONTOR_PORT, KONTOR_HOST, KONTOR_DATA_DIR, DATABASE_URL, KONTOR_MODE,
KONTOR_PROFILE, KONTOR_LOG_LEVEL, KONTOR_READY_FILE, KONTOR_TLS, KONTOR_TLS_CERT_FILE,
KONTOR_TLS_KEY_FILE, KONTOR_ISSUERS, KONTOR_APP_USER, KONTOR_REQUIRE_MFA,
KONTOR_REFUSE_GRAPH_AUDIENCE. A flag wins over the environment.
`;

function readFlags(argv: string[]): Flags & { help: boolean; tlsHelp: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: "string" },
      host: { type: "string" },
      "data-dir": { type: "string" },
      "ready-file": { type: "string" },
      tls: { type: "boolean" },
      "tls-help": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    port: values.port,
    host: values.host,
    dataDir: values["data-dir"],
    readyFile: values["ready-file"],
    tls: values.tls,
    tlsHelp: values["tls-help"],
    help: values.help,
  };
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) {
    process.stdout.write(usage);
    return;
  }
  const { config, warnings } = readConfig(flags);
  if (flags.tlsHelp) {
    process.stdout.write(trustHelp(caFileOf(config.dataDir)));
    return;
  }
  const log = createLog(config.logLevel);
  for (const warning of warnings) log.warn(warning);
  const server = await startServer(config, log);
  stopOnSignals(server);
  if (config.readyFile) await writeReadyFile(config.readyFile, server);
  process.stdout.write(banner(server));
}

function signInOf(server: RunningServer) {
  return server.installation.mode === "sandbox" ? wellKnownSignIn : {};
}

/** Written beside and renamed, so that a reader never sees half of it. */
async function writeReadyFile(path: string, server: RunningServer): Promise<void> {
  const { url, installation, caFile } = server;
  const tls = caFile === undefined ? {} : { tls: { caFile } };
  const ready = { url, ...tls, pid: process.pid, mode: installation.mode, ...signInOf(server) };
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  await rename(part, path);
}

function banner(server: RunningServer): string {
  const { url, installation, caFile } = server;
  const lines = [
    `Kontor is ready        ${url}   (API /v1, reference /docs, health /readyz)`,
    `mode                   ${installation.mode}, profile ${installation.profile}`,
  ];
  if (caFile !== undefined) lines.push(`trust                  ${trustLine(caFile)}`);
  if (installation.mode === "sandbox") {
    const { partner, app, user } = wellKnownSignIn;
    lines.push(
      `partner                ${partner.domain} (${partner.id})`,
      `app                    client id ${app.clientId}, secret ${app.clientSecret}`,
      `user                   ${user.name}, password ${user.password}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function stopOnSignals(server: RunningServer): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    process.stderr.write(`${signal}: answering what is under way, then stopping.\n`);
    await server.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      stop(signal).catch((error) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      });
    });
  }
}

/** 2: wrong usage or configuration; 1: the server cannot start. */
main().catch((error: unknown) => {
  const folder = error instanceof DataFolderError || error instanceof TlsError;
  const known = folder || error instanceof MigrationError;
  const code = (error as { code?: string }).code ?? "";
  if (error instanceof ConfigError || code.startsWith("ERR_PARSE_ARGS")) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
  if (code === "EADDRINUSE") {
    process.stderr.write(
      `${(error as Error).message}\nNext: choose another with --port N, or 0.\n`,
    );
  } else if (known) {
    const next = folder ? `\nNext: ${error.nextStep}` : "";
    process.stderr.write(`${error.message}${next}\n`);
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exit(1);
});
