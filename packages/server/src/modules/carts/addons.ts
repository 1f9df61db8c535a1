/** What an add-on must have in common with the line that it is added to. Pure. */
import type { LineCheck, PurchaseLine } from "../orders/index.ts";

/**
 * The checks of a cart's lines, in which an add-on that cannot go into its parent's order is in
 * error too: an order has one billing cycle and one currency, and an add-on has no order of its own.
 * `parents[i]` is the position of line i's parent; null for a line that is no add-on.
 */
export function withAddonChecks(
  checks: readonly LineCheck[],
  parents: readonly (number | null)[],
): LineCheck[] {
  return checks.map((check, position) => {
    const parent = checks[parents[position] ?? -1];
    return check.ok && parent?.ok ? fitting(check, parent.line) : check;
  });
}

function fitting(check: LineCheck & { ok: true }, parent: PurchaseLine): LineCheck {
  const { billingCycle, currency } = check.line;
  if (currency !== parent.currency) {
    const description = `The add-on is sold in ${currency}, what it is added to in ${parent.currency}.`;
    const refusal = {
      line: "CurrencyIsNotSupported",
      fault: "INVALID_INPUT",
      description,
    } as const;
    return { ok: false, refusal, currency };
  }
  if (billingCycle === parent.billingCycle) return check;
  const description = `The add-on is billed ${billingCycle}, what it is added to ${parent.billingCycle}.`;
  const refusal = { line: "BillingPlanNotSupported", fault: "INVALID_INPUT", description } as const;
  return { ok: false, refusal, currency };
}
