import type { NewCart } from "@kontor/contract";
import { addTerm } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { newId } from "../../foundation/ids.ts";
import type { Context } from "../../foundation/partner.ts";
import { type Customer, requireCustomer } from "../customers/index.ts";
import { after, type Facts, loadFacts, loadOrdersOfCarts } from "../orders/index.ts";
import { buildLines, type CartRow, cartView, draftOf, flatten } from "./cart.ts";
import { cartLife, cartState } from "./life.ts";
import { insertCart, loadCart, replaceCart } from "./store.ts";

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
  const ordered = await loadOrdersOfCarts(context.db, context.partner.partnerId, [cartId]);
  const state = cartState(before, ordered.length, context.now);
  if (!after(cartLife, state, "update")) {
    const what = state === "ordered" ? "all of" : "some groups of";
    refuse("CART_ORDERED", `${what} cart ${cartId} became orders`);
  }
  const cart: CartRow = {
    ...before,
    lines: await checkedLines(context, customer, wanted, cartId),
    modifiedAt: context.now,
    modifiedBy: context.caller.objectId,
    attestationAccepted: wanted.partnerOnRecordAttestationAccepted ?? before.attestationAccepted,
  };
  await replaceCart(context.db, context.partner.partnerId, cart);
  return cartView(cart);
}

async function checkedLines(
  context: Context,
  customer: Customer,
  wanted: NewCart,
  cartId?: string,
) {
  const drafts = flatten(wanted.lineItems).map((line) => draftOf(line.wanted));
  const [facts] = await loadFacts(context, [{ customer, drafts, cartId }]);
  return buildLines(wanted.lineItems, facts as Facts);
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
