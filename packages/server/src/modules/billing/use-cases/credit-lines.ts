/** Crediting the charges of order lines that are cancelled. */
import { periodOf } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import type { Partner } from "../../../foundation/partner.ts";
import { creditFor, type Refund } from "../credit.ts";
import { loadCharges } from "../store.ts";
import { recordCharges } from "./record-charges.ts";

/** A line to credit, with the instants at which it has been charged. */
export interface CreditedLine {
  lineNumber: number;
  chargedAt: readonly Date[];
  refund: Refund;
}

/**
 * Records the credits of an order's lines at `at`; answers what stays owed of each line, in minor
 * units before tax. Whoever calls this holds the order, so that nothing is credited twice.
 */
export async function creditLines(
  tx: Db,
  partner: Partner,
  at: Date,
  of: { orderId: string; currency: string; lines: readonly CreditedLine[] },
): Promise<Map<number, bigint>> {
  const { lines } = of;
  const events = lines.flatMap(({ lineNumber, chargedAt }) =>
    chargedAt.map((occurredAt) => ({ lineNumber, occurredAt, period: periodOf(occurredAt) })),
  );
  const charges = await loadCharges(tx, partner.partnerId, of, events);
  const refunds = new Map(lines.map(({ lineNumber, refund }) => [lineNumber, refund]));
  const credits = charges.flatMap(
    (charge) => creditFor(charge, at, refunds.get(charge.lineNumber) ?? "whole", partner) ?? [],
  );
  await recordCharges(tx, partner, credits);
  const kept = new Map(lines.map(({ lineNumber }) => [lineNumber, 0n]));
  for (const { lineNumber, subtotalMinor } of [...charges, ...credits]) {
    kept.set(lineNumber, (kept.get(lineNumber) ?? 0n) + subtotalMinor);
  }
  return kept;
}
