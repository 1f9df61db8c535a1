import type { NewCart } from "@kontor/contract";
import { addTerm } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { newId } from "../../foundation/ids.ts";
import type { Context } from "../../foundation/partner.ts";
import { type Customer, requireCustomer } from "../customers/index.ts";
import {
  after,
  checkLines,
  loadFacts,
  loadOrdersOfCart,
  lockPurchases,
  orderStatus,
  orderView,
  placeGroups,
  requireAgreements,
  statusWhenPlaced,
} from "../orders/index.ts";
import { withAddonChecks } from "./addons.ts";
import {
  buildLines,
  type CartRow,
  cartView,
  draftOf,
  draftOfRow,
  flatten,
  recovered,
} from "./cart.ts";
import { checkoutResult, lineProblems, openGroups, quotaRefusal } from "./checkout.ts";
import { cartLife, cartState } from "./life.ts";
import { insertCart, loadCart, markOrdered, replaceCart } from "./store.ts";

export async function createCart(context: Context, customerId: string, wanted: NewCart) {
  const customer = await requireCustomer(context, customerId);
  const lines = await checkedLines(context, customer, wanted);
  const cart: CartRow = {
    cartId: newId(),
    customerId: customer.customerId,
    createdAt: context.now,
    expiresAt: addTerm(context.now, context.installation.cartLife),
    modifiedAt: context.now,
    modifiedBy: context.caller.objectId,
    orderedAt: null,
    attestationAccepted: wanted.partnerOnRecordAttestationAccepted ?? null,
    lines,
  };
  await insertCart(context.db, context.partner.partnerId, cart);
  return cartView(cart);
}

export async function getCart(context: Context, customerId: string, cartId: string) {
  const customer = await requireCustomer(context, customerId);
  return cartView(await requireCart(context, customer, cartId));
}

export async function updateCart(
  context: Context,
  customerId: string,
  cartId: string,
  wanted: NewCart,
) {
  const customer = await requireCustomer(context, customerId);
  const before = await requireCart(context, customer, cartId, true);
  const ordered = await loadOrdersOfCart(context.db, context.partner.partnerId, cartId);
  const state = cartState(before, ordered.length, context.now);
  if (!after(cartLife, state, "update")) {
    const what = state === "ordered" ? "all of" : "some groups of";
    refuse("CART_ORDERED", `${what} cart ${cartId} became orders`);
  }
  const cart: CartRow = {
    ...before,
    lines: await checkedLines(context, customer, wanted),
    modifiedAt: context.now,
    modifiedBy: context.caller.objectId,
    attestationAccepted: wanted.partnerOnRecordAttestationAccepted ?? before.attestationAccepted,
  };
  await replaceCart(context.db, context.partner.partnerId, cart);
  return cartView(cart);
}

/**
 * Makes one order for each group that has none yet. Idempotent by cart: the cart's row is locked,
 * so of two checkouts at the same moment the second finds the orders of the first.
 */
export async function checkoutCart(context: Context, customerId: string, cartId: string) {
  const { db, now, partner } = context;
  const customer = await requireCustomer(context, customerId);
  const cart = await requireCart(context, customer, cartId, true);
  const earlier = await loadOrdersOfCart(db, partner.partnerId, cart.cartId);
  const known = earlier
    .toSorted((a, b) => a.orderGroup.localeCompare(b.orderGroup))
    .map((order) => orderView(order, orderStatus(order, now)));
  if (cart.orderedAt) return checkoutResult(known, []);
  await requireAgreements(context, customer);
  const drafts = cart.lines.map(draftOfRow);
  await lockPurchases(context, customer);
  const facts = await loadFacts(context, customer, drafts);
  const parents = cart.lines.map(({ parentPosition }) => parentPosition);
  const checks = withAddonChecks(checkLines(drafts, facts), parents);
  const overQuota = quotaRefusal(checks);
  if (overQuota) refuse(overQuota.fault, overQuota.description);
  const problems = lineProblems(cart, checks);
  if (problems.length > 0) refuse("CART_LINES_IN_ERROR", problems.join("; "), problems);
  const sound = recovered(cart, checks);
  if (sound !== cart) await replaceCart(db, partner.partnerId, sound);
  const groups = openGroups(sound, checks, new Set(earlier.map((order) => order.orderGroup)));
  const { placed, refused } = await placeGroups(context, customer, groups);
  if (refused.length === 0) await markOrdered(db, partner.partnerId, cart.cartId, now);
  const fresh = placed.map((order) => orderView(order, statusWhenPlaced(order)));
  return checkoutResult([...known, ...fresh], refused);
}

async function checkedLines(context: Context, customer: Customer, wanted: NewCart) {
  const drafts = flatten(wanted.lineItems).map((line) => draftOf(line.wanted));
  return buildLines(wanted.lineItems, await loadFacts(context, customer, drafts));
}

async function requireCart(
  context: Context,
  customer: Customer,
  cartId: string,
  lock = false,
): Promise<CartRow> {
  const { db, now, partner } = context;
  const cart = await loadCart(db, partner.partnerId, customer.customerId, cartId, lock);
  // An expired cart answers like a missing one; an ordered cart stays readable.
  if (!cart || cartState(cart, 0, now) === "expired")
    return refuse("CART_NOT_FOUND", `cart ${cartId}`);
  return cart;
}
