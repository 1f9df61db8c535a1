/** Billing: charges, invoices, balances, line items, statements, and the proof of the books. */

export { amendmentRoutes } from "./amendments/routes.ts";
export { changeInvoice, type InvoiceChange } from "./amendments/use-cases.ts";
export type { NewCharge } from "./charge.ts";
export { closePeriodKind } from "./closing.ts";
export type { Refund } from "./credit.ts";
export { exportRoutes, registerExportBlobs } from "./export/routes.ts";
export { forgetOldExports } from "./export/use-cases.ts";
export type { InvoiceView } from "./invoice.ts";
export { paymentRoutes } from "./payments/routes.ts";
export { recordPayment, reversePayment } from "./payments/use-cases.ts";
export type { Priced } from "./rates/rate.ts";
export { fixPricing, importRates, quotePricing } from "./rates/use-cases.ts";
export { billingRoutes } from "./routes.ts";
export { accountingRoutes } from "./tables/routes.ts";
export type { Saved } from "./tables/saved.ts";
export { importTaxes, loadTaxRule } from "./taxes/use-cases.ts";
export { type BillingTerms, chargeSale } from "./terms.ts";
export { closePeriodHandler } from "./use-cases/close-period.ts";
export { creditLines } from "./use-cases/credit-lines.ts";
export { recordCharges, remainingCredit } from "./use-cases/record-charges.ts";
export { fixTerms } from "./use-cases/terms.ts";
export { type Proof, proveSnapshot, verifyBooks } from "./use-cases/verify-books.ts";
