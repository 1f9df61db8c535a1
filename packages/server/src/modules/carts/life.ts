/** The life of a cart, as data: which event leads from which state to which. */
import type { Life } from "../orders/index.ts";
import type { CartRow } from "./cart.ts";

/** The wire says `Active` for the first two, and knows no expired cart: that one is not found. */
export type CartState = "active" | "partlyOrdered" | "ordered" | "expired";
/** `orderSome` leaves a group without an order, `orderRest` leaves none. */
export type CartEvent = "update" | "orderSome" | "orderRest" | "expire";

/** What has become an order is not changed any more; an ordered cart does not expire. */
export const cartLife: Life<CartState, CartEvent> = {
  active: {
    update: "active",
    orderSome: "partlyOrdered",
    orderRest: "ordered",
    expire: "expired",
  },
  partlyOrdered: { orderSome: "partlyOrdered", orderRest: "ordered", expire: "expired" },
  ordered: {},
  expired: {},
};

/** The state at an instant; `orders` is how many orders the cart has become. */
export function cartState(
  { orderedAt, expiresAt }: Pick<CartRow, "orderedAt" | "expiresAt">,
  orders: number,
  now: Date,
): CartState {
  if (orderedAt !== null) return "ordered";
  if (expiresAt.getTime() <= now.getTime()) return "expired";
  return orders > 0 ? "partlyOrdered" : "active";
}
