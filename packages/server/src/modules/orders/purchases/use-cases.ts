/**
 * Purchases of one partner, many at once: what they need to know, and what they make. A cart's
 * checkout and a direct order are the same purchase; a lone one is a batch of one.
 */

import { fidelityOf } from "../../../foundation/fidelity.ts";
import { newAlternateId, newId, newOrderId } from "../../../foundation/ids.ts";
import type { Context } from "../../../foundation/partner.ts";
import { appendAudits } from "../../audit/index.ts";
import {
  type BillingTerms,
  fixPricing,
  fixTerms,
  loadTaxRule,
  quotePricing,
  recordCharges,
  remainingCredit,
} from "../../billing/index.ts";
import { loadOffers, loadRestrictionsOf, type Offer, takeStocks } from "../../catalog/index.ts";
import {
  type Customer,
  loadAccepted,
  loadApprovedSegments,
  loadResellersById,
  type Segment,
} from "../../customers/index.ts";
import { schedule } from "../../due/index.ts";
import { issueProductKeys } from "../../product-keys/index.ts";
import {
  insertSubscriptions,
  loadSubscriptions,
  registrationState,
} from "../../subscriptions/index.ts";
import { orderView, statusWhenPlaced } from "../order.ts";
import { hasProductKey, type IdSource, type PlacedOrder } from "../place.ts";
import { loadChannel, loadRenewalItems } from "../purchase-facts.ts";
import { type Draft, type Facts, type PurchaseLine, splitItemId } from "../purchase-line.ts";
import { quotaLeft } from "../quota.ts";
import { insertOrders, loadHoldings, lockHoldings } from "../store.ts";
import type { Agreements, Credit, Means } from "./purchase.ts";

/** What one customer wants to buy. */
export interface Purchase {
  customer: Customer;
  drafts: readonly Draft[];
  /** The cart that is written or bought; what it holds of a stock is there for it. */
  cartId?: string | undefined;
}

const nothing = { subscriptions: 0, reservations: 0 };
const openToAll: ReadonlySet<Segment> = new Set(["commercial"]);

/** Loads what the rules of a line need, for each purchase; customers share what is left to them. */
export async function loadFacts(
  context: Context,
  purchases: readonly Purchase[],
): Promise<Facts[]> {
  const { db, partner, now, installation } = context;
  const { partnerId } = partner;
  const { quotas, vettingMs } = fidelityOf[installation.profile];
  const drafts = purchases.flatMap((purchase) => purchase.drafts);
  const customerIds = customerIdsOf(purchases);
  const items = itemsOf(drafts);
  const ids = [...new Set(drafts.flatMap(subscriptionIdsOf))];
  const [offers, subscriptions, holdings] = await Promise.all([
    items.length > 0 ? loadOffers(db, items, now) : new Map<string, Offer>(),
    ids.length > 0 ? loadSubscriptions(db, partnerId, ids) : [],
    quotas ? loadHoldings(db, partnerId, customerIds, now) : undefined,
  ]);
  // Most purchases are of the segment that everybody may buy from.
  const isSpecial = [...offers.values()].some(({ segment }) => segment !== "commercial");
  const currencies = [...offers.values()].map(({ currency }) => currency);
  const [segments, { restrictionsOf, limited }, priced, channel, renewalItems] = await Promise.all([
    isSpecial ? loadApprovedSegments(db, partnerId, customerIds, now, vettingMs) : undefined,
    loadRestrictionsOf(db, partnerId, offers.values()),
    quotePricing(db, partner, now, currencies),
    loadChannel(context, drafts),
    loadRenewalItems(context, drafts, offers),
  ]);
  const cartIds = purchases.flatMap(({ cartId }) => cartId ?? []);
  const stocks = await takeStocks(context, limited, cartIds);
  const owned = Map.groupBy(subscriptions, (row) => row.customerId);
  const quotaOf = new Map(
    holdings && customerIds.map((id) => [id, quotaLeft(holdings.get(id) ?? nothing)] as const),
  );
  return purchases.map(({ customer: { customerId, country }, cartId }) => ({
    seller: partner,
    customerCountry: country,
    segments: segments?.get(customerId) ?? openToAll,
    offers,
    priced,
    channel,
    renewalItems,
    subscriptions: new Map(owned.get(customerId)?.map((row) => [row.subscriptionId, row])),
    isRegistered: (row) => registrationState(row, now, installation.profile) === "Registered",
    restrictionsOf: (offer, subscriptionId) =>
      restrictionsOf(offer, { customerId, subscriptionId }),
    quota: quotaOf.get(customerId),
    stock: stocks && { stocks, cartId },
  }));
}

function customerIdsOf(purchases: readonly Purchase[]): string[] {
  return [...new Set(purchases.map(({ customer }) => customer.customerId))];
}

/** Each item once: carts of one moment often hold the same goods. */
function itemsOf(drafts: readonly Draft[]) {
  const ids = new Set(drafts.map(({ catalogItemId }) => catalogItemId.toUpperCase()));
  return [...ids].flatMap((id) => splitItemId(id) ?? []);
}

