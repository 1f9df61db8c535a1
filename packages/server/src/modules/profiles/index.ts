/** The partner's own profiles: organization, legal business, network membership, support, billing. */
export { profileRoutes } from "./routes.ts";
export { partiesAt } from "./use-cases.ts";
