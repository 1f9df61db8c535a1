/**
 * The shop as the contract says it must be, in memory: carts, orders, prices and what follows from
 * them. Written to be read against the contract and not to be quick: what can be worked out from
 * carts, orders and the time is worked out each time and stored nowhere. It shares no code with the
 * server. Instants are milliseconds, prices millionths of a dollar, amounts cents.
 */

const day = 24 * 3600 * 1000;
const cartLife = 7 * day;

const software = "Software subscription";

/** What is sold: its billing cycle, its months, and what is given back when it is cancelled. */
export const goods = {
  perpetual: { cycle: "one_time", months: 0, cycles: 1, wholeRefund: true, tag: "Perpetual" },
  term: { cycle: "one_time", months: 12, cycles: 1, wholeRefund: false, tag: software },
  monthly: { cycle: "monthly", months: 12, cycles: 12, wholeRefund: false, tag: software },
} as const;
export type Good = keyof typeof goods;

/** `to`: from then on it is not sold, until another price begins. */
export interface Price {
  from: number;
  to: number | null;
  micros: bigint;
}

export interface Line {
  good: Good;
  quantity: number;
}

export interface Cart {
  id: string;
  createdAt: number;
  modifiedAt: number;
  /** `inError` as the last write found it. */
  lines: readonly (Line & { inError: boolean })[];
  orders: Order[] | undefined;
}

export interface OrderLine extends Line {
  /** Of one unit for the whole term, as it was when the order was placed. */
  micros: bigint;
  cancelledAt: number | null;
}

export interface Order {
  id: string;
  placedAt: number;
  lines: OrderLine[];
  /** The requests that placed and changed it: each leaves one record. */
  requests: string[];
}

export interface Shop {
  now: number;
  prices: Record<Good, Price[]>;
  carts: Cart[];
  orders: Order[];
}

/** The price that holds at an instant: the last one that has begun, unless it is over. */
function priceOf(shop: Shop, good: Good): bigint | undefined {
  const begun = shop.prices[good].filter(({ from }) => from <= shop.now);
  const last = begun.toSorted((a, b) => a.from - b.from).at(-1);
  return last && (last.to === null || last.to > shop.now) ? last.micros : undefined;
}

/** A price of the same beginning is replaced. */
export function setPrice(shop: Shop, good: Good, price: Price): void {
  const others = shop.prices[good].filter(({ from }) => from !== price.from);
  shop.prices[good] = [...others, price];
}

export function isSold(shop: Shop, lines: readonly Line[]): boolean {
  return lines.every(({ good }) => priceOf(shop, good) !== undefined);
}

/** The lines of a cart as a write at this moment leaves them. */
export function checkedLines(shop: Shop, lines: readonly Line[]): Cart["lines"] {
  return lines.map((line) => ({ ...line, inError: priceOf(shop, line.good) === undefined }));
}

export function cartState(cart: Cart, now: number): "Active" | "Ordered" | "gone" {
  if (cart.orders) return "Ordered";
  return cart.createdAt + cartLife <= now ? "gone" : "Active";
}

/** One order for each billing cycle, in the order in which they appear. */
export function groupsOf<L extends Line>(lines: readonly L[]): L[][] {
  return [...Map.groupBy(lines, ({ good }) => goods[good].cycle).values()];
}

/** Freezes the prices: what is imported later changes nothing of this order. */
export function place(shop: Shop, id: string, lines: readonly Line[], request: string): Order {
  const order: Order = {
    id,
    placedAt: shop.now,
    requests: [request],
    lines: lines.map(({ good, quantity }) => {
      const micros = priceOf(shop, good);
      if (micros === undefined) throw new Error(`${good} is not sold`);
      return { good, quantity, micros, cancelledAt: null };
    }),
  };
  shop.orders.push(order);
  return order;
}

export type Cancelled = "unchanged" | "changed" | "too late";

/** Cancels the lines of these numbers; those that are cancelled already are passed over. */
export function cancel(shop: Shop, order: Order, numbers: number[], request: string): Cancelled {
  const standing = order.lines.filter(
    (line, number) => numbers.includes(number) && line.cancelledAt === null,
  );
  if (standing.length === 0) return "unchanged";
  if (shop.now > order.placedAt + 60 * day) return "too late";
  for (const line of standing) line.cancelledAt = shop.now;
  order.requests.push(request);
  return "changed";
}

