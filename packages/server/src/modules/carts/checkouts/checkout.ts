/** What a checkout decides: which groups still need an order, and what it answers. */
import { type cartOperations, errors, type ResultOf } from "@kontor/contract";
import { refuse } from "../../../foundation/errors.ts";
import type { Context } from "../../../foundation/partner.ts";
import type { Customer } from "../../customers/index.ts";
import {
  type Agreements,
  checkLines,
  countCart,
  type Facts,
  type Group,
  type GroupRefusal,
  type LineCheck,
  type LineRefusal,
  type Means,
  type OrderRow,
  type OrderView,
  orderStatus,
  orderView,
  type PlacedOrder,
  type PurchaseLine,
  placeGroups,
  requireAgreements,
  statusWhenPlaced,
  takeFrom,
} from "../../orders/index.ts";
import { withAddonChecks } from "../addons.ts";
import { type CartRow, draftOfRow, recovered } from "../cart.ts";

/** What a checkout needs to know. `cart` and `earlier` are as the checkouts before it left them. */
export interface CheckoutFacts {
  customer: Customer;
  cart: CartRow;
  /** The orders that the cart has become. */
  earlier: readonly OrderRow[];
  /** Undefined where the cart has all of its orders. */
  facts: Facts | undefined;
  agreements: Agreements;
  means: Means;
}

export interface Decision {
  placed: readonly PlacedOrder[];
  /** The cart as it is bought: another one where a line of it was in error and is not any more. */
  cart: CartRow;
  /** True where the cart has an order for each group now. */
  isDone: boolean;
  answer: CheckoutResult;
}

/**
 * Makes one order for each group that has none yet, and takes what they need off the credit and
 * off the quota. A refusal takes nothing.
 *
 * @throws Refusal of the agreements, CART_LINES_IN_ERROR, or the sandbox quota's own
 */
export function decideCheckout(
  context: Pick<Context, "partner" | "now" | "installation">,
  { customer, cart, earlier, facts, agreements, means }: CheckoutFacts,
): Decision {
  const known = earlier
    .toSorted((a, b) => a.orderGroup.localeCompare(b.orderGroup))
    .map((order) => orderView(order, orderStatus(order, context.now)));
  if (cart.orderedAt !== null || facts === undefined) {
    return { placed: [], cart, isDone: false, answer: checkoutResult(known, []) };
  }
  requireAgreements(context.partner, customer, agreements);
  const parents = cart.lines.map(({ parentPosition }) => parentPosition);
  const checks = withAddonChecks(checkLines(cart.lines.map(draftOfRow), facts), parents);
  const overQuota = quotaRefusal(checks);
  if (overQuota) refuse(overQuota.fault, overQuota.description);
  const problems = lineProblems(cart, checks);
  if (problems.length > 0) refuse("CART_LINES_IN_ERROR", problems.join("; "), problems);
  const sound = recovered(cart, checks);
  const groups = openGroups(sound, checks, new Set(earlier.map((order) => order.orderGroup)));
  const { placed, refused } = placeGroups(groups, customer, context, means);
  if (facts.quota) {
    const made = new Set(placed.map(({ order }) => order.orderGroup));
    const bought = groups.filter(({ name }) => made.has(name));
    takeFrom(
      facts.quota,
      bought.flatMap(({ lines }) => lines),
    );
  }
  if (facts.stock) countCart(facts.stock, checks);
  const fresh = placed.map(({ order }) => orderView(order, statusWhenPlaced(order)));
  return {
    placed,
    cart: sound,
    isDone: refused.length === 0,
    answer: checkoutResult([...known, ...fresh], refused),
  };
}

/**
 * The groups of a cart that have no order yet, in the order in which they appear. `checks` are of
 * the cart's lines, made now: what was fine when the cart was made may not be any more.
 */
function openGroups(
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
function lineProblems(cart: CartRow, checks: readonly LineCheck[]): string[] {
  return cart.lines.flatMap((line, index) => {
    const check = checks[index];
    return check && !check.ok ? [`line ${line.lineId}: ${check.refusal.description}`] : [];
  });
}

/** Where nothing but the sandbox's quotas is against the lines: the quota's own refusal. */
function quotaRefusal(checks: readonly LineCheck[]): LineRefusal | undefined {
  const refusals = checks.flatMap((check) => (check.ok ? [] : [check.refusal]));
  const onlyQuota = refusals.every(({ line }) => line === "SandboxLimitExceeded");
  return onlyQuota ? refusals[0] : undefined;
}

export type CheckoutResult = ResultOf<typeof cartOperations.checkoutCart>;

function checkoutResult(
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
