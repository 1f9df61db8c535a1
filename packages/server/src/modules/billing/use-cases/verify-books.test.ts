import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { addDays, startOfPeriod } from "../../../foundation/clock.ts";
import { limits } from "../../../foundation/limits.ts";
import { jsonAmount } from "../../../foundation/money.ts";
import type { NewCharge } from "../charge.ts";
import { recordPayment, reversePayment } from "../payments/use-cases.ts";
import {
  type Account,
  closeDue,
  contextOf,
  openAccount,
  type Sale,
  sell,
} from "../test-support/account.ts";
import { billingRows, breachesOf } from "../test-support/store.ts";
import { allLines, purchases } from "../test-support/walk.ts";
import { listInvoices, listSummaries } from "./invoices.ts";
import { verifyBooks } from "./verify-books.ts";

const database = await testDatabase();

const currencies = ["USD", "EUR", "JPY", "KWD"] as const;
const january = startOfPeriod("2031-01");

const someSale: fc.Arbitrary<Sale> = fc
  .record({
    day: fc.integer({ min: 0, max: 89 }),
    price: fc.integer({ min: 0, max: 99_999_999 }).map((n) => (n / 10_000).toFixed(4)),
    quantity: fc.integer({ min: 1, max: 500 }),
    currency: fc.constantFrom(...currencies),
    rate: fc.constantFrom("1", "0.92", "151.337", "0.846202666"),
  })
  .map(({ day, price, quantity, currency, rate }) => ({
    occurredAt: addDays(january, day),
    unitPrice: price,
    quantity,
    currency,
    charge: { exchangeRate: rate, pricingCurrency: rate === "1" ? currency : "CHF" },
  }));

/** The months whose invoices are out at `now`. */
function isBilled(charge: NewCharge, now: Date): boolean {
  const [year = 0, month = 0] = charge.period.split("-").map(Number);
  return Date.UTC(year, month, 8) <= now.getTime();
}

function sumOf(charges: NewCharge[]): bigint {
  return charges.reduce((sum, charge) => sum + charge.subtotalMinor + charge.taxMinor, 0n);
}

async function payAndTakeBack({ partner }: Account, now: Date): Promise<void> {
  await database.transaction(async (db) => {
    const payer = { db, partner, now };
    const { id } = await recordPayment(payer, { amount: "10", reference: "in" });
    await reversePayment(payer, id, "out");
  });
}

