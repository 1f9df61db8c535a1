/** Orders: the rules of a purchasable line, grouping, placing and reading orders. */
export { groupLines } from "./grouping.ts";
export {
  lineState,
  type OrderLineRow,
  type OrderRow,
  type OrderView,
  orderStatus,
  orderView,
  statusWhenPlaced,
} from "./order.ts";
export { chargeCycleKind, type Group } from "./place.ts";
export type {
  Draft,
  Facts,
  LineCheck,
  LineRefusal,
  PurchaseLine,
} from "./purchase-line.ts";
export { checkLines } from "./quota.ts";
export { orderRoutes } from "./routes.ts";
export { loadOrderOfArtifact, loadOrders, loadOrdersOfCart } from "./store.ts";
export {
  chargeCycleHandler,
  createOrder,
  type GroupRefusal,
  groupable,
  loadFacts,
  lockPurchases,
  placeGroups,
  requireAgreements,
} from "./use-cases.ts";
