/** An order line with the order that it stands in: what an entitlement is seen through. */
import { addTerm, startOfDay } from "../../foundation/clock.ts";
import type { OrderLineRow, OrderRow } from "../orders/index.ts";
import type { Tenure } from "../subscriptions/index.ts";

export interface EntitledLine {
  order: OrderRow;
  line: OrderLineRow;
  /** Of the subscription that the line made, if it made one. */
  tenure?: Tenure | undefined;
}

/** Reservations and software are entitled; services and Azure plans are subscriptions only. */
export function goodsOf({ line }: EntitledLine): "software" | "reservation" | undefined {
  switch (line.kind) {
    case "reservation":
      return "reservation";
    case "perpetual_software":
    case "term_software":
      return "software";
    default:
      return undefined;
  }
}

/** The day on which the goods of a line end, at 00:00 UTC; undefined for perpetual goods. */
export function expiryOf({ order, line, tenure }: EntitledLine): Date | undefined {
  if (tenure) return tenure.endsAt === null ? undefined : startOfDay(tenure.endsAt);
  if (line.term === null) return undefined;
  return startOfDay(addTerm(order.fulfilledAt, line.term));
}
