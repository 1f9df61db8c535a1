import { orRefusal, Refusal, refuse } from "../../../foundation/errors.ts";
import type { Context } from "../../../foundation/partner.ts";
import { type Customer, loadCustomers, refuseCustomer } from "../../customers/index.ts";
import {
  type Agreements,
  type Credit,
  type Facts,
  loadAgreements,
  loadFacts,
  loadOrdersOfCarts,
  lockPurchases,
  type OrderRow,
  orderIds,
  savePurchases,
} from "../../orders/index.ts";
import { type CartRow, draftOfRow, isGone } from "../cart.ts";
import { lockCarts, markOrdered } from "../store.ts";
import { type CheckoutResult, type Decision, decideCheckout } from "./checkout.ts";

export interface Checkout {
  context: Context;
  customerId: string;
  cartId: string;
}

/** What the checkouts of a batch know and share; each is decided on what the ones before left. */
interface Shared {
  customers: ReadonlyMap<string, Customer>;
  carts: ReadonlyMap<string, CartRow>;
  earlier: Map<string, OrderRow[]>;
  facts: ReadonlyMap<Checkout, Facts>;
  agreements: Agreements;
  credit: Credit;
}

/**
 * Checks carts of one partner out in one transaction, with the same few statements however many
 * they are. Idempotent by cart: the carts' rows are locked, and of two checkouts of one cart the
 * second finds the orders of the first, in the same batch too.
 */
export async function checkoutCarts(
  checkouts: readonly Checkout[],
): Promise<(CheckoutResult | Refusal)[]> {
  const [first] = checkouts;
  if (!first) return [];
  const { db, now, partner } = first.context;
  const shared = await load(first.context, checkouts);
  const decided = checkouts.map((checkout) => orRefusal(() => decide(checkout, shared)));
  const done = checkouts.flatMap(({ context, cartId }, index) => {
    const decision = decided[index];
    return !decision || decision instanceof Refusal ? [] : [{ context, cartId, ...decision }];
  });
  await Promise.all([
    savePurchases(done),
    markOrdered(
      db,
      partner.partnerId,
      done.filter(({ isDone }) => isDone).map(({ cartId }) => cartId),
      now,
    ),
  ]);
  return decided.map((one) => (one instanceof Refusal ? one : one.answer));
}

/** One checkout by itself. @throws Refusal as `decideCheckout` says, CART_NOT_FOUND */
export async function checkoutCart(
  context: Context,
  customerId: string,
  cartId: string,
): Promise<CheckoutResult> {
  const [result] = await checkoutCarts([{ context, customerId, cartId }]);
  if (!result) throw new Error("a checkout has no answer");
  if (result instanceof Refusal) throw result;
  return result;
}

async function load(context: Context, checkouts: readonly Checkout[]): Promise<Shared> {
  const { db, now, partner } = context;
  const { partnerId } = partner;
  const cartIds = [...new Set(checkouts.map(({ cartId }) => cartId))];
  const customerIds = [...new Set(checkouts.map(({ customerId }) => customerId))];
  // In this order on the connection: what the carts have become is read behind their locks.
  const [carts, customers, earlier] = await Promise.all([
    lockCarts(db, partnerId, cartIds),
    loadCustomers(db, partnerId, customerIds),
    loadOrdersOfCarts(db, partnerId, cartIds),
  ]);
  const open = checkouts.flatMap((checkout) => {
    const customer = customers.get(checkout.customerId);
    const cart = carts.get(checkout.cartId);
    if (!customer || !cart || cart.orderedAt !== null || isGone(cart, now)) return [];
    return [{ checkout, customer, drafts: cart.lines.map(draftOfRow) }];
  });
  const buyers = [...new Set(open.map(({ customer }) => customer))];
  const credit: Credit = open.length > 0 ? await lockPurchases(context, buyers) : new Map();
  const [facts, agreements] = await Promise.all([
    open.length > 0 ? loadFacts(context, open) : [],
    loadAgreements(context, buyers),
  ]);
  return {
    customers,
    carts,
    earlier: Map.groupBy(earlier, (order) => order.cartId ?? ""),
    facts: new Map(open.map(({ checkout }, index) => [checkout, facts[index] as Facts])),
    agreements,
    credit,
  };
}

/** @throws Refusal as `decideCheckout` says, TENANT_NOT_FOUND, CART_NOT_FOUND */
function decide(checkout: Checkout, shared: Shared): Decision {
  const { context, customerId, cartId } = checkout;
  const customer = shared.customers.get(customerId) ?? refuseCustomer(context, customerId);
  const cart = shared.carts.get(cartId);
  if (!cart || cart.customerId !== customer.customerId || isGone(cart, context.now)) {
    return refuse("CART_NOT_FOUND", `cart ${cartId}`);
  }
  const earlier = shared.earlier.get(cartId) ?? [];
  const { agreements, credit } = shared;
  const facts = shared.facts.get(checkout);
  const known = { customer, cart, earlier, facts, agreements, credit };
  const decision = decideCheckout(context, known, orderIds);
  shared.earlier.set(cartId, [...earlier, ...decision.placed.map(({ order }) => order)]);
  if (decision.isDone) cart.orderedAt = context.now;
  return decision;
}
