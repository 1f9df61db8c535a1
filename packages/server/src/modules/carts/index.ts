/** Carts: create, read, update and check out. */
export { cartRoutes } from "./routes.ts";
export { checkoutCart, createCart } from "./use-cases.ts";
