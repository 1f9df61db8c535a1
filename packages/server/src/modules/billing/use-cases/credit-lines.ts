/** Crediting the charges of order lines that are cancelled. */
import { periodOf } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { unitAmount } from "../../../foundation/money.ts";
import type { Partner } from "../../../foundation/partner.ts";
import type { NewCharge } from "../charge.ts";
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
 * units of the order's currency, before tax. Whoever calls this holds the order, so that nothing is credited twice.
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
  const currencies = [...new Set([of.currency, partner.billingCurrency])];
  const charges = await loadCharges(
    tx,
    partner.partnerId,
    { orderId: of.orderId, currencies },
    events,
  );
  const refunds = new Map(lines.map(({ lineNumber, refund }) => [lineNumber, refund]));
  const credits = charges.flatMap(
    (charge) => creditFor(charge, at, refunds.get(charge.lineNumber) ?? "whole") ?? [],
  );
  await recordCharges(tx, partner, credits);
  const kept = new Map(lines.map(({ lineNumber }) => [lineNumber, 0n]));
  for (const charge of [...charges, ...credits]) {
    const { lineNumber } = charge;
    kept.set(lineNumber, (kept.get(lineNumber) ?? 0n) + orderAmount(charge, of.currency));
  }
  return kept;
}

/** The amount in the currency of the order, before tax, whichever one it is billed in. */
function orderAmount(charge: NewCharge, currency: string): bigint {
  if (charge.currency === currency) return charge.subtotalMinor;
  const amount = unitAmount(charge.effectiveUnitPrice, "1", currency) * BigInt(charge.quantity);
  return charge.chargeType === "cancelImmediate" ? -amount : amount;
}
