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
export { chargeCycleKind, type Group, type PlacedOrder } from "./place.ts";
export {
  type Draft,
  type Facts,
  type LineCheck,
  type LineRefusal,
  type PurchaseLine,
  splitItemId,
} from "./purchase-line.ts";
export {
  type Agreements,
  type GroupRefusal,
  type Means,
  placeGroups,
  requireAgreements,
} from "./purchases/purchase.ts";
export { loadFacts, preparePurchases, savePurchases } from "./purchases/use-cases.ts";
export { checkLines, takeFrom } from "./quota.ts";
export { orderRoutes } from "./routes.ts";
export { countCart } from "./shelf.ts";
export { loadOrderById, loadOrderOfArtifact, loadOrders, loadOrdersOfCarts } from "./store.ts";
export {
  chargeCycleHandler,
  createOrder,
  groupable,
} from "./use-cases.ts";
