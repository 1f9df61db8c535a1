/** Versions of resources: they travel in `attributes.etag` and come back in `If-Match` or there. */
import { refuse } from "../errors.ts";

/** What a caller says of the version that it changes. */
interface GivenEtag {
  /** The header `If-Match`: quoted or not, weak or not; `*` matches every version. */
  header: string | undefined;
  /** `attributes.etag` of the body: compared only where there is no header. */
  body: string | undefined;
}

/**
 * Refuses a change to another version than the current one. Without an etag nothing is compared:
 * no client of the contract sends the header.
 *
 * @throws Refusal ETAG_STALE
 */
export function requireEtag(given: GivenEtag, current: string): void {
  const text = given.header ?? given.body;
  if (text === undefined || text.trim() === "") return;
  const etag = bare(text);
  if (etag !== "*" && etag !== current) refuse("ETAG_STALE", `${etag} is not the current etag`);
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^W\//i, "")
    .replace(/^"(.*)"$/, "$1");
}
