/** Records and shows each call of the demo. */
import type { Observed } from "@kontor/client";

export interface Step {
  name: string;
  method: string;
  path: string;
  status: number;
  ms: number;
}

export interface Steps {
  readonly all: readonly Step[];
  /** Given to the client: keeps what was called. */
  observe(observed: Observed): void;
  /** Runs the calls of one step; `describe` says its result in one line. */
  run<T>(name: string, work: () => Promise<T>, describe: (result: T) => string): Promise<T>;
  title(text: string): void;
}

export function recordSteps(print: (line: string) => void): Steps {
  const all: Step[] = [];
  let pending: Observed[] = [];
  return {
    all,
    observe: (observed) => pending.push(observed),
    title: (text) => print(`\n${text}`),
    async run(name, work, describe) {
      pending = [];
      try {
        const result = await work();
        for (const call of pending) print(callLine(call));
        print(`      ${describe(result)}`);
        return result;
      } catch (error) {
        for (const call of pending) print(callLine(call));
        throw error;
      } finally {
        all.push(
          ...pending.map(({ method, path, status, ms }) => ({
            name,
            method,
            path,
            status,
            ms: Math.round(ms * 10) / 10,
          })),
        );
      }
    },
  };
}

function callLine({ status, method, path, ms }: Observed): string {
  return `  ${status} ${method.padEnd(5)} ${path}  (${ms.toFixed(1)} ms)`;
}
