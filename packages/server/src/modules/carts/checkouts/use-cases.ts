import type { Db } from "../../../foundation/database/sql.ts";
import { orRefusal, Refusal, refuse } from "../../../foundation/errors.ts";
import type { Context } from "../../../foundation/partner.ts";
import { type Customer, loadCustomers, refuseCustomer } from "../../customers/index.ts";
import {
  type Agreements,
  type Facts,
  loadOrdersOfCarts,
  type Means,
  type OrderRow,
  preparePurchases,
  savePurchases,
} from "../../orders/index.ts";
import { type CartRow, draftOfRow } from "../cart.ts";
import { cartState } from "../life.ts";
import { lockCarts, markOrdered, replaceCart } from "../store.ts";
import { type CheckoutResult, type Decision, decideCheckout } from "./checkout.ts";

/** The cart that a checkout names. */
interface Named {
  customerId: string;
  cartId: string;
}

export interface Checkout extends Named {
  context: Context;
}

/** What is held and loaded for checkouts before anything else is known of them. */
export interface Held {
  carts: ReadonlyMap<string, CartRow>;
  customers: ReadonlyMap<string, Customer>;
  /** What the carts have become. */
  earlier: readonly OrderRow[];
}

interface CheckoutResults {
  results: (CheckoutResult | Refusal)[];
  /** Settled when all is written; every statement has been asked for by then. */
  saved: Promise<unknown>;
}

/** What the checkouts of a batch know and share; each is decided on what the ones before left. */
interface Shared {
  customers: ReadonlyMap<string, Customer>;
  carts: Map<string, CartRow>;
  earlier: Map<string, OrderRow[]>;
  facts: ReadonlyMap<Checkout, Facts>;
  agreements: Agreements;
  means: Means;
}

/** Locks the carts and loads them, their customers and what they have become. */
export async function holdCarts(db: Db, partnerId: string, named: readonly Named[]): Promise<Held> {
  const cartIds = [...new Set(named.map(({ cartId }) => cartId))];
  const customerIds = [...new Set(named.map(({ customerId }) => customerId))];
  // In this order on the connection: what the carts have become is read behind their locks.
  const [carts, customers, earlier] = await Promise.all([
    lockCarts(db, partnerId, cartIds),
    loadCustomers(db, partnerId, customerIds),
    loadOrdersOfCarts(db, partnerId, cartIds),
  ]);
  return { carts, customers, earlier };
}

/**
 * Checks carts of one partner out in one transaction, with the same few statements however many
 * they are. Idempotent by cart: the carts' rows are locked, and of two checkouts of one cart the
 * second finds the orders of the first, in the same batch too.
 */
export async function checkoutCarts(
  checkouts: readonly Checkout[],
  held: Held,
): Promise<CheckoutResults> {
  const [first] = checkouts;
  if (!first) return { results: [], saved: Promise.resolve() };
  const { db, now, partner } = first.context;
  const shared = await load(first.context, checkouts, held);
  const before = new Map(shared.carts);
  const decided = checkouts.map((checkout) => orRefusal(() => decide(checkout, shared)));
  const done = checkouts.flatMap(({ context, cartId }, index) => {
    const decision = decided[index];
    return !decision || decision instanceof Refusal ? [] : [{ context, cartId, ...decision }];
  });
  const saved = Promise.all([
    savePurchases(done),
    ...done
      .filter(({ cart, cartId }) => cart.lines !== before.get(cartId)?.lines)
      .map(({ cart }) => replaceCart(db, partner.partnerId, cart)),
    markOrdered(
      db,
      partner.partnerId,
      done.filter(({ isDone }) => isDone).map(({ cartId }) => cartId),
      now,
    ),
  ]);
  return { results: decided.map((one) => (one instanceof Refusal ? one : one.answer)), saved };
}

/** One checkout by itself. @throws Refusal as `decideCheckout` says, CART_NOT_FOUND */
export async function checkoutCart(
  context: Context,
  customerId: string,
  cartId: string,
): Promise<CheckoutResult> {
  const held = await holdCarts(context.db, context.partner.partnerId, [{ customerId, cartId }]);
  const { results, saved } = await checkoutCarts([{ context, customerId, cartId }], held);
  await saved;
  const [result] = results;
  if (!result) throw new Error("a checkout has no answer");
  if (result instanceof Refusal) throw result;
  return result;
}

async function load(
  context: Context,
  checkouts: readonly Checkout[],
  { carts, customers, earlier }: Held,
): Promise<Shared> {
  const open = checkouts.flatMap((checkout) => {
    const customer = customers.get(checkout.customerId);
    const cart = carts.get(checkout.cartId);
    if (!customer || !cart || !isOpen(cart, context.now)) return [];
    return [{ checkout, customer, drafts: cart.lines.map(draftOfRow), cartId: cart.cartId }];
  });
  const { facts, agreements, means } = await preparePurchases(context, open);
  return {
    customers,
    carts: new Map(carts),
    earlier: Map.groupBy(earlier, (order) => order.cartId ?? ""),
    facts: new Map(open.map(({ checkout }, index) => [checkout, facts[index] as Facts])),
    agreements,
    means,
  };
}

/** @throws Refusal as `decideCheckout` says, TENANT_NOT_FOUND, CART_NOT_FOUND */
function decide(checkout: Checkout, shared: Shared): Decision {
  const { context, customerId, cartId } = checkout;
  const customer = shared.customers.get(customerId) ?? refuseCustomer(context, customerId);
  const cart = shared.carts.get(cartId);
  if (
    !cart ||
    cart.customerId !== customer.customerId ||
    cartState(cart, 0, context.now) === "expired"
  ) {
    return refuse("CART_NOT_FOUND", `cart ${cartId}`);
  }
  const earlier = shared.earlier.get(cartId) ?? [];
  const { agreements, means } = shared;
  const facts = shared.facts.get(checkout);
  const decision = decideCheckout(context, { customer, cart, earlier, facts, agreements, means });
  shared.earlier.set(cartId, [...earlier, ...decision.placed.map(({ order }) => order)]);
  const orderedAt = decision.isDone ? context.now : cart.orderedAt;
  shared.carts.set(cartId, { ...decision.cart, orderedAt });
  return decision;
}

function isOpen(cart: CartRow, now: Date): boolean {
  const state = cartState(cart, 0, now);
  return state !== "ordered" && state !== "expired";
}
