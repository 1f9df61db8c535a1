/** What the command line and the journeys use of the server. */
export { type Config, readConfig } from "./foundation/config.ts";
export { exponentOf } from "./foundation/money.ts";
export { createLog } from "./foundation/telemetry/log.ts";
export {
  importRates,
  importTaxes,
  recordPayment,
  reversePayment,
  type Saved,
} from "./modules/billing/index.ts";
export {
  type ImportProgress,
  type ImportReport,
  importFiles as importCatalog,
} from "./modules/catalog/index.ts";
export { wellKnownSignIn } from "./modules/identity/index.ts";
export {
  addPartner,
  openForTools,
  type RunningServer,
  startServer,
  verifyInstallation,
  version,
} from "./server.ts";
export { amendInvoice, asPartner, readAs } from "./tools.ts";
