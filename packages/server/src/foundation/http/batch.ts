/** Writes that share a transaction: the steps of one write, for the calls that wait together. */
import type { Operation } from "@kontor/contract";
import { commerceNow, systemNow } from "../clock.ts";
import type { Database, Transaction } from "../database/pool.ts";
import type { Db } from "../database/sql.ts";
import { orRefusal, Refusal } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Installation } from "../partner.ts";
import type { Together, TogetherCall } from "./binding.ts";
import { claimCalls, dropClaims, hashCall, type ReplayKey, storeAnswers } from "./replay/store.ts";
import {
  contextOf,
  keptRefusals,
  type Outcome,
  partnerOf,
  readInput,
  refused,
  rendered,
  replayed,
  replayKeyOf,
  type Step,
} from "./step.ts";
import { together } from "./together.ts";

interface SharedCall {
  step: Step;
  key: ReplayKey | undefined;
  bodyHash: string;
}

/** Runs the calls of one partner that wait at the same moment in one transaction. */
export function sharedRunner(
  operation: Together<Operation>,
  database: Database,
  { callsTogether = limits.callsTogether }: Installation,
) {
  const run = together<SharedCall, Outcome>(
    (partnerId, calls) => database.transaction((tx) => runBatch(operation, tx, partnerId, calls)),
    {
      most: callsTogether,
      atOnce: limits.batchesAtOnce,
      keyOf: ({ key }) => key && `${key.requestId} ${key.method} ${key.path}`,
    },
  );
  return (step: Step): Promise<Outcome> =>
    run(step.caller.partnerId, {
      step,
      key: replayKeyOf(step),
      bodyHash: hashCall(step.call.search, step.call.body),
    });
}

/**
 * The steps of `runWrite` for many calls, with as few journeys to the database as there are answers
 * to wait for. A refusal is a value here, so what a refused call answers is stored in the same
 * transaction as what the others did.
 */
async function runBatch(
  { begin, run }: Together<Operation>,
  tx: Transaction,
  partnerId: string,
  calls: readonly SharedCall[],
): Promise<Outcome[]> {
  const [first] = calls;
  if (!first) return [];
  const keyed = calls.flatMap(({ key, bodyHash }) => (key ? [{ key, bodyHash }] : []));
  const inputs = calls.map(({ step }) => orRefusal(() => readInput(step)));
  const readable = inputs.filter((input) => !(input instanceof Refusal));
  const [claims, partner, begun] = await Promise.all([
    claimCalls(tx, partnerId, keyed, systemNow()),
    partnerOf(first.step, tx, "share"),
    readable.length > 0 ? begin(tx, partnerId, readable) : undefined,
  ]);
  const stored = new Map(keyed.map(({ key }, index) => [key, claims[index]]));
  const known = calls.map(({ key }) => key && stored.get(key));
  const now = commerceNow(partner.clock, systemNow());
  const runnable: TogetherCall<Operation>[] = [];
  const places = calls.map((call, index) => {
    const input = inputs[index];
    if (known[index] || input === undefined || input instanceof Refusal) return undefined;
    return runnable.push({ context: contextOf(call.step, tx, partner, now), input }) - 1;
  });
  const { results, saved } =
    runnable.length > 0 ? await run(runnable, begun) : { results: [], saved: Promise.resolve() };
  // Looked at below; what fails before that is not to end the process.
  saved.catch(() => undefined);
  const outcomes = calls.map((call, index) => {
    const replay = known[index];
    if (replay) return replayed(replay, partnerId);
    const place = places[index];
    const result = place === undefined ? inputs[index] : results[place];
    return result instanceof Refusal ? refused(result, partnerId) : rendered(call.step, result);
  });
  await Promise.all([saved, keepAnswers(tx, partnerId, calls, outcomes), tx.commit()]);
  return outcomes;
}

/** Stores what is answered for the first time, and frees the claims of what is not kept. */
async function keepAnswers(
  tx: Db,
  partnerId: string,
  calls: readonly SharedCall[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const made = calls.flatMap(({ key, bodyHash }, index) => {
    const answer = outcomes[index];
    return key && answer && !answer.replayed ? [{ key, bodyHash, answer }] : [];
  });
  const isKept = ({ answer }: { answer: Outcome }) =>
    answer.refusal === undefined || keptRefusals.has(answer.status);
  await Promise.all([
    storeAnswers(tx, partnerId, made.filter(isKept), systemNow()),
    dropClaims(
      tx,
      partnerId,
      made.filter((one) => !isKept(one)),
    ),
  ]);
}
