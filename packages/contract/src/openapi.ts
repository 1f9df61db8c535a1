/** The OpenAPI 3.1 document, made from the declarations. */
import { type ErrorKey, errors } from "./errors.ts";
import { type Operation, type ResponseBody, sharedErrors } from "./operation.ts";
import type { TObject, TSchema } from "./schema.ts";

type Json = Record<string, unknown>;

const Fault: Json = {
  type: "object",
  required: ["code", "description", "data", "source"],
  properties: {
    code: { type: "integer" },
    description: { type: "string", minLength: 1, maxLength: 1024 },
    data: { type: "array", items: {} },
    source: { type: "string" },
  },
};

/** The gateway's form, which is no fault. */
const Throttled: Json = {
  description: "Too many requests",
  headers: { "Retry-After": { schema: { type: "integer", minimum: 1 } } },
  content: {
    "application/json": {
      schema: {
        type: "object",
        required: ["statusCode", "message"],
        properties: { statusCode: { const: 429 }, message: { type: "string" } },
      },
    },
  },
};

export function openApi(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const base = operation.area === "sandbox" ? "" : "/v1";
    const path = `${base}${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
    for (const method of operation.alsoMethods ?? []) {
      const alias = { ...describe(operation), operationId: `${operation.id}By${method}` };
      paths[path] = { ...paths[path], [method.toLowerCase()]: alias };
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Kontor",
      version,
      license: { name: "MIT" },
      description:
        "The Partner Center REST API as Kontor serves it. Contract paths are also served without " +
        "`/v1`. Kontor is independent of Microsoft.",
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    tags: [...new Set(operations.map(({ area }) => area))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Fault },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function describe(operation: Operation): Json {
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: accessOf(operation),
    tags: [operation.area],
    ...(operation.access.anonymous ? { security: [] } : {}),
    parameters: [
      ...parameters(operation.params, "path"),
      ...parameters(operation.query, "query"),
      ...traceParameters(operation),
    ],
    ...(operation.body ? { requestBody: requestBody(operation.body) } : {}),
    responses: {
      ...successes(operation),
      ...refusals(operation),
      ...(operation.throttle ? { 429: Throttled } : {}),
    },
  };
}

function accessOf({ access }: Operation): string {
  if (access.anonymous) return "Needs no token.";
  const kinds = access.app ? "App-only or app+user token" : "App+user token only";
  return `${kinds}. Roles: ${access.user.join(", ")}.`;
}

function parameters(schema: TObject, place: "path" | "query"): Json[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.has(name),
    schema: plain(property),
  }));
}

function traceParameters(operation: Operation): Json[] {
  const guid = { type: "string", format: "uuid" };
  const correlation = { name: "MS-CorrelationId", in: "header", required: false, schema: guid };
  if (operation.method === "GET") return [correlation];
  return [
    {
      name: "MS-RequestId",
      in: "header",
      required: false,
      schema: guid,
      description: "Makes the call replay-safe: the same id answers the same, once done.",
    },
    correlation,
  ];
}

/** Without the reader's own keywords. */
function plain(schema: TSchema): Json {
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (key.startsWith("x-") ? undefined : value)),
  );
}

function requestBody(schema: TSchema): Json {
  const required = "type" in schema && !("~optional" in schema);
  return { required, content: { "application/json": { schema: plain(schema) } } };
}

function successes(operation: Operation): Json {
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, body]) => [status, success(body)]),
  );
}

function success(body: ResponseBody): Json {
  if (body === "empty") return { description: "Done; no body" };
  if (body === "pdf") return { description: "A PDF", content: { "application/pdf": {} } };
  return { description: "Success", content: { "application/json": { schema: plain(body) } } };
}

/** One entry per status, naming every code that the operation can refuse with. */
function refusals(operation: Operation): Json {
  const keys = [...new Set<ErrorKey>([...operation.errors, ...sharedErrors])];
  const byStatus = Map.groupBy(keys, (key) => String(errors[key].status));
  return Object.fromEntries(
    [...byStatus].map(([status, members]) => [
      status,
      {
        description: members.map((key) => `${errors[key].code}: ${errors[key].meaning}`).join("; "),
        content: { "application/json": { schema: { $ref: "#/components/schemas/Fault" } } },
      },
    ]),
  );
}
