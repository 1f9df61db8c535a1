import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { addMs } from "../../../foundation/clock.ts";
import type { LineParameters } from "../line-query.ts";
import { type Account, closeDue, contextOf, openAccount, sell } from "../test-support/account.ts";
import { billingRows } from "../test-support/store.ts";
import { allLines, purchases, walk } from "../test-support/walk.ts";
import { listLineItems } from "./line-items.ts";

const database = await testDatabase();

const noon = new Date("2031-05-11T12:00:00.000Z");
const published = new Date("2031-06-08T00:00:00.000Z");
const unbilled = {
  ...purchases,
  invoiceId: "unbilled",
  currencyCode: "USD",
  period: "current",
} as const;
const billed = { ...purchases, invoiceId: "G000000001" } as const;

/** Sells one-line orders, all at the same moment, as under a frozen clock. */
async function sellAtNoon(account: Account, count: number): Promise<string[]> {
  const sales = Array.from({ length: count }, (_, index) => ({
    occurredAt: noon,
    unitPrice: `${index + 1}`,
  }));
  return (await sell(database, account, sales)).map(({ orderId }) => orderId);
}

describe("pages of line items", () => {
  test("put together they are all lines, once each, for any size", async () => {
    const account = await openAccount(database);
    const orders: string[] = [];
    for (const minutes of [0, 0, 5, 90]) {
      const sale = { occurredAt: addMs(noon, minutes * 60_000), unitPrice: "1" };
      const charges = await sell(database, account, [sale, sale, sale, sale]);
      orders.push(...charges.map(({ orderId }) => orderId));
    }
    const context = contextOf(database, account, noon);
    const whole = await allLines(context, unbilled);
    expect(whole.map((line) => line.orderId).toSorted()).toEqual(orders.toSorted());
    expect(whole.map((line) => line.orderDate)).toEqual(
      whole.map((line) => line.orderDate).toSorted(),
    );
    for (let size = 1; size <= orders.length + 1; size += 1) {
      const pages = await walk(context, { ...unbilled, size });
      expect(pages.flatMap((page) => page.items)).toEqual(whole);
      expect(pages).toHaveLength(Math.ceil(orders.length / size));
      expect(pages.map((page) => page.totalCount)).toEqual(pages.map((page) => page.items.length));
    }
  });

  test("a page has 2000 lines unless it is asked for fewer, never more", async () => {
    const account = await openAccount(database);
    await sellAtNoon(account, 2001);
    const context = contextOf(database, account, noon);
    for (const size of [undefined, 2000, 2001]) {
      const asked = size === undefined ? unbilled : { ...unbilled, size };
      const pages = await walk(context, asked);
      const expected = Math.min(size ?? 2000, 2000);
      expect(pages.map((page) => page.totalCount)).toEqual([expected, 2001 - expected]);
      expect(pages[0]?.links.next?.uri).toContain(`&size=${expected}&`);
    }
  });

  test("lines added between pages neither shift the list nor appear", async () => {
    const count = fc.integer({ min: 2, max: 12 });
    const size = fc.integer({ min: 1, max: 5 });
    const added = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(count, size, added, async (lines, pageSize, additions) => {
        const account = await openAccount(database);
        const orders = await sellAtNoon(account, lines);
        const context = contextOf(database, account, noon);
        const later = [...additions];
        const pages = await walk(context, { ...unbilled, size: pageSize }, async () => {
          await sellAtNoon(account, later.shift() ?? 1);
          return undefined;
        });
        const shown = pages.flatMap((page) => page.items).map((line) => line.orderId);
        expect(shown.toSorted()).toEqual(orders.toSorted());
        const whole = (await allLines(context, unbilled)).map((line) => line.orderId);
        expect(shown).toEqual(whole.filter((orderId) => orders.includes(orderId)));
      }),
      { numRuns: 20 },
    );
  });

  test("a walk goes on when the month turns and when the invoice is made meanwhile", async () => {
    const account = await openAccount(database);
    const orders = await sellAtNoon(account, 5);
    const context = contextOf(database, account, noon);
    const after = contextOf(database, account, published);
    const pages = await walk(context, { ...unbilled, size: 2 }, async () => {
      await closeDue(database, account, published);
      return after;
    });
    const shown = pages.flatMap((page) => page.items).map((line) => line.orderId);
    expect(shown.toSorted()).toEqual(orders.toSorted());
    expect(await allLines(after, { ...unbilled, period: "previous" })).toEqual([]);
    expect(await allLines(after, unbilled)).toEqual([]);
    expect(await allLines(after, billed)).toHaveLength(5);
  });

  test("an invoice reads the same before and after further purchases", async () => {
    const account = await openAccount(database);
    await sellAtNoon(account, 7);
    await closeDue(database, account, published);
    const before = await allLines(contextOf(database, account, published), { ...billed, size: 2 });
    await sell(database, account, [{ occurredAt: published, unitPrice: "1" }]);
    const after = await allLines(contextOf(database, account, published), { ...billed, size: 3 });
    expect(before).toHaveLength(7);
    expect(after).toEqual(before);
  });

  test("the period is the calendar month in UTC at the partner's time", async () => {
    const account = await openAccount(database);
    const turn = new Date("2031-06-01T00:00:00.000Z");
    const last = addMs(turn, -1);
    await sell(database, account, [
      { occurredAt: last, unitPrice: "1" },
      { occurredAt: turn, unitPrice: "2" },
    ]);
    const prices = async (now: Date, period: string) =>
      (await allLines(contextOf(database, account, now), { ...unbilled, period })).map(
        (line) => line.unitPrice,
      );
    expect(await prices(last, "current")).toEqual([1]);
    expect(await prices(last, "Previous")).toEqual([]);
    expect(await prices(turn, "CURRENT")).toEqual([2]);
    expect(await prices(turn, "previous")).toEqual([1]);
  });

  test("another partner's lines are never shown", async () => {
    const mine = await openAccount(database);
    const other = await openAccount(database);
    await sellAtNoon(mine, 3);
    expect(await allLines(contextOf(database, other, noon), unbilled)).toEqual([]);
    await closeDue(database, mine, published);
    await expect(listLineItems(contextOf(database, other, published), billed)).rejects.toThrow(
      "NOT_FOUND",
    );
  });

  test("a line shows the subscription as it was sold", async () => {
    const account = await openAccount(database);
    const subscriptionId = "9d7d1f3d-c8de-461c-ab6d-91debd5129f0";
    const order = { kind: "term_software", term: "P1Y", subscriptionId };
    await sell(database, account, [{ occurredAt: noon, unitPrice: "1", order }]);
    const [line] = await allLines(contextOf(database, account, noon), unbilled);
    expect(line).toMatchObject({
      subscriptionId,
      subscriptionDescription: "Branch licences",
      subscriptionStartDate: "2031-05-11T00:00:00Z",
      subscriptionEndDate: "2032-05-10T00:00:00Z",
    });
  });
});

