/** Refusals: an error of the registry with the cause of this occurrence. */
import { type ErrorKey, errors, type Fault, fault } from "@kontor/contract";

/** Thrown by use cases; the pipeline turns it into the contract's error body. */
export class Refusal extends Error {
  readonly key: ErrorKey;
  readonly data: unknown[];
  readonly detail: string | undefined;

  constructor(key: ErrorKey, cause?: string, data: unknown[] = []) {
    super(`${key}${cause ? `: ${cause}` : ""}`);
    this.name = "Refusal";
    this.key = key;
    this.detail = cause;
    this.data = data;
  }

  get status(): number {
    return errors[this.key].status;
  }

  body(): Fault {
    return fault(this.key, this.detail, this.data);
  }
}

/** Refuses: `cause` is a plain sentence about this occurrence, without the final stop. */
export function refuse(key: ErrorKey, cause?: string, data?: unknown[]): never {
  throw new Refusal(key, cause, data);
}

/** What `decide` answers, or the refusal that it throws as a value. */
export function orRefusal<T>(decide: () => T): T | Refusal {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
