import { agreementTemplates } from "@kontor/contract";
import { expect, test } from "vitest";
import {
  agreementMetaData,
  agreementView,
  listedAgreementView,
  type NewAgreement,
  planAgreement,
  readAgreementType,
} from "./agreement.ts";

const given: NewAgreement = {
  primaryContact: { firstName: "Ada", lastName: "Coleman", email: "ada@fabrikam.example" },
  templateId: agreementTemplates.MicrosoftCustomerAgreement,
  dateAgreed: "2026-01-01T10:20:30.123Z",
  type: "MicrosoftCustomerAgreement",
};

function plan(agreement: NewAgreement) {
  return planAgreement(
    agreement,
    "customer",
    "user",
    "agreement",
    new Date("2026-02-01T00:00:00Z"),
  );
}

test("lists show the older agreement unless another is asked for", () => {
  expect(readAgreementType(undefined)).toEqual(["MicrosoftCloudAgreement"]);
  expect(readAgreementType("microsoftcustomeragreement")).toEqual(["MicrosoftCustomerAgreement"]);
  expect(readAgreementType("*")).toHaveLength(2);
  expect(() => readAgreementType("Other")).toThrow(/^ENUM_UNPARSABLE/);
});

test("each agreement has its template", () => {
  expect(agreementMetaData(["MicrosoftCustomerAgreement"])).toEqual([
    {
      templateId: "117a77b0-9360-443b-8795-c6dedc750cf9",
      agreementType: "MicrosoftCustomerAgreement",
      agreementLink: expect.stringMatching(/^https:/),
      versionRank: 0,
    },
  ]);
});

test("a confirmation is echoed with the user who made it", () => {
  expect(agreementView(plan(given))).toEqual({
    userId: "user",
    primaryContact: given.primaryContact,
    templateId: given.templateId,
    dateAgreed: "2026-01-01T10:20:30.1230000Z",
    type: "MicrosoftCustomerAgreement",
    attributes: { objectType: "Agreement" },
  });
});

test("a listed confirmation has a date without zone, and a link", () => {
  expect(listedAgreementView(plan(given))).toMatchObject({
    dateAgreed: "2026-01-01T10:20:30",
    agreementLink: expect.stringMatching(/^https:/),
  });
});

test("a template of another agreement is refused", () => {
  const other = { ...given, templateId: agreementTemplates.MicrosoftCloudAgreement };
  expect(() => plan(other)).toThrow(/^INVALID_INPUT.*117a77b0/);
});
