/** What a renewed term costs and when it is charged. Pure. */
import Big from "big.js";
import { limits } from "../../foundation/limits.ts";
import { unitAmount } from "../../foundation/money.ts";
import { type BillingTerms, chargeSale, type NewCharge, type Priced } from "../billing/index.ts";
import type { Offer } from "../catalog/index.ts";
import type { DueWork } from "../due/index.ts";
import {
  cyclePrice,
  cycleSpan,
  cyclesIn,
  type OrderLineRow,
  type OrderRow,
} from "../orders/index.ts";
import { monthsFrom } from "../subscriptions/index.ts";

/** Kind of the due work that charges a later billing cycle of a renewed term. */
export const chargeRenewedCycleKind = "charge_renewed_cycle";

/** A term after the first, with the price that held when it began. */
export interface RenewedTerm {
  subscriptionId: string;
  /** The day on which it begins, `YYYY-MM-DD`. */
  period: string;
  /** `P1M`, `P1Y`, `P3Y`. */
  term: string;
  /** When the subscription began: terms and cycles are counted from there. */
  anchor: Date;
  startsAt: Date;
  endsAt: Date;
  /** Plain decimal, of one unit for the whole term. */
  unitPrice: string;
  pricingCurrency: string;
}

export interface OrderedLine {
  order: OrderRow;
  line: OrderLineRow;
}

/** True where the offer has a price and a rate, and a line of this quantity can carry its tax. */
export function isPayable(
  offer: Offer,
  quantity: number,
  priced: Priced | undefined,
): offer is Offer & { unitPrice: string } {
  if (offer.unitPrice === null || !priced) return false;
  const unitMinor = unitAmount(offer.unitPrice, priced.exchangeRate, priced.currency);
  return unitMinor * BigInt(quantity) * 2n <= limits.lineMinor;
}

/** The charge of one billing cycle of a renewed term; what costs nothing has none. */
export function renewalCharges(
  { order, line }: OrderedLine,
  renewal: RenewedTerm,
  index: number,
  terms: BillingTerms,
  referenceId: string,
): NewCharge[] {
  if (new Big(renewal.unitPrice).eq(0)) return [];
  const span = spanOf(order, renewal, index);
  const sale = {
    customerId: order.customerId,
    orderId: order.orderId,
    lineNumber: line.lineNumber,
    chargeType: "renew",
    referenceId,
    occurredAt: span.startsAt,
    ...span,
    quantity: line.quantity,
    unitPrice: renewal.unitPrice,
    effectiveUnitPrice: cyclePrice(renewal.unitPrice, renewal.term, order.billingCycle),
    pricingCurrency: renewal.pricingCurrency,
    market: order.country,
  } as const;
  return [chargeSale(terms, sale)];
}

/** The work that charges cycle `index` of a renewed term, unless the term is over by then. */
export function renewedCycleWork(order: OrderRow, renewal: RenewedTerm, index: number): DueWork[] {
  if (index >= cyclesIn(renewal.term, order.billingCycle)) return [];
  return [
    {
      kind: chargeRenewedCycleKind,
      subject: `${renewal.subscriptionId}:${renewal.period}:${index}`,
      dueAt: spanOf(order, renewal, index).startsAt,
    },
  ];
}

function spanOf({ billingCycle }: OrderRow, renewal: RenewedTerm, index: number) {
  const before = monthsFrom(renewal.anchor, renewal.startsAt);
  return cycleSpan(renewal.anchor, renewal.term, billingCycle, index, before);
}
