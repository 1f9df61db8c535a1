import { expect, test } from "vitest";
import { requireEtag } from "./etag.ts";

const current = "-5920358838484612121";

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  [current, undefined],
  [`"${current}"`, undefined],
  [`W/"${current}"`, undefined],
  [`w/${current}`, undefined],
  ["*", undefined],
  ['"*"', "other"],
  [current, "other"],
  [undefined, current],
  [undefined, ` "${current}" `],
  [undefined, ""],
])("If-Match %s with %s in the body is the current version", (header, body) => {
  expect(() => requireEtag({ header, body }, current)).not.toThrow();
});

test.each<[string | undefined, string | undefined]>([
  ["1", undefined],
  ['"1"', current],
  [`""${current}""`, undefined],
  [undefined, "1"],
])("If-Match %s with %s in the body is another version", (header, body) => {
  expect(() => requireEtag({ header, body }, current)).toThrow(/^ETAG_STALE/);
});
