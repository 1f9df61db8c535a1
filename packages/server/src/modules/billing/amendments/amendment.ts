/**
 * What a document that amends an invoice says of each line. An invoice is never changed: a void
 * note takes back what is left of it, an adjustment note a part of that, and a replacement bills
 * it anew. Pure.
 */
import { taxOn } from "../../../foundation/money.ts";
import { mirrored as mirroredTaxes, sumOfLines, type Tax, type TaxLine } from "../taxes/tax.ts";

/** What a document says of a line, in minor units. */
export interface LineAmount {
  subtotalMinor: bigint;
  taxLines: readonly TaxLine[];
}

export function taxOf({ taxLines }: LineAmount): bigint {
  return sumOfLines(taxLines);
}

export function totalOf(line: LineAmount): bigint {
  return line.subtotalMinor + taxOf(line);
}

/**
 * What is left of a line after all that documents have said of it, oldest first. A tax is gone
 * where nothing is left of it, nor of what it was taken on: a tax that came to 0 stays a tax.
 */
export function leftOf(said: readonly LineAmount[]): LineAmount {
  const taxes = new Map<string, TaxLine & { base: bigint }>();
  for (const { subtotalMinor, taxLines } of said) {
    for (const line of taxLines) {
      const so = taxes.get(nameOf(line)) ?? { minor: 0n, base: 0n };
      const { name, rate, included } = line;
      const [minor, base] = [so.minor + line.minor, so.base + subtotalMinor];
      taxes.set(nameOf(line), { name, rate, included, minor, base });
    }
  }
  return {
    subtotalMinor: said.reduce((sum, { subtotalMinor }) => sum + subtotalMinor, 0n),
    taxLines: [...taxes.values()]
      .filter(({ minor, base }) => minor !== 0n || base !== 0n)
      .map(({ name, rate, included, minor }) => ({ name, rate, included, minor })),
  };
}

function nameOf({ name, rate, included }: Tax): string {
  return JSON.stringify([name, rate, included]);
}

/** The exact opposite: with what it mirrors it comes to nothing, each tax included. */
export function mirrored({ subtotalMinor, taxLines }: LineAmount): LineAmount {
  return { subtotalMinor: -subtotalMinor, taxLines: mirroredTaxes(taxLines) };
}

/**
 * What is left of a line, billed anew with the taxes of now: its price before tax stays. A tax that
 * it carried already stays to the minor unit, any other is worked out on that price.
 */
export function billedAnew(left: LineAmount, taxes: readonly Tax[]): LineAmount {
  const kept = new Map(left.taxLines.map((line) => [nameOf(line), line]));
  const taxLines = taxes.map(
    (tax) => kept.get(nameOf(tax)) ?? { ...tax, minor: taxOn(left.subtotalMinor, tax.rate) },
  );
  return { subtotalMinor: left.subtotalMinor, taxLines };
}

/**
 * The part of a line in a credit of `amount` out of `total`, of which `before` stands in the lines
 * before it. Amounts are positive, the answer is negative; undefined where the part comes to
 * nothing.
 */
export function creditShare(
  left: LineAmount,
  of: { amount: bigint; total: bigint; before: bigint },
): LineAmount | undefined {
  const own = totalOf(left);
  const share = shareOf(own, of);
  if (share === 0n) return undefined;
  const tax = taxOf(left);
  const taxShare = (tax * share) / own;
  let before = 0n;
  const taxLines = left.taxLines.map((line) => {
    const minor = shareOf(line.minor, { amount: taxShare, total: tax, before });
    before += line.minor;
    return { ...line, minor };
  });
  return mirrored({ subtotalMinor: share - taxShare, taxLines });
}

/**
 * Cutting the running sum, not the shares, lets the parts sum to the amount exactly and keeps each
 * within its own.
 */
function shareOf(own: bigint, of: { amount: bigint; total: bigint; before: bigint }): bigint {
  const { amount, total, before } = of;
  if (total === 0n) return 0n;
  return (amount * (before + own)) / total - (amount * before) / total;
}
