/** Which lines a change wants cancelled, and whether they may be. Pure. */
import { type ChangedOrder, loose } from "@kontor/contract";
import { addMs, addTerm, wireInstant } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Installation } from "../../../foundation/partner.ts";
import type { Refund } from "../../billing/index.ts";
import { type Offer, refundOf } from "../../catalog/index.ts";
import { isLegacy } from "../legacy-offer.ts";
import { after, lineLife, type OrderStatus, orderLife } from "../life.ts";
import {
  catalogItemOf,
  lineState,
  type OrderLineRow,
  type OrderRow,
  orderStatus,
} from "../order.ts";

const day = 24 * 3600 * 1000;

type Mode = Installation["mode"];
type Obstacle = "ORDER_NOT_CANCELLABLE" | "RESERVATION_NOT_CANCELLABLE" | "SERVICE_NOT_CANCELLABLE";

/** Where the wish comes in: at the order, or at a subscription that it made. */
export type Through = "order" | "subscription";

/** What keeps goods from being cancelled through their order: on a live database, and in a sandbox. */
const obstacles: Readonly<Record<Offer["kind"], { live?: Obstacle; sandbox?: Obstacle }>> = {
  perpetual_software: {},
  term_software: {},
  reservation: { live: "RESERVATION_NOT_CANCELLABLE" },
  online_service: { live: "SERVICE_NOT_CANCELLABLE" },
  azure_plan: { live: "ORDER_NOT_CANCELLABLE", sandbox: "ORDER_NOT_CANCELLABLE" },
};

/** Of goods with a term the days not used are given back; a sandbox's reservations are all. */
const refunds: Readonly<Record<Offer["kind"], Refund>> = {
  perpetual_software: "whole",
  reservation: "whole",
  term_software: "unused days",
  online_service: "unused days",
  azure_plan: "unused days",
};

export function refundRule(line: Pick<OrderLineRow, "kind">): Refund {
  return refunds[line.kind];
}

function obstacleOf(line: OrderLineRow, mode: Mode, through: Through): Obstacle | undefined {
  const obstacle = isLegacy(line.productId) ? "ORDER_NOT_CANCELLABLE" : obstacles[line.kind][mode];
  // Seats are given back through their subscription, and through nothing else.
  const isElsewhere = obstacle === "SERVICE_NOT_CANCELLABLE" && through === "subscription";
  return isElsewhere ? undefined : obstacle;
}

/** How long after the purchase the goods can be cancelled, as an ISO 8601 duration. */
function windowOf({ kind }: OrderLineRow, mode: Mode): string | undefined {
  if (mode === "sandbox") return limits.sandboxCancellation;
  return kind === "online_service" ? limits.serviceCancellation : refundOf(kind)?.expiresAfter;
}

/**
 * Until when a subscription gives back all of a term's price, and until when a part: what
 * `creditFor` does with the days of a term. Undefined where it cannot be cancelled, or costs nothing.
 */
export function refundDates(
  { startsAt, unitMinor }: { startsAt: Date; unitMinor: bigint },
  line: OrderLineRow,
  mode: Mode,
): { full: Date; part: Date } | undefined {
  const window = windowOf(line, mode);
  if (obstacleOf(line, mode, "subscription") || !window || unitMinor === 0n) return undefined;
  const part = addTerm(startsAt, window);
  // As the second day begins, the first is over.
  return { full: refundRule(line) === "whole" ? part : addMs(startsAt, day - 1), part };
}

/**
 * Refuses a line that may not be cancelled at `now`. The window opens as the line's term begins, and
 * its last instant is inside.
 *
 * @throws Refusal ORDER_NOT_CANCELLABLE, RESERVATION_NOT_CANCELLABLE, SERVICE_NOT_CANCELLABLE,
 * CANCELLATION_WINDOW_CLOSED
 */
