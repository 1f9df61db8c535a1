/**
 * From a group of checked lines to the rows of one order: order, lines, subscriptions, charges and
 * the work that comes due later. Pure: the instant and the ids are given.
 */
import type { BillingCycleName } from "@kontor/contract";
import { addTerm } from "../../foundation/clock.ts";
import { unitAmount } from "../../foundation/money.ts";
import type { Installation } from "../../foundation/partner.ts";
import { type BillingTerms, chargeSale, type NewCharge } from "../billing/index.ts";
import type { DueWork } from "../due/index.ts";
import { renewalWork, type SubscriptionRow } from "../subscriptions/index.ts";
import { refundDates } from "./cancellation/cancellation.ts";
import { cyclePrice, cycleSpan, cyclesIn } from "./cycle.ts";
import { isLegacy } from "./legacy-offer.ts";
import type { OrderLineRow, OrderRow } from "./order.ts";
import type { PurchaseLine } from "./purchase-line.ts";

/** Ids made outside, so that placing stays a function of its input. */
export interface IdSource {
  uuid(): string;
  orderId(): string;
  alternateId(): string;
}

export interface Group {
  name: string;
  lines: readonly PurchaseLine[];
  /** The cart it comes from; undefined for an order created directly. */
  cartId: string | undefined;
  attestationAccepted: boolean | undefined;
}

export interface PlacedOrder {
  order: OrderRow;
  subscriptions: SubscriptionRow[];
  charges: NewCharge[];
  dueWork: DueWork[];
}

/** Kind of due work: charges the next billing cycle of a line. */
export const chargeCycleKind = "charge_cycle";

export function placeOrder(
  group: Group,
  customer: { customerId: string; country: string },
  terms: BillingTerms,
  at: { createdAt: Date; fulfilledAt: Date; mode: Installation["mode"] },
  ids: IdSource,
): PlacedOrder {
  const [first] = group.lines;
  if (!first) throw new Error(`order group ${group.name} has no line`);
  const legacy = isLegacy(first.offer.catalogItemId);
  const orderId = legacy ? ids.uuid() : ids.orderId();
  const rows = group.lines.map((line, lineNumber) =>
    lineRow(line, lineNumber, line.billingCycle, ids),
  );
  const order: OrderRow = {
    orderId,
    customerId: customer.customerId,
    alternateId: legacy ? orderId : ids.alternateId(),
    country: customer.country,
    billingCycle: first.billingCycle,
    currency: first.currency,
    cartId: group.cartId ?? null,
    orderGroup: group.name,
    attestationAccepted: group.attestationAccepted ?? null,
    createdAt: at.createdAt,
    // Legacy goods are there at once; modern ones take as long as the profile says.
    fulfilledAt: legacy ? at.createdAt : at.fulfilledAt,
    version: 1,
    lines: rows,
  };
  const subscriptions = rows.flatMap((row) => subscriptionOf(order, row, at.mode));
  return {
    order,
    subscriptions,
    charges: rows.flatMap((row) => chargesOf(order, row, 0, terms, ids.uuid())),
    dueWork: [
      ...rows.flatMap((row) => nextCycleWork(order, row, 1)),
      ...subscriptions.flatMap(renewalWork),
    ],
  };
}

function lineRow(
  line: PurchaseLine,
  lineNumber: number,
  cycle: BillingCycleName,
  ids: IdSource,
): OrderLineRow {
  const { offer } = line;
  const unitPrice = offer.unitPrice ?? "0";
  const isReservation = offer.kind === "reservation";
  const hasArtifact = isReservation || hasProductKey(offer);
  const subscribes = ["azure_plan", "term_software", "online_service"].includes(offer.kind);
  return {
    lineNumber,
    productId: offer.productId,
    skuId: offer.skuId,
    availabilityId: offer.availabilityId,
    kind: offer.kind,
    reservationType: offer.reservationType,
    productTitle: offer.productTitle,
    skuTitle: offer.skuTitle,
    publisherName: offer.publisherName,
    friendlyName: line.friendlyName ?? offer.skuTitle,
    quantity: line.quantity,
    term: line.term ?? null,
    renewsTo: line.renewsTo ?? null,
    unitPrice,
    pricingCurrency: offer.currency,
    unitMinor: unitAmount(unitPrice, "1", line.currency),
    cycleUnitMinor: unitAmount(cyclePrice(unitPrice, line.term, cycle), "1", line.currency),
    partnerOnRecord: line.partnerOnRecord ?? null,
    provisioningContext: line.provisioningContext ?? null,
    subscriptionId: subscribes ? ids.uuid() : null,
    reservationOrderId: isReservation ? ids.uuid() : null,
    reservationId: isReservation ? ids.uuid() : null,
    artifactGroup: hasArtifact ? ids.uuid().replaceAll("-", "") : null,
    artifactLine: hasArtifact ? ids.uuid() : null,
    artifactItem: hasProductKey(offer) ? ids.uuid() : null,
    cancelledAt: null,
    keptMinor: null,
  };
}

