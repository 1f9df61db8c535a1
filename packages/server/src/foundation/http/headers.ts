/** The headers that every answer of the contract carries. */
import { canonicalCulture } from "@kontor/contract";
import { randomId } from "../ids.ts";
import { limits } from "../limits.ts";

export type IncomingHeaders = Record<string, string | string[] | undefined>;

export interface Trace {
  /** The caller's `MS-RequestId`: the key of replay safety; undefined when none was sent. */
  givenRequestId: string | undefined;
  requestId: string;
  correlationId: string;
  vector: string;
  locale: string;
}

/** A header may arrive doubled and comma-joined: the first value counts. */
export function firstValue(headers: IncomingHeaders, name: string): string | undefined {
  const raw = headers[name];
  const value = (Array.isArray(raw) ? raw[0] : raw)?.split(",")[0]?.trim();
  return value === "" ? undefined : value;
}

function idOf(headers: IncomingHeaders, name: string): string | undefined {
  const value = firstValue(headers, name);
  if (value === undefined || value.length > limits.requestIdLength) return undefined;
  return /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

export function readTrace(headers: IncomingHeaders): Trace {
  const givenRequestId = idOf(headers, "ms-requestid");
  return {
    givenRequestId,
    requestId: givenRequestId ?? randomId(),
    correlationId: idOf(headers, "ms-correlationid") ?? randomId(),
    vector: vectorFrom(firstValue(headers, "ms-cv")),
    locale: canonicalCulture(firstValue(headers, "x-locale") ?? "") ?? "en-US",
  };
}

/** Extends the caller's correlation vector, or begins one: 16 base64 characters and `.0`. */
function vectorFrom(given: string | undefined): string {
  if (given && /^[A-Za-z0-9+/]{16,22}(\.\d{1,9}){1,10}$/.test(given)) return `${given}.0`;
  // Hexadecimal digits are base64 characters too.
  const id = randomId();
  return `${id.slice(0, 8)}${id.slice(-8)}.0`;
}

export function traceHeaders(trace: Trace, serverId: string): Record<string, string> {
  return {
    "MS-RequestId": trace.requestId,
    "MS-CorrelationId": trace.correlationId,
    "MS-CV": trace.vector,
    "MS-ServerId": serverId,
    "X-Locale": trace.locale,
  };
}
