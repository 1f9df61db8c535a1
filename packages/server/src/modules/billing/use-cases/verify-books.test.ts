import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { addDays, startOfPeriod } from "../../../foundation/clock.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { limits } from "../../../foundation/limits.ts";
import { jsonAmount } from "../../../foundation/money.ts";
import { creditInvoice, rebillInvoice } from "../amendments/use-cases.ts";
import type { NewCharge } from "../charge.ts";
import { recordPayment, reversePayment } from "../payments/use-cases.ts";
import { closeDue, contextOf, openAccount, type Sale, sell } from "../test-support/account.ts";
import { plantsOf, type Sound, soundBooks } from "../test-support/plants/store.ts";
import { billingRows } from "../test-support/store.ts";
import { allLines, purchases } from "../test-support/walk.ts";
import { listInvoices, listSummaries } from "./invoices.ts";
import { proveBooks, verifyBooks } from "./verify-books.ts";

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

/**
 * Two charges of January, invoiced, credited in part and billed anew, and paid in part; one of
 * March is unbilled.
 */
async function traded(): Promise<Sound> {
  const account = await openAccount(database);
  const { partnerId } = account.partner;
  const day = (days: number) => addDays(january, days);
  await sell(database, account, [
    { occurredAt: day(9), unitPrice: "12.34" },
    { occurredAt: day(10), unitPrice: "56.78" },
    { occurredAt: day(59), unitPrice: "90.12" },
  ]);
  await closeDue(database, account, day(70));
  await database.transaction(async (tx) => {
    const context = contextOf(tx, account, day(70));
    await creditInvoice(context, "G000000001", { amount: "1.00", reason: "Test" });
    await rebillInvoice(context, "G000000001", "Test");
    const { id } = await recordPayment(context, { amount: "10", reference: "in" });
    await reversePayment(context, id, "out");
    await recordPayment(context, { amount: "20", reference: "again" });
  });
  return soundBooks(database, partnerId);
}

function sumOf(charges: NewCharge[]): bigint {
  return charges.reduce((sum, charge) => sum + charge.subtotalMinor + charge.taxMinor, 0n);
}

/** The rules that have a plant can be told without a partner. */
const nobody: Sound = {
  partnerId: "",
  chargeId: "",
  orderId: "",
  billedId: "",
  paymentId: "",
  reversalId: "",
};

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

  test.each(Object.keys(plantsOf(nobody)))(
    "what is planted against a rule is found by it, with its id, and nothing else: %s",
    async (rule) => {
      const sound = await traded();
      expect(await verifyBooks(database, sound.partnerId)).toEqual([]);
      const plant = plantsOf(sound)[rule];
      for (const statement of plant?.break ?? []) await database.query(statement);
      const found = await verifyBooks(database, sound.partnerId);
      expect(found.map((finding) => [finding.rule, finding.subject])).toEqual(plant?.found);
    },
  );

  test("every rule has its plant", async () => {
    const { partnerId } = await traded();
    const rules = (await proveBooks(database, partnerId)).map(({ rule }) => rule);
    const planted = Object.keys(plantsOf(nobody));
    expect(planted.toSorted()).toEqual(rules.toSorted());
  });

  test("of very many breaches all are counted and the first are listed", async () => {
    const account = await openAccount(database);
    const { partnerId } = account.partner;
    const many = limits.findingsPerRule + 1;
    const sale = { occurredAt: january, unitPrice: "12.34" };
    await sell(
      database,
      account,
      Array.from({ length: many }, () => sale),
    );
    await database.query(sql`UPDATE charge SET quantity = 2 WHERE partner_id = ${partnerId}`);
    const proofs = await proveBooks(database, partnerId);
    const broken = proofs.filter(({ breaches }) => breaches > 0);
    expect(broken).toMatchObject([
      {
        rule: "a first charge is as its order line",
        of: "charges",
        checked: many,
        breaches: many,
      },
    ]);
    expect(broken[0]?.findings).toHaveLength(limits.findingsPerRule);
  });

  test("proving the books writes nothing and looks at one partner only", async () => {
    const sound = await traded();
    const broken = await traded();
    const plant = plantsOf(broken)["the ledger sums to zero"];
    for (const statement of plant?.break ?? []) await database.query(statement);
    const before = await billingRows(database, broken.partnerId);
    expect(await verifyBooks(database, sound.partnerId)).toEqual([]);
    expect(await verifyBooks(database, broken.partnerId)).not.toEqual([]);
    expect(await billingRows(database, broken.partnerId)).toBe(before);
  });
});
