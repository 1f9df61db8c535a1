/** The states of an entitlement, as a table. Nothing of it is stored. */
import { type EntitledLine, expiryOf } from "./entitled-line.ts";

export const entitlementStates = ["pending", "usable", "expired", "cancelled"] as const;
export type EntitlementState = (typeof entitlementStates)[number];

export const entitlementEvents = ["fulfilled", "cancelled", "termEnded"] as const;
export type EntitlementEvent = (typeof entitlementEvents)[number];

/** Where each event leads; an event that is not named leaves the state as it is. */
export const transitions: Readonly<
  Record<EntitlementState, Readonly<Partial<Record<EntitlementEvent, EntitlementState>>>>
> = {
  pending: { fulfilled: "usable", cancelled: "cancelled" },
  usable: { cancelled: "cancelled", termEnded: "expired" },
  // What has ended stays so: a later refund changes the books, not what may be used.
  expired: {},
  cancelled: {},
};

/** The state after events, in the order in which they happened. */
export function stateAfter(events: readonly EntitlementEvent[]): EntitlementState {
  return events.reduce<EntitlementState>(
    (state, event) => transitions[state][event] ?? state,
    "pending",
  );
}

/**
 * When the goods of a line were given back, alone or with the whole order; null while they stand.
 * The one place that knows where a cancellation is written down.
 */
function cancelledAt({ line }: EntitledLine): Date | null {
  return line.cancelledAt;
}

/** The state of what a line entitles to, at an instant of the partner's clock. */
export function stateOf(entitled: EntitledLine, now: Date): EntitlementState {
  const instants: Record<EntitlementEvent, Date | null | undefined> = {
    fulfilled: entitled.order.fulfilledAt,
    cancelled: cancelledAt(entitled),
    // Goods that renew go on through the last day of a term.
    termEnded: entitled.tenure?.renews ? null : expiryOf(entitled),
  };
  const past = entitlementEvents
    .map((event) => ({ event, at: instants[event]?.getTime() ?? Number.POSITIVE_INFINITY }))
    .filter(({ at }) => at <= now.getTime())
    // Stable: of events at one instant, the order is that of the list above.
    .sort((a, b) => a.at - b.at);
  return stateAfter(past.map(({ event }) => event));
}

/** The one answer to "usable now?". */
export function isUsable(entitled: EntitledLine, now: Date): boolean {
  return stateOf(entitled, now) === "usable";
}