export function requireCancellable(
  line: OrderLineRow,
  { mode, through, startsAt }: { mode: Mode; through: Through; startsAt: Date },
  now: Date,
): void {
  const window = windowOf(line, mode);
  const obstacle = obstacleOf(line, mode, through);
  if (obstacle || !window) {
    refuse(obstacle ?? "ORDER_NOT_CANCELLABLE", `line ${line.lineNumber}`);
  }
  const until = addTerm(startsAt, window);
  if (now.getTime() <= until.getTime()) return;
  const days = (until.getTime() - startsAt.getTime()) / day;
  const cause = `the cancellation window of ${days} days for line ${line.lineNumber} ended`;
  refuse("CANCELLATION_WINDOW_CLOSED", `${cause} at ${wireInstant(until)}`);
}

/**
 * Refuses every change but a cancellation: first of all `status` tells one, in any spelling.
 *
 * @throws Refusal ORDER_CHANGE_NOT_SUPPORTED
 */
export function requireCancelIntent(order: OrderRow, change: ChangedOrder): void {
  if (/^cancell?ed$/.test(loose(change.status ?? ""))) return;
  const parent = change.lineItems?.find((line) => line.parentSubscriptionId);
  if (parent) {
    refuse("ORDER_CHANGE_NOT_SUPPORTED", "add-ons are not bought by changing an order");
  }
  if (change.billingCycle !== undefined && change.billingCycle !== order.billingCycle) {
    const cause = `the billing cycle stays ${order.billingCycle}`;
    refuse("ORDER_CHANGE_NOT_SUPPORTED", cause);
  }
  refuse("ORDER_CHANGE_NOT_SUPPORTED", "an order can be cancelled and not changed otherwise");
}

/**
 * The lines that a cancellation names, in their order and each once: all where it names none.
 *
 * @throws Refusal LINE_NUMBERS_WRONG, INVALID_INPUT
 */
export function namedLines(order: OrderRow, change: ChangedOrder): OrderLineRow[] {
  const named = change.lineItems ?? [];
  if (named.length === 0) return order.lines;
  const known = new Map(order.lines.map((line) => [line.lineNumber, line]));
  const numbers = new Set<number>();
  for (const { lineItemNumber, offerId } of named) {
    if (lineItemNumber === undefined) {
      return refuse("LINE_NUMBERS_WRONG", "a line to cancel needs its lineItemNumber");
    }
    const line = known.get(lineItemNumber);
    if (!line) {
      return refuse("LINE_NUMBERS_WRONG", `order ${order.orderId} has no line ${lineItemNumber}`);
    }
    const own = catalogItemOf(line);
    if (offerId && offerId.trim().toLowerCase() !== own.toLowerCase()) {
      refuse("INVALID_INPUT", `line ${lineItemNumber} is of offer ${own}, not of ${offerId}`);
    }
    numbers.add(lineItemNumber);
  }
  return order.lines.filter((line) => numbers.has(line.lineNumber));
}

/** Of the lines those that are not cancelled yet. */
export function stillStanding(
  order: OrderRow,
  lines: readonly OrderLineRow[],
  now: Date,
): OrderLineRow[] {
  return lines.filter((line) => after(lineLife, lineState(order, line, now), "cancel"));
}

/** The order's next version, without the lines; `kept` tells what stays owed of each. */
export function withoutLines(
  order: OrderRow,
  kept: ReadonlyMap<number, bigint>,
  now: Date,
): { order: OrderRow; status: OrderStatus } {
  const lines = order.lines.map((line): OrderLineRow => {
    const keptMinor = kept.get(line.lineNumber);
    return keptMinor === undefined ? line : { ...line, cancelledAt: now, keptMinor };
  });
  const isRest = lines.every((line) => line.cancelledAt !== null);
  const before = orderStatus(order, now);
  const status = after(orderLife, before, isRest ? "cancelRest" : "cancelSome");
  if (!status) throw new Error(`order ${order.orderId} is ${before}: no line of it is left`);
  return { order: { ...order, version: order.version + 1, lines }, status };
}
