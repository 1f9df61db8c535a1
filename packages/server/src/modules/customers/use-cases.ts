import type { Operations, QueryOf } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { newId, newSecret } from "../../foundation/ids.ts";
import type { Context } from "../../foundation/partner.ts";
import { appendAudit } from "../audit/index.ts";
import {
  type Agreement,
  agreementView,
  type NewAgreement,
  planAgreement,
  readAgreementType,
} from "./agreement.ts";
import { type Customer, customerView, type NewCustomer, planCustomer } from "./customer.ts";
import { customerPage, readPageRequest, unknownToken } from "./customer-list.ts";
import {
  insertAgreement,
  insertCustomer,
  loadAgreements,
  loadCustomer,
  loadCustomerPage,
} from "./store.ts";

/**
 * The partner's customer. Of an unknown and of another partner's customer the answer is the same:
 * NO_RELATIONSHIP in enablement and discovery, TENANT_NOT_FOUND elsewhere.
 */
export async function requireCustomer(context: Context, customerId: string): Promise<Customer> {
  const customer = await loadCustomer(context.db, context.partner.partnerId, customerId);
  if (customer) return customer;
  const { area } = context.operation;
  const key =
    area === "enablement" || area === "discovery" ? "NO_RELATIONSHIP" : "TENANT_NOT_FOUND";
  return refuse(key, `customer ${customerId}`);
}

export async function listCustomers(context: Context, query: QueryOf<Operations["listCustomers"]>) {
  const request = readPageRequest(query);
  const rows = await loadCustomerPage(context.db, context.partner.partnerId, request);
  return customerPage(request, rows ?? unknownToken());
}

/**
 * Creates a customer with the first sign-in of its tenant, whose password is shown here and kept
 * nowhere.
 *
 * @throws Refusal INVALID_PROPERTY, REGISTRATION_NUMBER_MISSING, PHONE_NUMBER_MISSING,
 * DOMAIN_TAKEN, APP_ONLY_REFUSED
 */
export async function createCustomer(context: Context, given: NewCustomer) {
  const { db, partner, caller, now } = context;
  if (given.associatedPartnerId !== undefined && caller.kind === "app") {
    refuse("APP_ONLY_REFUSED", "a customer of an indirect reseller needs an app+user token");
  }
  const customer = planCustomer(given, partner.domain, newId, now);
  if (!(await insertCustomer(db, partner.partnerId, customer))) {
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

export async function listAgreements(
  context: Context,
  customerId: string,
  agreementType: string | undefined,
): Promise<Agreement[]> {
  const customer = await requireCustomer(context, customerId);
  const types = readAgreementType(agreementType);
  return loadAgreements(context.db, context.partner.partnerId, customer.customerId, types);
}

/** Records that the customer accepted an agreement. @throws Refusal AGREEMENT_EXISTS */
export async function confirmAgreement(context: Context, customerId: string, given: NewAgreement) {
  const { db, partner, caller, now } = context;
  const customer = await requireCustomer(context, customerId);
  const agreement = planAgreement(given, customer.customerId, caller.objectId, newId(), now);
  if (!(await insertAgreement(db, partner.partnerId, agreement))) {
    refuse("AGREEMENT_EXISTS", `${agreement.type} by ${agreement.email}`);
  }
  const view = agreementView(agreement);
  await appendAudit(db, context, {
    customerId: customer.customerId,
    resourceType: "agreement",
    operationType: "create_agreement",
    resourceId: agreement.agreementId,
    newValue: view,
  });
  return view;
}
