import type { Db } from "../../foundation/database/sql.ts";
import { limits } from "../../foundation/limits.ts";
import type { Partner } from "../../foundation/partner.ts";
import { claimNext, type DueWork, markDone } from "./store.ts";

export type { DueWork };

/** Does one piece of work; the clock stands at `work.dueAt`. Idempotent by (kind, subject). */
export type DueHandler = (tx: Db, partner: Partner, work: DueWork) => Promise<void>;
export type DueHandlers = Readonly<Record<string, DueHandler>>;

/**
 * Runs everything due at `now` in the order of its due time. Work that appears on the way (the
 * next billing cycle) runs in its turn, so one long step and many short ones end alike.
 */
export async function runDueWork(
  tx: Db,
  partner: Partner,
  now: Date,
  handlers: DueHandlers,
): Promise<DueWork[]> {
  const ran: DueWork[] = [];
  while (ran.length < limits.dueWorkPerRound) {
    const work = await claimNext(tx, partner.partnerId, now);
    if (!work) return ran;
    const handler = handlers[work.kind];
    if (!handler) throw new Error(`no handler for due work of kind ${work.kind}`);
    await handler(tx, partner, work);
    await markDone(tx, partner.partnerId, work);
    ran.push(work);
  }
  return ran;
}
