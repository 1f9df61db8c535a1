/** Customers of a partner, their profiles, and their agreements. */
export type { Customer } from "./customer.ts";
export { customerRoutes } from "./routes.ts";
export { hasAcceptedAgreement } from "./store.ts";
export { confirmAgreement, createCustomer, requireCustomer } from "./use-cases.ts";
