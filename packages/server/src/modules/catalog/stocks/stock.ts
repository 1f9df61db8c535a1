/** What is free of the SKUs of which a partner's sandbox has a limited number. Pure. */

/** The units of one SKU; counted from the instant at which the stock was set. */
export interface Stock {
  /** Units that no live cart holds and no standing order has. */
  free: number;
  /** Says to a buyer that nothing is left. */
  description: string;
  /** By cart id: the units of the cart's lines that are counted already, held or ordered. */
  readonly counted: Map<string, number>;
}

/** By `skuKey`; SKUs that are not limited are absent. */
export type Stocks = ReadonlyMap<string, Stock>;

/** What one purchase draws on; `cartId` is undefined for one without a cart. */
export interface StockShare {
  stocks: Stocks;
  cartId: string | undefined;
}

/** The units that a purchase may have: what is free, and what its own cart counts for. */
export function leftOf({ stocks, cartId }: StockShare): Map<string, number> {
  return new Map(
    [...stocks].map(([key, stock]) => [key, stock.free + countedFor(stock, cartId)] as const),
  );
}

/**
 * Counts all that a cart wants, after it was found to be there: what it does not buy now it holds.
 * `wanted` are units by `skuKey`; later purchases of the batch find the rest.
 */
export function countWanted(
  { stocks, cartId }: StockShare,
  wanted: Iterable<readonly [key: string, units: number]>,
): void {
  const sums = new Map<string, number>();
  for (const [key, units] of wanted) sums.set(key, (sums.get(key) ?? 0) + units);
  for (const [key, units] of sums) {
    const stock = stocks.get(key);
    if (!stock) continue;
    const more = units - countedFor(stock, cartId);
    if (more <= 0) continue;
    stock.free -= more;
    if (cartId !== undefined) stock.counted.set(cartId, units);
  }
}

function countedFor(stock: Stock, cartId: string | undefined): number {
  return cartId === undefined ? 0 : (stock.counted.get(cartId) ?? 0);
}
