/** When a subscription renews, and what a renewal makes of its row. Pure. */
import { addDuration, addTerm, periodOf } from "../../foundation/clock.ts";
import type { DueWork } from "../due/index.ts";
import { familyOf, transitions } from "./lifecycle.ts";
import type { SubscriptionRow } from "./subscription.ts";

/** Kind of the due work that renews a subscription. */
export const renewSubscriptionKind = "renew_subscription";

/** The day on which a term begins, `YYYY-MM-DD`: no two terms of a subscription share one. */
function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The work at the end of the term; none where nothing renews. */
export function renewalWork(row: SubscriptionRow): DueWork[] {
  if (!row.autoRenew || row.endsAt === null) return [];
  const subject = `${row.subscriptionId}:${dayOf(row.endsAt)}`;
  return [{ kind: renewSubscriptionKind, subject, dueAt: row.endsAt }];
}

/** True where `work` is to renew the term that the subscription is in: not done, not called off. */
export function isRenewedBy(row: SubscriptionRow, work: Pick<DueWork, "subject">): boolean {
  const family = familyOf(row);
  const may = transitions.some(
    (one) => one.by === "renew" && one.family === family && one.from === row.status,
  );
  return may && renewalWork(row).some(({ subject }) => subject === work.subject);
}

/** Calendar months from the anchor: terms are counted from there, so that no day is lost. */
export function monthsFrom(anchor: Date, at: Date): number {
  const count = (instant: Date) => {
    const [year = 0, month = 0] = periodOf(instant).split("-").map(Number);
    return year * 12 + month;
  };
  return count(at) - count(anchor);
}

/** The row in its next term; `item` is the catalog item that prices it. */
export function renewed(
  row: SubscriptionRow,
  item: { term: string; catalogItemId: string },
): SubscriptionRow & { endsAt: Date; term: string } {
  const { startsAt, endsAt, version } = row;
  if (endsAt === null) throw new Error(`subscription ${row.subscriptionId} has no end`);
  const termMonths = monthsFrom(startsAt, addTerm(startsAt, item.term));
  const months = monthsFrom(startsAt, endsAt) + termMonths;
  return {
    ...row,
    offerId: item.catalogItemId,
    term: item.term,
    endsAt: addDuration(startsAt, { months, ms: 0 }),
    version: version + 1,
  };
}
