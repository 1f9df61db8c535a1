/** Where download links lead: not part of the contract, and without a token of a partner. */
import type { FastifyInstance } from "fastify";
import { systemNow } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { Refusal } from "../../../foundation/errors.ts";
import type { Installation } from "../../../foundation/partner.ts";
import { loadDownload } from "../store.ts";
import { readGrant } from "./signed-link.ts";
import { standIn } from "./stand-in.ts";

export const downloadsPath = "/_kontor/downloads";

export interface DownloadParts {
  database: Db;
  installation: Installation;
  /** The machine's time: links live as long for a partner whose clock stands still. */
  now?: () => Date;
}

/** Serves the files behind download links; a forged or expired link answers NOT_FOUND. */
export function registerDownloads(app: FastifyInstance, parts: DownloadParts): void {
  const now = parts.now ?? systemNow;
  app.get<{ Params: { token: string } }>(`${downloadsPath}/:token`, async (request, reply) => {
    const grant = readGrant(request.params.token, parts.installation.secret, now());
    if (grant === "expired") throw new Refusal("NOT_FOUND", "the download link has expired");
    if (grant === "forged") throw new Refusal("NOT_FOUND", "this is no download link");
    const option = await loadDownload(parts.database, grant);
    if (!option) throw new Refusal("NOT_FOUND", "the file is no longer offered");
    const { name, content } = standIn({ ...grant, ...option });
    return reply
      .header("Content-Type", "text/plain; charset=utf-8")
      .header("Content-Disposition", `attachment; filename="${name}"`)
      .header("Content-Length", content.length)
      .header("Cache-Control", "private, no-store")
      .header("X-Content-Type-Options", "nosniff")
      .send(content);
  });
}
