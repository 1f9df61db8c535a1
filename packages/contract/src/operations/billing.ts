import { access, operation } from "../operation.ts";
import {
  Attributes,
  collection,
  decimal,
  flag,
  instant,
  integer,
  Link,
  list,
  oneOf,
  optional,
  record,
  SelfLinks,
  type Static,
  text,
} from "../schema.ts";
import { integerOut } from "./shared.ts";

/** The date that stands for "never"; without a zone, as clients know it. */
export const noDate = "0001-01-01T00:00:00";

/** Line items per page: default and maximum. */
export const lineItemPageLimit = 2000;

const invalid = { "x-error": "INVALID_PROPERTY" } as const;
const summaryFields = {
  balanceAmount: decimal(),
  currencyCode: text(),
  currencySymbol: text(),
  accountingDate: text(),
  firstInvoiceCreationDate: text(),
  lastPaymentDate: text(),
  lastPaymentAmount: decimal(),
  latestInvoiceDate: text(),
} as const;

const InvoiceSummary = record({
  ...summaryFields,
  details: list(
    record({
      invoiceType: text(),
      summary: record({ ...summaryFields, attributes: Attributes }),
    }),
  ),
  links: SelfLinks,
  attributes: Attributes,
});

const detailFields = {
  invoiceLineItemType: oneOf(["usage_line_items", "billing_line_items"]),
  billingProvider: oneOf(["office", "azure", "one_time", "marketplace", "all"]),
  attributes: Attributes,
} as const;

const invoiceFields = {
  id: text(),
  invoiceDate: instant(),
  billingPeriodStartDate: instant(),
  billingPeriodEndDate: instant(),
  totalCharges: decimal(),
  paidAmount: decimal(),
  currencyCode: text(),
  currencySymbol: text(),
  taxReceipts: list(record({ id: text(), taxReceiptPdfDownloadLink: text() })),
  // Any other spelling, or null, makes the Java SDK lose the answer.
  documentType: oneOf(["none", "invoice", "void_note", "adjustment_note"]),
  /** The amended document; on amendments only. */
  amendsOf: optional(text()),
  invoiceType: oneOf(["OneTime", "Recurring"]),
  attributes: Attributes,
} as const;

const Invoice = record({
  ...invoiceFields,
  pdfDownloadLink: text(),
  invoiceDetails: list(record({ ...detailFields, links: SelfLinks })),
  /** Only where there are some; they have no links. */
  amendments: optional(
    list(record({ ...invoiceFields, invoiceDetails: list(record(detailFields)) })),
  ),
  links: SelfLinks,
});

export const OneTimeInvoiceLineItem = record({
  partnerId: text(),
  customerId: text(),
  customerName: text(),
  customerDomainName: text(),
  customerCountry: text(),
  invoiceNumber: text(),
  mpnId: text(),
  resellerMpnId: integerOut(),
  orderId: text(),
  orderDate: instant(),
  productId: text(),
  skuId: text(),
  availabilityId: text(),
  productName: text(),
  skuName: text(),
  productQualifiers: list(text()),
  chargeType: text(),
  unitPrice: decimal(),
  effectiveUnitPrice: decimal(),
  unitType: text(),
  quantity: integerOut(),
  subtotal: decimal(),
  taxTotal: decimal(),
  totalForCustomer: decimal(),
  currency: text(),
  publisherName: text(),
  publisherId: text(),
  subscriptionDescription: text(),
  subscriptionId: text(),
  subscriptionStartDate: optional(instant()),
  subscriptionEndDate: optional(instant()),
  chargeStartDate: instant(),
  chargeEndDate: instant(),
  termAndBillingCycle: text(),
  alternateId: text(),
  referenceId: text(),
  priceAdjustmentDescription: text(),
  discountDetails: text(),
  creditReasonCode: text(),
  pricingCurrency: text(),
  pcToBCExchangeRate: decimal(),
  pcToBCExchangeRateDate: optional(instant()),
  billableQuantity: decimal(),
  meterDescription: text(),
  billingFrequency: text(),
  reservationOrderId: text(),
  promotionId: text(),
  // Both SDKs choose the class of a line by these two, not by attributes.objectType.
  invoiceLineItemType: oneOf(["billing_line_items"]),
  billingProvider: oneOf(["one_time"]),
  attributes: Attributes,
});
export type LineItem = Static<typeof OneTimeInvoiceLineItem>;

/** Who bills; read in every spelling (`OneTime`, `onetime`, `one_time`). */
const Provider = oneOf(["office", "azure", "onetime", "marketplace", "all"], invalid);
/** `nvoicelineitemtype` is a misprint of the documents that people have copied. */
const LineItemType = oneOf(["billinglineitems", "usagelineitems"], {
  ...invalid,
  "x-aliases": ["nvoicelineitemtype"],
});

const paging = {
  // Clients send size=0 for "default".
  size: optional(integer({ min: 0, ...invalid })),
  offset: optional(integer({ min: 0, ...invalid })),
  seekOperation: optional(
    oneOf(["Next"], { "x-aliases": ["seek_operation"], "x-error": "INVALID_INPUT" }),
  ),
  "MS-ContinuationToken": optional(text({ max: 512, "x-error": "INVALID_INPUT" })),
  hasPartnerEarnedCredit: optional(flag(invalid)),
} as const;

