import { cartOperations } from "@kontor/contract";
import { bind, bindTogether } from "../../foundation/http/binding.ts";
import { checkoutCarts, holdCarts } from "./checkouts/use-cases.ts";
import { createCart, getCart, updateCart } from "./use-cases.ts";

export const cartRoutes = {
  createCart: bind(cartOperations.createCart, (context, { params, body }) =>
    createCart(context, params.customerId, body),
  ),
  getCart: bind(cartOperations.getCart, (context, { params }) =>
    getCart(context, params.customerId, params.cartId),
  ),
  updateCart: bind(cartOperations.updateCart, (context, { params, body }) =>
    updateCart(context, params.customerId, params.cartId, body),
  ),
  checkoutCart: bindTogether(cartOperations.checkoutCart, {
    begin: (db, partnerId, inputs) =>
      holdCarts(
        db,
        partnerId,
        inputs.map(({ params }) => params),
      ),
    run: (calls, held) =>
      checkoutCarts(
        calls.map(({ context, input }) => ({ context, ...input.params })),
        held,
      ),
  }),
};
