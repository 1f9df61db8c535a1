/** How closely a sandbox keeps to the vendor's: what each profile delays, throttles and limits. */
import type { Profile } from "./config.ts";
import { limits } from "./limits.ts";

export interface Fidelity {
  /** Until the registration of a subscription is done. */
  registrationMs: number;
  /** Until a modern order is fulfilled. */
  provisioningMs: number;
  /** How long a new order is missing from lists. */
  orderListLagMs: number;
  /** Until a qualification is vetted. */
  vettingMs: number;
  /** Until an export begins to be made, and until it is ready after that. */
  exportWaitMs: number;
  exportRunMs: number;
  /** Whether calls are counted, and refused with 429 above the documented rates. */
  throttles: boolean;
  /** Whether the quotas of the vendor's sandbox hold: customers, subscriptions, seats. */
  quotas: boolean;
}

const instant: Fidelity = {
  registrationMs: 0,
  provisioningMs: 0,
  orderListLagMs: 0,
  vettingMs: 0,
  exportWaitMs: 0,
  exportRunMs: 0,
  throttles: false,
  quotas: false,
};

const realistic: Fidelity = {
  registrationMs: limits.registrationMs,
  provisioningMs: limits.provisioningDelayMs,
  orderListLagMs: limits.orderListLagMs,
  vettingMs: limits.vettingMs,
  exportWaitMs: limits.exportWaitMs,
  exportRunMs: limits.exportRunMs,
  throttles: true,
  quotas: true,
};

export const fidelityOf: Readonly<Record<Profile, Fidelity>> = {
  instant,
  realistic,
  hostile: realistic,
};
