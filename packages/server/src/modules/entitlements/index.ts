/** Entitlements and reservations, derived from fulfilled order lines. */
export { entitlementRoutes } from "./routes.ts";
