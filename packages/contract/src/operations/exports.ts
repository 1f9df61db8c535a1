/** The asynchronous export of line items: billing contract, section 10. */
import { access, operation } from "../operation.ts";
import { guid, instant, list, oneOf, optional, record, text } from "../schema.ts";
import { integerOut } from "./shared.ts";

const invalid = { "x-error": "INVALID_PROPERTY" } as const;

const attributeSet = optional(oneOf(["full", "basic"], invalid));
const billedBody = record({ invoiceId: text({ max: 64, min: 1, ...invalid }), attributeSet });
const unbilledBody = record({
  currencyCode: text({ max: 3, ...invalid }),
  // The paged calls say `previous` for what is `last` here.
  billingPeriod: oneOf(["current", "last", "previous"], invalid),
  attributeSet,
});

const Manifest = record({
  id: text(),
  schemaVersion: text(),
  dataFormat: oneOf(["compressedJSONLines"]),
  createdDateTime: instant(),
  eTag: text(),
  partnerTenantId: text(),
  rootDirectory: text(),
  sasToken: text(),
  partitionType: oneOf(["default"]),
  blobCount: integerOut(),
  blobs: list(record({ name: text(), partitionValue: text() })),
});

const ExportOperation = record({
  "@odata.type": oneOf([
    "#microsoft.graph.partners.billing.runningOperation",
    "#microsoft.graph.partners.billing.exportSuccessOperation",
    "#microsoft.graph.partners.billing.failedOperation",
  ]),
  id: text(),
  createdDateTime: instant(),
  lastActionDateTime: instant(),
  status: oneOf(["notStarted", "running", "succeeded", "failed"]),
  resourceLocation: optional(Manifest),
  "resourceLocation@odata.navigationLink": optional(text()),
  error: optional(record({ code: text(), message: text() })),
});

/** These calls are not of the partner service but of the vendor's other one, under its own root. */
const elsewhere = { area: "billing", alsoRoots: ["/v1.0"], access: access.bill } as const;
const root = "/reports/partners/billing";

const start = { ...elsewhere, method: "POST", params: record({}), query: record({}) } as const;
const started = { 202: "empty" } as const;
const billed = {
  ...start,
  body: billedBody,
  responses: started,
  errors: ["INVALID_PROPERTY", "INVALID_INPUT", "NOT_FOUND"],
  invalidInput: "INVALID_PROPERTY",
} as const;
const unbilled = {
  ...start,
  body: unbilledBody,
  responses: started,
  errors: ["INVALID_PROPERTY", "INVALID_INPUT"],
  invalidInput: "INVALID_PROPERTY",
} as const;

/** What is no id of an export is the id of none. */
const exportId = guid({ "x-error": "NOT_FOUND" });

export const exportOperations = {
  exportBilledLines: operation({
    ...billed,
    id: "exportBilledLines",
    path: `${root}/reconciliation/billed/export`,
    summary: "Export the lines of an invoice",
  }),
  exportUnbilledLines: operation({
    ...unbilled,
    id: "exportUnbilledLines",
    path: `${root}/reconciliation/unbilled/export`,
    summary: "Export the unbilled lines of this month or the last",
  }),
  exportBilledUsage: operation({
    ...billed,
    id: "exportBilledUsage",
    path: `${root}/usage/billed/export`,
    summary: "Export the daily rated usage of an invoice",
  }),
  exportUnbilledUsage: operation({
    ...unbilled,
    id: "exportUnbilledUsage",
    path: `${root}/usage/unbilled/export`,
    summary: "Export the unbilled daily rated usage of this month or the last",
  }),
  getExportOperation: operation({
    ...elsewhere,
    id: "getExportOperation",
    method: "GET",
    path: `${root}/operations/{operationId}`,
    summary: "See how far an export is",
    params: record({ operationId: exportId }),
    query: record({}),
    responses: { 200: ExportOperation },
    errors: ["NOT_FOUND"],
  }),
  getExportManifest: operation({
    ...elsewhere,
    id: "getExportManifest",
    method: "GET",
    path: `${root}/manifests/{manifestId}`,
    summary: "List the files of an export, with the token to download them",
    params: record({ manifestId: exportId }),
    query: record({}),
    responses: { 200: Manifest },
    errors: ["NOT_FOUND"],
  }),
};
