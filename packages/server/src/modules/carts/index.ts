/** Carts: create, read, update and check out. */
export { type CartState, cartLife } from "./life.ts";
export { cartRoutes } from "./routes.ts";
export { checkoutCart, createCart } from "./use-cases.ts";
