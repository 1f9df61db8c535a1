/** What is left of the vendor's sandbox quotas, and the lines that go beyond it. */
import { limits } from "../../foundation/limits.ts";
import {
  checkLine,
  type Draft,
  type Facts,
  type LineCheck,
  type PurchaseLine,
  type Quota,
  refusedLine,
} from "./purchase-line.ts";
import { openShelf } from "./shelf.ts";

/** What the customer has: live subscriptions, and reserved instances that were not cancelled. */
export function quotaLeft(has: Quota): Quota {
  return {
    subscriptions: limits.sandboxSubscriptionsPerCustomer - has.subscriptions,
    reservations: limits.sandboxReservationsPerCustomer - has.reservations,
  };
}

const subscribed: ReadonlySet<string> = new Set(["term_software", "online_service", "azure_plan"]);

/** Checks lines that are bought together: each takes its part of stock and quota, in their order. */
export function checkLines(drafts: readonly Draft[], facts: Facts): LineCheck[] {
  const left = facts.quota && { ...facts.quota };
  const shelf = facts.stock && openShelf(facts.stock);
  return drafts.map((draft) => {
    const checked = checkLine(draft, facts);
    const inStock = shelf ? shelf.check(checked) : checked;
    const check = left && inStock.ok ? withinQuota(inStock, left) : inStock;
    if (check.ok) shelf?.take(check.line);
    return check;
  });
}

/** Takes off what was bought. */
export function takeFrom(left: Quota, lines: readonly PurchaseLine[]): void {
  for (const { offer, quantity } of lines) {
    if (offer.kind === "reservation") left.reservations -= quantity;
    else if (subscribed.has(offer.kind)) left.subscriptions -= 1;
  }
}

function withinQuota(check: LineCheck & { ok: true }, left: Quota): LineCheck {
  const { offer, quantity } = check.line;
  if (offer.kind === "reservation") {
    left.reservations -= quantity;
    if (left.reservations >= 0) return check;
    left.reservations += quantity;
    const text = `The sandbox has ${limits.sandboxReservationsPerCustomer} reservations for each customer; ${left.reservations} are left.`;
    return refusedLine("SandboxLimitExceeded", "SANDBOX_LIMIT_REACHED", text, offer);
  }
  if (!subscribed.has(offer.kind)) return check;
  if (quantity > limits.sandboxSeatsPerSubscription) {
    const text = `The sandbox has ${limits.sandboxSeatsPerSubscription} seats for each subscription, not ${quantity}.`;
    return refusedLine("SandboxLimitExceeded", "SANDBOX_SEATS_EXCEEDED", text, offer);
  }
  if (left.subscriptions <= 0) {
    const text = `The sandbox has ${limits.sandboxSubscriptionsPerCustomer} subscriptions for each customer.`;
    return refusedLine("SandboxLimitExceeded", "SANDBOX_SUBSCRIPTIONS_EXCEEDED", text, offer);
  }
  left.subscriptions -= 1;
  return check;
}