function subscriptionIdsOf(draft: Draft): string[] {
  return Object.entries(draft.provisioningContext ?? {})
    .filter(([name]) => /^(azure)?subscriptionid$/i.test(name))
    .map(([, value]) => value.replace(/[{}]/g, "").toLowerCase());
}

/**
 * What purchases are decided on, for any number of them: asked for at once but for what follows
 * from the offers. The locks go first, so that what is counted is counted behind them.
 */
export async function preparePurchases(
  context: Context,
  purchases: readonly Purchase[],
): Promise<{ facts: Facts[]; agreements: Agreements; means: Means }> {
  const { db, partner, now } = context;
  if (purchases.length === 0) {
    const terms = { priced: () => undefined, taxesOf: () => [] };
    const agreements = { accepted: new Set<string>(), resellers: new Map() };
    return { facts: [], agreements, means: { terms, credit: new Map(), ids: orderIds } };
  }
  const customers = [...new Set(purchases.map(({ customer }) => customer))];
  const [credit, facts, agreements, taxesOf] = await Promise.all([
    lockPurchases(context, customers),
    loadFacts(context, purchases),
    loadAgreements(context, customers),
    loadTaxRule(db, partner, now, customerIdsOf(purchases)),
  ]);
  // The purchases share their offers.
  const offers = [...(facts[0]?.offers.values() ?? [])];
  const currencies = offers.map(({ currency }) => currency);
  const priced = await fixPricing(db, partner, now, currencies);
  return { facts, agreements, means: { terms: { priced, taxesOf }, credit, ids: orderIds } };
}

/** Fixes the terms on which the lines are charged: the rate of a month is in use from then on. */
export function loadTerms(
  { db, partner, now }: Context,
  sales: readonly { customer: Customer; lines: readonly Pick<PurchaseLine, "offer">[] }[],
): Promise<BillingTerms> {
  const charged = sales.flatMap(({ customer: { customerId }, lines }) =>
    lines.map(({ offer }) => ({ customerId, pricingCurrency: offer.currency })),
  );
  return fixTerms(db, partner, now, charged);
}

/** Loads which agreements there are that purchases of the customers need. */
export async function loadAgreements(
  { db, partner: { partnerId } }: Context,
  customers: readonly Customer[],
): Promise<Agreements> {
  const resellerIds = customers.flatMap(({ associatedPartnerId }) => associatedPartnerId ?? []);
  const [accepted, resellers] = await Promise.all([
    loadAccepted(
      db,
      partnerId,
      customers.map(({ customerId }) => customerId),
    ),
    loadResellersById(db, partnerId, resellerIds),
  ]);
  return { accepted, resellers };
}

/**
 * Keeps other purchases out where they are counted against a quota or a credit limit; answers the
 * credit that is left. Always in this order: customers by their ids, then the credit's turn.
 */
export async function lockPurchases(
  { db, partner, installation }: Context,
  customers: readonly Customer[],
): Promise<Credit> {
  if (fidelityOf[installation.profile].quotas) {
    const customerIds = customers.map(({ customerId }) => customerId);
    await lockHoldings(db, partner.partnerId, customerIds);
  }
  const { billingCurrency } = partner;
  return new Map([[billingCurrency, await remainingCredit(db, partner, billingCurrency)]]);
}

export const orderIds: IdSource = {
  uuid: newId,
  orderId: newOrderId,
  alternateId: newAlternateId,
};

/** What one call has bought. */
export interface Bought {
  context: Context;
  placed: readonly PlacedOrder[];
}

/** Everything of the placed orders, in one transaction: the callers'. */
export async function savePurchases(bought: readonly Bought[]): Promise<void> {
  const [first] = bought;
  const placed = bought.flatMap((one) => one.placed);
  if (!first || placed.length === 0) return;
  const { db, partner } = first.context;
  const { partnerId } = partner;
  const orders = placed.map(({ order }) => order);
  const keyed = orders.flatMap(({ orderId, lines }) =>
    lines.filter(hasProductKey).map(({ lineNumber }) => ({ orderId, lineNumber })),
  );
  // Sent together in this order: keys and charges refer to order lines.
  await Promise.all([
    insertOrders(db, partnerId, orders),
    issueProductKeys(first.context, keyed),
    insertSubscriptions(
      db,
      partnerId,
      placed.flatMap((one) => one.subscriptions),
    ),
    recordCharges(
      db,
      partner,
      placed.flatMap((one) => one.charges),
    ),
    schedule(
      db,
      partnerId,
      placed.flatMap((one) => one.dueWork),
    ),
    appendAudits(db, partner, bought.flatMap(auditsOf)),
  ]);
}

function auditsOf({ context, placed }: Bought) {
  return placed.map(({ order }) => ({
    context,
    entry: {
      customerId: order.customerId,
      resourceType: "order",
      operationType: "create_order",
      resourceId: order.orderId,
      newValue: orderView(order, statusWhenPlaced(order), { includePrice: true }),
    } as const,
  }));
}
