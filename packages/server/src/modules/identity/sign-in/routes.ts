/** The sign-in routes: the vendor's directory and token exchange, for sandbox databases. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { systemNow } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import { parseBody } from "../../../foundation/http/body.ts";
import { firstValue, readTrace, traceHeaders } from "../../../foundation/http/headers.ts";
import { randomId } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Installation } from "../../../foundation/partner.ts";
import { signingKeyOf } from "../io/signing-key.ts";
import type { TokenVersion } from "../tokens.ts";
import { instanceDocument, openidDocument, realmDocument } from "./discovery.ts";
import { exchangeToken } from "./exchange.ts";
import { readForm, readTokenForm } from "./form.ts";
import { registerAuthorize, registerDevicePage } from "./pages/routes.ts";
import { refuseSignIn, SignInError, signInErrorBody } from "./sign-in-error.ts";
import { findTenant, isCommon } from "./use-cases/client.ts";
import { startDevice } from "./use-cases/device.ts";
import { signIn } from "./use-cases/tokens.ts";

interface SignInParts {
  database: Database;
  installation: Installation;
}

/** Adds the sign-in routes to a sandbox's server; a live one has none, so they answer 404. */
export function registerSignIn(app: FastifyInstance, parts: SignInParts): void {
  if (parts.installation.mode !== "sandbox") return;
  registerTokenEndpoints(app, parts);
  registerDevicePage(app, { ...parts, originOf });
  registerDiscovery(app, parts);
  registerExchange(app, parts);
}

const versions: readonly { version: TokenVersion; segment: string }[] = [
  { version: "1.0", segment: "" },
  { version: "2.0", segment: "/v2.0" },
];

function registerTokenEndpoints(app: FastifyInstance, parts: SignInParts): void {
  for (const { version, segment } of versions) {
    const base = `/:tenant/oauth2${segment}`;
    registerAuthorize(app, { ...parts, originOf }, `${base}/authorize`, version);
    app.post(`${base}/devicecode`, (request, reply) =>
      guarded(request, reply, () =>
        startDevice(parts.database, {
          tenant: param(request, "tenant"),
          version,
          fields: readTokenForm(request.body),
          origin: originOf(request),
          now: systemNow(),
        }),
      ),
    );
    app.post(`${base}/token`, (request, reply) =>
      guarded(request, reply, async () =>
        signIn(parts.database, await signingKeyOf(parts.database), {
          tenant: param(request, "tenant"),
          version,
          fields: readTokenForm(request.body),
          authorization: request.headers.authorization,
          origin: originOf(request),
          now: systemNow(),
        }),
      ),
    );
  }
}

function registerDiscovery(app: FastifyInstance, parts: SignInParts): void {
  app.get("/common/discovery/instance", (request, reply) =>
    send(reply, 200, instanceDocument(originOf(request))),
  );
  app.get("/common/userrealm/:user", (request, reply) =>
    send(reply, 200, realmDocument(param(request, "user"))),
  );
  for (const { version, segment } of versions) {
    app.get(`/:tenant${segment}/.well-known/openid-configuration`, (request, reply) =>
      guarded(request, reply, async () => {
        const tenant = param(request, "tenant");
        const partnerId = await requireTenantId(parts.database, tenant);
        return openidDocument(originOf(request), tenant, partnerId, version);
      }),
    );
    app.get(`/:tenant/discovery${segment}/keys`, async (_request, reply) => {
      const { publicJwk } = await signingKeyOf(parts.database);
      return send(reply, 200, { keys: [publicJwk] });
    });
  }
}

/** The partner's id, or undefined for the common endpoints. */
async function requireTenantId(database: Database, tenant: string): Promise<string | undefined> {
  if (isCommon(tenant)) return undefined;
  const found = await findTenant(database, tenant);
  return (
    found?.partnerId ??
    refuseSignIn("tenantUnknown", `The tenant '${tenant.slice(0, 200)}' was not found`)
  );
}

function registerExchange(app: FastifyInstance, parts: SignInParts): void {
  for (const url of ["/generatetoken", "/v3/generatetoken"]) {
    app.post(url, async (request, reply) => {
      // A refusal goes the way of every other: to the server's error handler, with its headers.
      const answer = await exchangeToken(await signingKeyOf(parts.database), {
        authorization: request.headers.authorization,
        readGrant: () => exchangeGrantOf(request),
        policy: parts.installation.policy,
        origin: originOf(request),
        now: systemNow(),
      });
      reply.headers(traceHeaders(readTrace(request.headers), parts.installation.serverId));
      return send(reply, 200, answer);
    });
  }
}

/** The grant of a form, of a JSON object or of an XML element, whichever the type says. */
function exchangeGrantOf({ headers, body }: FastifyRequest): unknown {
  const type = headers["content-type"] ?? "";
  if (/xml/i.test(type)) {
    const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
    return /<(?:\w+:)?grant_type(?:\s[^<>]*)?>([^<]*)</i.exec(text)?.[1]?.trim();
  }
  if (!/json/i.test(type)) return readForm(body).get("grant_type");
  const value = parseBody(body instanceof Uint8Array ? body : undefined);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name.toLowerCase() === "grant_type")?.[1];
}

/** Answers in the OAuth shape, refusals included. */
async function guarded(
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<object>,
): Promise<FastifyReply> {
  const clientRequestId = clientRequestIdOf(request);
  if (clientRequestId && firstValue(request.headers, "return-client-request-id") === "true") {
    reply.header("client-request-id", clientRequestId);
  }
  try {
    return send(reply, 200, await work());
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    // RFC 6749, 5.2: who came with Basic is answered with its challenge.
    if (error.status === 401 && request.headers.authorization !== undefined) {
      reply.header("WWW-Authenticate", 'Basic realm="kontor"');
    }
    const body = signInErrorBody(error, systemNow(), clientRequestId ?? randomId());
    return send(reply, error.status, body);
  }
}

function send(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply
    .code(status)
    .headers({
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-cache, no-store",
      Pragma: "no-cache",
      Expires: "-1",
    })
    .send(JSON.stringify(body));
}

function clientRequestIdOf(request: FastifyRequest): string | undefined {
  const value = firstValue(request.headers, "client-request-id");
  if (value === undefined || value.length > limits.requestIdLength) return undefined;
  return /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

function param(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? "";
}

function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}
