/** The HTTP server: routes of the contract, headers of every answer, errors in one form. */
import type { RequestListener } from "node:http";
import { allOperations, type ErrorKey, type Operation } from "@kontor/contract";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { stopwatch } from "../clock.ts";
import { type Database, isLockTimeout, isUnavailable } from "../database/pool.ts";
import { Refusal } from "../errors.ts";
import { fidelityOf } from "../fidelity.ts";
import { limits } from "../limits.ts";
import type { Installation } from "../partner.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { createSecureServer, type ServerCertificate } from "../tls/index.ts";
import type { Binding, Bindings } from "./binding.ts";
import { answerClientError, ignoreExpectations } from "./client-error.ts";
import { acceptsGzip, gzipped } from "./compress.ts";
import { readTrace, type Trace, traceHeaders } from "./headers.ts";
import { keptAnswers } from "./kept.ts";
import { type Execute, pipelineFor, type Shared } from "./pipeline.ts";
import { type Gate, type Outcome, refused } from "./step.ts";
import { createThrottle } from "./throttle.ts";

export interface AppParts {
  bindings: Bindings;
  database: Database;
  gate: Gate;
  installation: Installation;
  log: Log;
  metrics: Metrics;
  /** Absent: plain HTTP. */
  tls?: ServerCertificate | undefined;
}

export function createApp(parts: AppParts): FastifyInstance {
  const { tls } = parts;
  const app = Fastify({
    logger: false,
    ...(tls && { serverFactory: (handler: RequestListener) => createSecureServer(tls, handler) }),
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
    clientErrorHandler: answerClientError,
  });
  ignoreExpectations(app);
  // Bodies are read by the pipeline: any content type, any JSON value, or none.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", (request, _reply, done) => {
    // An empty type is no type: Fastify would refuse it.
    if (request.headers["content-type"] === "") delete request.headers["content-type"];
    done();
  });
  app.setErrorHandler((error, request, reply) => fail(parts, error, request, reply));
  app.setNotFoundHandler((request, reply) => notFound(parts, request, reply));
  const { profile, throttle: perMinute } = parts.installation;
  const documented = fidelityOf[profile].throttles ? limits.throttledRequests : undefined;
  const shared = {
    throttle: createThrottle(perMinute ?? documented),
    kept: keptAnswers<Outcome>(),
  };
  for (const binding of Object.values(parts.bindings)) route(app, parts, binding, shared);
  return app;
}

/** Every contract route is served with and without `/v1`; the control plane is ours and is not. */
function route(app: FastifyInstance, parts: AppParts, binding: Binding, shared: Shared): void {
  const { operation } = binding;
  const execute = pipelineFor(binding, { ...parts, ...shared });
  const url = operation.path.replace(/\{(\w+)\}/g, ":$1");
  const { alsoRoots = [] } = operation;
  const prefixes = operation.area === "sandbox" ? [""] : ["", "/v1", ...alsoRoots];
  for (const prefix of prefixes) {
    app.route({
      method: [operation.method, ...(operation.alsoMethods ?? [])],
      url: `${prefix}${url}`,
      handler: (request, reply) =>
        namesNoCustomer(request)
          ? notFound(parts, request, reply)
          : serve(parts, operation, execute, request, reply),
    });
  }
}

/** What stands in a customer's place in some paths: it is nobody's id, so nothing is below it. */
const literals = "all|relationshiprequests|usagerecords";
const literalForm = new RegExp(`^(?:${literals})$`, "i");

function namesNoCustomer(request: FastifyRequest): boolean {
  const { customerId } = request.params as Record<string, string | undefined>;
  return customerId !== undefined && literalForm.test(customerId);
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
  const token = request.headers["ms-continuationtoken"];
  const answered = await execute({
    params: request.params as Record<string, string>,
    search,
    continuationToken: typeof token === "string" ? token : undefined,
    body: request.body instanceof Uint8Array ? request.body : undefined,
    authorization: request.headers.authorization,
    url: request.url,
    path: () =>
      collapsed(path)
        .replace(/^\/v1(?:\.0)?(?=\/)/i, "")
        .replace(/\/$/, ""),
    origin: () => `${request.protocol}://${request.host}`,
    headers: request.headers,
    trace,
  });
  const outcome = operation.method === "HEAD" ? withoutBody(answered) : answered;
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
  const accepted = request.headers["accept-encoding"];
  return send(parts, reply, trace, accepted ? await encoded(outcome, accepted) : outcome);
}

/** An answer to HEAD is its status: refusals too have no body, and say so. */
function withoutBody(outcome: Outcome): Outcome {
  const { "Content-Type": _type, ...headers } = outcome.headers;
  return { ...outcome, contentType: undefined, body: Buffer.alloc(0), ascii: undefined, headers };
}

/** JSON is compressed for who asks; a PDF is compressed in itself. */
async function encoded(outcome: Outcome, accepted: string | string[]): Promise<Outcome> {
  if (!outcome.contentType?.startsWith("application/json")) return outcome;
  const body = acceptsGzip(String(accepted)) ? await gzipped(outcome.body) : undefined;
  if (!body) return outcome;
  const headers = { ...outcome.headers, "Content-Encoding": "gzip", Vary: "Accept-Encoding" };
  return { ...outcome, body, ascii: undefined, headers };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Clients join links with a slash too many. */
function collapsed(path: string): string {
  return path.replace(/\/{2,}/g, "/");
}

/** Writes the answer itself: Fastify's own way of headers took 4 µs of a read's 40. */
function send(parts: AppParts, reply: FastifyReply, trace: Trace, outcome: Outcome): FastifyReply {
  const { raw } = reply.hijack();
  raw.writeHead(outcome.status, {
    ...traceHeaders(trace, parts.installation.serverId),
    ...outcome.headers,
    ...(outcome.replayed && { "Kontor-Replayed": "true" }),
    "Content-Length": outcome.body.length,
  });
  if (outcome.ascii !== undefined) raw.end(outcome.ascii, "latin1");
  else raw.end(outcome.body.length === 0 ? undefined : outcome.body);
  return reply;
}

function notFound(parts: AppParts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = collapsed(splitOnce(request.url, "?")[0]);
  const methods = methodsOf(path);
  const key: ErrorKey = methods.length > 0 ? "METHOD_NOT_ALLOWED" : "NOT_FOUND";
  const refusal = new Refusal(key, `${request.method} ${path.slice(0, 200)}`);
  const outcome = refused(refusal);
  const headers = { ...outcome.headers, ...(methods.length > 0 && { Allow: methods.join(", ") }) };
  return send(parts, reply, readTrace(request.headers), { ...outcome, headers });
}

const patterns = allOperations.map(({ method, alsoMethods = [], path, area }) => {
  const prefix = area === "sandbox" ? "" : "(/v1(?:\\.0)?)?";
  const methods = [method, ...alsoMethods];
  const form = path
    .replace("{customerId}", `(?!(?:${literals})(?:/|$))[^/]+`)
    .replace(/\{\w+\}/g, "[^/]+");
  return { methods, form: new RegExp(`^${prefix}${form}/?$`, "i") };
});

function methodsOf(path: string): string[] {
  const fitting = patterns.filter(({ form }) => form.test(path));
  return [...new Set(fitting.flatMap(({ methods }) => methods))];
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
