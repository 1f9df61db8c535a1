/**
 * The way of a request through Kontor, the same for every operation: who calls → may they → what
 * do they ask → the use case → the answer. A write runs in one transaction with its stored answer.
 */
import { isAscii } from "node:buffer";
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
import type { Database } from "../database/pool.ts";
import type { Db, Sql } from "../database/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import { gathered } from "../gather.ts";
import type { Caller, Context, Installation, Partner } from "../partner.ts";
import type { Policy } from "../policy.ts";
import { type Binding, type Input, isAnswer, type Stamp, type StampSource } from "./binding.ts";
import { parseBody } from "./body.ts";
import { refuseForeignPages } from "./control-plane.ts";
import { firstValue, type IncomingHeaders, type Trace } from "./headers.ts";
import type { KeptAnswers } from "./kept.ts";
import {
  claimCall,
  hashCall,
  type ReplayKey,
  type StoredAnswer,
  storeAnswer,
} from "./replay/store.ts";
import { type Renderer, rendererOf } from "./serialize.ts";
import { type Throttle, throttledBody } from "./throttle.ts";

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

export type Execute = (call: Call) => Promise<Outcome>;

/** Statuses whose answers are kept for a repeat; 401, 408, 429 and 5xx are not. */
const keptRefusals = new Set([400, 403, 404, 409, 417]);

/** What all operations of a server share. */
export interface Shared {
  throttle: Throttle;
  kept: KeptAnswers<Outcome>;
}

interface PipelineParts extends Shared {
  database: Database;
  gate: Gate;
  installation: Installation;
}

export function pipelineFor(binding: Binding, parts: PipelineParts): Execute {
  const { database, gate, installation, throttle, kept } = parts;
  const { operation } = binding;
  const render = rendererOf(operation);
  const loadStamp = binding.stamp && stampLoader(binding.stamp, gate);
  const reads = operation.method === "GET" || operation.method === "HEAD" || operation.readOnly;

  return async (call) => {
    let caller: Caller | undefined;
    try {
      if (operation.area === "sandbox") {
        // In a live database the control plane is not there, for nobody.
        if (installation.mode !== "sandbox") refuse("NOT_FOUND");
        refuseForeignPages(call, installation.allowedHosts);
      }
      caller = await identify(operation, call, gate);
      admit(operation, caller, installation.policy);
      const customerId = call.params.customerId?.toLowerCase();
      const wait = throttle.admit(operation, caller.partnerId, customerId, systemNow());
      if (wait !== undefined) return throttledOutcome(wait, caller.partnerId);
      const step = { binding, call, caller, gate, installation, render };
      const outcome = await (!reads
        ? runWrite(step, database)
        : loadStamp
          ? runKept(step, database, kept, loadStamp)
          : readAnew(step, database, await partnerOf(step, database)));
      return withMfa(outcome, call, caller);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return withMfa(refused(error, caller?.partnerId), call, caller);
    }
  };
}

interface Step {
  binding: Binding;
  call: Call;
  caller: Caller;
  gate: Gate;
  installation: Installation;
  render: Renderer;
}

async function identify(operation: Operation, call: Call, gate: Gate): Promise<Caller> {
  if (operation.access.anonymous && call.authorization === undefined) return gate.anonymous();
  return gate.authenticate(call.authorization);
}

/** Access is decided here and nowhere else. */
function admit(operation: Operation, caller: Caller, policy: Policy): void {
  if (caller.kind === "app") {
    if (!operation.access.app && policy.appUser === "strict") {
      refuse("APP_ONLY_REFUSED", `${operation.id} needs an app+user token`);
    }
    return;
  }
  if (policy.requireMfa && !caller.mfa) {
    refuse("MFA_MISSING", "the token's amr does not contain mfa, which this server requires");
  }
  if (!caller.roles.some((role) => operation.access.user.includes(role))) {
    const needed = operation.access.user.join(", ");
    refuse("ROLE_TOO_WEAK", `${operation.id} needs one of the roles ${needed}`);
  }
}

/** Tells who asks whether the user came with a second factor; never part of a stored answer. */
function withMfa(outcome: Outcome, call: Call, caller: Caller | undefined): Outcome {
  const asked = firstValue(call.headers, "validatemfa")?.toLowerCase() === "true";
  if (!asked || caller?.kind !== "user") return outcome;
  return { ...outcome, headers: { ...outcome.headers, isMfaCompliant: `${caller.mfa ?? false}` } };
}

type LoadStamp = (
  db: Db,
  partnerId: string,
  key: string,
) => Promise<{ partner: Partner; stamp: Stamp } | undefined>;

