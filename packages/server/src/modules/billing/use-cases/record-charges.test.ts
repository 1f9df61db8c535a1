import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { addDays, startOfPeriod } from "../../../foundation/clock.ts";
import { closeDue, contextOf, openAccount, plan, sell } from "../test-support/account.ts";
import { billingRows, insertOrders, someoneWaits } from "../test-support/store.ts";
import { allLines, purchases } from "../test-support/walk.ts";
import { recordCharges, remainingCredit } from "./record-charges.ts";
import { verifyBooks } from "./verify-books.ts";

const database = await testDatabase();

const march = startOfPeriod("2031-03");
const published = new Date("2031-04-08T00:00:00.000Z");
const sale = { occurredAt: addDays(march, 10), unitPrice: "14.40", quantity: 50 };

describe("recording charges", () => {
  test("no charges write nothing", async () => {
    const account = await openAccount(database);
    await database.transaction((tx) => recordCharges(tx, account.partner, []));
    expect(await billingRows(database, account.partner.partnerId)).toBe("");
    expect(await closeDue(database, account, addDays(published, 1000))).toEqual([]);
  });

  test("a charge for a month that has its invoice is refused and nothing changes", async () => {
    const account = await openAccount(database);
    const { partner } = account;
    await sell(database, account, [sale]);
    await closeDue(database, account, published);
    const before = await billingRows(database, partner.partnerId);
    const open = { ...sale, occurredAt: published };
    await expect(sell(database, account, [open, sale])).rejects.toThrow("has its invoice already");
    expect(await billingRows(database, partner.partnerId)).toBe(before);
  });

  test("purchases made at the same moment are all recorded", async () => {
    const account = await openAccount(database);
    await Promise.all(Array.from({ length: 12 }, () => sell(database, account, [sale, sale])));
    expect(await verifyBooks(database, account.partner.partnerId)).toEqual([]);
    const lines = await allLines(contextOf(database, account, addDays(march, 11)), {
      ...purchases,
      invoiceId: "unbilled",
      currencyCode: "USD",
      period: "current",
    });
    expect(lines).toHaveLength(24);
  });
});

describe("the credit that is left", () => {
  const limited = { creditLimitMinor: 1_000_000n };

  test("is the limit less invoices with tax and unbilled charges without", async () => {
    const account = await openAccount(database, limited);
    expect(await remainingCredit(database, account.partner, "USD")).toBe(1_000_000n);
    await sell(database, account, [sale]);
    expect(await remainingCredit(database, account.partner, "USD")).toBe(928_000n);
    await closeDue(database, account, published);
    expect(await remainingCredit(database, account.partner, "USD")).toBe(920_800n);
    await sell(database, account, [{ ...sale, occurredAt: published }]);
    expect(await remainingCredit(database, account.partner, "USD")).toBe(848_800n);
  });

  test("is not limited without a limit, nor in another currency", async () => {
    const free = await openAccount(database);
    const account = await openAccount(database, limited);
    expect(await remainingCredit(database, free.partner, "USD")).toBeNull();
    expect(await remainingCredit(database, account.partner, "EUR")).toBeNull();
  });

  test("two purchases at the same moment do not spend the same credit", async () => {
    const account = await openAccount(database, { creditLimitMinor: 100_000n });
    await sell(database, account, [{ ...sale, quantity: 1 }]);
    const [one] = plan(account, [sale]);
    if (!one) throw new Error("nothing was planned");
    let second: Promise<bigint | null> | undefined;
    await database.transaction(async (tx) => {
      expect(await remainingCredit(tx, account.partner, "USD")).toBe(98_560n);
      second = database.transaction((other) => remainingCredit(other, account.partner, "USD"));
      await someoneWaits(database);
      await insertOrders(tx, account.partner.partnerId, [one.order]);
      await recordCharges(tx, account.partner, [one.charge]);
    });
    expect(await second).toBe(26_560n);
  });
});
