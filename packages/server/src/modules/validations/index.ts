/** Checks that need no customer: addresses, the rules of countries, domains. */
export { validationRoutes } from "./routes.ts";
