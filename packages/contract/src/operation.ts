import type { ErrorKey } from "./errors.ts";
import type { Static, TObject, TSchema } from "./schema.ts";

/** Directory roles of a signed-in user. App-only callers count as AdminAgent. */
export const roles = [
  "AdminAgent",
  "SalesAgent",
  "HelpdeskAgent",
  "BillingAdmin",
  "GlobalAdmin",
  "UserAdmin",
] as const;
export type Role = (typeof roles)[number];

/** Who may call: with an app-only token, and which roles with an app+user token. */
export interface Access {
  app: boolean;
  user: readonly Role[];
  /** True where no token is needed at all (making a sandbox partner to sign in with). */
  anonymous?: boolean;
}

const purchasers = ["AdminAgent", "SalesAgent"] as const;
const accountants = ["AdminAgent", "BillingAdmin", "GlobalAdmin"] as const;

const agreementReaders = ["AdminAgent", "SalesAgent", "BillingAdmin", "GlobalAdmin"] as const;
const profileReaders = [...agreementReaders, "UserAdmin"] as const;

/** The role table of the platform contract, section 13, and the app-only column of 4.2. */
export const access = {
  anyone: { app: true, user: roles },
  anyUser: { app: false, user: roles },
  sell: { app: true, user: purchasers },
  sellAsUser: { app: false, user: purchasers },
  bill: { app: true, user: accountants },
  billAsUser: { app: false, user: accountants },
  viewAgreements: { app: false, user: agreementReaders },
  /** Profiles of the partner itself: one of them is open to apps too. */
  viewProfiles: { app: false, user: profileReaders },
  readProfiles: { app: true, user: profileReaders },
  editProfiles: { app: false, user: agreementReaders },
  open: { app: true, user: roles, anonymous: true },
} as const satisfies Record<string, Access>;

/** Calls of operations with the same resource are counted together, for each partner or customer. */
export interface Throttled {
  resource: string;
  per: "partner" | "customer";
}

/** The resources that the vendor names, platform contract 8. */
export const throttled = {
  customer: { resource: "customer", per: "partner" },
  cart: { resource: "cart", per: "customer" },
  order: { resource: "order", per: "customer" },
  subscription: { resource: "subscription", per: "customer" },
} as const satisfies Record<string, Throttled>;

export type Area =
  | "customers"
  | "validations"
  | "profiles"
  | "enablement"
  | "discovery"
  | "carts"
  | "orders"
  | "entitlements"
  | "billing"
  | "sandbox";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";

/** What an answer of one status carries: a JSON body, nothing, or a PDF. */
export type ResponseBody = TSchema | "empty" | "pdf";

/** One operation of the contract, described once. Everything else is derived from it. */
export interface Operation {
  /** Name of the SDK method and of the binding, e.g. `checkoutCart`. */
  id: string;
  method: Method;
  /** Further methods that are served alike, because the vendor's documents name them. */
  alsoMethods?: readonly Method[];
  /** Path without `/v1`; parameters in braces. */
  path: string;
  /** Further roots under which it is served, e.g. `/v1.0`. */
  alsoRoots?: readonly string[];
  area: Area;
  summary: string;
  access: Access;
  params: TObject;
  query: TObject;
  /** Absent: the operation takes no body and ignores one. */
  body?: TSchema;
  responses: Readonly<Record<number, ResponseBody>>;
  /** Refusals of this operation, besides those that every operation shares. */
  errors: readonly ErrorKey[];
  /** True for a POST that writes nothing, so that there is nothing to replay. */
  readOnly?: boolean;
  /** Present where the vendor throttles: how its calls are counted where throttling is on. */
  throttle?: Throttled;
  /** Error for input that does not fit the schema, unless a field names its own. */
  invalidInput?: ErrorKey;
}

/** Declares an operation; keeps the literal types so that handlers and clients can infer them. */
export function operation<const O extends Operation>(declaration: O): O {
  return declaration;
}

export type ParamsOf<O extends Operation> = Static<O["params"]>;
export type QueryOf<O extends Operation> = Static<O["query"]>;
export type BodyOf<O extends Operation> = O extends { body: infer B extends TSchema }
  ? Static<B> | (B extends { "~optional": true } ? undefined : never)
  : undefined;

// The two words first: a text is a schema to the type system, since a schema may be anything.
type Answer<B> = B extends "pdf"
  ? Uint8Array
  : B extends "empty"
    ? undefined
    : B extends TSchema
      ? Static<B>
      : never;
/** The value of a successful answer; a union where an operation has several. */
export type ResultOf<O extends Operation> = {
  [S in keyof O["responses"]]: Answer<O["responses"][S]>;
}[keyof O["responses"]];

/** The first status declared is the ordinary success. */
export function successStatus(operation: Operation): number {
  const status = Object.keys(operation.responses)[0];
  if (status === undefined) throw new Error(`${operation.id} declares no response`);
  return Number(status);
}

/** Shared by the control plane: it is not there in a live database, and closed to web pages. */
export const controlPlaneErrors = [
  "NOT_FOUND",
  "FOREIGN_PAGE",
] as const satisfies readonly ErrorKey[];

/** Shared by every operation: sign-in, role, throttling and unexpected failure. */
export const sharedErrors = [
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "AUDIENCE_RETIRED",
  "MFA_MISSING",
  "ISSUER_UNREACHABLE",
  "APP_ONLY_REFUSED",
  "ROLE_TOO_WEAK",
  "BODY_TOO_LARGE",
  "REQUEST_IN_PROGRESS",
  "UNEXPECTED",
  "DATABASE_UNAVAILABLE",
] as const satisfies readonly ErrorKey[];
