import { access, operation } from "../operation.ts";
import { flag, guid, instant, list, optional, record, text } from "../schema.ts";

const DueWork = record({ kind: text(), subject: text(), dueAt: instant() });

/** The clock of one partner. */
const Clock = record({ now: instant(), frozen: flag(), ran: list(DueWork) });

const NewPartner = record({
  name: optional(text({ max: 200 })),
  domain: optional(text({ max: 253 })),
  country: optional(text({ pattern: "^[A-Za-z]{2}$" })),
  billingCurrency: optional(text({ pattern: "^[A-Za-z]{3}$" })),
  /** Most that the partner may owe in its billing currency; without it there is no limit. */
  creditLimit: optional(text({ max: 20, pattern: "^\\d{1,12}(\\.\\d{1,3})?$" })),
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
    errors: ["NOT_FOUND"],
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
    errors: ["NOT_FOUND", "INVALID_INPUT"],
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
    errors: ["NOT_FOUND", "INVALID_INPUT", "DOMAIN_TAKEN"],
  }),
};
