import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows } from "../../../../test/shop.ts";
import { newPartner } from "../../../../test/walk/world.ts";
import { nextPeriod, periodOf, systemNow } from "../../../foundation/clock.ts";
import { asPartner } from "../../../tools.ts";
import { addCustomer, type Sale, sell } from "../test-support/account.ts";
import { billingRows } from "../test-support/store.ts";
import { remainingCredit } from "../use-cases/record-charges.ts";
import { verifyBooks } from "../use-cases/verify-books.ts";
import { recordPayment } from "./use-cases.ts";

const server = await testServer();
const account = await addCustomer(server.database, await server.partner());

/** Months ahead of the machine's time: a partner's clock moves forward only. */
const first = nextPeriod(periodOf(systemNow()));
const second = nextPeriod(first);
const third = nextPeriod(second);
const now = `${third}-20T12:00:00Z`;

/** Invoices of 110.00 and 220.00 USD, with one of 550 JPY between them. */
async function trade(): Promise<void> {
  const sale = (day: string, unitPrice: string, more: Partial<Sale> = {}): Sale => ({
    occurredAt: new Date(`${day}T09:00:00Z`),
    unitPrice,
    ...more,
  });
  await sell(server.database, account, [
    sale(`${first}-11`, "100"),
    sale(`${first}-12`, "500", { currency: "JPY" }),
  ]);
  await server.at(`${second}-20T12:00:00Z`);
  await sell(server.database, account, [sale(`${second}-20`, "200")]);
  await server.at(now);
}
await trade();
const [older, yen, newer] = ["G000000002", "G000000001", "G000000003"];

let count = 0;
const reference = () => `bank-${++count}`;
const post = (body: object, path = "") => server.call("POST", `/_kontor/payments${path}`, { body });
const pay = async (amount: string, more: object = {}) => {
  const answer = await post({ amount, reference: reference(), ...more });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body;
};
const takeBack = (id: string) => post({ reference: reference() }, `/${id}/reversal`);
const rows = () => billingRows(server.database, server.partnerId);
const get = async (path: string) => (await server.call("GET", `/v1/invoices${path}`)).body;
const paidOf = async () =>
  (await get("")).items.map((one: { id: string; paidAmount: number }) => [one.id, one.paidAmount]);

