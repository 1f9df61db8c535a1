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

/** The role table of the platform contract, section 13, and the app-only column of 4.2. */
export const access = {
  anyone: { app: true, user: roles },
  anyUser: { app: false, user: roles },
  sell: { app: true, user: purchasers },
  sellAsUser: { app: false, user: purchasers },
  bill: { app: true, user: accountants },
  billAsUser: { app: false, user: accountants },
  open: { app: true, user: roles, anonymous: true },
} as const satisfies Record<string, Access>;

export type Area =
  | "customers"
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
  /** Path without `/v1`; parameters in braces. */
  path: string;
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

/** Shared by every operation: sign-in, role, throttling and unexpected failure. */
export const sharedErrors = [
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "APP_ONLY_REFUSED",
  "ROLE_TOO_WEAK",
  "BODY_TOO_LARGE",
  "REQUEST_IN_PROGRESS",
  "UNEXPECTED",
  "DATABASE_UNAVAILABLE",
] as const satisfies readonly ErrorKey[];
