/** Who calls, for whom, and when: what every use case is given. */
import type { EntitlementShape, Operation, Role } from "@kontor/contract";
import type { PartnerClock } from "./clock.ts";
import type { Switches } from "./config.ts";
import type { Db } from "./database/sql.ts";

/** The tenant: a CSP account. All business data belongs to one. */
export interface Partner {
  partnerId: string;
  name: string;
  domain: string;
  /** ISO 3166 alpha-2, upper case. */
  country: string;
  billingCurrency: string;
  /** What invoices are in: the currency of each price, or the billing currency. */
  invoiceCurrency: "price" | "partner";
  mpnId: string;
  /** One rate for all charges, e.g. `0.1`; null: the taxes of the partner's country. */
  taxRate: string | null;
  creditLimitMinor: bigint | null;
  /** Whether the partner signed its own agreement; without it nothing can be bought. */
  agreementSigned: boolean;
  /** Countries that the partner is onboarded to sell in, upper case; null: every market. */
  sellsIn: readonly string[] | null;
  /** Whether the partner is qualified to sell perpetual software. */
  perpetualSoftware: boolean;
  /** The documented form that entitlements have; never mixed in one answer. */
  entitlementShape: EntitlementShape;
  clock: PartnerClock;
}

/** The signed-in caller, from the token. */
export interface Caller {
  partnerId: string;
  kind: "app" | "user";
  /** The user, or the service principal of an app-only token. */
  objectId: string;
  applicationId: string;
  userName: string | undefined;
  roles: readonly Role[];
  /** True when the user's token shows a second factor. */
  mfa?: boolean;
}

/** What stays the same as long as the process runs. */
export interface Installation extends Switches {
  mode: "sandbox" | "live";
  serverId: string;
  /** The most calls that share a transaction, where it is not `limits.callsTogether`. */
  callsTogether?: number;
  /** Signs what must not be forged: download links, continuation tokens. */
  secret: Uint8Array;
}

export interface Context {
  /** The pool for a read; the request's transaction for a write. */
  db: Db;
  /** The partner's commerce time, one instant for the whole request. */
  now: Date;
  partner: Partner;
  caller: Caller;
  operation: Operation;
  installation: Installation;
  locale: string;
  requestId: string;
  correlationId: string;
  /** `http://host:port` as the client wrote it, for the few absolute links. */
  origin: string;
  /** A request header by its lower-case name, e.g. `if-match`; the first value of several. */
  header(name: string): string | undefined;
}
