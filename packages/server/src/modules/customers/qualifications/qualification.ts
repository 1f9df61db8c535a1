/** Qualifications of a customer: what was asked for, and what became of it by now. */
import type { Operations, ResultOf } from "@kontor/contract";
import { addMs, wireInstant } from "../../../foundation/clock.ts";

type QualificationView = ResultOf<Operations["listCustomerQualifications"]>[number];
export type QualificationName = QualificationView["qualification"];
type VettingStatus = NonNullable<QualificationView["vettingStatus"]>;
/** The deprecated form: one text, in the spelling of the older clients. */
type QualificationText = ResultOf<Operations["getCustomerQualification"]>;

/** The parts of a catalog that are sold to some customers only, and the one for all. */
export type Segment = "commercial" | "education" | "government" | "nonprofit";

/** A qualification as it is stored: at most one of each name for a customer. */
export interface Qualification {
  qualification: QualificationName;
  requestedAt: Date;
  /** Decided without a review: set by the older call, or on the vendor's behalf. */
  isImmediate: boolean;
  /** Why the review ends in a denial; null where it ends in an approval. */
  denial: string | null;
  /** The validation code that it was asked for with. */
  validationId: string | null;
}

/**
 * Why a request is denied. There is nobody who reviews, so the website that the request names
 * decides: a host under the top level `.invalid`, which can never be a school's, is denied, and
 * its label before that picks the reason (`https://library.invalid`); any other label, or none,
 * gives the first one.
 */
const denials: ReadonlyMap<string, string> = new Map([
  ["not-education", "Not an education customer"],
  ["no-longer", "No longer an education customer"],
  ["after-review", "Not an education customer after review"],
  ["restricted", "Restricted education customer"],
  ["not-academic", "Not an academic domain"],
  ["library", "Ineligible library"],
  ["museum", "Ineligible museum"],
]);

const ordinaryDenial = "Not an education customer";

/** The reason that a website decides on; null where nothing speaks against an approval. */
export function denialOf(qualification: QualificationName, website: string | undefined) {
  if (qualification !== "Education" || website === undefined) return null;
  const host = website
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, "")
    .replace(/[/?#:].*$/s, "")
    .replace(/\.$/, "");
  const labels = host.split(".");
  if (labels.at(-1) !== "invalid") return null;
  return denials.get(labels.at(-2) ?? "") ?? ordinaryDenial;
}

/**
 * What has become of a request by now; undefined for a state-owned entity, which nobody vets and
 * which counts as approved.
 */
export function vettingStatus(
  row: Qualification,
  now: Date,
  vettingMs: number,
): VettingStatus | undefined {
  if (row.qualification === "StateOwnedEntity" && row.denial === null) return undefined;
  const done = row.isImmediate || addMs(row.requestedAt, vettingMs).getTime() <= now.getTime();
  if (!done) return "InReview";
  return row.denial === null ? "Approved" : "Denied";
}

export function isApproved(row: Qualification, now: Date, vettingMs: number): boolean {
  const status = vettingStatus(row, now, vettingMs);
  return status === undefined || status === "Approved";
}

const segmentOf: Partial<Record<QualificationName, Segment>> = {
  Education: "education",
  Nonprofit: "nonprofit",
  GovernmentCommunityCloud: "government",
};

/** The segments that the customer may see and buy: commercial, and one for each approval. */
export function segmentsOf(
  rows: readonly Qualification[],
  now: Date,
  vettingMs: number,
): ReadonlySet<Segment> {
  const approved = rows.filter((row) => isApproved(row, now, vettingMs));
  return new Set<Segment>([
    "commercial",
    ...approved.flatMap(({ qualification }) => segmentOf[qualification] ?? []),
  ]);
}

/** The date stands under both names: documents and clients differ. */
export function qualificationView(
  row: Qualification,
  status: VettingStatus | undefined,
): QualificationView {
  const date = wireInstant(row.requestedAt);
  return {
    qualification: row.qualification,
    ...(status !== undefined && { vettingStatus: status }),
    ...(status === "Denied" && row.denial !== null && { vettingReason: row.denial }),
    vettingCreateDate: date,
    vettingCreatedDate: date,
  };
}

const texts: Record<QualificationName, QualificationText> = {
  None: "none",
  Education: "education",
  Nonprofit: "nonprofit",
  GovernmentCommunityCloud: "government_community_cloud",
  StateOwnedEntity: "state_owned_entity",
};

/** The latest approval as one text, `none` where there is none. Rows oldest first. */
export function qualificationText(
  rows: readonly Qualification[],
  now: Date,
  vettingMs: number,
): QualificationText {
  const latest = rows.findLast((row) => isApproved(row, now, vettingMs));
  return texts[latest?.qualification ?? "None"];
}
