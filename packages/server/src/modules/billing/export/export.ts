/** An export of line items: its state at a time, and its wire form. Pure. */
import { createHash } from "node:crypto";
import type { AttributeSet, exportOperations, ResultOf } from "@kontor/contract";
import { addMs, type Period, wireInstant } from "../../../foundation/clock.ts";
import type { Fidelity } from "../../../foundation/fidelity.ts";
import { limits } from "../../../foundation/limits.ts";

export interface ExportRow {
  partnerId: string;
  exportId: string;
  kind: "reconciliation" | "usage";
  /** Null: lines without an invoice. */
  invoiceId: string | null;
  currency: string;
  period: Period;
  attributeSet: AttributeSet;
  /** Lines with later ids are not of it. */
  lastChargeId: string;
  /** Commerce time of the call. */
  createdAt: Date;
  /** The machine's time of the call. */
  storedAt: Date;
}

/** What an export holds, all of its blobs together. */
export interface ExportExtent {
  blobCount: number;
  lineCount: number;
}

export type ExportState = "notStarted" | "running" | "succeeded" | "failed";

type Pace = Pick<Fidelity, "exportWaitMs" | "exportRunMs">;
type OperationView = ResultOf<typeof exportOperations.getExportOperation>;
type ManifestView = ResultOf<typeof exportOperations.getExportManifest>;

/** The state at `now`, since when, and when it is ready. An export without a line fails. */
export function stateAt(
  { createdAt }: Pick<ExportRow, "createdAt">,
  { lineCount }: Pick<ExportExtent, "lineCount">,
  pace: Pace,
  now: Date,
): { state: ExportState; since: Date; readyAt: Date } {
  const startedAt = addMs(createdAt, pace.exportWaitMs);
  const readyAt = addMs(startedAt, pace.exportRunMs);
  if (now < startedAt) return { state: "notStarted", since: createdAt, readyAt };
  if (now < readyAt) return { state: "running", since: startedAt, readyAt };
  return { state: lineCount === 0 ? "failed" : "succeeded", since: readyAt, readyAt };
}

/** The root under which clients of these calls know them. */
const root = "/v1.0/reports/partners/billing";

export function operationUri(origin: string, exportId: string): string {
  return `${origin}${root}/operations/${exportId}`;
}

function manifestUri(origin: string, exportId: string): string {
  return `${origin}${root}/manifests/${exportId}`;
}

/** Where blobs are served: not part of the contract, and without a token of a partner. */
export const blobsPath = "/_kontor/exports";

const types = {
  notStarted: "#microsoft.graph.partners.billing.runningOperation",
  running: "#microsoft.graph.partners.billing.runningOperation",
  succeeded: "#microsoft.graph.partners.billing.exportSuccessOperation",
  failed: "#microsoft.graph.partners.billing.failedOperation",
} as const satisfies Record<ExportState, string>;

/** The only documented code of a failure. */
const noData = { code: "5000", message: "There is no data for this request." };

/** How far an export is; `manifest` where it has succeeded. */
export function operationView(
  row: ExportRow,
  { state, since }: { state: ExportState; since: Date },
  manifest: ManifestView | undefined,
  origin: string,
): OperationView {
  return {
    "@odata.type": types[state],
    id: row.exportId,
    createdDateTime: wireInstant(row.createdAt),
    lastActionDateTime: wireInstant(since),
    status: state,
    ...(manifest && {
      resourceLocation: manifest,
      "resourceLocation@odata.navigationLink": manifestUri(origin, row.exportId),
    }),
    ...(state === "failed" && { error: noData }),
  };
}

export function manifestView(
  row: ExportRow,
  extent: ExportExtent,
  readyAt: Date,
  { origin, sasToken }: { origin: string; sasToken: string },
): ManifestView {
  const { partnerId, exportId } = row;
  return {
    id: exportId,
    schemaVersion: "2",
    dataFormat: "compressedJSONLines",
    createdDateTime: wireInstant(readyAt),
    eTag: etagOf(row, extent),
    partnerTenantId: partnerId,
    rootDirectory: `${origin}${blobsPath}/${exportId}`,
    sasToken,
    partitionType: "default",
    blobCount: extent.blobCount,
    blobs: Array.from({ length: extent.blobCount }, (_, number) => ({
      name: blobName(number),
      partitionValue: "default",
    })),
  };
}

/**
 * The same for two exports of the same lines. Lines are only ever added, so that their number
 * tells whether the lines of a month have changed.
 */
function etagOf(row: ExportRow, { lineCount }: ExportExtent): string {
  const { partnerId, kind, invoiceId, currency, period, attributeSet } = row;
  const parts = [partnerId, kind, invoiceId, currency, period, attributeSet, lineCount];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}

function blobName(number: number): string {
  return `part-${number.toString().padStart(5, "0")}.json.gz`;
}

/** The number of a blob of that name; undefined where it names none. */
export function blobNumber(name: string): number | undefined {
  const [, digits] = /^part-(\d{5})\.json\.gz$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** True for an invoice of the legacy kind, which these calls take and never have lines of. */
export function isLegacyInvoice(invoiceId: string): boolean {
  return invoiceId.startsWith("D");
}

/** No usage is rated here, and no legacy invoice is made. */
export function canHaveLines({ kind, invoiceId }: Pick<ExportRow, "kind" | "invoiceId">): boolean {
  return kind === "reconciliation" && !isLegacyInvoice(invoiceId ?? "");
}

/** Seconds after which to ask again: not later than it is ready, and at most ten. */
export function retryAfter(readyAt: Date, now: Date): number {
  const seconds = Math.ceil((readyAt.getTime() - now.getTime()) / 1000);
  return Math.min(Math.max(seconds, 1), 10);
}

/** From when on an export is forgotten, counted on the machine's clock. */
export function oldestKept(now: Date): Date {
  return addMs(now, -limits.exportLifeMs);
}
