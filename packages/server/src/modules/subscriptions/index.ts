/** Subscriptions of a customer and their registration for reservations. */
export { subscriptionRoutes } from "./routes.ts";
export {
  insertSubscriptions,
  loadCustomerSubscriptions,
  loadSubscriptions,
  markDeleted,
} from "./store.ts";
export { registrationState, type SubscriptionRow } from "./subscription.ts";
export { registerSubscription } from "./use-cases.ts";
