/**
 * The way of a request through Kontor, the same for every operation: who calls → may they → what
 * do they ask → the use case → the answer. A write runs in one transaction with its stored answer.
 */
import {
  type ErrorKey,
  type Operation,
  type Problem,
  type Reading,
  read,
  readQuery,
} from "@kontor/contract";
import { commerceNow, systemNow } from "../clock.ts";
import type { Database } from "../database/pool.ts";
import type { Db } from "../database/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Caller, Context, Installation, Partner } from "../partner.ts";
import { type Binding, type Input, isAnswer } from "./binding.ts";
import { parseBody } from "./body.ts";
import type { Trace } from "./headers.ts";
import {
  claimCall,
  hashBody,
  type ReplayKey,
  type StoredAnswer,
  storeAnswer,
} from "./replay/store.ts";
import { type Renderer, rendererOf } from "./serialize.ts";

/** What the pipeline needs from the module that knows partners and tokens. */
export interface Gate {
  /** The caller of a bearer token; refuses with TOKEN_MISSING or TOKEN_INVALID. */
  authenticate(authorization: string | undefined): Promise<Caller>;
  /** `share` keeps the clock still for a write; `update` is for who moves it. */
  loadPartner(db: Db, partnerId: string, lock?: "share" | "update"): Promise<Partner | undefined>;
  /** Stands in for the caller of an operation that needs no token. */
  anonymous(): Promise<Caller>;
}

export interface Call {
  params: Record<string, string | undefined>;
  query: Iterable<[string, string]>;
  body: Uint8Array | undefined;
  authorization: string | undefined;
  /** Path without `/v1`, as matched: part of the replay key. */
  path: string;
  origin: string;
  trace: Trace;
}

export interface Outcome extends StoredAnswer {
  contentType: string | undefined;
  replayed: boolean;
  /** The refusal behind the answer, if it is one. */
  refusal: Refusal | undefined;
  partnerId: string | undefined;
}

export type Execute = (call: Call) => Promise<Outcome>;

/** Statuses whose answers are kept for a repeat; 401, 408, 429 and 5xx are not. */
const keptRefusals = new Set([400, 403, 404, 409, 417]);

export function pipelineFor(
  binding: Binding,
  database: Database,
  gate: Gate,
  installation: Installation,
): Execute {
  const { operation } = binding;
  const render = rendererOf(operation);
  const reads = operation.method === "GET" || operation.method === "HEAD" || operation.readOnly;

  return async (call) => {
    let caller: Caller | undefined;
    try {
      // In a live database the control plane is not there, for nobody.
      if (operation.area === "sandbox" && installation.mode !== "sandbox") refuse("NOT_FOUND");
      caller = await admit(operation, call, gate);
      const step = { binding, call, caller, gate, installation, render };
      return reads ? await runRead(step, database) : await runWrite(step, database);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refused(error, caller?.partnerId);
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

/** Access is decided here and nowhere else. */
async function admit(operation: Operation, call: Call, gate: Gate): Promise<Caller> {
  if (operation.access.anonymous && call.authorization === undefined) return gate.anonymous();
  const caller = await gate.authenticate(call.authorization);
  if (caller.kind === "app") {
    if (!operation.access.app) {
      refuse("APP_ONLY_REFUSED", `${operation.id} needs an app+user token`);
    }
    return caller;
  }
  if (!caller.roles.some((role) => operation.access.user.includes(role))) {
    const needed = operation.access.user.join(", ");
    refuse("ROLE_TOO_WEAK", `${operation.id} needs one of the roles ${needed}`);
  }
  return caller;
}

async function runRead(step: Step, database: Database): Promise<Outcome> {
  const partner = await partnerOf(step, database);
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
          path: call.path.toLowerCase(),
        };
  const bodyHash = hashBody(call.body);
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
  const partner = await step.gate.loadPartner(db, step.caller.partnerId, lock);
  return partner ?? refuse("TOKEN_INVALID", "the partner of the token does not exist here");
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
    origin: call.origin,
  };
}

function readInput(step: Step): Input<Operation> {
  const { operation } = step.binding;
  const params = expect(operation, read(operation.params, step.call.params));
  const query = expect(operation, readQuery(operation.query, step.call.query));
  if (!operation.body) return { params, query, body: undefined } as Input<Operation>;
  // A literal null is no body: some clients send it where others send nothing.
  const raw = parseBody(step.call.body) ?? undefined;
  const optional = "~optional" in operation.body;
  if (raw === undefined && optional) return { params, query, body: undefined } as Input<Operation>;
  const isObject = "properties" in operation.body;
  const body = expect(operation, read(operation.body, raw ?? (isObject ? {} : undefined)));
  return { params, query, body } as Input<Operation>;
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

function replayed(stored: StoredAnswer, partnerId: string): Outcome {
  return {
    ...stored,
    contentType: stored.headers["Content-Type"],
    replayed: true,
    refusal: undefined,
    partnerId,
  };
}
