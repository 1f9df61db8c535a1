/** What a correct reconciliation proves, over an account with a past. */
import Big from "big.js";
import { describe, expect, test } from "vitest";
import { exponentOf } from "../../../src/foundation/money.ts";
import { type Json, keyOf, pagesOf, sumOf, tradedAccount } from "./account.ts";

const account = await tradedAccount();
const { server, get, invoices, linesOf, unbilled } = account;
const offers = ["productId", "skuId", "availabilityId"];

async function orders(): Promise<Json[]> {
  const lists = account.customers.map((customer) => get(`${customer}/orders`));
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

async function billed(): Promise<Json[]> {
  const lists = (await invoices()).map(({ id }) => linesOf(id));
  return (await Promise.all(lists)).flat();
}

/** Digits after the point are cut, toward zero. */
function cut(value: Big, currency: string): Big {
  return value.round(exponentOf(currency), Big.roundDown);
}

function signed(line: Json): number {
  return line.subtotal < 0 ? -line.quantity : line.quantity;
}

test("the account has invoices, unbilled lines of both months, and credits in two months", async () => {
  expect((await invoices()).length).toBeGreaterThan(0);
  const open = await unbilled();
  expect(new Set(open.map(({ orderDate }) => orderDate.slice(0, 7)))).toEqual(
    new Set(["2030-02", "2030-03"]),
  );
  const credits = [...(await billed()), ...open].filter((line) => line.subtotal < 0);
  expect(credits.map(({ orderDate }) => orderDate.slice(0, 7))).toEqual(["2030-01", "2030-02"]);
});

describe("reconciliation", () => {
  test("I1 the lines of all pages add up to the invoice, to the cent", async () => {
    for (const { id, totalCharges } of await invoices()) {
      expect([id, sumOf(await linesOf(id, 1), "totalForCustomer")]).toEqual([id, totalCharges]);
    }
  });

  // I2, the figures of the statement, is proved beside the statement: documents.test.ts of billing.
  test("I3 each line follows the formula and names its invoice and currency", async () => {
    for (const { id, currencyCode } of await invoices()) {
      for (const line of await linesOf(id)) {
        const unit = new Big(line.effectiveUnitPrice).times(line.pcToBCExchangeRate);
        const exact = cut(unit, currencyCode).times(line.billableQuantity);
        const subtotal = line.chargeType === "cancelImmediate" ? exact.times(-1) : exact;
        expect(line.subtotal).toBe(subtotal.toNumber());
        const total = new Big(line.subtotal).plus(line.taxTotal).toNumber();
        expect(line.totalForCustomer).toBe(total);
        expect([line.currency, line.invoiceNumber]).toEqual([currencyCode, id]);
      }
    }
  });

  test("I4 each line leads to its order, order line and customer", async () => {
    const byId = new Map((await orders()).map((order) => [order.id, order]));
    for (const line of [...(await billed()), ...(await unbilled())]) {
      const order = byId.get(line.orderId);
      expect(line.alternateId).toBe(order.alternateId);
      expect(line.customerId).toBe(order.referenceCustomerId);
      const offerId = offers.map((name) => line[name]).join(":");
      expect(order.lineItems.map((one: Json) => one.offerId)).toContain(offerId);
      expect(Date.parse(line.orderDate)).toBeGreaterThanOrEqual(Date.parse(order.creationDate));
    }
  });

  test("I5 quantities with their signs come to those of the order", async () => {
    const lines = [...(await billed()), ...(await unbilled())];
    const own = new Set(lines.map(({ orderId }) => orderId));
    for (const order of (await orders()).filter(({ id }) => own.has(id))) {
      const wanted = new Map<string, number>();
      const found = new Map<string, number>();
      for (const { offerId, quantity } of order.lineItems) {
        const kept = order.status === "cancelled" ? 0 : quantity;
        wanted.set(offerId, (wanted.get(offerId) ?? 0) + kept);
      }
      for (const line of lines.filter(({ orderId }) => orderId === order.id)) {
        const offerId = offers.map((name) => line[name]).join(":");
        found.set(offerId, (found.get(offerId) ?? 0) + signed(line));
      }
      expect(found).toEqual(wanted);
    }
  });

  test("I6 lines lead to entitlements of the net quantity, and to reservations", async () => {
    const lines = [...(await billed()), ...(await unbilled())];
    const lists = account.customers.map((customer) => get(`${customer}/entitlements`));
    const entitlements = (await Promise.all(lists)).flatMap(({ items }) => items);
    expect(entitlements.length).toBeGreaterThan(3);
    const goodsOf = ({ productId, skuId }: Json, orderId: string) =>
      [orderId, productId, skuId].join(" ");
    for (const entitlement of entitlements) {
      const { referenceOrder, quantity, entitledArtifacts } = entitlement;
      const goods = goodsOf(entitlement, referenceOrder.id);
      const own = lines.filter((line) => goodsOf(line, line.orderId) === goods);
      expect(own[0].alternateId).toBe(referenceOrder.alternateId);
      const granted = entitlements.filter((one) => goodsOf(one, one.referenceOrder.id) === goods);
      expect(quantity).toBeGreaterThan(0);
      expect(own.reduce((sum, line) => sum + signed(line), 0)).toBe(sumOf(granted, "quantity"));
      for (const { type, resourceId } of entitledArtifacts ?? []) {
        if (/reserv/i.test(type)) expect(own[0].reservationOrderId).toBe(resourceId);
      }
    }
  });

  test("I7 each charge is on one invoice or unbilled in one month, and pages lose none", async () => {
    const lines = [...(await billed()), ...(await unbilled())];
    const keys = lines.map(keyOf);
    // The order with two lines of one product and SKU has two lines for one purchase.
    expect(new Set(keys).size).toBe(keys.length);
    for (const { id } of await invoices()) {
      const whole = await linesOf(id, 2000);
      for (const size of [1, 2, 3]) expect(await linesOf(id, size)).toEqual(whole);
      const byPath = `/v1/invoices/${id}/lineitems/OneTime/BillingLineItems?size=1`;
      expect(await pagesOf(get, byPath)).toEqual(whole);
    }
  });

  test("I8 the balance is the open part of every invoice, in each currency", async () => {
    const check = async () => {
      const all = await invoices();
      const summaries = (await get("/v1/invoices/summaries")).items;
      for (const { currencyCode, balanceAmount, details } of summaries) {
        const own = all.filter((one) => one.currencyCode === currencyCode);
        const open = new Big(sumOf(own, "totalCharges")).minus(sumOf(own, "paidAmount"));
        expect([currencyCode, balanceAmount]).toEqual([currencyCode, open.toNumber()]);
        const parts = details.map(({ summary }: Json) => summary);
        expect(sumOf(parts, "balanceAmount")).toBe(balanceAmount);
      }
      const summary = await get("/v1/invoices/summary");
      const own = summaries.find((one: Json) => one.currencyCode === summary.currencyCode);
      expect({ ...summary, details: [] }).toEqual({ ...own, details: [] });
      expect(
        sumOf(
          summary.details.map((one: Json) => one.summary),
          "balanceAmount",
        ),
      ).toBe(summary.balanceAmount);
      return summary.balanceAmount;
    };
    const before = await check();
    await account.pay("12.34");
    const { id } = (await invoices()).at(-1) ?? {};
    await account.pay("1.00", { invoiceId: id });
    expect(await check()).toBeLessThan(before);
  });

  test("I9 a published invoice and its lines read the same for ever", async () => {
    const read = async (ids: string[]) => {
      const texts = [];
      for (const id of ids) {
        const lines = `${id}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`;
        for (const path of [id, lines, `${id}/documents/statement`]) {
          const answer = await server.call("GET", `/v1/invoices/${path}`);
          texts.push(answer.raw.toString("base64"));
        }
      }
      return texts;
    };
    const ids = (await invoices()).map(({ id }) => id);
    const before = await read(ids);
    expect(await read(ids)).toEqual(before);
    await server.at("2030-04-20T00:00:00Z");
    expect((await invoices()).length).toBeGreaterThan(ids.length);
    expect(await read(ids)).toEqual(before);
    expect(await unbilled()).toEqual([]);
  });

  test("I10 no purchase is listed as usage, so that nothing is counted twice", async () => {
    for (const { id } of await invoices()) {
      for (const provider of ["onetime", "marketplace", "all"]) {
        const query = `provider=${provider}&invoicelineitemtype=usagelineitems&currencycode=USD`;
        expect((await get(`/v1/invoices/${id}/lineitems?${query}`)).items).toEqual([]);
      }
    }
  });
});
