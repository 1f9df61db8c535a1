/** What a checkout decides: which groups still need an order, and what it answers. */
import { type cartOperations, errors, type ResultOf } from "@kontor/contract";
import type {
  Group,
  GroupRefusal,
  LineCheck,
  LineRefusal,
  OrderView,
  PurchaseLine,
} from "../orders/index.ts";
import type { CartRow } from "./cart.ts";

/**
 * The groups of a cart that have no order yet, in the order in which they appear. `checks` are of
 * the cart's lines, made now: what was fine when the cart was made may not be any more.
 */
export function openGroups(
  cart: CartRow,
  checks: readonly LineCheck[],
  ordered: ReadonlySet<string>,
): Group[] {
  const groups = new Map<string, PurchaseLine[]>();
  for (const [index, line] of cart.lines.entries()) {
    const check = checks[index];
    if (line.orderGroup === null || !check?.ok || ordered.has(line.orderGroup)) continue;
    const lines = groups.get(line.orderGroup) ?? [];
    lines.push(check.line);
    groups.set(line.orderGroup, lines);
  }
  return [...groups].map(([name, lines]) => ({
    name,
    lines,
    cartId: cart.cartId,
    attestationAccepted: cart.attestationAccepted ?? undefined,
  }));
}

/** The lines that cannot be bought now, as texts for the refusal. */
export function lineProblems(cart: CartRow, checks: readonly LineCheck[]): string[] {
  return cart.lines.flatMap((line, index) => {
    const check = checks[index];
    return check && !check.ok ? [`line ${line.lineId}: ${check.refusal.description}`] : [];
  });
}

/** Where nothing but the sandbox's quotas is against the lines: the quota's own refusal. */
export function quotaRefusal(checks: readonly LineCheck[]): LineRefusal | undefined {
  const refusals = checks.flatMap((check) => (check.ok ? [] : [check.refusal]));
  const onlyQuota = refusals.every(({ line }) => line === "SandboxLimitExceeded");
  return onlyQuota ? refusals[0] : undefined;
}

type CheckoutResult = ResultOf<typeof cartOperations.checkoutCart>;

export function checkoutResult(
  orders: readonly OrderView[],
  refusals: readonly GroupRefusal[],
): CheckoutResult {
  return {
    orders: [...orders],
    orderErrors: refusals.map(({ group, key, cause }) => ({
      orderGroupId: group,
      code: errors[key].code,
      description: `${errors[key].meaning}: ${cause}. ${errors[key].next}`,
      attributes: { objectType: "OrderError" },
    })),
    attributes: { objectType: "CartCheckoutResult" },
  };
}
