import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { addDays, addMs, startOfPeriod } from "../../../foundation/clock.ts";
import { loadPartner } from "../../identity/index.ts";
import { closeDue, contextOf, openAccount, plan, sell } from "../test-support/account.ts";
import { billingRows, insertOrders, someoneWaits } from "../test-support/store.ts";
import { closePeriodHandler } from "./close-period.ts";
import { getInvoice, listInvoices } from "./invoices.ts";
import { recordCharges } from "./record-charges.ts";
import { verifyBooks } from "./verify-books.ts";

const database = await testDatabase();

const march = startOfPeriod("2031-03");
const published = new Date("2031-04-08T00:00:00.000Z");
const sale = { occurredAt: addDays(march, 10), unitPrice: "14.40", quantity: 50 };

describe("closing a period", () => {
  test("an invoice is made at 00:00 UTC on the 8th, not a millisecond earlier", async () => {
    const account = await openAccount(database);
    await sell(database, account, [sale, sale]);
    expect(await closeDue(database, account, addMs(published, -1))).toEqual([]);
    const context = contextOf(database, account, published);
    expect((await listInvoices(context, {})).items).toEqual([]);

    const ran = await closeDue(database, account, published);
    expect(ran).toEqual([{ kind: "close_period", subject: "USD:2031-03", dueAt: published }]);
    expect(await getInvoice(context, "G000000001")).toMatchObject({
      invoiceDate: "2031-04-08T00:00:00Z",
      billingPeriodStartDate: "2031-03-01T00:00:00Z",
      billingPeriodEndDate: "2031-03-31T23:59:59Z",
      totalCharges: 1584,
    });
  });

  test("the dated effect is the same however late the work runs", async () => {
    const account = await openAccount(database);
    await sell(database, account, [sale, { ...sale, occurredAt: addDays(march, 40) }]);
    await closeDue(database, account, addDays(published, 1000));
    const { items } = await listInvoices(contextOf(database, account, published), {});
    expect(items.map(({ id, invoiceDate }) => [id, invoiceDate])).toEqual([
      ["G000000001", "2031-04-08T00:00:00Z"],
      ["G000000002", "2031-05-08T00:00:00Z"],
    ]);
  });

  test("each currency has an invoice of its own, numbered without gap", async () => {
    const account = await openAccount(database);
    const wanted = ["USD", "JPY", "EUR"].map((currency) => ({ ...sale, currency }));
    await sell(database, account, wanted);
    await closeDue(database, account, published);
    const { items } = await listInvoices(contextOf(database, account, published), {});
    expect(items.map(({ id, currencyCode }) => [id, currencyCode])).toEqual([
      ["G000000001", "EUR"],
      ["G000000002", "JPY"],
      ["G000000003", "USD"],
    ]);
  });

  test("a period closed twice has one invoice and nothing more", async () => {
    const account = await openAccount(database);
    const { partnerId } = account.partner;
    await sell(database, account, [sale]);
    const [work] = await closeDue(database, account, published);
    const before = await billingRows(database, partnerId);
    expect(work).toBeDefined();
    if (work) await database.transaction((tx) => closePeriodHandler(tx, account.partner, work));
    expect(await billingRows(database, partnerId)).toBe(before);
    expect(await verifyBooks(database, partnerId)).toEqual([]);
  });

  test("a period without charges makes no invoice and takes no number", async () => {
    const account = await openAccount(database);
    const work = { kind: "close_period", subject: "USD:2031-02", dueAt: published };
    await database.transaction((tx) => closePeriodHandler(tx, account.partner, work));
    await sell(database, account, [sale]);
    await closeDue(database, account, published);
    const { items } = await listInvoices(contextOf(database, account, published), {});
    expect(items.map(({ id }) => id)).toEqual(["G000000001"]);
  });

  test("a charge that is being recorded while the period closes is on the invoice", async () => {
    const account = await openAccount(database);
    const { partner } = account;
    await sell(database, account, [sale]);
    const [late] = plan(account, [sale]);
    if (!late) throw new Error("nothing was planned");
    let closing: Promise<unknown> | undefined;
    await database.transaction(async (tx) => {
      await loadPartner(tx, partner.partnerId, "share");
      await insertOrders(tx, partner.partnerId, [late.order]);
      await recordCharges(tx, partner, [late.charge]);
      closing = closeDue(database, account, published);
      await someoneWaits(database);
    });
    await closing;
    expect(await verifyBooks(database, partner.partnerId)).toEqual([]);
    const context = contextOf(database, account, published);
    expect((await getInvoice(context, "G000000001")).totalCharges).toBe(1584);
  });

  test("work with another subject fails and changes nothing", async () => {
    const account = await openAccount(database);
    await sell(database, account, [sale]);
    const before = await billingRows(database, account.partner.partnerId);
    const work = { kind: "close_period", subject: "2031-03", dueAt: published };
    await expect(
      database.transaction((tx) => closePeriodHandler(tx, account.partner, work)),
    ).rejects.toThrow("does not name a currency and a month");
    expect(await billingRows(database, account.partner.partnerId)).toBe(before);
  });
});
