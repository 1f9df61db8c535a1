/** The lines of one purchase against what is left of limited SKUs. */
import { countWanted, leftOf, type StockShare, skuKey } from "../catalog/index.ts";
import { type LineCheck, type PurchaseLine, refusedLine } from "./purchase-line.ts";

interface Shelf {
  /** Refuses a line that wants more than is left. */
  check(check: LineCheck): LineCheck;
  /** Takes a line's units, so that the lines behind it find fewer. */
  take(line: PurchaseLine): void;
}

/** What the lines of a purchase share; `share` stays as it is. */
export function openShelf(share: StockShare): Shelf {
  const left = leftOf(share);
  return {
    check: (check) => (check.ok ? withinStock(check, share, left) : check),
    take({ offer, quantity }) {
      const key = skuKey(offer);
      const units = left.get(key);
      if (units !== undefined) left.set(key, units - quantity);
    },
  };
}

function withinStock(
  check: LineCheck & { ok: true },
  { stocks }: StockShare,
  left: ReadonlyMap<string, number>,
): LineCheck {
  const { offer, quantity } = check.line;
  const key = skuKey(offer);
  const units = left.get(key);
  if (units === undefined || quantity <= units) return check;
  if (units <= 0) {
    const text = stocks.get(key)?.description ?? "";
    return refusedLine("InventoryNotAvailable", "NO_INVENTORY", text, offer);
  }
  const text = `${units} of ${offer.productId}/${offer.skuId} are left, not ${quantity}.`;
  return refusedLine("QuotaNotAvailable", "QUANTITY_NOT_AVAILABLE", text, offer);
}

/** Counts the lines of a cart whose checkout goes through: bought, or held for a later one. */
export function countCart(share: StockShare, checks: readonly LineCheck[]): void {
  const lines = checks.flatMap((check) => (check.ok ? [check.line] : []));
  countWanted(
    share,
    lines.map(({ offer, quantity }) => [skuKey(offer), quantity] as const),
  );
}
