/** Binds the export of line items, and serves its blobs. */
import { exportOperations as operations } from "@kontor/contract";
import type { FastifyInstance } from "fastify";
import { systemNow } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { Refusal } from "../../../foundation/errors.ts";
import { type BindingsOf, bind } from "../../../foundation/http/binding.ts";
import { rangeOf } from "../../../foundation/http/range.ts";
import type { Installation } from "../../../foundation/partner.ts";
import { blobNumber, blobsPath } from "./export.ts";
import { readSasToken } from "./link.ts";
import { loadContent } from "./store.ts";
import {
  getManifest,
  getOperation,
  lengthOfBlob,
  startBilledExport,
  startUnbilledExport,
} from "./use-cases.ts";

export const exportRoutes = {
  exportBilledLines: bind(operations.exportBilledLines, (context, { body }) =>
    startBilledExport(context, { kind: "reconciliation", ...body }),
  ),
  exportUnbilledLines: bind(operations.exportUnbilledLines, (context, { body }) =>
    startUnbilledExport(context, { kind: "reconciliation", ...body }),
  ),
  exportBilledUsage: bind(operations.exportBilledUsage, (context, { body }) =>
    startBilledExport(context, { kind: "usage", ...body }),
  ),
  exportUnbilledUsage: bind(operations.exportUnbilledUsage, (context, { body }) =>
    startUnbilledExport(context, { kind: "usage", ...body }),
  ),
  getExportOperation: bind(operations.getExportOperation, (context, { params }) =>
    getOperation(context, params.operationId),
  ),
  getExportManifest: bind(operations.getExportManifest, (context, { params }) =>
    getManifest(context, params.manifestId),
  ),
} satisfies BindingsOf<typeof operations>;

export interface BlobParts {
  database: Db;
  installation: Installation;
  /** The machine's time: links live as long for a partner whose clock stands still. */
  now?: () => Date;
}

/**
 * Serves blobs, whole or in part: the bytes of one never change, so a download that broke off goes
 * on with a Range. A forged or expired token, and what is no blob of its export, answer NOT_FOUND.
 */
export function registerExportBlobs(app: FastifyInstance, parts: BlobParts): void {
  const { database, installation, now = systemNow } = parts;
  type Params = { exportId: string; name: string };
  app.get<{ Params: Params }>(`${blobsPath}/:exportId/:name`, async (request, reply) => {
    const { exportId, name } = request.params;
    const search = request.url.slice(request.url.indexOf("?") + 1);
    const grant = readSasToken(search, installation.secret, now());
    if (grant === "expired")
      throw new Refusal("NOT_FOUND", "the token of the manifest has expired");
    const number = blobNumber(name);
    if (grant === "forged" || grant.exportId !== exportId || number === undefined) {
      throw new Refusal("NOT_FOUND", "this is no link to a file of an export");
    }
    const key = { ...grant, number };
    const length = await lengthOfBlob(database, key);
    if (length === undefined) throw new Refusal("NOT_FOUND", "the export has no such file");
    const etag = `"${exportId}-${number}"`;
    reply.headers({
      "Accept-Ranges": "bytes",
      "Cache-Control": "private, no-store",
      ETag: etag,
      "X-Content-Type-Options": "nosniff",
    });
    const condition = request.headers["if-range"];
    const isSame = condition === undefined || condition === etag;
    const range = isSame ? rangeOf(request.headers.range, length) : undefined;
    if (range === "unsatisfiable") {
      const size = `bytes */${length}`;
      return reply.code(416).header("Content-Range", size).header("Content-Length", 0).send();
    }
    const { first, last } = range ?? { first: 0, last: length - 1 };
    const part = await loadContent(database, key, { first, length: last - first + 1 });
    if (!part) throw new Refusal("NOT_FOUND", "the export has just been forgotten");
    if (range) reply.code(206).header("Content-Range", `bytes ${first}-${last}/${length}`);
    return reply
      .header("Content-Type", "application/gzip")
      .header("Content-Disposition", `attachment; filename="${name}"`)
      .header("Content-Length", part.length)
      .send(part);
  });
}
