import type { NewOrder } from "@kontor/contract";
import { addMs } from "../../foundation/clock.ts";
import type { Db } from "../../foundation/database/sql.ts";
import { refuse } from "../../foundation/errors.ts";
import { fidelityOf } from "../../foundation/fidelity.ts";
import { newId } from "../../foundation/ids.ts";
import type { Context } from "../../foundation/partner.ts";
import { fixTerms, recordCharges } from "../billing/index.ts";
import { requireCustomer } from "../customers/index.ts";
import { type DueHandler, schedule } from "../due/index.ts";
import { groupLines } from "./grouping.ts";
import {
  type OrderRow,
  orderStatus,
  orderView,
  provisioningViews,
  statusWhenPlaced,
} from "./order.ts";
import { chargesOf, nextCycleWork } from "./place.ts";
import type { Draft, Facts, PurchaseLine } from "./purchase-line.ts";
import { placeGroups, requireAgreements } from "./purchases/purchase.ts";
import {
  loadAgreements,
  loadFacts,
  loadTerms,
  lockPurchases,
  orderIds,
  savePurchases,
} from "./purchases/use-cases.ts";
import { checkLines } from "./quota.ts";
import { loadOrder, loadOrderById, loadOrders } from "./store.ts";

/** An order without a cart: every rule of a cart line fails the whole call here. */
export async function createOrder(context: Context, customerId: string, wanted: NewOrder) {
  const customer = await requireCustomer(context, customerId);
  if (wanted.referenceCustomerId && wanted.referenceCustomerId !== customer.customerId) {
    refuse("INVALID_INPUT", "referenceCustomerId differs from the customer in the path");
  }
  const drafts = draftsOf(wanted);
  requireAgreements(context.partner, customer, await loadAgreements(context, [customer]));
  const credit = await lockPurchases(context, [customer]);
  const [facts] = await loadFacts(context, [{ customer, drafts }]);
  const lines = checkLines(drafts, facts as Facts).map(
    (check): PurchaseLine =>
      check.ok ? check.line : refuse(check.refusal.fault, check.refusal.description),
  );
  const groups = new Set(groupLines(lines.map(groupable)));
  if (groups.size > 1) {
    refuse(
      "INVALID_INPUT",
      "the lines differ in billing cycle or currency; use one order for each",
    );
  }
  const [name = "0"] = groups;
  const group = {
    name,
    lines,
    cartId: undefined,
    attestationAccepted: wanted.partnerOnRecordAttestationAccepted,
  };
  const terms = await loadTerms(context, [{ customer, lines }]);
  const means = { terms, credit, ids: orderIds };
  const { placed, refused } = placeGroups([group], customer, context, means);
  const [made] = placed;
  if (!made) return refuse(refused[0]?.key ?? "UNEXPECTED", refused[0]?.cause);
  await savePurchases([{ context, placed }]);
  return orderView(made.order, statusWhenPlaced(made.order));
}

export function groupable(line: PurchaseLine) {
  return {
    catalogItemId: line.offer.catalogItemId,
    billingCycle: line.billingCycle,
    currency: line.currency,
  };
}

/** The lines in the order of their numbers, which must run from 0 without gap if given. */
function draftsOf(wanted: NewOrder): Draft[] {
  const numbered = wanted.lineItems.map((line, position) => ({
    number: line.lineItemNumber ?? position,
    line,
  }));
  const sorted = numbered.toSorted((a, b) => a.number - b.number);
  if (sorted.some(({ number }, position) => number !== position)) {
    refuse("LINE_NUMBERS_WRONG", `got ${numbered.map(({ number }) => number).join(", ")}`);
  }
  return sorted.map(({ line }) => ({
    catalogItemId: line.offerId,
    quantity: line.quantity,
    friendlyName: line.friendlyName,
    billingCycle: wanted.billingCycle,
    termDuration: line.termDuration,
    renewsTo: line.renewsTo,
    provisioningContext: line.provisioningContext,
    partnerIdOnRecord: line.partnerIdOnRecord,
  }));
}

export async function listOrders(
  context: Context,
  customerId: string,
  query: { billingType?: OrderRow["billingCycle"]; include_price?: boolean },
) {
  const customer = await requireCustomer(context, customerId);
  const orders = await loadOrders(
    context.db,
    context.partner.partnerId,
    customer.customerId,
    query.billingType,
  );
  return orders
    .filter((order) => isListed(order, context))
    .map((order) =>
      orderView(order, orderStatus(order, context.now), { includePrice: query.include_price }),
    );
}

/** Lists lag behind in the realistic profile; a direct read never does. */
function isListed(order: OrderRow, { now, installation }: Context): boolean {
  const { orderListLagMs } = fidelityOf[installation.profile];
  return addMs(order.createdAt, orderListLagMs).getTime() <= now.getTime();
}

export async function provisioningStatus(context: Context, customerId: string, orderId: string) {
  const order = await requireOrder(context, customerId, orderId);
  return provisioningViews(order, context.now);
}

/** Activation links exist for marketplace services only; the line must exist all the same. */
export async function requireOrderLine(
  context: Context,
  customerId: string,
  orderId: string,
  lineNumber: string,
): Promise<void> {
  const order = await requireOrder(context, customerId, orderId);
  if (!order.lines.some((line) => `${line.lineNumber}` === lineNumber)) {
    refuse("LINE_NUMBERS_WRONG", `order ${orderId} has no line ${lineNumber}`);
  }
}

export async function requireOrder(context: Context, customerId: string, orderId: string) {
  const customer = await requireCustomer(context, customerId);
  const { partnerId } = context.partner;
  const order = await loadOrder(context.db, partnerId, customer.customerId, orderId);
  return order ?? refuse("ORDER_NOT_FOUND", `order ${orderId}`);
}

/** Charges one billing cycle of a line and puts the next one on the list. */
export const chargeCycleHandler: DueHandler = async (tx: Db, partner, work) => {
  const [orderId = "", lineNumber = "", index = ""] = work.subject.split(":");
  const order = await loadOrderById(tx, partner.partnerId, orderId);
  const line = order?.lines.find((candidate) => `${candidate.lineNumber}` === lineNumber);
  if (!order || !line) throw new Error(`${work.kind} ${work.subject} has no order line`);
  const terms = await fixTerms(tx, partner, work.dueAt, [{ ...order, ...line }]);
  await recordCharges(tx, partner, chargesOf(order, line, Number(index), terms, newId()));
  await schedule(tx, partner.partnerId, nextCycleWork(order, line, Number(index) + 1));
};
