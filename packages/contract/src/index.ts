/** The wire contract of Kontor as data: one declaration per operation, no I/O. */
export * from "./countries.ts";
export { type CountryRules, countryRules } from "./country-rules.ts";
export * from "./errors.ts";
export { type Market, markets } from "./markets.ts";
export { openApi } from "./openapi.ts";
export * from "./operation.ts";
export { accountingOperations } from "./operations/accounting.ts";
export {
  agreementOperations,
  agreementTemplates,
  agreementTypes,
} from "./operations/agreements.ts";
export { amendmentOperations } from "./operations/amendments.ts";
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
export { exportOperations } from "./operations/exports.ts";
export { paymentOperations } from "./operations/payments.ts";
export { profileOperations } from "./operations/profiles.ts";
export { qualificationOperations } from "./operations/qualifications.ts";
export * from "./operations/relationships.ts";
export * from "./operations/sandbox.ts";
export { type BillingCycleName, billingCycles } from "./operations/shared.ts";
export * from "./operations/subscriptions.ts";
export { validationOperations } from "./operations/validations.ts";
export { isGuid, loose, type Problem, type Reading, read, readQuery } from "./read.ts";
export * from "./reconciliation.ts";
export { anyJson, type Static, type TSchema } from "./schema.ts";

import type { Operation } from "./operation.ts";
import { accountingOperations } from "./operations/accounting.ts";
import { agreementOperations } from "./operations/agreements.ts";
import { amendmentOperations } from "./operations/amendments.ts";
import { billingOperations } from "./operations/billing.ts";
import { cartOperations, orderOperations } from "./operations/carts.ts";
import { catalogOperations } from "./operations/catalog.ts";
import { customerOperations } from "./operations/customers.ts";
import { entitlementOperations } from "./operations/entitlements.ts";
import { exportOperations } from "./operations/exports.ts";
import { paymentOperations } from "./operations/payments.ts";
import { profileOperations } from "./operations/profiles.ts";
import { qualificationOperations } from "./operations/qualifications.ts";
import { relationshipOperations } from "./operations/relationships.ts";
import { sandboxOperations } from "./operations/sandbox.ts";
import { subscriptionOperations } from "./operations/subscriptions.ts";
import { validationOperations } from "./operations/validations.ts";

/** Every operation by its id. */
export const operations = {
  ...customerOperations,
  ...agreementOperations,
  ...qualificationOperations,
  ...validationOperations,
  ...profileOperations,
  ...relationshipOperations,
  ...subscriptionOperations,
  ...catalogOperations,
  ...cartOperations,
  ...orderOperations,
  ...entitlementOperations,
  ...billingOperations,
  ...amendmentOperations,
  ...paymentOperations,
  ...exportOperations,
  ...sandboxOperations,
  ...accountingOperations,
};

export type Operations = typeof operations;
export type OperationId = keyof Operations;

/** Every operation, in the order of the documentation. */
export const allOperations: readonly Operation[] = Object.values(operations);
