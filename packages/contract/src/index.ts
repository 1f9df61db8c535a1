/** The wire contract of Kontor as data: one declaration per operation, no I/O. */
export * from "./countries.ts";
export * from "./errors.ts";
export { openApi } from "./openapi.ts";
export * from "./operation.ts";
export {
  billingOperations,
  type LineItem,
  lineItemPageLimit,
  noDate,
} from "./operations/billing.ts";
export * from "./operations/carts.ts";
export * from "./operations/catalog.ts";
export * from "./operations/customers.ts";
export * from "./operations/entitlements.ts";
export * from "./operations/sandbox.ts";
export { type BillingCycleName, billingCycles } from "./operations/shared.ts";
export * from "./operations/subscriptions.ts";
export { isGuid, loose, type Problem, type Reading, read, readQuery } from "./read.ts";
export type { Static, TSchema } from "./schema.ts";

import type { Operation } from "./operation.ts";
import { billingOperations } from "./operations/billing.ts";
import { cartOperations, orderOperations } from "./operations/carts.ts";
import { catalogOperations } from "./operations/catalog.ts";
import { customerOperations } from "./operations/customers.ts";
import { entitlementOperations } from "./operations/entitlements.ts";
import { sandboxOperations } from "./operations/sandbox.ts";
import { subscriptionOperations } from "./operations/subscriptions.ts";

/** Every operation by its id. */
export const operations = {
  ...customerOperations,
  ...subscriptionOperations,
  ...catalogOperations,
  ...cartOperations,
  ...orderOperations,
  ...entitlementOperations,
  ...billingOperations,
  ...sandboxOperations,
};

export type Operations = typeof operations;
export type OperationId = keyof Operations;

/** Every operation, in the order of the documentation. */
export const allOperations: readonly Operation[] = Object.values(operations);
