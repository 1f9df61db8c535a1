/** Writes that share a transaction: the steps of one write, for the calls that wait together. */
import type { Operation } from "@kontor/contract";
import { commerceNow, systemNow } from "../clock.ts";
import type { Database } from "../database/pool.ts";
import type { Db } from "../database/sql.ts";
import { orRefusal, Refusal } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Installation } from "../partner.ts";
import type { TogetherCall, TogetherHandler } from "./binding.ts";
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
  handler: TogetherHandler<Operation>,
  database: Database,
  { callsTogether = limits.callsTogether }: Installation,
) {
  const run = together<SharedCall, Outcome>(
    (partnerId, calls) => database.transaction((tx) => runBatch(handler, tx, partnerId, calls)),
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
 * The steps of `runWrite` for many calls. A refusal is a value here, so what a refused call
 * answers is stored in the same transaction as what the others did.
 */
async function runBatch(
  handler: TogetherHandler<Operation>,
  tx: Db,
  partnerId: string,
  calls: readonly SharedCall[],
): Promise<Outcome[]> {
  const [first] = calls;
  if (!first) return [];
  const keyed = calls.flatMap(({ key, bodyHash }) => (key ? [{ key, bodyHash }] : []));
  const [claims, partner] = await Promise.all([
    claimCalls(tx, partnerId, keyed, systemNow()),
    partnerOf(first.step, tx, "share"),
  ]);
  const stored = new Map(keyed.map(({ key }, index) => [key, claims[index]]));
  const known = calls.map(({ key }) => key && stored.get(key));
  const now = commerceNow(partner.clock, systemNow());
  const read = calls.map((call, index) =>
    known[index]
      ? undefined
      : orRefusal(() => ({
          context: contextOf(call.step, tx, partner, now),
          input: readInput(call.step),
        })),
  );
  const runnable = read.filter(
    (one): one is TogetherCall<Operation> => one !== undefined && !(one instanceof Refusal),
  );
  const results = runnable.length > 0 ? await handler(runnable) : [];
  const resultOf = new Map(runnable.map((one, index) => [one, results[index]]));
  const outcomes = calls.map((call, index) => {
    const replay = known[index];
    if (replay) return replayed(replay, partnerId);
    const one = read[index];
    const result = one === undefined || one instanceof Refusal ? one : resultOf.get(one);
    return result instanceof Refusal ? refused(result, partnerId) : rendered(call.step, result);
  });
  await keepAnswers(tx, partnerId, calls, outcomes);
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
