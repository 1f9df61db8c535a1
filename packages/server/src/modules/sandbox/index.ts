/** The sandbox's own: its control plane and what a new database starts with. */
export { createSandboxRoutes } from "./routes.ts";
export { type SeedOptions, seedSandbox } from "./use-cases/seed.ts";