describe("a payment", () => {
  test("answers what was recorded and stands at the head of the list", async () => {
    const made = await pay("10.5", { invoiceId: `OneTime-${newer}`, receivedAt: `${third}-19` });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      amount: 10.5,
      currency: "USD",
      receivedAt: `${third}-19T00:00:00.0000000Z`,
      reference: `bank-${count}`,
      invoiceId: newer,
    });
    const plain = await pay("0.01");
    expect(plain).not.toHaveProperty("invoiceId");
    expect(plain.receivedAt).toBe(`${third}-20T12:00:00.0000000Z`);
    const list = await server.call("GET", "/_kontor/payments", { token: "app" });
    expect(list.body.items).toEqual([plain, made]);
    for (const { id } of [made, plain]) expect((await takeBack(id)).status).toBe(201);
  });

  test("lowers the balance and shows as the last payment, until it is taken back", async () => {
    const never = "0001-01-01T00:00:00";
    const before = await get("/summary");
    expect(before).toMatchObject({ balanceAmount: 330, lastPaymentAmount: 0 });
    expect(before.lastPaymentDate).toBe(never);
    const { id } = await pay("30.25", { receivedAt: `${third}-15T10:00:00Z` });
    const last = await pay("99.75", { receivedAt: `${third}-16T10:00:00Z` });
    const paid = {
      balanceAmount: 200,
      lastPaymentDate: `${third}-16T10:00:00Z`,
      lastPaymentAmount: 99.75,
      latestInvoiceDate: `${third}-08T00:00:00Z`,
    };
    const summary = await get("/summary");
    expect(summary).toMatchObject(paid);
    expect(summary.details[1].summary).toMatchObject(paid);
    expect(summary.details[0].summary).toMatchObject({ lastPaymentDate: never });
    expect((await get("/summaries")).items).toEqual([
      expect.objectContaining({ currencyCode: "JPY", balanceAmount: 550, lastPaymentAmount: 0 }),
      expect.objectContaining({ currencyCode: "USD", ...paid }),
    ]);
    await takeBack(last.id);
    expect(await get("/summary")).toMatchObject({
      balanceAmount: 299.75,
      accountingDate: `${third}-20T12:00:00Z`,
      lastPaymentDate: `${third}-15T10:00:00Z`,
      lastPaymentAmount: 30.25,
    });
    await takeBack(id);
    expect(await get("/summary")).toMatchObject({ balanceAmount: 330, lastPaymentDate: never });
  });

  test("pays the oldest invoice of its currency, or the one that it names", async () => {
    const one = await pay("120");
    expect(await paidOf()).toEqual([
      [yen, 0],
      [older, 110],
      [newer, 10],
    ]);
    expect((await get(`/${newer}`)).paidAmount).toBe(10);
    const two = await pay("50", { invoiceId: newer });
    const three = await pay("550", { currency: "jpy" });
    expect(await paidOf()).toEqual([
      [yen, 550],
      [older, 110],
      [newer, 60],
    ]);
    for (const { id } of [one, two, three]) await takeBack(id);
    expect((await paidOf()).map(([, paid]: [string, number]) => paid)).toEqual([0, 0, 0]);
  });

  test("beyond all invoices is an advance", async () => {
    const { id } = await pay("400");
    expect((await get("/summary")).balanceAmount).toBe(-70);
    await takeBack(id);
  });

  test("once more with its reference is the same answer, and one payment", async () => {
    const body = { amount: "1.00", reference: reference(), receivedAt: `${third}-02` };
    const made = await post(body);
    const before = await rows();
    for (const again of [body, { ...body, amount: 1 }, { ...body, receivedAt: undefined }]) {
      const answer = await post(again);
      expect([answer.status, answer.body]).toEqual([201, made.body]);
    }
    const reversal = { reference: reference() };
    expect(await rows()).toBe(before);
    const path = `/${made.body.id}/reversal`;
    const back = await post(reversal, path);
    expect(back.body).toMatchObject({ amount: -1, reverses: made.body.id });
    expect((await post(reversal, path)).body).toEqual(back.body);
  });

  test("five times at once with one reference is one payment", async () => {
    const before = await businessRows(server);
    const body = { amount: "2", reference: reference() };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post(body)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const after = await businessRows(server);
    expect([after.payment, after.posting]).toEqual([
      Number(before.payment) + 1,
      Number(before.posting) + 2,
    ]);
    await takeBack(answers[0]?.body.id);
  });

  test("in the billing currency can come before the first invoice", async () => {
    const fresh = await newPartner(server);
    const body = { amount: "5", reference: "advance" };
    expect((await fresh.call("POST", "/_kontor/payments", { body })).status).toBe(201);
    const { body: summary } = await fresh.call("GET", "/v1/invoices/summary");
    expect(summary).toMatchObject({
      balanceAmount: -5,
      lastPaymentAmount: 5,
      firstInvoiceCreationDate: "0001-01-01T00:00:00",
      latestInvoiceDate: "0001-01-01T00:00:00",
    });
  });

  test("makes room under a credit limit", async () => {
    const { partnerId, call } = await newPartner(server);
    const limited = { ...account.partner, partnerId, creditLimitMinor: 10_000n };
    const left = () => remainingCredit(server.database, limited, "USD");
    expect(await left()).toBe(10_000n);
    await call("POST", "/_kontor/payments", { body: { amount: "5", reference: "a" } });
    expect(await left()).toBe(10_500n);
  });
});

