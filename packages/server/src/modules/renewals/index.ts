/** Terms of subscriptions after the first, and what is charged for them. */
export {
  chargeRenewedCycleHandler,
  chargeRenewedCycleKind,
  renewSubscriptionHandler,
} from "./use-cases.ts";
