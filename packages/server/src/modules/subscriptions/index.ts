/** Subscriptions of a customer and their registration for reservations. */
export { askedTransition, familyOf } from "./lifecycle.ts";
export {
  isRenewedBy,
  monthsFrom,
  renewalWork,
  renewed,
  renewSubscriptionKind,
} from "./renewal.ts";
export { createSubscriptionRoutes } from "./routes.ts";
export {
  insertSubscriptions,
  loadCustomerSubscriptions,
  loadSubscriptions,
  lockOfCustomer,
  lockSubscriptions,
  markDeleted,
  saveSubscription,
} from "./store.ts";
export {
  registrationState,
  type SubscriptionRow,
  subscriptionView,
  type Tenure,
  tenureOf,
} from "./subscription.ts";
export { type CancelSubscription, registerSubscription } from "./use-cases.ts";
