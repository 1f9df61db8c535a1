/**
 * The life of an order and of its lines, as data: which event leads from which state to which. What
 * is not in a table does not happen. The lines live; the order's status follows from them.
 */

/** A line's states, in the words of the provisioning status. */
export type LineState = "prefulfillmentPending" | "fulfilled" | "unfulfilled";
export type LineEvent = "fulfil" | "cancel";

export type OrderStatus = "pending" | "completed" | "cancelled";
/** `cancelSome` leaves a line that stands, `cancelRest` leaves none. */
export type OrderEvent = "fulfil" | "cancelSome" | "cancelRest";

export type Life<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

export const lineLife: Life<LineState, LineEvent> = {
  prefulfillmentPending: { fulfil: "fulfilled", cancel: "unfulfilled" },
  fulfilled: { cancel: "unfulfilled" },
  unfulfilled: {},
};

/** Some lines of a pending order may go: the others are fulfilled in their time. */
export const orderLife: Life<OrderStatus, OrderEvent> = {
  pending: { fulfil: "completed", cancelSome: "pending", cancelRest: "cancelled" },
  completed: { cancelSome: "completed", cancelRest: "cancelled" },
  cancelled: {},
};

/** The state after an event; undefined where the event cannot happen. */
export function after<State extends string, Event extends string>(
  life: Life<State, Event>,
  state: State,
  event: Event,
): State | undefined {
  return life[state][event];
}
