/** Billing: charges, invoices, balances, line items, statements, and the proof of the books. */

export { chargeFor, type NewCharge } from "./charge.ts";
export { closePeriodKind } from "./closing.ts";
export type { Refund } from "./credit.ts";
export { paymentRoutes } from "./payments/routes.ts";
export { recordPayment, reversePayment } from "./payments/use-cases.ts";
export { billingRoutes } from "./routes.ts";
export { closePeriodHandler } from "./use-cases/close-period.ts";
export { creditLines } from "./use-cases/credit-lines.ts";
export { recordCharges, remainingCredit } from "./use-cases/record-charges.ts";
export { type Finding, verifyBooks } from "./use-cases/verify-books.ts";
