import { access, controlPlaneErrors, operation } from "../operation.ts";
import { flag, guid, instant, list, oneOf, optional, record, text } from "../schema.ts";
import { entitlementShapes } from "./entitlements.ts";

const DueWork = record({ kind: text(), subject: text(), dueAt: instant() });

/** The clock of one partner. */
const Clock = record({ now: instant(), frozen: flag(), ran: list(DueWork) });

const NewPartner = record({
  name: optional(text({ max: 200 })),
  domain: optional(text({ max: 253 })),
  country: optional(text({ pattern: "^[A-Za-z]{2}$" })),
  billingCurrency: optional(text({ pattern: "^[A-Za-z]{3}$" })),
  /** What invoices are in: the currency of each price, or the billing currency at monthly rates. */
  invoiceCurrency: optional(oneOf(["price", "partner"], { "x-error": "INVALID_INPUT" })),
  /** `none`, `country` for the taxes imported for its country, or one rate; without it 0.1. */
  tax: optional(text({ max: 10 })),
  /** Most that the partner may owe in its billing currency; without it there is no limit. */
  creditLimit: optional(text({ max: 20, pattern: "^\\d{1,12}(\\.\\d{1,3})?$" })),
  /** Whether the partner has signed its own agreement; without a word, it has. */
  partnerAgreement: optional(flag()),
  /** Countries that the partner is onboarded to sell in; without them, every market. */
  sellsIn: optional(list(text({ pattern: "^[A-Za-z]{2}$" }), { max: 300 })),
  /** Whether the partner is qualified for perpetual software; without a word, it is. */
  perpetualSoftware: optional(flag()),
  /** The documented form of entitlements: that of June 2018 has product keys. */
  entitlementShape: optional(oneOf(entitlementShapes, { "x-error": "INVALID_INPUT" })),
  /** Where the app may have its users sent back to, besides any address of this machine. */
  redirectUris: optional(list(text({ max: 500 }), { max: 20 })),
  /** PEM certificates of the app: assertions signed with their keys stand for its secret. */
  certificates: optional(list(text({ max: 10_000 }), { max: 5 })),
  /** Roles of the user, in place of AdminAgent, BillingAdmin and GlobalAdmin. */
  roles: optional(list(text({ max: 40 }), { max: 6 })),
  /** Whether the user signs in with a second factor; without a word, it does. */
  mfa: optional(flag()),
});

/** How to sign in as a partner; secrets are shown once. */
export const PartnerSignIn = record({
  partner: record({ id: guid(), domain: text() }),
  app: record({ clientId: text(), clientSecret: text() }),
  user: record({ name: text(), password: text() }),
});

const area = "sandbox";

/** The control plane: ours, not the vendor's. Exists in sandbox databases only. */
export const sandboxOperations = {
  getClock: operation({
    id: "getClock",
    method: "GET",
    path: "/_kontor/clock",
    area,
    summary: "Read the partner's clock",
    access: access.anyone,
    params: record({}),
    query: record({}),
    responses: { 200: Clock },
    errors: [...controlPlaneErrors],
  }),
  setClock: operation({
    id: "setClock",
    method: "POST",
    path: "/_kontor/clock",
    area,
    summary: "Advance, set (forward only), freeze or unfreeze the partner's clock; runs due work",
    access: access.anyone,
    params: record({}),
    query: record({}),
    body: record({
      advance: optional(text({ max: 40 })),
      set: optional(instant()),
      frozen: optional(flag()),
    }),
    responses: { 200: Clock },
    errors: [...controlPlaneErrors, "INVALID_INPUT"],
  }),
  createPartner: operation({
    id: "createPartner",
    method: "POST",
    path: "/_kontor/partners",
    area,
    summary: "Create a further, empty partner with an app and a user to sign in as",
    access: access.open,
    params: record({}),
    query: record({}),
    body: optional(NewPartner),
    responses: { 201: PartnerSignIn },
    errors: [...controlPlaneErrors, "INVALID_INPUT", "DOMAIN_TAKEN"],
  }),
};