describe("continuation tokens", () => {
  async function firstPage(parameters: LineParameters = { ...unbilled, size: 1 }) {
    const account = await openAccount(database);
    await sellAtNoon(account, 3);
    const context = contextOf(database, account, noon);
    const page = await listLineItems(context, parameters);
    return { account, context, token: page.continuationToken ?? "" };
  }

  test("a token without seekOperation is honoured", async () => {
    const { context, token } = await firstPage();
    const bare = await listLineItems(context, {
      ...unbilled,
      size: 1,
      "MS-ContinuationToken": token,
    });
    const seek = await listLineItems(context, {
      ...unbilled,
      size: 1,
      seekOperation: "Next",
      "MS-ContinuationToken": token,
    });
    expect(bare).toEqual(seek);
    expect(bare.items[0]?.unitPrice).not.toBe((await allLines(context, unbilled))[0]?.unitPrice);
  });

  test("a size that is left out is the token's", async () => {
    const { context, token } = await firstPage();
    const page = await listLineItems(context, { ...unbilled, "MS-ContinuationToken": token });
    expect(page.items).toHaveLength(1);
  });

  test("seekOperation=Next without a token is refused", async () => {
    const { context } = await firstPage();
    await expect(listLineItems(context, { ...unbilled, seekOperation: "Next" })).rejects.toThrow(
      "INVALID_INPUT",
    );
  });

  test.each<[string, Partial<LineParameters>]>([
    ["provider", { provider: "all" }],
    ["type", { invoiceLineItemType: "usagelineitems" }],
    ["currency", { currencyCode: "EUR" }],
    ["period", { period: "previous" }],
    ["size", { size: 2 }],
    ["document", { invoiceId: "G000000001" }],
    ["characters", { "MS-ContinuationToken": "garbled" }],
  ])("a token with another %s is refused", async (_name, changes) => {
    const { context, account, token } = await firstPage();
    const before = await billingRows(database, account.partner.partnerId);
    const asked = { ...unbilled, size: 1, "MS-ContinuationToken": token, ...changes };
    await expect(listLineItems(context, asked)).rejects.toThrow("INVALID_INPUT");
    expect(await billingRows(database, account.partner.partnerId)).toBe(before);
  });

  test("a token of another partner is refused", async () => {
    const { token } = await firstPage();
    const { context } = await firstPage();
    await expect(
      listLineItems(context, { ...unbilled, size: 1, "MS-ContinuationToken": token }),
    ).rejects.toThrow("INVALID_INPUT");
  });
});
