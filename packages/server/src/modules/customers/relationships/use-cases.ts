import type { BodyOf, Operations, QueryOf } from "@kontor/contract";
import { refuse } from "../../../foundation/errors.ts";
import { fidelityOf } from "../../../foundation/fidelity.ts";
import { newId, newSecret } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { appendAudit } from "../../audit/index.ts";
import { readFilter } from "../filter.ts";
import { isDomainTaken } from "../store.ts";
import { requireCustomer } from "../use-cases.ts";
import {
  type AgreementHolder,
  agreementHelp,
  meetsFilter,
  newResellerView,
  planReseller,
  type Reseller,
  readAgreementHolder,
  relationshipFilter,
} from "./relationship.ts";
import {
  countCustomersOf,
  deleteReseller,
  insertReseller,
  loadHolder,
  loadReseller,
  loadResellers,
} from "./store.ts";

/**
 * The partners of a kind of relationship. The partner is a provider and nobody's reseller, so the
 * providers of which it would be one are none.
 */
export async function listRelationships(
  context: Context,
  query: QueryOf<Operations["listRelationships"]>,
): Promise<Reseller[]> {
  const filter = readFilter(query, relationshipFilter);
  if (query.relationship_type === "is_indirect_reseller_of") return [];
  const resellers = await loadResellers(context.db, context.partner.partnerId);
  return filter ? resellers.filter((reseller) => meetsFilter(reseller, filter)) : resellers;
}

/** The reseller through whom the partner sells to the customer, if there is one. */
export async function listCustomerRelationships(
  context: Context,
  customerId: string,
): Promise<Reseller[]> {
  const { associatedPartnerId } = await requireCustomer(context, customerId);
  if (associatedPartnerId === null) return [];
  const reseller = await loadReseller(context.db, context.partner.partnerId, associatedPartnerId);
  return reseller ? [reseller] : [];
}

/**
 * Whether a partner has signed the partner agreement: the caller itself, or one of its resellers.
 *
 * @throws Refusal MALFORMED_ARGUMENT, AGREEMENT_STATUS_OF_NOBODY, MPN_ID_UNKNOWN, MPN_ID_UNSIGNED,
 * TENANT_WITHOUT_ACCOUNT, TENANT_UNSIGNED
 */
export async function getAgreementStatus(
  context: Context,
  query: QueryOf<Operations["getAgreementStatus"]>,
) {
  const holder = readAgreementHolder(query);
  const isSigned = await hasSigned(context, holder);
  if (isSigned) return { isAgreementSigned: true };
  if ("mpnId" in holder) {
    const key = isSigned === undefined ? "MPN_ID_UNKNOWN" : "MPN_ID_UNSIGNED";
    return refuse(key, `MPN id ${holder.mpnId}`, [agreementHelp]);
  }
  if (isSigned === undefined) {
    return refuse("TENANT_WITHOUT_ACCOUNT", `tenant ${holder.tenantId}`);
  }
  return refuse("TENANT_UNSIGNED", `tenant ${holder.tenantId}`, [agreementHelp]);
}

/** Undefined for who is neither the partner nor a reseller of it. */
async function hasSigned(
  { db, partner }: Context,
  holder: AgreementHolder,
): Promise<boolean | undefined> {
  const isOwn =
    "mpnId" in holder ? holder.mpnId === partner.mpnId : holder.tenantId === partner.partnerId;
  if (isOwn) return partner.agreementSigned;
  const reseller = await loadHolder(db, partner.partnerId, holder);
  return reseller && reseller.signedAt !== null;
}

/** Resellers are made and deleted in sandboxes only. @throws Refusal NOT_SANDBOX_PROVIDER */
function requireSandboxProvider({ installation }: Context): void {
  if (installation.mode !== "sandbox") refuse("NOT_SANDBOX_PROVIDER");
}

/**
 * Creates an indirect reseller. Whoever calls this is alone with the partner, so that the count
 * stays true.
 *
 * @throws Refusal NOT_SANDBOX_PROVIDER, INVALID_PROPERTY, RESELLER_LIMIT_REACHED, DOMAIN_TAKEN
 */
export async function createReseller(
  context: Context,
  given: BodyOf<Operations["createIndirectReseller"]>,
) {
  requireSandboxProvider(context);
  const { db, partner, now, installation } = context;
  const reseller = planReseller(given, newId(), now);
  if (fidelityOf[installation.profile].quotas) {
    const count = (await loadResellers(db, partner.partnerId)).length;
    if (count >= limits.sandboxResellers) {
      const most = limits.sandboxResellers;
      refuse("RESELLER_LIMIT_REACHED", `there are ${count}, the limit is ${most}`);
    }
  }
  const domain = reseller.domain.toLowerCase();
  if (
    domain === partner.domain.toLowerCase() ||
    (await isDomainTaken(db, partner.partnerId, domain))
  ) {
    refuse("DOMAIN_TAKEN", `domain ${reseller.domain}`);
  }
  await insertReseller(db, partner.partnerId, reseller);
  const view = newResellerView(reseller, partner, newId(), newSecret().slice(0, 16));
  await appendAudit(db, context, {
    resourceType: "partner_relationship",
    operationType: "create_partner_relationship",
    resourceId: reseller.resellerId,
    newValue: view,
  });
  return view;
}

/**
 * Deletes an indirect reseller that has no customers.
 *
 * @throws Refusal NOT_SANDBOX_PROVIDER, NOT_FOUND, RESELLER_HAS_CUSTOMERS
 */
export async function removeReseller(context: Context, resellerId: string): Promise<undefined> {
  requireSandboxProvider(context);
  const { db, partner } = context;
  const reseller = await loadReseller(db, partner.partnerId, resellerId);
  if (!reseller) return refuse("NOT_FOUND", `indirect reseller ${resellerId}`);
  const count = await countCustomersOf(db, partner.partnerId, resellerId);
  if (count > 0) refuse("RESELLER_HAS_CUSTOMERS", `it has ${count} customer(s)`);
  await deleteReseller(db, partner.partnerId, resellerId);
  // The vendor's word for this, remove_partner_relationship, makes clients lose the whole page.
  await appendAudit(db, context, {
    resourceType: "partner_relationship",
    operationType: "remove_partner_customer_relationship",
    resourceId: resellerId,
    newValue: { name: reseller.name, mpnId: reseller.mpnId, state: "None" },
  });
}
