/** What a call for line items asks for: which document, whose lines, how many. Pure. */
import { lineItemPageLimit, loose } from "@kontor/contract";
import { nextPeriod, type Period, periodOf } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { uriWith } from "../../foundation/http/links.ts";
import { isCurrency } from "../../foundation/money.ts";
import { readInvoiceId } from "./invoice.ts";

export type Provider = "office" | "azure" | "onetime" | "marketplace" | "all";
export type LineItemType = "billinglineitems" | "usagelineitems";

/** The parameters as the reader of the contract leaves them. */
export interface LineParameters {
  invoiceId: string;
  provider: Provider;
  invoiceLineItemType: LineItemType;
  currencyCode?: string;
  period?: string;
  size?: number;
  seekOperation?: "Next";
  "MS-ContinuationToken"?: string;
}

/** A checked query; the currency is in upper case. */
export interface LineQuery {
  of: InvoiceLines | UnbilledLines;
  provider: Provider;
  type: LineItemType;
  /** Clamped to the page limit; undefined when the caller gave none. */
  size: number | undefined;
}
/** With a currency: only if it is the invoice's. */
interface InvoiceLines {
  invoiceId: string;
  currency: string | undefined;
}
interface UnbilledLines {
  currency: string;
  month: UnbilledMonth;
}
type UnbilledMonth = "current" | "previous";

/** Checks a call; refuses with INVALID_PROPERTY what does not exist or is missing. */
export function readLineQuery(given: LineParameters): LineQuery {
  const { invoiceId, provider, invoiceLineItemType: type, currencyCode, size } = given;
  if (!isPair(provider, type)) {
    refuse("INVALID_PROPERTY", `invoiceLineItemType ${type} does not exist for ${provider}`);
  }
  return {
    of:
      invoiceId.trim().toLowerCase() === "unbilled"
        ? { currency: demandCurrency(currencyCode), month: demandMonth(given.period) }
        : { invoiceId: readInvoiceId(invoiceId), currency: currencyCode?.toUpperCase() },
    provider,
    type,
    size: size ? Math.min(size, lineItemPageLimit) : undefined,
  };
}

/** Licences have no usage, and marketplace purchases are listed under `onetime`. */
function isPair(provider: Provider, type: LineItemType): boolean {
  if (provider === "office") return type === "billinglineitems";
  if (provider === "marketplace") return type === "usagelineitems";
  return true;
}

/**
 * True where lines can exist: one-time purchases. Legacy licences, Azure consumption and rated
 * usage are valid questions to which the answer is empty here.
 */
export function hasLines({ provider, type }: LineQuery): boolean {
  return type === "billinglineitems" && (provider === "onetime" || provider === "all");
}

/** An ISO 4217 code in upper case; refuses others, and none, with INVALID_PROPERTY. */
export function demandCurrency(code: string | undefined): string {
  const currency = code?.trim().toUpperCase() ?? "";
  if (!isCurrency(currency)) {
    refuse("INVALID_PROPERTY", "currencyCode must be an ISO 4217 code such as USD");
  }
  return currency;
}

function demandMonth(period: string | undefined): UnbilledMonth {
  const month = loose(period ?? "");
  if (month === "current" || month === "previous") return month;
  return refuse("INVALID_PROPERTY", "period must be current or previous");
}

/** The period that the word means at `now`: a calendar month in UTC. */
export function periodAt(month: UnbilledMonth, now: Date): Period {
  return month === "current" ? periodOf(now) : nextPeriod(periodOf(now), -1);
}

const providerNames: Readonly<Record<Provider, string>> = {
  office: "Office",
  azure: "Azure",
  onetime: "OneTime",
  marketplace: "Marketplace",
  all: "All",
};
const typeNames: Readonly<Record<LineItemType, string>> = {
  billinglineitems: "BillingLineItems",
  usagelineitems: "UsageLineItems",
};

/** The address of a page: always the query form, which reads the same data as the path form. */
export function lineItemsUri(query: LineQuery, seekOperation?: "Next"): string {
  const { of } = query;
  const document = "invoiceId" in of ? encodeURIComponent(of.invoiceId) : "unbilled";
  return uriWith(`/invoices/${document}/lineitems`, {
    provider: providerNames[query.provider],
    invoicelineitemtype: typeNames[query.type],
    currencycode: of.currency,
    period: "month" in of ? of.month : undefined,
    size: query.size,
    seekOperation,
  });
}
