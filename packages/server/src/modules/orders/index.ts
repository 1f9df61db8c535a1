/** Orders: the rules of a purchasable line, grouping, placing and reading orders. */
export { refundDates } from "./cancellation/cancellation.ts";
export { subscriptionCancellation } from "./cancellation/use-cases.ts";
export { cyclePrice, cycleSpan, cyclesIn } from "./cycle.ts";
export { groupLines } from "./grouping.ts";
export {
  after,
  type Life,
  type LineState,
  lineLife,
  type OrderStatus,
  orderLife,
} from "./life.ts";
export {
  type OrderLineRow,
  type OrderRow,
  type OrderView,
  orderStatus,
  orderView,
  statusWhenPlaced,
} from "./order.ts";
export { chargeCycleKind, type Group } from "./place.ts";
export {
  type Draft,
  type Facts,
  type LineCheck,
  type LineRefusal,
  type PurchaseLine,
  splitItemId,
} from "./purchase-line.ts";
export { checkLines } from "./quota.ts";
export { orderRoutes } from "./routes.ts";
export { loadOrderById, loadOrderOfArtifact, loadOrders, loadOrdersOfCart } from "./store.ts";
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
