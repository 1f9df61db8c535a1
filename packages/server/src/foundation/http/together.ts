/**
 * Runs calls together that wait at the same moment: whatever arrives while batches run is the next
 * one. What a transaction costs is then paid once for many calls; a lone call waits for
 * nobody.
 */

/** Runs calls of one group (a partner) and answers a result for each, in their order. */
export type RunTogether<Call, Result> = (
  group: string,
  calls: readonly Call[],
) => Promise<readonly Result[]>;

interface Waiting<Call, Result> {
  call: Call;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface TogetherOptions<Call> {
  /** The most calls of a batch; 1 runs each by itself. */
  most: number;
  /** The most batches of a group that run at the same moment. */
  atOnce: number;
  /** Calls of one key never run at the same moment: the later finds what the earlier one did. */
  keyOf(call: Call): string | undefined;
}

interface Group<Call, Result> {
  waiting: Waiting<Call, Result>[];
  runners: number;
  /** Of the calls that are running. */
  keys: Set<string>;
}

/**
 * Makes a function that answers a call's own result. When a batch fails as a whole, its calls are
 * run one by one, so that what one of them met is the failure of that one alone. `run` must have
 * no effect when it fails.
 */
export function together<Call, Result>(
  run: RunTogether<Call, Result>,
  options: TogetherOptions<Call>,
): (group: string, call: Call) => Promise<Result> {
  const groups = new Map<string, Group<Call, Result>>();

  async function runAll(name: string, group: Group<Call, Result>): Promise<void> {
    for (;;) {
      const batch = takeBatch(group, options);
      if (batch.length === 0) break;
      await settle(run, name, batch);
      for (const { call } of batch) group.keys.delete(options.keyOf(call) ?? "");
    }
    group.runners -= 1;
    // What is left waits for the key of a running call, whose runner looks again.
    if (group.runners === 0) groups.delete(name);
  }

  return (name, call) =>
    new Promise((resolve, reject) => {
      const group = groups.get(name) ?? { waiting: [], runners: 0, keys: new Set() };
      groups.set(name, group);
      group.waiting.push({ call, resolve, reject });
      if (group.runners >= options.atOnce) return;
      group.runners += 1;
      // After the requests that have arrived by now: they may join at no cost.
      setImmediate(runAll, name, group);
    });
}

/** Takes the next batch off the front, without calls whose key is running. */
function takeBatch<Call, Result>(
  group: Group<Call, Result>,
  { most, keyOf }: TogetherOptions<Call>,
): Waiting<Call, Result>[] {
  const taken: Waiting<Call, Result>[] = [];
  const left: Waiting<Call, Result>[] = [];
  for (const entry of group.waiting) {
    const key = keyOf(entry.call);
    if (taken.length >= most || (key !== undefined && group.keys.has(key))) {
      left.push(entry);
      continue;
    }
    if (key !== undefined) group.keys.add(key);
    taken.push(entry);
  }
  group.waiting = left;
  return taken;
}

async function settle<Call, Result>(
  run: RunTogether<Call, Result>,
  group: string,
  batch: readonly Waiting<Call, Result>[],
): Promise<void> {
  try {
    const results = await run(
      group,
      batch.map(({ call }) => call),
    );
    if (results.length !== batch.length) throw new Error("a batch answered not every call");
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
  } catch (error) {
    if (batch.length === 1) {
      batch[0]?.reject(error);
      return;
    }
    for (const entry of batch) await settle(run, group, [entry]);
  }
}
