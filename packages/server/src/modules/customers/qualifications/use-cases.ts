import type { BodyOf, Operations } from "@kontor/contract";
import { refuse } from "../../../foundation/errors.ts";
import { fidelityOf } from "../../../foundation/fidelity.ts";
import type { Context } from "../../../foundation/partner.ts";
import { appendAudit } from "../../audit/index.ts";
import { hasDirectSignature, setDirectSignature } from "../agreements/store.ts";
import { requireCustomer } from "../use-cases.ts";
import {
  denialOf,
  isApproved,
  type Qualification,
  type QualificationName,
  qualificationText,
  qualificationView,
  vettingStatus,
} from "./qualification.ts";
import {
  countCodeUse,
  loadCodeUses,
  loadQualifications,
  lockCustomer,
  saveQualification,
} from "./store.ts";
import { codesOf, codeView, findCode } from "./validation-code.ts";

type Request = BodyOf<Operations["requestCustomerQualification"]>;
type Standing = BodyOf<Operations["setCustomerStanding"]>;

function vettingMsOf({ installation }: Context): number {
  return fidelityOf[installation.profile].vettingMs;
}

export async function listQualifications(context: Context, customerId: string) {
  const customer = await requireCustomer(context, customerId);
  return listed(context, customer.customerId);
}

async function listed(context: Context, customerId: string) {
  const { db, now, partner } = context;
  const rows = await loadQualifications(db, partner.partnerId, customerId);
  const vettingMs = vettingMsOf(context);
  return rows.map((row) => qualificationView(row, vettingStatus(row, now, vettingMs)));
}

/**
 * Asks for a qualification; its review begins. What is approved or in review already stays and is
 * answered as it is; what was denied is reviewed again.
 *
 * @throws Refusal INVALID_PROPERTY for one that partners cannot ask for, and for a validation code
 * that is missing, unknown or used up
 */
export async function requestQualification(
  context: Context,
  customerId: string,
  given: Request,
  codeInQuery: string | undefined,
) {
  const customer = await requireCustomer(context, customerId);
  const { qualification, website } = given;
  requireSettable(qualification);
  const vettingMs = vettingMsOf(context);
  const known = await find(context, customer.customerId, qualification);
  const status = known && vettingStatus(known, context.now, vettingMs);
  if (known && status !== "Denied") return qualificationView(known, status);
  const row: Qualification = {
    qualification,
    requestedAt: context.now,
    isImmediate: false,
    denial: denialOf(qualification, website),
    validationId:
      known?.validationId ??
      (await useCode(context, qualification, codeInQuery ?? given.validationCode)),
  };
  // Even where a review takes no time, it is not over when it begins.
  const begun = vettingStatus(row, context.now, Number.POSITIVE_INFINITY);
  const view = qualificationView(row, begun);
  await save(context, customer.customerId, row, view);
  return view;
}

export async function getQualification(context: Context, customerId: string) {
  const customer = await requireCustomer(context, customerId);
  const rows = await loadQualifications(context.db, context.partner.partnerId, customer.customerId);
  return qualificationText(rows, context.now, vettingMsOf(context));
}

/** Sets a qualification without a review. @throws Refusal INVALID_PROPERTY, as a request does */
export async function setQualification(
  context: Context,
  customerId: string,
  qualification: QualificationName,
  code: string | undefined,
) {
  const customer = await requireCustomer(context, customerId);
  requireSettable(qualification);
  const known = await find(context, customer.customerId, qualification);
  if (known && isApproved(known, context.now, vettingMsOf(context))) {
    return qualificationText([known], context.now, vettingMsOf(context));
  }
  const row: Qualification = {
    qualification,
    requestedAt: context.now,
    isImmediate: true,
    denial: null,
    validationId: known?.validationId ?? (await useCode(context, qualification, code)),
  };
  const view = qualificationView(row, vettingStatus(row, context.now, 0));
  await save(context, customer.customerId, row, view);
  return qualificationText([row], context.now, 0);
}

/** The customer's qualification of the name; of two writes at once the second waits here. */
async function find(context: Context, customerId: string, name: QualificationName) {
  await lockCustomer(context.db, context.partner.partnerId, customerId);
  const rows = await loadQualifications(context.db, context.partner.partnerId, customerId);
  return rows.find((row) => row.qualification === name);
}

const settable: readonly QualificationName[] = [
  "Education",
  "GovernmentCommunityCloud",
  "StateOwnedEntity",
];

function requireSettable(name: QualificationName): void {
  if (settable.includes(name)) return;
  refuse("INVALID_PROPERTY", `a partner may set ${settable.join(", ")}, not ${name}`);
}

/** Uses up one creation of a code where the qualification needs it; answers the code's id. */
async function useCode(
  { db, partner, now }: Context,
  name: QualificationName,
  given: string | undefined,
): Promise<string | null> {
  if (name !== "GovernmentCommunityCloud") return null;
  if (given === undefined) return refuse("INVALID_PROPERTY", `${name} needs a validation code`);
  const code = findCode(partner.partnerId, given);
  if (!code) return refuse("INVALID_PROPERTY", `${given} is no validation code of the partner`);
  if (!(await countCodeUse(db, partner.partnerId, code, now))) {
    refuse("INVALID_PROPERTY", `the validation code ${given} is used up`);
  }
  return code.validationId;
}

async function save(
  context: Context,
  customerId: string,
  row: Qualification,
  newValue: unknown,
): Promise<void> {
  await saveQualification(context.db, context.partner.partnerId, customerId, row);
  await appendAudit(context.db, context, {
    customerId,
    resourceType: "customer",
    operationType: "update_customer_qualification",
    resourceId: customerId,
    newValue,
  });
}

export async function listCodes({ db, partner }: Context) {
  const uses = await loadCodeUses(db, partner.partnerId);
  return codesOf(partner.partnerId).map((code) =>
    codeView(partner.partnerId, code, uses.get(code.validationId)),
  );
}

/**
 * What the vendor's vetting and the customer itself decide, and no partner: any qualification
 * approved or denied at once, and the customer's own signature of the customer agreement.
 *
 * @throws Refusal INVALID_PROPERTY
 */
export async function setStanding(context: Context, customerId: string, given: Standing) {
  const { db, now, partner } = context;
  const customer = await requireCustomer(context, customerId);
  const { qualification, vettingStatus: decided = "Approved", directSignature } = given;
  if (qualification === "None") {
    refuse("INVALID_PROPERTY", "None is what a customer without qualifications has");
  }
  if (qualification !== undefined) {
    const isDenied = decided === "Denied";
    const row: Qualification = {
      qualification,
      requestedAt: now,
      isImmediate: true,
      denial: isDenied ? (given.vettingReason ?? "Denied after review") : null,
      validationId: null,
    };
    const view = qualificationView(row, vettingStatus(row, now, 0));
    await save(context, customer.customerId, row, view);
  }
  if (directSignature !== undefined) {
    const signedAt = directSignature ? now : null;
    await setDirectSignature(db, partner.partnerId, customer.customerId, signedAt);
  }
  return {
    qualifications: await listed(context, customer.customerId),
    directSignature: await hasDirectSignature(db, partner.partnerId, customer.customerId),
  };
}
