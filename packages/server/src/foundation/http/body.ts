/** Reads request bodies: any JSON value, an empty body, and JSON as sloppy as the vendor takes it. */
import { type ParseError, parse as parseLoosely } from "jsonc-parser";
import { refuse } from "../errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The JSON value of a body; undefined for an empty one. Comments and trailing commas stand in the
 * vendor's own request samples, so a text that is no strict JSON gets a second, tolerant reading.
 */
export function parseBody(bytes: Uint8Array | undefined): unknown {
  if (!bytes || bytes.length === 0) return undefined;
  const text = decode(bytes).trim();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const problems: ParseError[] = [];
    const value: unknown = tolerant(text, problems);
    if (problems.length === 0) return value;
    return refuse("INVALID_INPUT", `the body is not JSON (${(error as Error).message})`);
  }
}

/** Deeper than any body of the contract; the tolerant parser recurses, so depth is bounded first. */
const depthLimit = 64;

function tolerant(text: string, problems: ParseError[]): unknown {
  let depth = 0;
  for (const character of text) {
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth > depthLimit) refuse("INVALID_INPUT", "the body is nested too deeply");
  }
  return parseLoosely(text, problems, { allowTrailingComma: true, disallowComments: false });
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return refuse("INVALID_INPUT", "the body is not valid UTF-8");
  }
}
