import type { ChangedOrder } from "@kontor/contract";
import { requireEtag } from "../../../foundation/http/etag.ts";
import type { Context } from "../../../foundation/partner.ts";
import { appendAudit } from "../../audit/index.ts";
import { creditLines } from "../../billing/index.ts";
import { dropWork } from "../../due/index.ts";
import { markDeleted } from "../../subscriptions/index.ts";
import { type OrderLineRow, type OrderRow, orderEtag, orderView } from "../order.ts";
import { chargeCycleKind, chargedAt, laterCycles } from "../place.ts";
import { requireOrder } from "../use-cases.ts";
import {
  namedLines,
  refundRule,
  requireCancelIntent,
  requireCancellable,
  stillStanding,
  withoutLines,
} from "./cancellation.ts";
import { lockOrder, saveCancellation } from "./store.ts";

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
  for (const line of lines) requireCancellable(order, line, installation.mode, now);
  return cancelLines(context, order, lines);
}

/** All that goes with the lines, in one transaction: the caller's. */
async function cancelLines(
  context: Context,
  before: OrderRow,
  lines: readonly OrderLineRow[],
): Promise<OrderRow> {
  const { db, now, partner } = context;
  const { partnerId } = partner;
  const kept = await creditLines(db, partner, now, {
    ...before,
    lines: lines.map((line) => ({
      lineNumber: line.lineNumber,
      chargedAt: chargedAt(before, line, now),
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
  await markDeleted(
    db,
    partnerId,
    lines.flatMap((line) => line.subscriptionId ?? []),
  );
  await appendAudit(db, context, {
    customerId: order.customerId,
    resourceType: "order",
    operationType: "update_order",
    resourceId: order.orderId,
    newValue: orderView(order, status, { includePrice: true }),
  });
  return order;
}
