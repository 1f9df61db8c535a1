/**
 * The way of a request through Kontor, the same for every operation: who calls → may they → what
 * do they ask → the use case → the answer. A write runs in one transaction with its stored answer.
 */
import { isAscii } from "node:buffer";
import { type Operation, read } from "@kontor/contract";
import { commerceNow, systemNow } from "../clock.ts";
import type { Database } from "../database/pool.ts";
import type { Db } from "../database/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import { gathered } from "../gather.ts";
import type { Caller, Installation, Partner } from "../partner.ts";
import type { Policy } from "../policy.ts";
import { sharedRunner } from "./batch.ts";
import type { Binding, Stamp, StampSource } from "./binding.ts";
import { refuseForeignPages } from "./control-plane.ts";
import { firstValue } from "./headers.ts";
import type { KeptAnswers } from "./kept.ts";
import { claimCall, hashCall, storeAnswer } from "./replay/store.ts";
import { rendererOf } from "./serialize.ts";
import {
  type Call,
  contextOf,
  expect,
  type Gate,
  keptRefusals,
  noPartner,
  type Outcome,
  partnerOf,
  readInput,
  refused,
  rendered,
  replayed,
  replayKeyOf,
  type Step,
  throttledOutcome,
} from "./step.ts";
import type { Throttle } from "./throttle.ts";

export type Execute = (call: Call) => Promise<Outcome>;

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
  const runShared = binding.together && sharedRunner(binding.together, database, installation);

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
      const outcome = reads
        ? await runRead(step, database, kept, loadStamp)
        : await (runShared?.(step) ?? runWrite(step, database));
      return withMfa(outcome, call, caller);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return withMfa(refused(error, caller?.partnerId), call, caller);
    }
  };
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

async function runRead(
  step: Step,
  database: Database,
  kept: KeptAnswers<Outcome>,
  loadStamp: LoadStamp | undefined,
): Promise<Outcome> {
  if (loadStamp) return runKept(step, database, kept, loadStamp);
  return readAnew(step, database, await partnerOf(step, database));
}

async function readAnew(step: Step, database: Database, partner: Partner): Promise<Outcome> {
  const context = contextOf(step, database, partner);
  return rendered(step, await step.binding.handler(context, readInput(step)));
}

async function runWrite(step: Step, database: Database): Promise<Outcome> {
  const { call, caller, binding } = step;
  const key = replayKeyOf(step);
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
