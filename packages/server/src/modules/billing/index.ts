/** Billing: charges, invoices, balances, line items, statements, and the proof of the books. */
export { type Finding, verifyBooks } from "./books/verify.ts";
export { type ChargeBasis, type ChargeType, chargeFor, type NewCharge } from "./charge.ts";
export { closePeriodKind } from "./closing.ts";
export { billingRoutes } from "./routes.ts";
export { closePeriodHandler, recordCharges, remainingCredit } from "./use-cases.ts";
