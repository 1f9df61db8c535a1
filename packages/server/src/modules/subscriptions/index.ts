/** Subscriptions of a customer and their registration for reservations. */
export { createSubscriptionRoutes } from "./routes.ts";
export {
  insertSubscriptions,
  loadCustomerSubscriptions,
  loadSubscriptions,
  markDeleted,
} from "./store.ts";
export { registrationState, type SubscriptionRow } from "./subscription.ts";
export { cancelThroughOrder, registerSubscription } from "./use-cases.ts";
