import { addMs, systemNow } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { newId, randomId } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { signLink } from "../../../foundation/signed-link.ts";
import { appendAudit } from "../../audit/index.ts";
import { requireCustomer } from "../use-cases.ts";
import {
  type Agreement,
  agreementView,
  type NewAgreement,
  planAgreement,
  readAgreementType,
} from "./agreement.ts";
import { documentLinkPurpose, documentsPath, readTemplateRequest } from "./document.ts";
import { hasDirectSignature, insertAgreement, loadAgreements } from "./store.ts";

export async function listAgreements(
  context: Context,
  customerId: string,
  agreementType: string | undefined,
): Promise<Agreement[]> {
  const customer = await requireCustomer(context, customerId);
  const types = readAgreementType(agreementType);
  return loadAgreements(context.db, context.partner.partnerId, customer.customerId, types);
}

/** Records that the customer accepted an agreement. @throws Refusal INVALID_INPUT, AGREEMENT_EXISTS */
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

/**
 * Links to a template's document: new on each call, good for `limits.agreementLinkSeconds` of the
 * machine's time.
 *
 * @throws Refusal NOT_FOUND, INVALID_PROPERTY
 */
export async function getAgreementDocument(
  context: Context,
  templateId: string,
  given: { language?: string; country?: string },
) {
  const { language, country } = readTemplateRequest(templateId, given);
  const expiresAt = addMs(systemNow(), limits.agreementLinkSeconds * 1000);
  // The nonce makes each link a new one.
  const parts = [templateId, language, country, randomId()];
  const token = signLink(documentLinkPurpose, parts, expiresAt, context.installation.secret);
  const uri = `${context.origin}${documentsPath}/${token}`;
  return { displayUri: uri, downloadUri: `${uri}?download=true`, language, country };
}

/** Whether the customer signed the customer agreement itself, without its partner. */
export async function getDirectSignStatus(context: Context, customerId: string) {
  const customer = await requireCustomer(context, customerId);
  const { partnerId } = context.partner;
  return { isSigned: await hasDirectSignature(context.db, partnerId, customer.customerId) };
}
