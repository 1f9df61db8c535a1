import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { taxOn } from "../../../foundation/money.ts";
import type { Tax } from "../taxes/tax.ts";
import {
  billedAnew,
  creditShare,
  type LineAmount,
  leftOf,
  mirrored,
  taxOf,
  totalOf,
} from "./amendment.ts";

const taxNamed = (name: string, rate: string): Tax => ({ name, rate, included: false });
const nothing: LineAmount = { subtotalMinor: 0n, taxLines: [] };

function taxedAt(subtotalMinor: bigint, taxes: readonly Tax[]): LineAmount {
  const taxLines = taxes.map((tax) => ({ ...tax, minor: taxOn(subtotalMinor, tax.rate) }));
  return { subtotalMinor, taxLines };
}

const someTaxes = fc
  .array(fc.constantFrom("0", "0.1", "0.1925", "0.27"), { maxLength: 3 })
  .map((rates) => rates.map((rate, index) => taxNamed(`Tax ${index}`, rate)));
const someLine: fc.Arbitrary<LineAmount> = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 14n }), someTaxes)
  .map(([subtotalMinor, taxes]) => taxedAt(subtotalMinor, taxes));
const someLines = fc.array(someLine, { minLength: 1, maxLength: 40 });

const totalOfAll = (lines: readonly LineAmount[]) =>
  lines.reduce((sum, line) => sum + totalOf(line), 0n);

/** The credits of all lines, in their order. */
function credits(lines: readonly LineAmount[], amount: bigint): (LineAmount | undefined)[] {
  const total = totalOfAll(lines);
  let before = 0n;
  return lines.map((line) => {
    const share = creditShare(line, { amount, total, before });
    before += totalOf(line);
    return share;
  });
}

test("a line and its mirror come to nothing, and so do their taxes", () => {
  fc.assert(
    fc.property(someLine, (line) => {
      expect(leftOf([line, mirrored(line)])).toEqual(nothing);
    }),
  );
});

test("a credit of any amount is spread to the last minor unit, and no line gives more than it has", () => {
  const some = fc.tuple(someLines, fc.bigInt({ min: 1n, max: 1000n }));
  fc.assert(
    fc.property(some, ([lines, part]) => {
      const amount = (totalOfAll(lines) * part) / 1000n || 1n;
      const shares = credits(lines, amount);
      expect(totalOfAll(shares.map((share) => share ?? nothing))).toBe(-amount);
      for (const [index, share] of shares.entries()) {
        const line = lines[index] ?? nothing;
        if (share === undefined) continue;
        expect(share.subtotalMinor <= 0n).toBe(true);
        expect(line.subtotalMinor + share.subtotalMinor >= 0n).toBe(true);
        for (const [which, tax] of share.taxLines.entries()) {
          expect(tax.minor <= 0n).toBe(true);
          expect((line.taxLines[which]?.minor ?? 0n) + tax.minor >= 0n).toBe(true);
        }
      }
    }),
  );
});

test("a credit of all that is left is the mirror of every line", () => {
  fc.assert(
    fc.property(someLines, (lines) => {
      expect(credits(lines, totalOfAll(lines))).toEqual(lines.map(mirrored));
    }),
  );
});

test("credits one after the other never take more than there was, and can take all of it", () => {
  const some = fc.tuple(someLine, fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }));
  fc.assert(
    fc.property(some, ([line, parts]) => {
      const said = [line];
      for (const percent of [...parts, 100]) {
        const left = leftOf(said);
        const total = totalOf(left);
        const amount = (total * BigInt(percent)) / 100n;
        const share = total > 0n && creditShare(left, { amount, total, before: 0n });
        if (share) said.push(share);
      }
      expect(totalOf(leftOf(said))).toBe(0n);
      expect(leftOf(said).subtotalMinor).toBe(0n);
    }),
  );
});

test("a credit of one minor unit falls on one line", () => {
  const lines = [taxedAt(100n, [taxNamed("VAT", "0.1")]), taxedAt(200n, [taxNamed("VAT", "0.1")])];
  const given = credits(lines, 1n).filter((share) => share !== undefined);
  const taxLines = [{ ...taxNamed("VAT", "0.1"), minor: 0n }];
  expect(given).toEqual([{ subtotalMinor: -1n, taxLines }]);
});

describe("what is left", () => {
  const [vat, exempt] = [taxNamed("VAT", "0.19"), taxNamed("VAT", "0")];

  test("of a tax that comes to 0 stands while something is left to be taxed", () => {
    const line = taxedAt(500n, [exempt]);
    const credit = { subtotalMinor: -200n, taxLines: [{ ...exempt, minor: 0n }] };
    expect(leftOf([line, credit])).toEqual(taxedAt(300n, [exempt]));
    expect(leftOf([line, credit, mirrored(leftOf([line, credit]))])).toEqual(nothing);
  });

  test("after billing anew at another rate has that rate alone", () => {
    const line = taxedAt(1_000n, [vat]);
    const anew = billedAnew(line, [taxNamed("VAT", "0.2")]);
    expect(leftOf([line, mirrored(line), anew])).toEqual(anew);
    expect(taxOf(anew)).toBe(200n);
  });
});

describe("what is billed anew", () => {
  test("keeps its price and takes the taxes of now", () => {
    const line = taxedAt(999n, [taxNamed("VAT", "0.1")]);
    const taxes = [taxNamed("GST", "0.05"), taxNamed("VAT", "0.19")];
    expect(billedAnew(line, taxes)).toEqual(taxedAt(999n, taxes));
    expect(billedAnew(mirrored(line), taxes)).toEqual(mirrored(taxedAt(999n, taxes)));
    expect(billedAnew(line, [])).toEqual(taxedAt(999n, []));
  });

  test("keeps a tax that it carried to the minor unit, as one that its price contained", () => {
    const contained = { name: "VAT", rate: "0.19", included: true };
    const line = { subtotalMinor: 1_007n, taxLines: [{ ...contained, minor: 192n }] };
    expect(billedAnew(line, [contained])).toEqual(line);
    expect(taxOf(billedAnew(line, [{ ...contained, included: false }]))).toBe(191n);
  });
});