function stampLoader(source: StampSource, gate: Gate): LoadStamp {
  return gathered(async (db, partnerId, keys: readonly string[]) => {
    const found = await gate.loadPartnerWith(db, partnerId, source.select(partnerId, keys));
    if (!found) return keys.map(() => undefined);
    const stamps = await source.read(db, found.text, keys);
    return stamps.map((stamp) => ({ partner: found.partner, stamp }));
  });
}

/** A read whose answer is sent again for an equal request, as long as its stamp is the same. */
async function runKept(
  step: Step,
  database: Database,
  answers: KeptAnswers<Outcome>,
  load: LoadStamp,
): Promise<Outcome> {
  const { binding, call, caller } = step;
  const name = `${binding.operation.id} ${caller.partnerId} ${call.trace.locale} ${call.url}`;
  const kept = answers.get(name);
  const stampKey = kept?.stampKey ?? stampKeyOf(step);
  if (stampKey === undefined) return readAnew(step, database, await partnerOf(step, database));
  const found = (await load(database, caller.partnerId, stampKey)) ?? noPartner(caller);
  const stamp = found.stamp(commerceNow(found.partner.clock, systemNow()), found.partner);
  if (stamp === undefined) return readAnew(step, database, found.partner);
  if (kept?.stamp === stamp) return kept.answer;
  const outcome = await readAnew(step, database, found.partner);
  const ascii = isAscii(outcome.body) ? outcome.body.toString("latin1") : undefined;
  const answer = { ...outcome, ascii };
  answers.put(name, { stampKey, stamp, answer }, 2 * answer.body.length);
  return outcome;
}

/** Of the parameters as read: a stamp asks the database, which fails at what is no text to it. */
function stampKeyOf({ binding: { operation, stamp }, call }: Step): string | undefined {
  return stamp?.keyOf(expect(operation, read(operation.params, call.params)) as Call["params"]);
}

async function readAnew(step: Step, database: Database, partner: Partner): Promise<Outcome> {
  const context = contextOf(step, database, partner);
  return rendered(step, await step.binding.handler(context, readInput(step)));
}

async function runWrite(step: Step, database: Database): Promise<Outcome> {
  const { call, caller, binding } = step;
  const key: ReplayKey | undefined =
    call.trace.givenRequestId === undefined
      ? undefined
      : {
          partnerId: caller.partnerId,
          requestId: call.trace.givenRequestId.toLowerCase(),
          method: binding.operation.method,
          path: call.path().toLowerCase(),
        };
  const bodyHash = hashCall(call.search, call.body);
  try {
    return await database.transaction(async (tx) => {
      const stored = key && (await claimCall(tx, key, bodyHash, systemNow()));
      if (stored) return replayed(stored, caller.partnerId);
      const partner = await partnerOf(step, tx, binding.exclusive ? "update" : "share");
      const context = contextOf(step, tx, partner);
      const outcome = rendered(step, await binding.handler(context, readInput(step)));
      if (key) await storeAnswer(tx, key, bodyHash, outcome, systemNow());
      return outcome;
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const outcome = refused(error, caller.partnerId);
    if (key && keptRefusals.has(outcome.status)) {
      // The transaction of the refused call is gone with its claim; a twin may have claimed since.
      return database.transaction(async (tx) => {
        const stored = await claimCall(tx, key, bodyHash, systemNow());
        if (stored) return replayed(stored, caller.partnerId);
        await storeAnswer(tx, key, bodyHash, outcome, systemNow());
        return outcome;
      });
    }
    return outcome;
  }
}

async function partnerOf(step: Step, db: Db, lock?: "share" | "update"): Promise<Partner> {
  const { caller, gate } = step;
  return (await gate.loadPartner(db, caller.partnerId, lock)) ?? noPartner(caller);
}

function noPartner({ partnerId }: Caller): never {
  return refuse("TOKEN_INVALID", `no partner has the token's tenant ${partnerId}`);
}

function contextOf(step: Step, db: Db, partner: Partner): Context {
  const { call, caller, binding, installation } = step;
  return {
    db,
    now: commerceNow(partner.clock, systemNow()),
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

function readInput(step: Step): Input<Operation> {
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

function expect<T>(operation: Operation, reading: Reading<T>): T {
  if (reading.ok) return reading.value;
  const cause = reading.problems.map(describe).join("; ");
  const named = reading.problems.find((problem) => problem.error !== undefined)?.error;
  const key: ErrorKey = named ?? operation.invalidInput ?? "INVALID_INPUT";
  return refuse(key, cause);
}

function describe(problem: Problem): string {
  return `${problem.path === "" ? "the body" : problem.path} ${problem.message}`;
}

function rendered(step: Step, value: unknown): Outcome {
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
function throttledOutcome(seconds: number, partnerId: string): Outcome {
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

function replayed(stored: StoredAnswer, partnerId: string): Outcome {
  return {
    ...stored,
    contentType: stored.headers["Content-Type"],
    replayed: true,
    refusal: undefined,
    partnerId,
  };
}
