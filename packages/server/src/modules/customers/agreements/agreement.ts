/** Agreements: the templates that exist, and a customer's confirmations of them. */
import {
  agreementTemplates,
  agreementTypes,
  type BodyOf,
  loose,
  type Operations,
  type ResultOf,
} from "@kontor/contract";
import { wireInstant } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";

export type AgreementType = (typeof agreementTypes)[number];
export type NewAgreement = BodyOf<Operations["confirmCustomerAgreement"]>;
type AgreementView = ResultOf<Operations["confirmCustomerAgreement"]>;

/** A customer's confirmation as it is stored. */
export interface Agreement {
  agreementId: string;
  customerId: string;
  templateId: string;
  type: AgreementType;
  firstName: string;
  lastName: string;
  email: string;
  phoneNumber: string | null;
  dateAgreed: Date;
  /** The partner's user who confirmed it. */
  userId: string | null;
  createdAt: Date;
}

/** Where the vendor publishes the text; the older agreement went over into the newer one. */
export const agreementLink = "https://aka.ms/customeragreement";

/**
 * The types that a list is asked for: the older agreement when none is named, `*` for all.
 *
 * @throws Refusal ENUM_UNPARSABLE
 */
export function readAgreementType(given: string | undefined): readonly AgreementType[] {
  if (given === undefined) return [agreementTypes[0]];
  if (given.trim() === "*") return agreementTypes;
  const found = agreementTypes.find((type) => loose(type) === loose(given));
  if (found) return [found];
  const known = [...agreementTypes, "*"].join(", ");
  return refuse("ENUM_UNPARSABLE", `agreementType ${given} is none of ${known}`);
}

export function agreementMetaData(
  types: readonly AgreementType[],
): ResultOf<Operations["listAgreementMetaData"]>["items"] {
  return types.map((agreementType) => ({
    templateId: agreementTemplates[agreementType],
    agreementType,
    agreementLink,
    versionRank: 0,
  }));
}

/** Makes the row of a confirmation. @throws Refusal INVALID_INPUT for a template of no such type */
export function planAgreement(
  given: NewAgreement,
  customerId: string,
  userId: string,
  agreementId: string,
  now: Date,
): Agreement {
  const { primaryContact, templateId, type } = given;
  if (templateId !== agreementTemplates[type]) {
    refuse("INVALID_INPUT", `templateId of ${type} is ${agreementTemplates[type]}`);
  }
  return {
    agreementId,
    customerId,
    templateId,
    type,
    firstName: primaryContact.firstName,
    lastName: primaryContact.lastName,
    email: primaryContact.email,
    phoneNumber: primaryContact.phoneNumber ?? null,
    dateAgreed: new Date(given.dateAgreed),
    userId,
    createdAt: now,
  };
}

/** The answer of a confirmation. */
export function agreementView(agreement: Agreement): AgreementView {
  const { phoneNumber, userId } = agreement;
  return {
    ...(userId !== null && { userId }),
    primaryContact: {
      firstName: agreement.firstName,
      lastName: agreement.lastName,
      email: agreement.email,
      ...(phoneNumber !== null && { phoneNumber }),
    },
    templateId: agreement.templateId,
    dateAgreed: wireInstant(agreement.dateAgreed),
    type: agreement.type,
    attributes: { objectType: "Agreement" },
  };
}

/** A confirmation in a list: with the agreement's text, and a date without zone, as documented. */
export function listedAgreementView(agreement: Agreement): AgreementView {
  return {
    ...agreementView(agreement),
    dateAgreed: agreement.dateAgreed.toISOString().slice(0, 19),
    agreementLink,
  };
}
