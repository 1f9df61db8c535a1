/** Rules of a partner's clock: where a request moves it, and what it is then. */
import type { BodyOf, Operations } from "@kontor/contract";
import { addDuration, addTerm, type PartnerClock, parseDuration } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { limits } from "../../foundation/limits.ts";

export type ClockChange = BodyOf<Operations["setClock"]>;

/**
 * The commerce time to which a change moves the clock; `now` where it moves it nowhere.
 *
 * @throws Refusal INVALID_INPUT when the change says nothing, too much, or goes back or too far
 */
export function clockTarget(change: ClockChange, now: Date): Date {
  const { advance, set, frozen } = change;
  if (advance !== undefined && set !== undefined) {
    refuse("INVALID_INPUT", "advance and set exclude each other");
  }
  if (advance === undefined && set === undefined && frozen === undefined) {
    refuse("INVALID_INPUT", "one of advance, set and frozen is required");
  }
  const target =
    advance !== undefined ? advanced(advance, now) : set === undefined ? now : new Date(set);
  if (target.getTime() < now.getTime()) {
    refuse("INVALID_INPUT", `the clock stands at ${now.toISOString()} and never goes back`);
  }
  const furthest = addTerm(now, limits.clockAdvance);
  if (target.getTime() > furthest.getTime()) {
    refuse("INVALID_INPUT", `one call moves the clock by ${limits.clockAdvance} at most`);
  }
  if (target.getTime() > new Date(limits.clockLatest).getTime()) {
    refuse("INVALID_INPUT", `the clock ends at ${limits.clockLatest}`);
  }
  return target;
}

function advanced(text: string, now: Date): Date {
  const duration = parseDuration(text);
  if (duration) return addDuration(now, duration);
  return refuse("INVALID_INPUT", `advance ${text} is not an ISO 8601 duration such as P45D`);
}

/**
 * The clock after a move from `now` to `target`. One that runs on keeps its pace, so that the time
 * which the move itself takes is not lost; one that is thawed at the machine's time `system` goes
 * on from where it stood.
 */
export function clockAfter(
  change: ClockChange,
  clock: PartnerClock,
  { now, target, system }: { now: Date; target: Date; system: Date },
): PartnerClock {
  const frozen = change.frozen ?? clock.frozenAt !== null;
  if (frozen) return { offsetMs: clock.offsetMs, frozenAt: target };
  const running = clock.frozenAt === null;
  const offsetMs = running
    ? clock.offsetMs + target.getTime() - now.getTime()
    : target.getTime() - system.getTime();
  return { offsetMs, frozenAt: null };
}
