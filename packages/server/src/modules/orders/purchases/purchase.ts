/** What a purchase decides: whether its agreements are there, and the orders that it makes. */
import { addMs } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { fidelityOf } from "../../../foundation/fidelity.ts";
import type { Context, Partner } from "../../../foundation/partner.ts";
import type { BillingTerms } from "../../billing/index.ts";
import type { Customer } from "../../customers/index.ts";
import { type Group, type IdSource, type PlacedOrder, placeOrder } from "../place.ts";

/** The agreements that are there, of customers and of the resellers through whom they buy. */
export interface Agreements {
  accepted: ReadonlySet<string>;
  resellers: ReadonlyMap<string, { name: string; signedAt: Date | null }>;
}

/**
 * Refuses a purchase without the agreements that it needs: the partner's own, that of the reseller
 * through whom the customer buys, and the customer's.
 *
 * @throws Refusal PARTNER_AGREEMENT_MISSING, RESELLER_AGREEMENT_MISSING, AGREEMENT_MISSING
 */
export function requireAgreements(
  partner: Partner,
  { customerId, associatedPartnerId }: Customer,
  { accepted, resellers }: Agreements,
): void {
  if (!partner.agreementSigned) refuse("PARTNER_AGREEMENT_MISSING", `partner ${partner.name}`);
  const reseller = associatedPartnerId === null ? undefined : resellers.get(associatedPartnerId);
  if (reseller?.signedAt === null) {
    refuse("RESELLER_AGREEMENT_MISSING", `indirect reseller ${reseller.name}`);
  }
  if (!accepted.has(customerId)) refuse("AGREEMENT_MISSING", `customer ${customerId}`);
}

/** What may still be spent by currency, in minor units; null or absent: without a limit. */
export type Credit = Map<string, bigint | null>;

/** What a purchase draws on. */
export interface Means {
  terms: BillingTerms;
  credit: Credit;
  ids: IdSource;
}

export interface GroupRefusal {
  group: string;
  key: "CREDIT_EXHAUSTED";
  cause: string;
}

export interface PlacedGroups {
  placed: PlacedOrder[];
  refused: GroupRefusal[];
}

/**
 * Places an order for each group and takes its price off the credit. A group is atomic and
 * independent of the others: what cannot be paid is a refusal beside the orders that were placed.
 * A refusal of the whole takes nothing off.
 */
export function placeGroups(
  groups: readonly Group[],
  customer: Customer,
  { now, installation }: Pick<Context, "now" | "installation">,
  { terms, credit, ids }: Means,
): PlacedGroups {
  const at = {
    createdAt: now,
    fulfilledAt: addMs(now, fidelityOf[installation.profile].provisioningMs),
    mode: installation.mode,
  };
  const left = new Map(credit);
  const placed: PlacedOrder[] = [];
  const refused: GroupRefusal[] = [];
  for (const group of groups) {
    const made = placeOrder(group, customer, terms, at, ids);
    const { currency } = made.charges[0] ?? made.order;
    const open = left.get(currency) ?? null;
    const needed = made.charges.reduce((sum, charge) => sum + charge.subtotalMinor, 0n);
    if (open !== null && needed > open) {
      const cause = `group ${group.name} needs more than the credit that is left in ${currency}`;
      refused.push({ group: group.name, key: "CREDIT_EXHAUSTED", cause });
      continue;
    }
    if (open !== null) left.set(currency, open - needed);
    placed.push(made);
  }
  for (const [currency, amount] of left) credit.set(currency, amount);
  return { placed, refused };
}
