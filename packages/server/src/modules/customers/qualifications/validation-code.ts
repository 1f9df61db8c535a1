/** Validation codes: with them a partner may qualify customers for the government cloud. */
import type { Operations, ResultOf } from "@kontor/contract";
import { derivedId } from "../../../foundation/ids.ts";

type CodeView = ResultOf<Operations["listValidationCodes"]>[number];

interface ValidationCode {
  validationId: string;
  organizationName: string;
  /** How many customers it qualifies. */
  maxCreates: number;
}

/** The codes that the vendor would have sent. Every partner has its own, without being asked. */
const organizations = [
  { organizationName: "City of Woodgrove", maxCreates: 5 },
  { organizationName: "Lamna County Schools", maxCreates: 1 },
] as const;

export function codesOf(partnerId: string): ValidationCode[] {
  return organizations.map((organization) => ({
    ...organization,
    validationId: derivedId("validation-code", partnerId, organization.organizationName),
  }));
}

/** The partner's code of this id, without regard to case. */
export function findCode(partnerId: string, validationId: string): ValidationCode | undefined {
  const wanted = validationId.trim().toLowerCase();
  return codesOf(partnerId).find((code) => code.validationId === wanted);
}

/** The etag changes with each use. */
export function codeView(
  partnerId: string,
  { validationId, organizationName, maxCreates }: ValidationCode,
  use: { used: number; lastUsedAt: Date } | undefined,
): CodeView {
  const changed = use?.lastUsedAt ?? new Date(0);
  return {
    partnerId,
    organizationName,
    validationId,
    maxCreates,
    remainingCreates: maxCreates - (use?.used ?? 0),
    eTag: `W/"datetime'${encodeURIComponent(changed.toISOString())}'"`,
  };
}
