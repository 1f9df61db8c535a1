/** Customers of a partner, their profiles, and their agreements. */
export { agreementRoutes, registerAgreementDocuments } from "./agreements/routes.ts";
export { loadAccepted } from "./agreements/store.ts";
export { confirmAgreement } from "./agreements/use-cases.ts";
export type { Customer } from "./customer.ts";
export type { Segment } from "./qualifications/qualification.ts";
export { qualificationRoutes } from "./qualifications/routes.ts";
export { approvedSegments, loadApprovedSegments } from "./qualifications/store.ts";
export { relationshipRoutes } from "./relationships/routes.ts";
export { loadHolder, loadResellers, loadResellersById } from "./relationships/store.ts";
export { customerRoutes } from "./routes.ts";
export { isDomainTaken, loadCustomers } from "./store.ts";
export { createCustomer, refuseCustomer, requireCustomer } from "./use-cases.ts";
