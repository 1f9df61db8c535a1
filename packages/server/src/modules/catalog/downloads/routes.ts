/** Where download links lead: not part of the contract, and without a token of a partner. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { systemNow } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { Refusal } from "../../../foundation/errors.ts";
import { rangeOf } from "../../../foundation/http/range.ts";
import type { Installation } from "../../../foundation/partner.ts";
import { readGrant } from "./signed-link.ts";
import { standIn } from "./stand-in.ts";
import { loadDownload } from "./store.ts";

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
    const file = standIn({ ...grant, ...option });
    return sendFile(reply, file, request.headers.range);
  });
}

/** The file, or the part asked for: 206, or 416 where it has no such part. */
function sendFile(
  reply: FastifyReply,
  { name, content }: { name: string; content: Buffer },
  asked: string | undefined,
): FastifyReply {
  const range = rangeOf(asked, content.length);
  reply.headers({
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
  });
  if (range === "unsatisfiable") {
    const size = `bytes */${content.length}`;
    return reply.code(416).header("Content-Range", size).header("Content-Length", 0).send();
  }
  const { first, last } = range ?? { first: 0, last: content.length - 1 };
  if (range) {
    reply.code(206).header("Content-Range", `bytes ${first}-${last}/${content.length}`);
  }
  return reply
    .header("Content-Type", "text/plain; charset=utf-8")
    .header("Content-Disposition", `attachment; filename="${name}"`)
    .header("Content-Length", last - first + 1)
    .send(content.subarray(first, last + 1));
}
