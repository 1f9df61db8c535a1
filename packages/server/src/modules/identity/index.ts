/** Partners, their apps and users, and the tokens that let them in. */
export { createGate } from "./io/gate.ts";
export { isDomainName, wellKnownSignIn, wellKnownUser } from "./partner.ts";
export { registerSignIn } from "./sign-in/routes.ts";
export { listPartnerIds, loadPartner, setPartnerClock } from "./store.ts";
export { createPartner, ensureWellKnownPartner, loadInstallation } from "./use-cases.ts";