export function orderState(order: Order): "completed" | "cancelled" {
  return order.lines.every(({ cancelledAt }) => cancelledAt !== null) ? "cancelled" : "completed";
}

/** A month later is the same day of it, or its last where it has no such day. */
function monthsAfter(at: number, months: number): number {
  const from = new Date(at);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(from.getUTCDate(), lastDay)) + (at % day);
}

export interface Charge {
  orderId: string;
  lineNumber: number;
  type: "new" | "renew" | "cancelImmediate";
  at: number;
  /** Before tax; a credit is negative. */
  cents: bigint;
}

/** The price of one unit is cut to cents, then multiplied. */
function amountOf(micros: bigint, quantity: number): bigint {
  return (micros / 10_000n) * BigInt(quantity);
}

function chargesOfLine(order: Order, lineNumber: number, now: number): Charge[] {
  const line = order.lines[lineNumber] as OrderLine;
  const { months, cycles, wholeRefund } = goods[line.good];
  const own = { orderId: order.id, lineNumber };
  const micros = line.micros / BigInt(cycles);
  const until = line.cancelledAt ?? now;
  const spans = Array.from({ length: cycles }, (_none, index) => ({
    from: monthsAfter(order.placedAt, (months / cycles) * index),
    to: monthsAfter(order.placedAt, (months / cycles) * (index + 1)),
    type: index === 0 ? ("new" as const) : ("renew" as const),
  })).filter(({ from }) => from <= until);
  const charges = spans.map(({ from, type }): Charge => {
    return { ...own, type, at: from, cents: amountOf(micros, line.quantity) };
  });
  if (line.cancelledAt === null) return charges;
  const credits = spans.flatMap(({ from, to }): Charge[] => {
    const days = Math.round((to - from) / day);
    const used = Math.min(Math.floor((until - from) / day), days);
    const rest = wholeRefund || used === 0 ? micros : (micros * BigInt(days - used)) / BigInt(days);
    if (!wholeRefund && used === days) return [];
    return [{ ...own, type: "cancelImmediate", at: until, cents: -amountOf(rest, line.quantity) }];
  });
  return [...charges, ...credits];
}

/** All charges and credits that there must be by now. */
export function chargesOf(shop: Shop): Charge[] {
  return shop.orders.flatMap((order) =>
    order.lines.flatMap((_line, number) => chargesOfLine(order, number, shop.now)),
  );
}

/** What a line costs for its whole term, or what stays owed of one that is cancelled. */
export function owedFor(order: Order, lineNumber: number, now: number): bigint {
  const line = order.lines[lineNumber] as OrderLine;
  if (line.cancelledAt === null) return amountOf(line.micros, line.quantity);
  return chargesOfLine(order, lineNumber, now).reduce((sum, { cents }) => sum + cents, 0n);
}

const periodOf = (at: number) => new Date(at).toISOString().slice(0, 7);

/** A month is invoiced at the beginning of the eighth day of the next. */
function isInvoiced(at: number, now: number): boolean {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 8) <= now;
}

export interface Invoice {
  period: string;
  cents: bigint;
  lines: number;
}

export function invoicesOf(shop: Shop): Invoice[] {
  const billed = chargesOf(shop).filter(({ at }) => isInvoiced(at, shop.now));
  return [...Map.groupBy(billed, ({ at }) => periodOf(at))]
    .map(([period, charges]) => ({
      period,
      cents: charges.reduce((sum, { cents }) => sum + cents, 0n),
      lines: charges.length,
    }))
    .sort((a, b) => (a.period < b.period ? -1 : 1));
}

/** The charges of this month, or those of the month before while it has no invoice. */
export function unbilledOf(shop: Shop, month: "current" | "previous"): Charge[] {
  const today = new Date(shop.now);
  const back = month === "current" ? 0 : 1;
  const period = periodOf(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - back));
  return chargesOf(shop).filter(({ at }) => periodOf(at) === period && !isInvoiced(at, shop.now));
}

/** What the customer may use: `order:line` and the quantity. */
export function entitledTo(shop: Shop): Map<string, number> {
  const usable = shop.orders.flatMap((order) =>
    order.lines.flatMap((line, number): [string, number][] => {
      const { months } = goods[line.good];
      const end = monthsAfter(order.placedAt, months);
      const isOver = months > 0 && end - (end % day) <= shop.now;
      return isOver || line.cancelledAt !== null ? [] : [[`${order.id}:${number}`, line.quantity]];
    }),
  );
  return new Map(usable);
}