/** `OneTime-G000000001` and `G000000001` are the same invoice. */
const invoiceParams = record({ invoiceId: text({ max: 64 }) });
const lineItemAnswer = { 200: collection(OneTimeInvoiceLineItem) } as const;
const area = "billing";

export const billingOperations = {
  getInvoiceSummary: operation({
    id: "getInvoiceSummary",
    method: "GET",
    path: "/invoices/summary",
    area,
    summary: "Get the account balance in the billing currency",
    access: access.bill,
    params: record({}),
    query: record({}),
    responses: { 200: InvoiceSummary },
    errors: [],
  }),
  listInvoiceSummaries: operation({
    id: "listInvoiceSummaries",
    method: "GET",
    path: "/invoices/summaries",
    area,
    summary: "List the account balance of each currency",
    access: access.billAsUser,
    params: record({}),
    query: record({}),
    responses: { 200: collection(InvoiceSummary) },
    errors: [],
  }),
  listInvoices: operation({
    id: "listInvoices",
    method: "GET",
    path: "/invoices",
    area,
    summary: "List invoices, oldest first",
    access: access.bill,
    params: record({}),
    query: record({
      // Clients send size=0 for "default".
      size: optional(integer({ min: 0, max: lineItemPageLimit, ...invalid })),
      offset: optional(integer({ min: 0, ...invalid })),
      filter: optional(text({ max: 1024, ...invalid })),
    }),
    responses: { 200: collection(Invoice) },
    errors: ["INVALID_PROPERTY"],
    invalidInput: "INVALID_PROPERTY",
  }),
  getInvoice: operation({
    id: "getInvoice",
    method: "GET",
    path: "/invoices/{invoiceId}",
    area,
    summary: "Get an invoice",
    access: access.billAsUser,
    params: invoiceParams,
    query: record({}),
    responses: { 200: Invoice },
    errors: ["NOT_FOUND"],
  }),
  listInvoiceLineItems: operation({
    id: "listInvoiceLineItems",
    method: "GET",
    path: "/invoices/{invoiceId}/lineitems",
    area,
    summary: "List the lines of an invoice, or of `unbilled`, in pages of up to 2000",
    access: access.bill,
    params: invoiceParams,
    query: record({
      provider: Provider,
      invoiceLineItemType: LineItemType,
      currencyCode: optional(text({ max: 3, ...invalid })),
      period: optional(text({ max: 20, ...invalid })),
      ...paging,
    }),
    responses: lineItemAnswer,
    errors: ["INVALID_PROPERTY", "INVALID_INPUT", "NOT_FOUND"],
    invalidInput: "INVALID_PROPERTY",
  }),
  listInvoiceLineItemsByPath: operation({
    id: "listInvoiceLineItemsByPath",
    method: "GET",
    path: "/invoices/{invoiceId}/lineitems/{provider}/{invoiceLineItemType}",
    area,
    summary: "List the lines of an invoice, older form with provider and type in the path",
    access: access.bill,
    params: record({
      ...invoiceParams.properties,
      provider: Provider,
      invoiceLineItemType: LineItemType,
    }),
    query: record({
      currencyCode: optional(text({ max: 3, ...invalid })),
      period: optional(text({ max: 20, ...invalid })),
      ...paging,
    }),
    responses: lineItemAnswer,
    errors: ["INVALID_PROPERTY", "INVALID_INPUT", "NOT_FOUND"],
    invalidInput: "INVALID_PROPERTY",
  }),
  listEstimateLinks: operation({
    id: "listEstimateLinks",
    method: "GET",
    path: "/invoices/estimates/links",
    area,
    summary: "List links to the unbilled lines of this month and the last",
    access: access.bill,
    params: record({}),
    query: record({ currencyCode: optional(text({ max: 3, ...invalid })) }),
    responses: {
      200: collection(
        record({
          type: text(),
          title: text(),
          description: text(),
          period: text(),
          link: Link,
        }),
      ),
    },
    errors: ["INVALID_PROPERTY"],
    invalidInput: "INVALID_PROPERTY",
  }),
  getInvoiceStatement: operation({
    id: "getInvoiceStatement",
    method: "GET",
    path: "/invoices/{invoiceId}/documents/statement",
    area,
    summary: "Get the statement of an invoice as PDF",
    access: access.billAsUser,
    params: invoiceParams,
    query: record({}),
    responses: { 200: "pdf" },
    errors: ["NOT_FOUND"],
  }),
  getReceiptStatement: operation({
    id: "getReceiptStatement",
    method: "GET",
    path: "/invoices/{invoiceId}/receipts/{receiptId}/documents/statement",
    area,
    summary: "Get a tax receipt of an invoice as PDF",
    access: access.billAsUser,
    params: record({ ...invoiceParams.properties, receiptId: text({ max: 64 }) }),
    query: record({}),
    responses: { 200: "pdf" },
    errors: ["NOT_FOUND"],
  }),
};
