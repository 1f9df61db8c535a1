import { cartOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import { checkoutCart, createCart, getCart, updateCart } from "./use-cases.ts";

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
  checkoutCart: bind(cartOperations.checkoutCart, (context, { params }) =>
    checkoutCart(context, params.customerId, params.cartId),
  ),
};