describe("the books", () => {
  test("invoices, lines, balances and ledger agree for any purchases in any currency", async () => {
    const sales = fc.array(fc.array(someSale, { minLength: 1, maxLength: 6 }), { maxLength: 5 });
    const day = fc.integer({ min: 0, max: 120 });
    const taxRate = fc.constantFrom("0", "0.1", "0.1925");
    await fc.assert(
      fc.asyncProperty(sales, day, taxRate, async (batches, until, rate) => {
        const account = await openAccount(database, { taxRate: rate });
        const charges: NewCharge[] = [];
        for (const batch of batches) charges.push(...(await sell(database, account, batch)));
        const now = addDays(january, until);
        await closeDue(database, account, now);

        expect(await verifyBooks(database, account.partner.partnerId)).toEqual([]);
        const context = contextOf(database, account, now);
        const { items: invoices } = await listInvoices(context, {});
        const billed = charges.filter((charge) => isBilled(charge, now));
        const months = new Set(billed.map(({ currency, period }) => `${currency} ${period}`));
        expect(invoices).toHaveLength(months.size);
        for (const invoice of invoices) {
          const { currencyCode: currency, billingPeriodStartDate } = invoice;
          const own = billed.filter(
            (charge) =>
              charge.currency === currency && billingPeriodStartDate.startsWith(charge.period),
          );
          expect(invoice.totalCharges).toBe(jsonAmount(sumOf(own), currency));
          const lines = await allLines(context, { ...purchases, invoiceId: invoice.id, size: 2 });
          expect(lines.map((line) => line.orderId).toSorted()).toEqual(
            own.map((charge) => charge.orderId).toSorted(),
          );
          expect(lines.map((line) => line.totalForCustomer).toSorted()).toEqual(
            own.map((charge) => jsonAmount(sumOf([charge]), currency)).toSorted(),
          );
        }
        const owed = currencies.flatMap((currency) => {
          const own = billed.filter((charge) => charge.currency === currency);
          return own.length === 0 ? [] : [[currency, jsonAmount(sumOf(own), currency)]];
        });
        const balances = await listSummaries(context);
        expect(balances.map((one) => [one.currencyCode, one.balanceAmount])).toEqual(
          owed.toSorted(),
        );
      }),
      { numRuns: 25 },
    );
  });

  test("every charge is unbilled or on one invoice, at any time", async () => {
    const sales = fc.array(someSale, { minLength: 1, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(sales, fc.integer({ min: 59, max: 89 }), async (wanted, until) => {
        const account = await openAccount(database);
        const now = addDays(january, until);
        const past = wanted.filter(({ occurredAt }) => occurredAt <= now);
        const charges = await sell(database, account, past);
        await closeDue(database, account, now);
        const context = contextOf(database, account, now);

        const { items: invoices } = await listInvoices(context, {});
        const billed = await Promise.all(
          invoices.map(({ id }) => allLines(context, { ...purchases, invoiceId: id })),
        );
        const unbilled = await Promise.all(
          currencies.flatMap((currencyCode) =>
            ["current", "previous"].map((period) =>
              allLines(context, { ...purchases, invoiceId: "unbilled", currencyCode, period }),
            ),
          ),
        );
        const shown = [...billed, ...unbilled].flat().map((line) => line.orderId);
        expect(shown.toSorted()).toEqual(charges.map(({ orderId }) => orderId).toSorted());
      }),
      { numRuns: 20 },
    );
  });

  test("books that do not hold are found, whatever is broken", async () => {
    const rules = Object.keys(breachesOf("none"));
    for (const rule of rules) {
      for (const [index] of (breachesOf("none")[rule] ?? []).entries()) {
        const account = await openAccount(database);
        const { partnerId } = account.partner;
        await sell(database, account, [{ occurredAt: january, unitPrice: "12.34" }]);
        await closeDue(database, account, addDays(january, 60));
        await payAndTakeBack(account, addDays(january, 61));
        expect(await verifyBooks(database, partnerId)).toEqual([]);
        const breach = breachesOf(partnerId)[rule]?.[index];
        if (breach) await database.query(breach);
        const found = await verifyBooks(database, partnerId);
        expect(
          found.map((finding) => finding.rule),
          `${rule}, breach ${index}`,
        ).toContain(rule);
      }
    }
  });

  test("of one rule as many breaches are listed as the limit says", async () => {
    const account = await openAccount(database);
    const { partnerId } = account.partner;
    const sale = { occurredAt: january, unitPrice: "12.34" };
    const rule = "charges and their postings agree";
    const [breach] = breachesOf(partnerId)[rule] ?? [];
    for (const more of [limits.findingsPerRule, 1]) {
      await sell(
        database,
        account,
        Array.from({ length: more }, () => sale),
      );
      if (breach) await database.query(breach);
      const found = await verifyBooks(database, partnerId);
      expect(found.filter((finding) => finding.rule === rule)).toHaveLength(100);
    }
  });

  test("proving the books writes nothing and looks at one partner only", async () => {
    const sound = await openAccount(database);
    const broken = await openAccount(database);
    for (const account of [sound, broken]) {
      await sell(database, account, [{ occurredAt: january, unitPrice: "12.34" }]);
      await closeDue(database, account, addDays(january, 60));
    }
    const { partnerId } = broken.partner;
    const [breach] = breachesOf(partnerId)["the ledger sums to zero"] ?? [];
    if (breach) await database.query(breach);
    const before = await billingRows(database, partnerId);
    expect(await verifyBooks(database, sound.partner.partnerId)).toEqual([]);
    expect(await verifyBooks(database, partnerId)).not.toEqual([]);
    expect(await billingRows(database, partnerId)).toBe(before);
  });
});
