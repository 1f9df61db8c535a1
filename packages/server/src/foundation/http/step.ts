/** One request on its way: who asks for what, in which context, and what it is answered. */
import {
  anyJson,
  type ErrorKey,
  type Operation,
  type Problem,
  type Reading,
  read,
  readQuery,
} from "@kontor/contract";
import { commerceNow, systemNow } from "../clock.ts";
import type { Db, Sql } from "../database/sql.ts";
import { type Refusal, refuse } from "../errors.ts";
import type { Caller, Context, Installation, Partner } from "../partner.ts";
import { type Binding, type Input, isAnswer } from "./binding.ts";
import { parseBody } from "./body.ts";
import { firstValue, type IncomingHeaders, type Trace } from "./headers.ts";
import type { ReplayKey, StoredAnswer } from "./replay/store.ts";
import type { Renderer } from "./serialize.ts";
import { throttledBody } from "./throttle.ts";

/** What the pipeline needs from the module that knows partners and tokens. */
export interface Gate {
  /** The caller of a bearer token; refuses with TOKEN_MISSING or TOKEN_INVALID. */
  authenticate(authorization: string | undefined): Promise<Caller>;
  /** `share` keeps the clock still for a write; `update` is for who moves it. */
  loadPartner(db: Db, partnerId: string, lock?: "share" | "update"): Promise<Partner | undefined>;
  /** The partner together with an expression of type text, as of one moment. */
  loadPartnerWith(
    db: Db,
    partnerId: string,
    expression: Sql,
  ): Promise<{ partner: Partner; text: string } | undefined>;
  /** Stands in for the caller of an operation that needs no token. */
  anonymous(): Promise<Caller>;
}

export interface Call {
  params: Record<string, string | undefined>;
  /** The query as sent, without its question mark. */
  search: string;
  continuationToken: string | undefined;
  body: Uint8Array | undefined;
  authorization: string | undefined;
  /** Path and query as sent. */
  url: string;
  /** Path without `/v1`, as matched: part of the replay key. */
  path(): string;
  origin(): string;
  headers: IncomingHeaders;
  trace: Trace;
}

export interface Outcome extends StoredAnswer {
  contentType: string | undefined;
  replayed: boolean;
  /** The refusal behind the answer, if it is one. */
  refusal: Refusal | undefined;
  partnerId: string | undefined;
  /** The body of a kept answer, if ASCII: as a text it leaves in one write with its headers. */
  ascii?: string | undefined;
}

/** Statuses whose answers are kept for a repeat; 401, 408, 429 and 5xx are not. */
export const keptRefusals = new Set([400, 403, 404, 409, 417]);

export interface Step {
  binding: Binding;
  call: Call;
  caller: Caller;
  gate: Gate;
  installation: Installation;
  render: Renderer;
}

/** Where the answer is kept for a repeat; undefined for a call without a request id of its own. */
export function replayKeyOf({ call, caller, binding }: Step): ReplayKey | undefined {
  if (call.trace.givenRequestId === undefined) return undefined;
  return {
    partnerId: caller.partnerId,
    requestId: call.trace.givenRequestId.toLowerCase(),
    method: binding.operation.method,
    path: call.path().toLowerCase(),
  };
}

export async function partnerOf(step: Step, db: Db, lock?: "share" | "update"): Promise<Partner> {
  const { caller, gate } = step;
  return (await gate.loadPartner(db, caller.partnerId, lock)) ?? noPartner(caller);
}

export function noPartner({ partnerId }: Caller): never {
  return refuse("TOKEN_INVALID", `no partner has the token's tenant ${partnerId}`);
}

export function contextOf(
  step: Step,
  db: Db,
  partner: Partner,
  now = commerceNow(partner.clock, systemNow()),
): Context {
  const { call, caller, binding, installation } = step;
  return {
    db,
    now,
    partner,
    caller,
    operation: binding.operation,
    installation,
    locale: call.trace.locale,
    requestId: call.trace.requestId,
    correlationId: call.trace.correlationId,
    get origin() {
      return call.origin();
    },
    header: (name) => firstValue(call.headers, name),
  };
}

export function readInput(step: Step): Input<Operation> {
  const { operation } = step.binding;
  const params = expect(operation, read(operation.params, step.call.params));
  const query = expect(operation, readQuery(operation.query, queryPairs(step.call)));
  // What nobody looks at is not parsed either: clients send `"success"` here, or anything at all.
  if (!operation.body || operation.body === anyJson) {
    return { params, query, body: undefined } as Input<Operation>;
  }
  // A literal null is no body: some clients send it where others send nothing.
  const raw = parseBody(step.call.body) ?? undefined;
  const optional = "~optional" in operation.body;
  if (raw === undefined && optional) return { params, query, body: undefined } as Input<Operation>;
  const isObject = "properties" in operation.body;
  const body = expect(operation, read(operation.body, raw ?? (isObject ? {} : undefined)));
  // A bare value has no members that could be missing; it is missing as a whole.
  if (body === undefined && "type" in operation.body) refuse("INVALID_INPUT", "a body is needed");
  return { params, query, body } as Input<Operation>;
}

function queryPairs({ search, continuationToken }: Call): [string, string][] {
  const pairs = [...new URLSearchParams(search)];
  if (continuationToken !== undefined) pairs.push(["MS-ContinuationToken", continuationToken]);
  return pairs;
}

export function expect<T>(operation: Operation, reading: Reading<T>): T {
  if (reading.ok) return reading.value;
  const cause = reading.problems.map(describe).join("; ");
  const named = reading.problems.find((problem) => problem.error !== undefined)?.error;
  const key: ErrorKey = named ?? operation.invalidInput ?? "INVALID_INPUT";
  return refuse(key, cause);
}

function describe(problem: Problem): string {
  return `${problem.path === "" ? "the body" : problem.path} ${problem.message}`;
}

export function rendered(step: Step, value: unknown): Outcome {
  const own = isAnswer(value) ? value : { body: value, headers: {} };
  const { status, contentType, body } = step.render(own.body);
  return {
    status,
    contentType,
    body,
    headers: { ...(contentType ? { "Content-Type": contentType } : {}), ...own.headers },
    replayed: false,
    refusal: undefined,
    partnerId: step.caller.partnerId,
  };
}

const jsonType = "application/json; charset=utf-8";

export function refused(refusal: Refusal, partnerId?: string): Outcome {
  const body = refusal.body();
  return {
    status: refusal.status,
    contentType: jsonType,
    body: Buffer.from(JSON.stringify(body)),
    headers: {
      "Content-Type": jsonType,
      Link: `</docs/errors/${body.code}>; rel="help"`,
      ...(refusal.status === 401 ? { "WWW-Authenticate": "Bearer, OAuth realm=urn:cpsvc" } : {}),
    },
    replayed: false,
    refusal,
    partnerId,
  };
}

/** Never stored for a repeat: the repeat is to be counted anew. */
export function throttledOutcome(seconds: number, partnerId: string): Outcome {
  return {
    status: 429,
    contentType: jsonType,
    body: Buffer.from(JSON.stringify(throttledBody(seconds))),
    headers: { "Content-Type": jsonType, "Retry-After": `${seconds}` },
    replayed: false,
    refusal: undefined,
    partnerId,
  };
}

export function replayed(stored: StoredAnswer, partnerId: string): Outcome {
  return {
    ...stored,
    contentType: stored.headers["Content-Type"],
    replayed: true,
    refusal: undefined,
    partnerId,
  };
}