/** Software has a key in the older form of entitlements, whatever its term. */
export function hasProductKey({ kind }: Pick<OrderLineRow, "kind">): boolean {
  return kind === "perpetual_software" || kind === "term_software";
}

/** The subscription that a line makes; reservations and perpetual software make none. */
function subscriptionOf(
  order: OrderRow,
  line: OrderLineRow,
  mode: Installation["mode"],
): SubscriptionRow[] {
  if (line.subscriptionId === null) return [];
  const legacy = isLegacy(line.productId);
  const itemId = `${line.productId}:${line.skuId}:${line.availabilityId}`;
  const kind = legacy ? "azure_legacy" : line.kind;
  const usage = line.kind === "azure_plan";
  const first = { startsAt: order.createdAt, unitMinor: line.unitMinor };
  const refund = refundDates(first, line, mode);
  const renews = !usage && line.term !== null && line.renewsTo !== null;
  return [
    {
      subscriptionId: line.subscriptionId,
      customerId: order.customerId,
      kind: kind as SubscriptionRow["kind"],
      offerId: legacy ? line.productId : itemId,
      offerName: line.skuTitle,
      publisherName: line.publisherName,
      friendlyName: line.friendlyName,
      quantity: line.quantity,
      billingCycle: order.billingCycle,
      term: line.term,
      autoRenew: renews,
      renewalTerm: renews ? line.renewsTo : null,
      status: "active",
      orderId: order.orderId,
      orderLine: line.lineNumber,
      mpnId: line.partnerOnRecord,
      createdAt: order.fulfilledAt,
      startsAt: order.fulfilledAt,
      // An Azure plan has a term on paper only: it goes on until it is cancelled.
      endsAt: usage || line.term === null ? null : addTerm(order.fulfilledAt, line.term),
      registeredAt: null,
      fullRefundUntil: refund?.full ?? null,
      partRefundUntil: refund?.part ?? null,
      version: 1,
    },
  ];
}

/** The charge of one billing cycle; a line without price has none. */
export function chargesOf(
  order: OrderRow,
  line: OrderLineRow,
  index: number,
  terms: BillingTerms,
  referenceId: string,
): NewCharge[] {
  if (line.unitMinor === 0n) return [];
  const span = cycleSpan(order.createdAt, line.term ?? undefined, order.billingCycle, index);
  return [
    chargeSale(terms, {
      customerId: order.customerId,
      orderId: order.orderId,
      lineNumber: line.lineNumber,
      chargeType: index === 0 ? "new" : "renew",
      referenceId,
      occurredAt: span.startsAt,
      ...span,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      effectiveUnitPrice: cyclePrice(line.unitPrice, line.term ?? undefined, order.billingCycle),
      pricingCurrency: line.pricingCurrency,
      market: order.country,
    }),
  ];
}

function cycleSubject(order: OrderRow, line: OrderLineRow, index: number): string {
  return `${order.orderId}:${line.lineNumber}:${index}`;
}

/** The subjects of all work that a line may have on the list: every cycle after the first. */
export function laterCycles(order: OrderRow, line: OrderLineRow): string[] {
  const count = cyclesIn(line.term ?? undefined, order.billingCycle) - 1;
  return Array.from({ length: count }, (_none, at) => cycleSubject(order, line, at + 1));
}

/** When the line has been charged until `now`; the same instants as `chargesOf` says. */
export function chargedAt(order: OrderRow, line: OrderLineRow, now: Date): Date[] {
  const term = line.term ?? undefined;
  const cycles = Array.from({ length: cyclesIn(term, order.billingCycle) }, (_none, index) =>
    cycleSpan(order.createdAt, term, order.billingCycle, index),
  );
  return cycles.map(({ startsAt }) => startsAt).filter((at) => at.getTime() <= now.getTime());
}

/** The work that charges cycle `index`, unless the term is over by then. */
export function nextCycleWork(order: OrderRow, line: OrderLineRow, index: number): DueWork[] {
  const term = line.term ?? undefined;
  if (line.unitMinor === 0n || index >= cyclesIn(term, order.billingCycle)) return [];
  return [
    {
      kind: chargeCycleKind,
      subject: cycleSubject(order, line, index),
      dueAt: cycleSpan(order.createdAt, term, order.billingCycle, index).startsAt,
    },
  ];
}