describe("refusals of payments write nothing", () => {
  const open = "2999-01-01";
  test.each<[string, object, number, number]>([
    ["nothing", { amount: "0" }, 400, 800002],
    ["less than nothing", { amount: "-1" }, 400, 800002],
    ["no amount", { amount: null }, 400, 800002],
    ["a word", { amount: "many" }, 400, 800002],
    ["a third decimal of USD", { amount: "1.001" }, 400, 800002],
    ["a decimal of JPY", { amount: "1.5", currency: "JPY" }, 400, 800002],
    ["more than an amount can be", { amount: "99999999999999.99" }, 400, 800002],
    ["no reference", { reference: " " }, 400, 800002],
    ["a reference of 101 characters", { reference: "x".repeat(101) }, 400, 800002],
    ["a currency that does not exist", { currency: "XYZ" }, 400, 800002],
    ["a currency without an invoice", { currency: "EUR" }, 400, 800002],
    ["another currency than the invoice's", { currency: "USD", invoiceId: yen }, 400, 800002],
    ["an unknown invoice", { invoiceId: "G000000099" }, 404, 1000],
    ["the future", { receivedAt: open }, 400, 800002],
    ["long ago", { receivedAt: "1999-01-01" }, 400, 800002],
  ])("%s", async (_case, change, status, code) => {
    const before = await rows();
    const answer = await post({ amount: "1", reference: reference(), ...change });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await rows()).toBe(before);
  });

  test("a reference that stands for another payment", async () => {
    const body = { amount: "1", reference: reference(), receivedAt: `${third}-03` };
    const { id } = (await post(body)).body;
    const before = await rows();
    const others = [
      { amount: "2" },
      { currency: "JPY" },
      { invoiceId: older },
      { receivedAt: `${third}-04` },
    ];
    for (const change of others) {
      const answer = await post({ ...body, ...change });
      expect([answer.status, answer.body.code]).toEqual([400, 800002]);
    }
    const taken = await post({ reference: body.reference }, `/${id}/reversal`);
    expect([taken.status, taken.body.code]).toEqual([400, 800002]);
    expect(await rows()).toBe(before);
    await takeBack(id);
  });

  test("a payment that is taken back already, or takes back another", async () => {
    const { id } = await pay("3");
    const back = (await takeBack(id)).body;
    const before = await rows();
    for (const one of [id, back.id]) {
      const answer = await takeBack(one);
      expect([answer.status, answer.body.code]).toEqual([400, 800002]);
    }
    expect(await rows()).toBe(before);
  });

  test("a payment that nobody has, or another partner", async () => {
    const { id } = await pay("4");
    const other = await newPartner(server);
    const before = await rows();
    const path = `/_kontor/payments/${id}/reversal`;
    const foreign = await other.call("POST", path, { body: { reference: "x" } });
    expect([foreign.status, foreign.body.code]).toEqual([404, 1000]);
    for (const unknown of [server.partnerId, "x"]) {
      const answer = await takeBack(unknown);
      expect([answer.status, answer.body.code]).toEqual([404, 1000]);
    }
    expect(await rows()).toBe(before);
    await takeBack(id);
  });

  test("a live database has no control plane for them", async () => {
    const live = await testServer({ mode: "live" });
    const body = { amount: "1", reference: "x" };
    const token = await live.signIn("user").catch(() => "none");
    const answer = await live.call("POST", "/_kontor/payments", { token, body });
    expect(answer.status).toBe(404);
    expect((await businessRows(live)).payment).toBe(0);
  });
});

describe("a command", () => {
  const body = { amount: "7", reference: "by hand" };

  test.each(["contoso.onmicrosoft.com", server.partnerId.toUpperCase()])(
    "records for the partner %s at its own time",
    async (name) => {
      const made = await asPartner(server.database, name, (payer) => recordPayment(payer, body));
      expect(made.receivedAt).toBe(`${third}-20T12:00:00.0000000Z`);
    },
  );

  test.each([["nobody.example"], [account.customerId], [undefined]])(
    "is refused for %s among several partners",
    async (name) => {
      const before = await rows();
      const work = asPartner(server.database, name, (payer) => recordPayment(payer, body));
      await expect(work).rejects.toThrow("INVALID_INPUT");
      expect(await rows()).toBe(before);
    },
  );
});

test("after all of it the books hold", async () => {
  expect(await verifyBooks(server.database, server.partnerId)).toEqual([]);
});
