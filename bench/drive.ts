/** Drives jobs through a number of workers, each one job at a time, and tells how long they took. */
import { stopwatch } from "../packages/server/src/foundation/clock.ts";

export interface Pace {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Every worker takes the next job when it is done with one, until none is left. */
export async function drive<Job>(
  jobs: readonly Job[],
  workers: readonly ((job: Job) => Promise<void>)[],
): Promise<Pace> {
  const taken: number[] = [];
  let next = 0;
  const elapsed = stopwatch();
  await Promise.all(
    workers.map(async (work) => {
      for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
        const one = stopwatch();
        await work(job);
        taken.push(one());
      }
    }),
  );
  const seconds = elapsed() / 1000;
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { perSecond: jobs.length / seconds, p50: at(0.5), p99: at(0.99) };
}
