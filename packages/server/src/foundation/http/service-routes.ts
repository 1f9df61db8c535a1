/** Routes that are Kontor's own and need no sign-in: health, metrics, the API reference. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { allOperations, type ErrorSpec, errors, openApi } from "@kontor/contract";
import type { FastifyInstance, FastifyReply } from "fastify";
import { isReady } from "../database/migrate.ts";
import type { Database } from "../database/pool.ts";
import { Refusal } from "../errors.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export interface ServiceParts {
  database: Database;
  metrics: Metrics;
  version: string;
}

const html = "text/html; charset=utf-8";
const assetsDir = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const assets = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["favicon-32x32.png", "image/png"],
]);

export function registerServiceRoutes(app: FastifyInstance, parts: ServiceParts): void {
  const { database, metrics, version } = parts;
  app.get("/healthz", async () => ({ status: "ok", version }));
  app.get("/readyz", async (_request, reply) => {
    const ready = await isReady(database).catch(() => false);
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready" });
  });
  app.get("/metrics", async (_request, reply) => {
    const { contentType, text } = await metrics.expose();
    return reply.header("Content-Type", contentType).send(text);
  });
  const document = JSON.stringify(openApi(allOperations, version));
  app.get("/openapi.json", async (_request, reply) =>
    reply.header("Content-Type", "application/json; charset=utf-8").send(document),
  );
  app.get("/docs", async (_request, reply) => reply.header("Content-Type", html).send(reference));
  app.get<{ Params: { asset: string } }>("/docs/assets/:asset", (request, reply) =>
    sendAsset(request.params.asset, reply),
  );
  app.get("/docs/errors", async (_request, reply) =>
    reply.header("Content-Type", html).send(errorPage("Errors", Object.values(errors))),
  );
  app.get<{ Params: { code: string } }>("/docs/errors/:code", async (request, reply) => {
    const { code } = request.params;
    const found = Object.values(errors).filter((spec) => `${spec.code}` === code);
    if (found.length === 0) throw new Refusal("NOT_FOUND", `no error has the code ${code}`);
    return reply.header("Content-Type", html).send(errorPage(`Error ${code}`, found));
  });
}

async function sendAsset(name: string, reply: FastifyReply): Promise<FastifyReply> {
  const type = assets.get(name);
  if (type === undefined) throw new Refusal("NOT_FOUND", `no asset ${name}`);
  const bytes = await readFile(join(assetsDir, name));
  return reply.header("Content-Type", type).header("Cache-Control", "max-age=3600").send(bytes);
}

const reference = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Kontor API reference</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="reference"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true, docExpansion: "none", validatorUrl: null });
</script>
</body>
</html>
`;

function errorPage(title: string, specs: readonly ErrorSpec[]): string {
  const rows = specs
    .toSorted((a, b) => a.code - b.code)
    .map(
      (spec) =>
        `<tr><th scope="row"><a href="/docs/errors/${spec.code}">${spec.code}</a></th>` +
        `<td>${spec.status}</td><td>${htmlText(spec.meaning)}.</td><td>${htmlText(spec.next)}</td></tr>`,
    );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Kontor</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; } th, td { border-bottom: 1px solid #ccc; padding: .4rem .8rem; text-align: left; vertical-align: top; }
</style>
</head>
<body>
<h1>${title}</h1>
<table>
<caption>Code, HTTP status, what it means, what to do next</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Next step</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
<p><a href="/docs">API reference</a></p>
</body>
</html>
`;
}

function htmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
