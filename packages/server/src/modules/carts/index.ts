/** Carts: create, read, update and check out. */
export { checkoutCart } from "./checkouts/use-cases.ts";
export { type CartState, cartLife } from "./life.ts";
export { cartRoutes } from "./routes.ts";
export { createCart } from "./use-cases.ts";
