/** What an operator may make stricter or milder than the contract's ordinary answer. */
export interface Policy {
  /** Refuses calls of a user whose token shows no second factor. */
  requireMfa: boolean;
  /** Refuses tokens for the old directory graph, as the vendor's production does since 2025. */
  refuseGraphAudience: boolean;
  /** `lenient` lets app-only tokens call what the contract keeps for users. */
  appUser: "strict" | "lenient";
}

/** What every client of the contract works with. */
export const defaultPolicy: Policy = {
  requireMfa: false,
  refuseGraphAudience: false,
  appUser: "strict",
};
