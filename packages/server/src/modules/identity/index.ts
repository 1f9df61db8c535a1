/** Partners, their apps and users, and the tokens that let them in. */
export { createGate } from "./io/gate.ts";
export {
  isDomainName,
  type PartnerSignIn,
  type PartnerSpec,
  wellKnownSignIn,
  wellKnownUser,
} from "./partner.ts";
export { registerSignIn } from "./sign-in/routes.ts";
export { listPartnerIds, loadPartner, setPartnerClock, tenantByDomain } from "./store.ts";
export {
  createPartner,
  ensureWellKnownPartner,
  loadInstallation,
  registerPartner,
} from "./use-cases.ts";
