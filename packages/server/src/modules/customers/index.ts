/** Customers of a partner, their profiles, and their agreements. */
export type { NewAgreement } from "./agreement.ts";
export type { Customer, NewCustomer } from "./customer.ts";
export { customerRoutes } from "./routes.ts";
export { hasAcceptedAgreement } from "./store.ts";
export { confirmAgreement, createCustomer, requireCustomer } from "./use-cases.ts";
