/** Orders: the rules of a purchasable line, grouping, placing and reading orders. */
export { groupLines } from "./grouping.ts";
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
  checkLine,
  type Draft,
  type Facts,
  type LineCheck,
  type PurchaseLine,
} from "./purchase-line.ts";
export { orderRoutes } from "./routes.ts";
export { loadOrderOfReservation, loadOrders, loadOrdersOfCart } from "./store.ts";
export {
  chargeCycleHandler,
  createOrder,
  type GroupRefusal,
  groupable,
  loadFacts,
  placeGroups,
  requireAgreement,
} from "./use-cases.ts";
