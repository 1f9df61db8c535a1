/** Starting exports of line items, following them, and reading their blobs. */
import type { AttributeSet } from "@kontor/contract";
import { addMs, periodOf, systemNow } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { refuse } from "../../../foundation/errors.ts";
import { fidelityOf } from "../../../foundation/fidelity.ts";
import { answer } from "../../../foundation/http/binding.ts";
import { newId } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { lastIdOf } from "../continuation.ts";
import { readInvoiceId } from "../invoice.ts";
import { demandCurrency, periodAt } from "../line-query.ts";
import { type OwnLines, ownLinesOf } from "../store.ts";
import { requireInvoice } from "../use-cases/invoices.ts";
import { endOfThisMillisecond } from "../use-cases/line-items.ts";
import {
  canHaveLines,
  type ExportExtent,
  type ExportRow,
  isLegacyInvoice,
  manifestView,
  oldestKept,
  operationUri,
  operationView,
  retryAfter,
  stateAt,
} from "./export.ts";
import { inTurn, makeBlob } from "./io/make-blob.ts";
import { sasTokenFor } from "./link.ts";
import {
  type BlobKey,
  deleteExports,
  insertBlobs,
  insertExport,
  keepNewest,
  loadBlob,
  loadExport,
  storeContent,
} from "./store.ts";

export interface WantedExport {
  kind: ExportRow["kind"];
  attributeSet?: AttributeSet;
}

type Lines = Pick<ExportRow, "invoiceId" | "currency" | "period">;

/** Exports the lines of an invoice; refuses an unknown one with NOT_FOUND. */
export async function startBilledExport(
  context: Context,
  wanted: WantedExport & { invoiceId: string },
) {
  const invoiceId = readInvoiceId(wanted.invoiceId);
  if (isLegacyInvoice(invoiceId)) {
    const { billingCurrency: currency } = context.partner;
    return start(context, wanted, { invoiceId, currency, period: periodOf(context.now) });
  }
  const invoice = await requireInvoice(context, invoiceId);
  const { currency, period } = invoice;
  return start(context, wanted, { invoiceId, currency, period }, ownLinesOf(invoice));
}

/** Exports the lines of this month or the last that have no invoice. */
export function startUnbilledExport(
  context: Context,
  wanted: WantedExport & { currencyCode: string; billingPeriod: "current" | "last" | "previous" },
) {
  const currency = demandCurrency(wanted.currencyCode);
  const month = wanted.billingPeriod === "current" ? "current" : "previous";
  const period = periodAt(month, context.now);
  return start(context, wanted, { invoiceId: null, currency, period });
}

/** Fixes which lines the export has; its blobs are made when they are downloaded. */
async function start(
  { db, partner, now, origin }: Context,
  wanted: WantedExport,
  lines: Lines,
  ownLines?: OwnLines,
) {
  const { partnerId } = partner;
  const row: ExportRow = {
    partnerId,
    exportId: newId(),
    kind: wanted.kind,
    ...lines,
    attributeSet: wanted.attributeSet ?? "full",
    // Ids that are made from here on are later ones.
    lastChargeId: lastIdOf(await endOfThisMillisecond()),
    createdAt: now,
    storedAt: systemNow(),
  };
  await insertExport(db, row);
  if (canHaveLines(row)) await insertBlobs(db, row, { size: limits.exportBlobLines, ownLines });
  await keepNewest(db, partnerId, limits.exportsKept);
  return answer(undefined, { Location: operationUri(origin, row.exportId) });
}

/** How far an export is; refuses an unknown or forgotten one with NOT_FOUND. */
export async function getOperation(context: Context, exportId: string) {
  const row = await requireExport(context, exportId);
  const progress = progressOf(context, row);
  const { state, readyAt } = progress;
  const manifest = state === "succeeded" ? manifestOf(context, row, readyAt) : undefined;
  const view = operationView(row, progress, manifest, context.origin);
  const waits = context.now < readyAt;
  return answer(view, waits ? { "Retry-After": `${retryAfter(readyAt, context.now)}` } : {});
}

/** Refuses with NOT_FOUND also what is not ready yet, or has failed. */
export async function getManifest(context: Context, manifestId: string) {
  const row = await requireExport(context, manifestId);
  const { state, readyAt } = progressOf(context, row);
  if (state !== "succeeded") refuse("NOT_FOUND", `the export ${manifestId} is ${state}`);
  return manifestOf(context, row, readyAt);
}

async function requireExport({ db, partner }: Context, exportId: string) {
  const key = { partnerId: partner.partnerId, exportId };
  const row = await loadExport(db, key, oldestKept(systemNow()));
  return row ?? refuse("NOT_FOUND", `there is no export ${exportId}`);
}

function progressOf({ installation, now }: Context, row: ExportRow & ExportExtent) {
  return stateAt(row, row, fidelityOf[installation.profile], now);
}

/** The manifest with a new token: links live by the machine's time, as the files behind them do. */
function manifestOf(context: Context, row: ExportRow & ExportExtent, readyAt: Date) {
  const expiresAt = addMs(systemNow(), limits.exportLinkSeconds * 1000);
  const sasToken = sasTokenFor(row, expiresAt, context.installation.secret);
  return manifestView(row, row, readyAt, { origin: context.origin, sasToken });
}

/** Bytes of a blob, which is made now if this is its first download; undefined: there is none. */
export async function lengthOfBlob(db: Db, key: BlobKey): Promise<number | undefined> {
  const row = await loadExport(db, key, oldestKept(systemNow()));
  const blob = row && (await loadBlob(db, key));
  if (!blob || blob.length !== null) return blob?.length ?? undefined;
  return inTurn(async () => {
    // Whoever asked at the same moment may have made it.
    const waiting = await loadBlob(db, key);
    if (!waiting || waiting.length !== null) return waiting?.length ?? undefined;
    await storeContent(db, key, await makeBlob(db, row, waiting));
    return (await loadBlob(db, key))?.length ?? undefined;
  });
}

/** Forgets exports whose life is over, with their blobs. */
export function forgetOldExports(db: Db, partnerId: string, now: Date): Promise<void> {
  return deleteExports(db, partnerId, oldestKept(now));
}
