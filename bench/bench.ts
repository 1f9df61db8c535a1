/** What every measurement answers. */
export interface BenchResult {
  name: string;
  figure: number;
  unit: string;
  /** Largest figure that is good, or smallest where `atLeast` says so; none: only told. */
  limit?: number;
  atLeast?: boolean;
  /** False where the limit is broken, or where what was measured did not do its work. */
  ok: boolean;
}

/** The flags of the command line that are not the runner's own: `--rows 1000` is `{ rows: "1000" }`. */
export type BenchFlags = Readonly<Record<string, string | boolean | undefined>>;

export type Bench = (flags: BenchFlags) => Promise<BenchResult[]>;

/** A flag that cannot be used, in a sentence for the terminal. */
export class FlagError extends Error {}

/** A flag that must be a whole number from 1 on. */
export function countFlag(flags: BenchFlags, name: string, otherwise: number): number {
  const given = flags[name];
  if (given === undefined) return otherwise;
  const count = Number(given);
  if (typeof given === "string" && Number.isSafeInteger(count) && count > 0) return count;
  throw new FlagError(`--${name} must be a whole number from 1 on, not ${given}.`);
}

/** What is being done, on stderr: stdout belongs to the results. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
