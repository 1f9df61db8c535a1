/** TLS of the server's own: with one's own certificate, or with one of the local authority. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer, Server } from "node:https";
import { systemNow } from "../clock.ts";
import type { Config } from "../config.ts";
import { limits } from "../limits.ts";
import type { Log } from "../telemetry/log.ts";
import { localCertificate } from "./folder.ts";
import { TlsError } from "./tls-error.ts";

export { caFileOf } from "./folder.ts";
export { TlsError } from "./tls-error.ts";
export { trustHelp, trustLine } from "./trust.ts";

/** Older versions are broken; every client of the contract speaks this one. */
const minimumVersion = "TLSv1.2";

/** What the server shows its clients; PEM. */
export interface ServerCertificate {
  cert: string;
  key: string;
  /** Whom clients must trust; undefined with one's own certificate. */
  caFile: string | undefined;
}

/**
 * The certificate that the configuration asks for; undefined without TLS.
 *
 * @throws TlsError when there is none that can be used
 */
export async function serverCertificate(
  config: Pick<Config, "tls" | "dataDir">,
  now: Date,
): Promise<ServerCertificate | undefined> {
  const { tls } = config;
  if (tls.kind === "off") return undefined;
  if (tls.kind === "local") return localCertificate(config.dataDir, now);
  const cert = await readPem(tls.certFile, "KONTOR_TLS_CERT_FILE");
  const key = await readPem(tls.keyFile, "KONTOR_TLS_KEY_FILE");
  demandMatch(cert, key, tls);
  return { cert, key, caFile: undefined };
}

async function readPem(path: string, name: string): Promise<string> {
  return readFile(path, "utf8").catch((error: Error) => {
    throw new TlsError(
      `${name} names ${path}, which cannot be read: ${error.message}.`,
      `Let ${name} name a PEM file that the user of this process may read.`,
    );
  });
}

function demandMatch(cert: string, key: string, files: { certFile: string; keyFile: string }) {
  const next = "Name the certificate (first its own, then those above it) and its unencrypted key.";
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  } catch (error) {
    const reason = (error as Error).message;
    throw new TlsError(
      `${files.certFile} and ${files.keyFile} are no PEM certificate and key: ${reason}.`,
      next,
    );
  }
  throw new TlsError(`${files.keyFile} is not the key of ${files.certFile}.`, next);
}

/** A server of https, to be handed to the HTTP framework. */
export function createSecureServer(shown: ServerCertificate, handler: RequestListener): Server {
  const { cert, key } = shown;
  const server = createServer({ cert, key, minVersion: minimumVersion }, handler);
  // As the framework sets it on servers that it makes itself.
  server.keepAliveTimeout = limits.keepAliveMs;
  return server;
}

/** Shows new clients the renewed certificate without a restart. Does nothing without TLS. */
export function keepRenewed(
  server: object,
  config: Pick<Config, "tls" | "dataDir">,
  shown: ServerCertificate | undefined,
  log: Log,
): { stop(): void } {
  if (!shown || !(server instanceof Server)) return { stop: () => undefined };
  let current = shown;
  const look = async () => {
    const found = await serverCertificate(config, systemNow());
    if (!found || found.cert === current.cert) return;
    server.setSecureContext({ cert: found.cert, key: found.key, minVersion: minimumVersion });
    current = found;
    log.info("the renewed certificate is in use");
  };
  const timer = setInterval(() => {
    look().catch((error) => log.warn({ err: error }, "the certificate could not be renewed"));
  }, limits.tlsLookMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
