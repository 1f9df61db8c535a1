/**
 * Entitlements: what a customer may use now. Nothing is stored: an entitlement is a fulfilled
 * order line, seen at a time, in the one form that the answer has.
 */
import {
  type EntitlementShape,
  type entitlementOperations,
  loose,
  type ResultOf,
} from "@kontor/contract";
import { wireDay } from "../../foundation/clock.ts";
import type { OrderLineRow, OrderRow } from "../orders/index.ts";
import type { Tenure } from "../subscriptions/index.ts";
import {
  productKeyArtifact,
  reservationArtifact,
  reservationAttributes,
  reservationWords,
} from "./artifact.ts";
import { type EntitledLine, expiryOf, goodsOf } from "./entitled-line.ts";
import { type EntitlementState, stateOf } from "./state.ts";

export type EntitlementView = ResultOf<
  typeof entitlementOperations.listEntitlements
>["items"][number];

export interface EntitlementQuery {
  entitlementType?: string | undefined;
  showExpiry?: boolean | undefined;
}

/** What is asked for, in the words of one form. */
interface Wanted {
  shape: EntitlementShape;
  /** As compared: without case and separators; empty for everything. */
  type: string;
  /** Today's reservations, or those of virtual machines as June 2018 had them. */
  reservations: keyof typeof reservationWords;
  showExpiry: boolean;
}

const olderWord = loose(reservationWords.older.type);
const reservationFilters = new Set(["", loose(reservationWords.current.type), olderWord]);

/**
 * Entitlements of a customer, newest order first. An unknown type matches nothing. Goods that were
 * given back are gone, but for software in the form of 2018: there the state of its key says so.
 */
export function entitlementViews(
  orders: readonly OrderRow[],
  query: EntitlementQuery,
  shape: EntitlementShape,
  now: Date,
  tenures: ReadonlyMap<string, Tenure> = new Map(),
): EntitlementView[] {
  const type = loose(query.entitlementType ?? "");
  const isOlder = shape === "2018-06" || type === olderWord;
  const wanted: Wanted = {
    shape,
    type,
    reservations: isOlder ? "older" : "current",
    showExpiry: query.showExpiry ?? false,
  };
  return orders
    .flatMap((order) => order.lines.map((line) => entitledLine(order, line, tenures)))
    .filter((entitled) => isWanted(entitled, wanted))
    .flatMap((entitled) => {
      const state = stateOf(entitled, now);
      return isShown(entitled, state, shape) ? [entitlementView(entitled, state, wanted)] : [];
    });
}

function isWanted(entitled: EntitledLine, { type, reservations }: Wanted): boolean {
  const goods = goodsOf(entitled);
  if (goods !== "reservation") return goods !== undefined && (type === "" || type === goods);
  const isVirtualMachine = reservationAttributes(entitled).reservationType === "virtualmachines";
  return reservationFilters.has(type) && (reservations === "current" || isVirtualMachine);
}

function isShown(entitled: EntitledLine, state: EntitlementState, shape: EntitlementShape) {
  if (state === "usable") return true;
  return state === "cancelled" && shape === "2018-06" && goodsOf(entitled) === "software";
}

function entitledLine(
  order: OrderRow,
  line: OrderLineRow,
  tenures: ReadonlyMap<string, Tenure>,
): EntitledLine {
  const { subscriptionId } = line;
  return { order, line, tenure: subscriptionId === null ? undefined : tenures.get(subscriptionId) };
}

function entitlementView(
  entitled: EntitledLine,
  state: EntitlementState,
  wanted: Wanted,
): EntitlementView {
  const { order, line } = entitled;
  const isReservation = goodsOf(entitled) === "reservation";
  const isCurrent = wanted.shape === "2021-07";
  const expiry = wanted.showExpiry && isCurrent ? expiryOf(entitled) : undefined;
  const dynamicAttributes =
    isReservation && isCurrent ? { dynamicAttributes: reservationAttributes(entitled) } : {};
  const words = reservationWords[wanted.reservations];
  const status = state === "usable" ? "fulfilled" : "unfulfilled";
  return {
    // A bundle's parts would stand here; the catalog has no bundles.
    includedEntitlements: [],
    referenceOrder: {
      id: order.orderId,
      lineItemId: `${line.lineNumber}`,
      ...(isCurrent ? { alternateId: order.alternateId } : {}),
    },
    productId: line.productId,
    skuId: line.skuId,
    ...(isReservation && !isCurrent ? { skuTitle: line.skuTitle } : {}),
    // What may be used; the details tell of the rest.
    quantity: state === "usable" ? line.quantity : 0,
    quantityDetails: [{ quantity: line.quantity, status }],
    entitledArtifacts: isReservation
      ? [{ ...reservationArtifact(entitled, words), ...dynamicAttributes }]
      : isCurrent
        ? []
        : [productKeyArtifact(entitled, state)],
    entitlementType: isReservation ? words.type : "software",
    ...(expiry ? { expiryDate: wireDay(expiry) } : {}),
    fulfillmentState: status,
    ...dynamicAttributes,
    attributes: { objectType: "Entitlement" },
  };
}
