import type { Operations, QueryOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { fidelityOf } from "../../foundation/fidelity.ts";
import { requireEtag } from "../../foundation/http/etag.ts";
import { newId, newSecret } from "../../foundation/ids.ts";
import { limits } from "../../foundation/limits.ts";
import type { Context } from "../../foundation/partner.ts";
import { appendAudit } from "../audit/index.ts";
import {
  billingProfileEtag,
  billingProfileView,
  type ChangedBillingProfile,
  type Customer,
  customerView,
  type NewCustomer,
  planCustomer,
  withBillingProfile,
} from "./customer.ts";
import { customerPage, readPageRequest } from "./customer-list.ts";
import { loadReseller } from "./relationships/store.ts";
import {
  countCustomers,
  insertCustomer,
  isDomainTaken,
  loadCustomer,
  loadCustomerPage,
  lockCustomer,
  takeCustomerTurn,
  updateBillingProfile,
} from "./store.ts";

/**
 * The partner's customer. Of an unknown, a removed and another partner's customer the answer is
 * the same: NO_RELATIONSHIP in enablement and discovery, TENANT_NOT_FOUND elsewhere.
 */
export async function requireCustomer(context: Context, customerId: string): Promise<Customer> {
  const customer = await loadCustomer(context.db, context.partner.partnerId, customerId);
  return customer ?? refuseCustomer(context, customerId);
}

/** Refuses a customer that is not there. @throws Refusal as `requireCustomer` says */
export function refuseCustomer(context: Context, customerId: string): never {
  const { area } = context.operation;
  const key =
    area === "enablement" || area === "discovery" ? "NO_RELATIONSHIP" : "TENANT_NOT_FOUND";
  return refuse(key, `customer ${customerId}`);
}

/** A page of the partner's customers by name. @throws Refusal MALFORMED_ARGUMENT */
export async function listCustomers(context: Context, query: QueryOf<Operations["listCustomers"]>) {
  const { partnerId } = context.partner;
  const seal = { secret: context.installation.secret, partnerId };
  const request = readPageRequest(query, seal);
  return customerPage(request, await loadCustomerPage(context.db, partnerId, request), seal);
}

/**
 * Creates a customer with the first sign-in of its tenant, whose password is shown here and kept
 * nowhere.
 *
 * @throws Refusal INVALID_PROPERTY, REGISTRATION_NUMBER_MISSING, REGISTRATION_NUMBER_INVALID,
 * PHONE_NUMBER_MISSING, DOMAIN_TAKEN, APP_ONLY_REFUSED, CUSTOMER_LIMIT_REACHED
 */
export async function createCustomer(context: Context, given: NewCustomer) {
  const { db, partner, now } = context;
  const customer = planCustomer(given, partner.domain, newId, now);
  if (customer.associatedPartnerId !== null) {
    await requireReseller(context, customer.associatedPartnerId);
  }
  await requireRoom(context);
  const isTaken = await isDomainTaken(db, partner.partnerId, customer.domain.toLowerCase());
  // Who asks for the domain at the same moment is found by the insert alone.
  if (isTaken || !(await insertCustomer(db, partner.partnerId, customer))) {
    refuse("DOMAIN_TAKEN", `domain ${customer.domain}`);
  }
  const view = customerView(customer);
  await appendAudit(db, context, {
    customerId: customer.customerId,
    resourceType: "customer",
    operationType: "add_customer",
    resourceId: customer.customerId,
    newValue: view,
  });
  return { ...view, userCredentials: { userName: "admin", password: newSecret().slice(0, 16) } };
}

/** Only a user names a reseller, and only one through whom the partner sells. */
async function requireReseller(context: Context, resellerId: string): Promise<void> {
  const { db, partner, caller, installation } = context;
  if (caller.kind === "app" && installation.policy.appUser === "strict") {
    refuse("APP_ONLY_REFUSED", "a customer of an indirect reseller needs an app+user token");
  }
  if (!(await loadReseller(db, partner.partnerId, resellerId))) {
    refuse(
      "INVALID_PROPERTY",
      `associatedPartnerId ${resellerId} is no indirect reseller of the partner`,
    );
  }
}

/** A sandbox holds so many customers, where the profile keeps the vendor's quotas. */
async function requireRoom({ db, partner, installation }: Context): Promise<void> {
  if (installation.mode !== "sandbox" || !fidelityOf[installation.profile].quotas) return;
  await takeCustomerTurn(db, partner.partnerId);
  const count = await countCustomers(db, partner.partnerId);
  if (count >= limits.sandboxCustomers) {
    refuse("CUSTOMER_LIMIT_REACHED", `there are ${count}, the limit is ${limits.sandboxCustomers}`);
  }
}

/**
 * Replaces a customer's billing profile; the company's name is the customer's, in lists too.
 *
 * @throws Refusal ETAG_STALE, INVALID_PROPERTY, REGISTRATION_NUMBER_MISSING,
 * REGISTRATION_NUMBER_INVALID, PHONE_NUMBER_MISSING
 */
export async function changeBillingProfile(
  context: Context,
  customerId: string,
  given: ChangedBillingProfile,
) {
  const { db, partner } = context;
  await lockCustomer(db, partner.partnerId, customerId);
  const customer = await requireCustomer(context, customerId);
  requireEtag(
    { header: context.header("if-match"), body: given.attributes?.etag },
    billingProfileEtag(customer),
  );
  const changed = withBillingProfile(customer, given);
  await updateBillingProfile(db, partner.partnerId, changed);
  const view = billingProfileView(changed);
  await appendAudit(db, context, {
    customerId,
    resourceType: "customer",
    operationType: "update_customer_billing_profile",
    resourceId: customerId,
    newValue: view,
  });
  return view;
}
