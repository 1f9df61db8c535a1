/**
 * Runs calls together that wait at the same moment: whatever arrives while one batch runs is the
 * next one. What a transaction costs is then paid once for many calls; a lone call waits for
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
  /** Calls of the same key never share a batch: the later one finds what the earlier one did. */
  keyOf(call: Call): string | undefined;
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
  const groups = new Map<string, Waiting<Call, Result>[]>();

  async function runAll(group: string, waiting: Waiting<Call, Result>[]): Promise<void> {
    while (waiting.length > 0) await settle(run, group, takeBatch(waiting, options));
    groups.delete(group);
  }

  return (group, call) =>
    new Promise((resolve, reject) => {
      const entry = { call, resolve, reject };
      const running = groups.get(group);
      if (running) {
        running.push(entry);
        return;
      }
      const waiting = [entry];
      groups.set(group, waiting);
      // After the requests that have arrived by now: they may join at no cost.
      setImmediate(runAll, group, waiting);
    });
}

/** Takes the next batch off the front; of calls with one key the first alone. */
function takeBatch<Call, Result>(
  waiting: Waiting<Call, Result>[],
  { most, keyOf }: TogetherOptions<Call>,
): Waiting<Call, Result>[] {
  const taken: Waiting<Call, Result>[] = [];
  const left: Waiting<Call, Result>[] = [];
  const keys = new Set<string>();
  for (const entry of waiting) {
    const key = keyOf(entry.call);
    if (taken.length >= most || (key !== undefined && keys.has(key))) {
      left.push(entry);
      continue;
    }
    if (key !== undefined) keys.add(key);
    taken.push(entry);
  }
  waiting.splice(0, waiting.length, ...left);
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
