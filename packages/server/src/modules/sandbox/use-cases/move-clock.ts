import { systemNow, wireInstant } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { type DueHandlers, runDueWork } from "../../due/index.ts";
import { setPartnerClock } from "../../identity/index.ts";
import { type ClockChange, clockAfter, clockTarget } from "../clock.ts";

/**
 * Moves the partner's clock and runs what has come due by then, in one transaction. The caller
 * holds the partner's row, so that no write happens at a time that has passed.
 *
 * @throws Refusal INVALID_INPUT
 */
export async function moveClock(context: Context, change: ClockChange, handlers: DueHandlers) {
  const { db, partner, now } = context;
  const target = clockTarget(change, now);
  const ran = await runDueWork(db, partner, target, handlers);
  if (ran.length >= limits.dueWorkPerRound) {
    refuse(
      "INVALID_INPUT",
      `more than ${limits.dueWorkPerRound} items of work fall due by then; take smaller steps`,
    );
  }
  const clock = clockAfter(change, partner.clock, { now, target, system: systemNow() });
  await setPartnerClock(db, partner.partnerId, clock);
  return {
    now: wireInstant(target),
    frozen: clock.frozenAt !== null,
    ran: ran.map((work) => ({ ...work, dueAt: wireInstant(work.dueAt) })),
  };
}
