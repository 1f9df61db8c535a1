/** The HTTP server: routes of the contract, headers of every answer, errors in one form. */
import { allOperations, type ErrorKey, type Operation } from "@kontor/contract";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { stopwatch } from "../clock.ts";
import { type Database, isLockTimeout, isUnavailable } from "../database/pool.ts";
import { Refusal } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Installation } from "../partner.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Binding, Bindings } from "./binding.ts";
import { readTrace, type Trace, traceHeaders } from "./headers.ts";
import { type Execute, type Gate, type Outcome, pipelineFor, refused } from "./pipeline.ts";

export interface AppParts {
  bindings: Bindings;
  database: Database;
  gate: Gate;
  installation: Installation;
  log: Log;
  metrics: Metrics;
}

export function createApp(parts: AppParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: "idle",
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: limits.pathParameterLength,
      // The pipeline reads queries itself: names in any case, `+` as a space.
      querystringParser: () => ({}),
    },
    frameworkErrors: (error, request, reply) => fail(parts, error, request, reply),
  });
  // Bodies are read by the pipeline: any content type, any JSON value, or none.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => fail(parts, error, request, reply));
  app.setNotFoundHandler((request, reply) => notFound(parts, request, reply));
  for (const binding of Object.values(parts.bindings)) route(app, parts, binding);
  return app;
}

/** Every contract route is served with and without `/v1`; the control plane is ours and is not. */
function route(app: FastifyInstance, parts: AppParts, binding: Binding): void {
  const { operation } = binding;
  const execute = pipelineFor(binding, parts.database, parts.gate, parts.installation);
  const url = operation.path.replace(/\{(\w+)\}/g, ":$1");
  const prefixes = operation.area === "sandbox" ? [""] : ["", "/v1"];
  for (const prefix of prefixes) {
    app.route({
      method: operation.method,
      url: `${prefix}${url}`,
      handler: (request, reply) => serve(parts, operation, execute, request, reply),
    });
  }
}

async function serve(
  parts: AppParts,
  operation: Operation,
  execute: Execute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const elapsed = stopwatch();
  const trace = readTrace(request.headers);
  const [path = "", search = ""] = splitOnce(request.url, "?");
  const query = [...new URLSearchParams(search)];
  const token = request.headers["ms-continuationtoken"];
  if (typeof token === "string") query.push(["MS-ContinuationToken", token]);
  const outcome = await execute({
    params: request.params as Record<string, string>,
    query,
    body: request.body instanceof Uint8Array ? request.body : undefined,
    authorization: request.headers.authorization,
    path: collapsed(path)
      .replace(/^\/v1(?=\/)/i, "")
      .replace(/\/$/, ""),
    origin: `${request.protocol}://${request.host}`,
    trace,
  });
  parts.metrics.request(operation.id, outcome.status, elapsed());
  if (parts.log.isLevelEnabled("debug")) {
    parts.log.debug(
      {
        operation: operation.id,
        status: outcome.status,
        ms: Math.round(elapsed() * 10) / 10,
        partner: outcome.partnerId,
        requestId: trace.requestId,
        correlationId: trace.correlationId,
        refusal: outcome.refusal?.key,
        replayed: outcome.replayed || undefined,
      },
      "request",
    );
  }
  return send(parts, reply, trace, outcome);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Clients join links with a slash too many. */
function collapsed(path: string): string {
  return path.replace(/\/{2,}/g, "/");
}

function send(parts: AppParts, reply: FastifyReply, trace: Trace, outcome: Outcome): FastifyReply {
  reply.code(outcome.status);
  reply.headers(traceHeaders(trace, parts.installation.serverId));
  reply.headers(outcome.headers);
  if (outcome.replayed) reply.header("Kontor-Replayed", "true");
  reply.header("Content-Length", outcome.body.length);
  return reply.send(outcome.body.length === 0 ? undefined : outcome.body);
}

function notFound(parts: AppParts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = collapsed(splitOnce(request.url, "?")[0]);
  const methods = methodsOf(path);
  if (methods.length > 0) reply.header("Allow", methods.join(", "));
  const key: ErrorKey = methods.length > 0 ? "METHOD_NOT_ALLOWED" : "NOT_FOUND";
  const refusal = new Refusal(key, `${request.method} ${path.slice(0, 200)}`);
  return send(parts, reply, readTrace(request.headers), refused(refusal));
}

const patterns = allOperations.map(({ method, path, area }) => {
  const prefix = area === "sandbox" ? "" : "(/v1)?";
  return { method, form: new RegExp(`^${prefix}${path.replace(/\{\w+\}/g, "[^/]+")}/?$`, "i") };
});

function methodsOf(path: string): string[] {
  return [...new Set(patterns.filter(({ form }) => form.test(path)).map(({ method }) => method))];
}

/** Everything that is no refusal: a broken request, a lost database, a defect. */
function fail(
  parts: AppParts,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const trace = readTrace(request.headers);
  const refusal = refusalOf(error);
  if (refusal.status >= 500) {
    parts.log.error({ err: error, correlationId: trace.correlationId, url: request.url }, "failed");
  }
  parts.metrics.request("unmatched", refusal.status, 0);
  return send(parts, reply, trace, refused(refusal));
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code = "", statusCode } = error as { code?: string; statusCode?: number };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return new Refusal("BODY_TOO_LARGE", `the limit is ${limits.bodyBytes} bytes`);
  }
  if (isLockTimeout(error)) return new Refusal("REQUEST_IN_PROGRESS");
  if (isUnavailable(error)) return new Refusal("DATABASE_UNAVAILABLE");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Refusal("INVALID_INPUT", (error as Error).message);
  }
  return new Refusal("UNEXPECTED");
}
