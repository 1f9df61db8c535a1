import type { NewOrder } from "@kontor/contract";
import { addMs } from "../../foundation/clock.ts";
import type { Db } from "../../foundation/database/sql.ts";
import { refuse } from "../../foundation/errors.ts";
import { fidelityOf } from "../../foundation/fidelity.ts";
import { newAlternateId, newId, newOrderId } from "../../foundation/ids.ts";
import type { Context } from "../../foundation/partner.ts";
import { appendAudit } from "../audit/index.ts";
import { fixTerms, quotePricing, recordCharges, remainingCredit } from "../billing/index.ts";
import { loadOffers, loadRestrictionsOf } from "../catalog/index.ts";
import {
  approvedSegments,
  type Customer,
  hasAcceptedAgreement,
  loadHolder,
  requireCustomer,
} from "../customers/index.ts";
import { type DueHandler, schedule } from "../due/index.ts";
import { issueProductKeys } from "../product-keys/index.ts";
import {
  insertSubscriptions,
  loadSubscriptions,
  registrationState,
} from "../subscriptions/index.ts";
import { groupLines } from "./grouping.ts";
import {
  type OrderRow,
  orderStatus,
  orderView,
  provisioningViews,
  statusWhenPlaced,
} from "./order.ts";
import {
  chargesOf,
  type Group,
  hasProductKey,
  nextCycleWork,
  type PlacedOrder,
  placeOrder,
} from "./place.ts";
import { loadChannel, loadRenewalItems } from "./purchase-facts.ts";
import { type Draft, type Facts, type PurchaseLine, splitItemId } from "./purchase-line.ts";
import { checkLines, quotaLeft } from "./quota.ts";
import {
  insertOrders,
  loadHoldings,
  loadOrder,
  loadOrderById,
  loadOrders,
  lockHoldings,
} from "./store.ts";

/** Loads what the rules of a line need, for all lines at once. */
export async function loadFacts(
  context: Context,
  customer: Customer,
  drafts: readonly Draft[],
): Promise<Facts> {
  const { db, partner, now, installation } = context;
  const items = drafts.flatMap((draft) => splitItemId(draft.catalogItemId) ?? []);
  const ids = drafts.flatMap((draft) => subscriptionIdsOf(draft));
  const [offers, subscriptions] = [
    items.length > 0 ? await loadOffers(db, items, now) : new Map(),
    ids.length > 0 ? await loadSubscriptions(db, partner.partnerId, ids) : [],
  ];
  const own = subscriptions.filter((row) => row.customerId === customer.customerId);
  // Most purchases are of the segment that everybody may buy from.
  const isSpecial = [...offers.values()].some(({ segment }) => segment !== "commercial");
  const { vettingMs } = fidelityOf[installation.profile];
  const { customerId } = customer;
  const currencies = [...offers.values()].map(({ currency }) => currency);
  const priced = await quotePricing(db, partner, now, currencies);
  const restrictionsOf = await loadRestrictionsOf(db, partner.partnerId, offers.values());
  return {
    seller: partner,
    customerCountry: customer.country,
    segments: isSpecial
      ? await approvedSegments(db, partner.partnerId, customer.customerId, now, vettingMs)
      : new Set(["commercial"]),
    offers,
    priced,
    subscriptions: new Map(own.map((row) => [row.subscriptionId, row])),
    isRegistered: (row) => registrationState(row, now, installation.profile) === "Registered",
    restrictionsOf: (offer, subscriptionId) =>
      restrictionsOf(offer, { customerId, subscriptionId }),
    channel: await loadChannel(context, drafts),
    renewalItems: await loadRenewalItems(context, drafts, offers),
    quota: fidelityOf[installation.profile].quotas
      ? quotaLeft(await loadHoldings(db, partner.partnerId, customer.customerId, now))
      : undefined,
  };
}

function subscriptionIdsOf(draft: Draft): string[] {
  return Object.entries(draft.provisioningContext ?? {})
    .filter(([name]) => /^(azure)?subscriptionid$/i.test(name))
    .map(([, value]) => value.replace(/[{}]/g, "").toLowerCase());
}

/**
 * Refuses a purchase without the agreements that it needs: the partner's own, that of the reseller
 * through whom the customer buys, and the customer's.
 *
 * @throws Refusal PARTNER_AGREEMENT_MISSING, RESELLER_AGREEMENT_MISSING, AGREEMENT_MISSING
 */
export async function requireAgreements(context: Context, customer: Customer): Promise<void> {
  const { db, partner } = context;
  const { customerId, associatedPartnerId: tenantId } = customer;
  if (!partner.agreementSigned) refuse("PARTNER_AGREEMENT_MISSING", `partner ${partner.name}`);
  if (tenantId !== null) {
    const reseller = await loadHolder(db, partner.partnerId, { tenantId });
    if (reseller?.signedAt === null) {
      refuse("RESELLER_AGREEMENT_MISSING", `indirect reseller ${reseller.name}`);
    }
  }
  if (!(await hasAcceptedAgreement(db, partner.partnerId, customerId))) {
    refuse("AGREEMENT_MISSING", `customer ${customerId}`);
  }
}

