import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMs } from "../../../foundation/clock.ts";
import {
  denialOf,
  isApproved,
  type Qualification,
  qualificationText,
  segmentsOf,
  vettingStatus,
} from "./qualification.ts";

const requestedAt = new Date("2026-03-01T10:00:00Z");
const asked: Qualification = {
  qualification: "Education",
  requestedAt,
  isImmediate: false,
  denial: null,
  validationId: null,
};
const minute = 60_000;

test("a request is in review until its time has passed, at the millisecond", () => {
  fc.assert(
    fc.property(fc.nat(minute), fc.nat(2 * minute), (vettingMs, passed) => {
      const status = vettingStatus(asked, addMs(requestedAt, passed), vettingMs);
      expect(status).toBe(passed >= vettingMs ? "Approved" : "InReview");
    }),
  );
});

test("what is decided at once is never in review", () => {
  const immediate = { ...asked, isImmediate: true };
  expect(vettingStatus(immediate, requestedAt, minute)).toBe("Approved");
  expect(vettingStatus({ ...immediate, denial: "x" }, requestedAt, minute)).toBe("Denied");
});

test("a state-owned entity has no status and is approved", () => {
  const entity: Qualification = { ...asked, qualification: "StateOwnedEntity" };
  expect(vettingStatus(entity, requestedAt, minute)).toBeUndefined();
  expect(isApproved(entity, requestedAt, minute)).toBe(true);
});

describe("a website decides on", () => {
  test.each([
    ["https://school.example", null],
    [undefined, null],
    ["", null],
    ["https://invalid.example/invalid", null],
    ["https://invalid", "Not an education customer"],
    ["https://anything.invalid", "Not an education customer"],
    ["https://not-education.invalid", "Not an education customer"],
    ["http://www.No-Longer.INVALID/home", "No longer an education customer"],
    ["after-review.invalid", "Not an education customer after review"],
    ["https://restricted.invalid:8443", "Restricted education customer"],
    ["https://not-academic.invalid.", "Not an academic domain"],
    ["https://library.invalid?x", "Ineligible library"],
    ["https://museum.invalid#x", "Ineligible museum"],
  ])("%s: %s", (website, reason) => {
    expect(denialOf("Education", website)).toBe(reason);
  });

  test("education only", () => {
    expect(denialOf("StateOwnedEntity", "https://library.invalid")).toBeNull();
  });
});

test("segments are commercial and those of approved qualifications", () => {
  const rows: Qualification[] = [
    asked,
    { ...asked, qualification: "GovernmentCommunityCloud", isImmediate: true },
    { ...asked, qualification: "Nonprofit", isImmediate: true, denial: "x" },
    { ...asked, qualification: "StateOwnedEntity" },
  ];
  const at = (ms: number) => [...segmentsOf(rows, addMs(requestedAt, ms), minute)];
  expect(at(0)).toEqual(["commercial", "government"]);
  expect(at(minute)).toEqual(["commercial", "education", "government"]);
  expect([...segmentsOf([], requestedAt, 0)]).toEqual(["commercial"]);
});

test("the older form is the latest approval", () => {
  const later: Qualification = { ...asked, qualification: "GovernmentCommunityCloud" };
  const text = (rows: Qualification[], ms: number) =>
    qualificationText(rows, addMs(requestedAt, ms), minute);
  expect(text([], minute)).toBe("none");
  expect(text([asked], 0)).toBe("none");
  expect(text([asked], minute)).toBe("education");
  expect(text([asked, later], minute)).toBe("government_community_cloud");
  expect(text([asked, { ...later, denial: "x" }], minute)).toBe("education");
});
