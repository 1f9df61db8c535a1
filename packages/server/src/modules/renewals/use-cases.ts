import type { Db } from "../../foundation/database/sql.ts";
import { newId } from "../../foundation/ids.ts";
import { unitAmount } from "../../foundation/money.ts";
import type { Installation, Partner } from "../../foundation/partner.ts";
import { appendAudit, ownDoing } from "../audit/index.ts";
import { fixTerms, quotePricing, recordCharges } from "../billing/index.ts";
import { itemWithTerm, loadOffers } from "../catalog/index.ts";
import { type DueHandler, type DueWork, schedule } from "../due/index.ts";
import { loadOrderById, refundDates, splitItemId } from "../orders/index.ts";
import {
  isRenewedBy,
  lockOfCustomer,
  renewalWork,
  renewed,
  type SubscriptionRow,
  saveSubscription,
  subscriptionView,
} from "../subscriptions/index.ts";
import {
  isPayable,
  type OrderedLine,
  type RenewedTerm,
  renewalCharges,
  renewedCycleWork,
} from "./renewed-term.ts";
import { appendTerm, loadTerm } from "./store.ts";

export { chargeRenewedCycleKind } from "./renewed-term.ts";

/**
 * Renews the term that ends at `work.dueAt`, at the price of that instant. What was called off
 * meanwhile is left alone: the end of its term is derived. What has no price any more stops
 * renewing, which ends it too. The new term can be cancelled in a window of its own.
 */
export const renewSubscriptionHandler =
  (installation: Pick<Installation, "mode">): DueHandler =>
  (tx, partner, work) =>
    renewTerm(tx, partner, work, installation.mode);

async function renewTerm(
  tx: Db,
  partner: Partner,
  work: DueWork,
  mode: Installation["mode"],
): Promise<void> {
  const { partnerId } = partner;
  const [subscriptionId = "", period = ""] = work.subject.split(":");
  const row = await lockOfCustomer(tx, partnerId, subscriptionId);
  if (!row || !isRenewedBy(row, work)) return;
  const ordered = await orderedLine(tx, partnerId, row);
  const item = await itemFor(tx, partner, row, ordered.order.currency, work.dueAt);
  if (!item) {
    const ended = { ...row, autoRenew: false, version: row.version + 1 };
    await save(tx, partner, ended, ordered, work.dueAt);
    return;
  }
  const unitMinor = unitAmount(item.unitPrice, "1", item.currency);
  const refund = refundDates({ startsAt: work.dueAt, unitMinor }, ordered.line, mode);
  const next = {
    ...renewed(row, item),
    fullRefundUntil: refund?.full ?? null,
    partRefundUntil: refund?.part ?? null,
  };
  await save(tx, partner, next, ordered, work.dueAt);
  const term: RenewedTerm = {
    subscriptionId,
    period,
    term: next.term,
    anchor: row.startsAt,
    startsAt: work.dueAt,
    endsAt: next.endsAt,
    unitPrice: item.unitPrice,
    pricingCurrency: item.currency,
  };
  await appendTerm(tx, partnerId, term);
  await schedule(tx, partnerId, renewalWork(next));
  await chargeCycle(tx, partner, ordered, term, 0, work.dueAt);
}

/** Charges one later billing cycle of a renewed term and puts the next one on the list. */
export const chargeRenewedCycleHandler: DueHandler = async (tx, partner, work) => {
  const [subscriptionId = "", period = "", index = ""] = work.subject.split(":");
  const term = await loadTerm(tx, partner.partnerId, subscriptionId, period);
  if (!term) return;
  const ordered = await orderedLine(tx, partner.partnerId, term);
  await chargeCycle(tx, partner, ordered, term, Number(index), work.dueAt);
};

async function chargeCycle(
  tx: Db,
  partner: Partner,
  ordered: OrderedLine,
  term: RenewedTerm,
  index: number,
  at: Date,
): Promise<void> {
  const terms = await fixTerms(tx, partner, at, [{ ...ordered.order, ...term }]);
  await recordCharges(tx, partner, renewalCharges(ordered, term, index, terms, newId()));
  await schedule(tx, partner.partnerId, renewedCycleWork(ordered.order, term, index + 1));
}

/** Saves the row and the record of what became of it. */
async function save(
  tx: Db,
  partner: Partner,
  row: SubscriptionRow,
  { order }: OrderedLine,
  at: Date,
): Promise<void> {
  await saveSubscription(tx, partner.partnerId, row);
  await appendAudit(tx, ownDoing(partner, at), {
    customerId: row.customerId,
    resourceType: "subscription",
    operationType: "update_subscription",
    resourceId: row.subscriptionId,
    newValue: subscriptionView(row, order.country, at),
  });
}

async function orderedLine(
  tx: Db,
  partnerId: string,
  { orderId, orderLine }: Pick<SubscriptionRow, "orderId" | "orderLine">,
): Promise<OrderedLine> {
  const order = await loadOrderById(tx, partnerId, orderId);
  const line = order?.lines.find(({ lineNumber }) => lineNumber === orderLine);
  if (!order || !line) throw new Error(`order ${orderId} has no line ${orderLine}`);
  return { order, line };
}

/** The catalog item of the next term, priced at `at`; undefined where it cannot be had any more. */
async function itemFor(tx: Db, partner: Partner, row: SubscriptionRow, currency: string, at: Date) {
  const id = splitItemId(row.offerId);
  const term = row.renewalTerm ?? row.term;
  if (!id || term === null) return undefined;
  const [current] = (await loadOffers(tx, [id], at)).values();
  if (!current) return undefined;
  const wanted = itemWithTerm(current, term);
  const [other] = (await loadOffers(tx, [wanted], at)).values();
  const offer = current.term === term ? current : other;
  // The order has one currency, in which it tells what each of its lines costs.
  if (offer?.currency !== currency) return undefined;
  const priced = await quotePricing(tx, partner, at, [offer.currency]);
  return isPayable(offer, row.quantity, priced(offer.currency)) ? { ...offer, term } : undefined;
}