/** Keeps other purchases of the customer out where they are counted against a quota. */
export async function lockPurchases(context: Context, customer: Customer): Promise<void> {
  if (!fidelityOf[context.installation.profile].quotas) return;
  await lockHoldings(context.db, context.partner.partnerId, customer.customerId);
}

export interface GroupRefusal {
  group: string;
  key: "CREDIT_EXHAUSTED";
  cause: string;
}

/**
 * Places an order for each group. A group is atomic and independent of the others: what cannot be
 * paid is a refusal beside the orders that were placed.
 */
export async function placeGroups(
  context: Context,
  customer: Customer,
  groups: readonly Group[],
): Promise<{ placed: OrderRow[]; refused: GroupRefusal[] }> {
  const { partner, now, installation } = context;
  const at = {
    createdAt: now,
    fulfilledAt: addMs(now, fidelityOf[installation.profile].provisioningMs),
    mode: installation.mode,
  };
  const ids = { uuid: newId, orderId: newOrderId, alternateId: newAlternateId };
  const sales = groups.flatMap(({ lines }) =>
    lines.map(({ offer }) => ({
      customerId: customer.customerId,
      pricingCurrency: offer.currency,
    })),
  );
  const terms = await fixTerms(context.db, partner, now, sales);
  const credit = new Map<string, bigint | null>();
  const placed: PlacedOrder[] = [];
  const refused: GroupRefusal[] = [];
  for (const group of groups) {
    const made = placeOrder(group, customer, terms, at, ids);
    const { currency } = made.charges[0] ?? made.order;
    if (!credit.has(currency)) {
      credit.set(currency, await remainingCredit(context.db, partner, currency));
    }
    const left = credit.get(currency) ?? null;
    const needed = made.charges.reduce((sum, charge) => sum + charge.subtotalMinor, 0n);
    if (left !== null && needed > left) {
      const cause = `group ${group.name} needs more than the credit that is left in ${currency}`;
      refused.push({ group: group.name, key: "CREDIT_EXHAUSTED", cause });
      continue;
    }
    if (left !== null) credit.set(currency, left - needed);
    placed.push(made);
  }
  await save(context, placed);
  return { placed: placed.map(({ order }) => order), refused };
}

/** Everything of the placed orders, in one transaction: the caller's. */
async function save(context: Context, placed: readonly PlacedOrder[]): Promise<void> {
  const { db, partner } = context;
  if (placed.length === 0) return;
  const orders = placed.map(({ order }) => order);
  await insertOrders(db, partner.partnerId, orders);
  await issueProductKeys(
    context,
    orders.flatMap(({ orderId, lines }) =>
      lines.filter(hasProductKey).map(({ lineNumber }) => ({ orderId, lineNumber })),
    ),
  );
  const subscriptions = placed.flatMap((one) => one.subscriptions);
  if (subscriptions.length > 0) await insertSubscriptions(db, partner.partnerId, subscriptions);
  await recordCharges(
    db,
    partner,
    placed.flatMap((one) => one.charges),
  );
  await schedule(
    db,
    partner.partnerId,
    placed.flatMap((one) => one.dueWork),
  );
  for (const order of orders) {
    await appendAudit(db, context, {
      customerId: order.customerId,
      resourceType: "order",
      operationType: "create_order",
      resourceId: order.orderId,
      newValue: orderView(order, statusWhenPlaced(order), { includePrice: true }),
    });
  }
}

/** An order without a cart: every rule of a cart line fails the whole call here. */
export async function createOrder(context: Context, customerId: string, wanted: NewOrder) {
  const customer = await requireCustomer(context, customerId);
  if (wanted.referenceCustomerId && wanted.referenceCustomerId !== customer.customerId) {
    refuse("INVALID_INPUT", "referenceCustomerId differs from the customer in the path");
  }
  const drafts = draftsOf(wanted);
  await requireAgreements(context, customer);
  await lockPurchases(context, customer);
  const facts = await loadFacts(context, customer, drafts);
  const lines = checkLines(drafts, facts).map(
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
  const { placed, refused } = await placeGroups(context, customer, [
    {
      name,
      lines,
      cartId: undefined,
      attestationAccepted: wanted.partnerOnRecordAttestationAccepted,
    },
  ]);
  const [order] = placed;
  if (!order) return refuse(refused[0]?.key ?? "UNEXPECTED", refused[0]?.cause);
  return orderView(order, statusWhenPlaced(order));
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
