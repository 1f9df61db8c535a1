import type { ChangedOrder } from "@kontor/contract";
import { requireEtag } from "../../../foundation/http/etag.ts";
import type { Context } from "../../../foundation/partner.ts";
import { appendAudit } from "../../audit/index.ts";
import { creditLines } from "../../billing/index.ts";
import { dropWork } from "../../due/index.ts";
import {
  type CancelSubscription,
  lockSubscriptions,
  markDeleted,
  subscriptionView,
} from "../../subscriptions/index.ts";
import { type OrderLineRow, type OrderRow, orderEtag, orderView } from "../order.ts";
import { chargeCycleKind, laterCycles } from "../place.ts";
import { requireOrder } from "../use-cases.ts";
import {
  namedLines,
  refundRule,
  requireCancelIntent,
  requireCancellable,
  stillStanding,
  withoutLines,
} from "./cancellation.ts";
import { loadLaterTerms, lockOrder, saveCancellation } from "./store.ts";
import { chargedInAllTerms, type LaterTerm, termStart } from "./terms.ts";

/**
 * Cancels an order or lines of it: all that are named, or none. Lines that are cancelled already
 * are passed over, so that a repeat changes nothing, whatever etag it was sent with.
 *
 * @throws Refusal ORDER_NOT_FOUND, ORDER_CHANGE_NOT_SUPPORTED, LINE_NUMBERS_WRONG, INVALID_INPUT,
 * ETAG_STALE, ORDER_NOT_CANCELLABLE, RESERVATION_NOT_CANCELLABLE, SERVICE_NOT_CANCELLABLE,
 * CANCELLATION_WINDOW_CLOSED
 */
export async function updateOrder(
  context: Context,
  customerId: string,
  orderId: string,
  change: ChangedOrder,
): Promise<OrderRow> {
  const { db, now, partner, installation } = context;
  await lockOrder(db, partner.partnerId, orderId);
  const order = await requireOrder(context, customerId, orderId);
  requireCancelIntent(order, change);
  const lines = stillStanding(order, namedLines(order, change), now);
  if (lines.length === 0) return order;
  requireEtag(
    { header: context.header("if-match"), body: change.attributes?.etag },
    orderEtag(order),
  );
  const terms = await laterTerms(context, lines);
  for (const line of lines) {
    const startsAt = termStart(order, terms(line), now);
    requireCancellable(line, { mode: installation.mode, through: "order", startsAt }, now);
  }
  return cancelLines(context, order, lines, terms);
}

/**
 * Cancels the line behind a subscription, as the order would: the same window, the same credit.
 *
 * @throws Refusal CANCELLATION_WINDOW_CLOSED
 */
export const subscriptionCancellation: CancelSubscription = {
  lock: ({ db, partner }, { orderId }) => lockOrder(db, partner.partnerId, orderId),
  async cancel(context, { customerId, orderId, orderLine }) {
    const { installation, now } = context;
    const order = await requireOrder(context, customerId, orderId);
    const line = order.lines.find(({ lineNumber }) => lineNumber === orderLine);
    if (!line) throw new Error(`order ${orderId} has no line ${orderLine}`);
    const terms = await laterTerms(context, [line]);
    const startsAt = termStart(order, terms(line), now);
    requireCancellable(line, { mode: installation.mode, through: "subscription", startsAt }, now);
    await cancelLines(context, order, [line], terms);
  },
};

type TermsOf = (line: OrderLineRow) => LaterTerm[];

/** What gives the later terms of each of the lines. */
async function laterTerms(
  { db, partner }: Context,
  lines: readonly OrderLineRow[],
): Promise<TermsOf> {
  const ids = lines.flatMap(({ subscriptionId }) => subscriptionId ?? []);
  if (ids.length === 0) return () => [];
  const all = await loadLaterTerms(db, partner.partnerId, ids);
  return (line) => all.filter((term) => term.subscriptionId === line.subscriptionId);
}

/** All that goes with the lines, in one transaction: the caller's. */
async function cancelLines(
  context: Context,
  before: OrderRow,
  lines: readonly OrderLineRow[],
  terms: TermsOf,
): Promise<OrderRow> {
  const { db, now, partner } = context;
  const { partnerId } = partner;
  const kept = await creditLines(db, partner, now, {
    ...before,
    lines: lines.map((line) => ({
      lineNumber: line.lineNumber,
      chargedAt: chargedInAllTerms(before, line, terms(line), now),
      refund: refundRule(line),
    })),
  });
  const { order, status } = withoutLines(before, kept, now);
  await saveCancellation(db, partnerId, order, { kept, now, whole: status === "cancelled" });
  await dropWork(
    db,
    partnerId,
    chargeCycleKind,
    lines.flatMap((line) => laterCycles(order, line)),
  );
  await deleteSubscriptions(context, order, lines);
  await appendAudit(db, context, {
    customerId: order.customerId,
    resourceType: "order",
    operationType: "update_order",
    resourceId: order.orderId,
    newValue: orderView(order, status, { includePrice: true }),
  });
  return order;
}

/** Ends what the lines have made, with a record for each. */
async function deleteSubscriptions(
  context: Context,
  { country }: OrderRow,
  lines: readonly OrderLineRow[],
): Promise<void> {
  const { db, now, partner } = context;
  const ids = lines.flatMap((line) => line.subscriptionId ?? []);
  if (ids.length === 0) return;
  const rows = await lockSubscriptions(db, partner.partnerId, ids);
  await markDeleted(db, partner.partnerId, ids);
  for (const row of rows.filter(({ status }) => status !== "deleted")) {
    const gone = { ...row, status: "deleted", version: row.version + 1 } as const;
    await appendAudit(db, context, {
      customerId: row.customerId,
      resourceType: "subscription",
      operationType: "update_subscription",
      resourceId: row.subscriptionId,
      newValue: subscriptionView(gone, country, now),
    });
  }
}
