/** A line item: a charge with its order line, as the reconciliation calls show it. Pure. */
import type { LineItem } from "@kontor/contract";
import { addDays, addTerm, wireDay, wireInstant } from "../../foundation/clock.ts";
import { jsonAmount, jsonNumber } from "../../foundation/money.ts";
import type { Partner } from "../../foundation/partner.ts";

/** Where a line stands in the order of lines: by event, then order, then line. */
export interface LineKey {
  occurredAt: Date;
  orderId: string;
  lineNumber: number;
  chargeId: string;
}

/** A charge joined to the order line, order and customer that it belongs to. */
export interface LineRow extends LineKey {
  customerId: string;
  companyName: string;
  customerDomain: string;
  customerCountry: string;
  alternateId: string;
  billingCycle: string;
  productId: string;
  skuId: string;
  availabilityId: string;
  productTitle: string;
  skuTitle: string;
  publisherName: string;
  friendlyName: string;
  term: string | null;
  partnerOnRecord: string | null;
  reservationOrderId: string | null;
  subscriptionId: string | null;
  /** When the order was fulfilled: a subscription that it made starts then. */
  fulfilledAt: Date;
  chargeType: string;
  /** Why it is credited; empty on a charge. */
  creditReason: string;
  referenceId: string;
  startsAt: Date;
  endsAt: Date;
  quantity: number;
  unitPrice: string;
  effectiveUnitPrice: string;
  pricingCurrency: string;
  exchangeRate: string;
  exchangeRateDate: Date;
  currency: string;
  subtotalMinor: bigint;
  taxMinor: bigint;
}

/**
 * The wire form of a line. On an unbilled line (`invoiceId` undefined) the invoice number is empty
 * and tax and total are 0: they are known when the invoice is made.
 */
export function lineItem(
  row: LineRow,
  partner: Pick<Partner, "partnerId" | "mpnId">,
  invoiceId: string | undefined,
): LineItem {
  const billed = invoiceId !== undefined;
  const amount = (minor: bigint) => jsonAmount(minor, row.currency);
  return {
    partnerId: partner.partnerId,
    customerId: row.customerId,
    customerName: row.companyName,
    customerDomainName: row.customerDomain,
    customerCountry: row.customerCountry,
    invoiceNumber: invoiceId ?? "",
    mpnId: partner.mpnId,
    resellerMpnId: mpnNumber(row.partnerOnRecord),
    orderId: row.orderId,
    orderDate: wireInstant(row.occurredAt),
    productId: row.productId,
    skuId: row.skuId,
    availabilityId: row.availabilityId,
    productName: row.productTitle,
    skuName: row.skuTitle,
    productQualifiers: [],
    chargeType: row.chargeType,
    unitPrice: jsonNumber(row.unitPrice),
    effectiveUnitPrice: jsonNumber(row.effectiveUnitPrice),
    unitType: "",
    quantity: row.quantity,
    subtotal: amount(row.subtotalMinor),
    taxTotal: billed ? amount(row.taxMinor) : 0,
    totalForCustomer: billed ? amount(row.subtotalMinor + row.taxMinor) : 0,
    currency: row.currency,
    publisherName: row.publisherName,
    publisherId: "",
    ...subscriptionOf(row),
    chargeStartDate: wireDay(row.startsAt),
    chargeEndDate: lastDay(row.startsAt, row.endsAt),
    termAndBillingCycle: termAndBillingCycle(row.term, row.billingCycle),
    alternateId: row.alternateId,
    referenceId: row.referenceId,
    priceAdjustmentDescription: "",
    discountDetails: "",
    creditReasonCode: row.creditReason,
    pricingCurrency: row.pricingCurrency,
    pcToBCExchangeRate: jsonNumber(row.exchangeRate),
    pcToBCExchangeRateDate: wireDay(row.exchangeRateDate),
    billableQuantity: row.quantity,
    meterDescription: "",
    billingFrequency: row.billingCycle === "monthly" ? "Monthly" : "",
    reservationOrderId: row.reservationOrderId ?? "",
    promotionId: "",
    invoiceLineItemType: "billing_line_items",
    billingProvider: "one_time",
    attributes: { objectType: "OneTimeInvoiceLineItem" },
  };
}

/** The .NET client reads this id into 32 bits: one that does not fit must not stop a page. */
function mpnNumber(mpnId: string | null): number {
  const number = /^\d{1,10}$/.test(mpnId ?? "") ? Number(mpnId) : 0;
  return number <= 0x7fff_ffff ? number : 0;
}

/**
 * The subscription that the order line made, for the term bought. All of it is from what never
 * changes: a published line reads the same for ever, whatever becomes of the subscription.
 */
function subscriptionOf({ subscriptionId, friendlyName, fulfilledAt, term }: LineRow) {
  if (subscriptionId === null) return { subscriptionDescription: "", subscriptionId: "" };
  return {
    subscriptionDescription: friendlyName,
    subscriptionId,
    subscriptionStartDate: wireDay(fulfilledAt),
    ...(term !== null && {
      subscriptionEndDate: lastDay(fulfilledAt, addTerm(fulfilledAt, term)),
    }),
  };
}

/** Line items name the last day covered, 20 May to 19 June; our spans end where the next starts. */
function lastDay(from: Date, to: Date): string {
  return wireDay(to > from ? addDays(to, -1) : to);
}

const lengths: Readonly<Record<string, readonly [word: string, figure: string]>> = {
  P1M: ["One-Month", "1 Month"],
  P1Y: ["One-Year", "1 Year"],
  P3Y: ["Three-Year", "3 Year"],
};
const rhythms: Readonly<Record<string, string>> = {
  monthly: "monthly billing",
  annual: "yearly billing",
  none: "trial",
};

/** `One-Year commitment for monthly billing`, `3 Year Subscription`; empty without a term. */
function termAndBillingCycle(term: string | null, cycle: string): string {
  if (term === null) return "";
  const [word, figure] = lengths[term] ?? [term, term];
  const rhythm = rhythms[cycle];
  return rhythm === undefined ? `${figure} Subscription` : `${word} commitment for ${rhythm}`;
}
