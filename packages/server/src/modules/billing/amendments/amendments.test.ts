/** Amending invoices through the door: documents, lines, balance and books, and every refusal. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows, newBuyer, offerOf, threeLines } from "../../../../test/shop.ts";
import { expectStatus, newPartner } from "../../../../test/walk/world.ts";
import { verifyBooks } from "../index.ts";

const server = await testServer();
type Shop = Awaited<ReturnType<typeof newPartner>>;

interface Sold {
  shop: Shop;
  invoiceId: string;
  total: number;
  /** Paths of the orders of the invoice. */
  orders: string[];
}

/** A partner whose January purchase has been invoiced; its clock stands on 10 February. */
async function sold(): Promise<Sold> {
  const shop = await newPartner(server);
  await shop.at("2030-01-10T09:00:00Z");
  const buyer = await newBuyer(shop);
  const customer = `/v1/customers/${buyer.customerId}`;
  const cart = await expectStatus(
    shop.call("POST", `${customer}/carts`, { body: { lineItems: threeLines(buyer) } }),
    201,
  );
  const done = await expectStatus(
    shop.call("POST", `${customer}/carts/${cart.body.id}/checkout`),
    201,
  );
  await shop.at("2030-02-10T09:00:00Z");
  const [invoice] = (await shop.call("GET", "/v1/invoices")).body.items;
  const orders = done.body.orders.map(({ id }: { id: string }) => `${customer}/orders/${id}`);
  return { shop, invoiceId: invoice.id, total: invoice.totalCharges, orders };
}

type Change = "void" | "credit" | "rebill";
const amend = ({ shop, invoiceId }: Sold, change: Change, body?: object, id = invoiceId) =>
  shop.call("POST", `/_kontor/invoices/${id}/${change}`, body === undefined ? {} : { body });

const invoiceOf = async (shop: Shop, id: string) =>
  (await expectStatus(shop.call("GET", `/v1/invoices/${id}`), 200)).body;

async function linesOf(shop: Shop, id: string) {
  const query = "provider=onetime&invoicelineitemtype=billinglineitems";
  return (await expectStatus(shop.call("GET", `/v1/invoices/${id}/lineitems?${query}`), 200)).body
    .items;
}

const balanceOf = async (shop: Shop) => (await shop.call("GET", "/v1/invoices/summary")).body;
const booksOf = (shop: Shop) => verifyBooks(server.database, shop.partnerId);
const cents = (amount: number) => Math.round(amount * 100);

describe("voiding", () => {
  test("makes a note whose lines mirror those of the invoice, and the balance is nothing", async () => {
    const sale = await sold();
    const { shop, invoiceId, total } = sale;
    const before = await linesOf(shop, invoiceId);
    const made = await amend(sale, "void", { reason: "Wrong customer" });
    expect(made.status).toBe(201);
    expect(made.body.items).toHaveLength(1);
    const [note] = made.body.items;
    expect(note).toMatchObject({
      id: "G000000002",
      documentType: "void_note",
      totalCharges: -total,
      invoiceDate: "2030-02-10T09:00:00Z",
      billingPeriodStartDate: "2030-01-01T00:00:00Z",
    });
    const lines = await linesOf(shop, note.id);
    expect(lines).toHaveLength(before.length);
    for (const [index, line] of lines.entries()) {
      const { subtotal, taxTotal, totalForCustomer, invoiceNumber, creditReasonCode, ...same } =
        line;
      expect(invoiceNumber).toBe(note.id);
      expect(creditReasonCode).toBe("Wrong customer");
      expect(before[index]).toMatchObject({
        ...same,
        subtotal: -subtotal,
        taxTotal: -taxTotal,
        totalForCustomer: -totalForCustomer,
      });
    }
    expect(await linesOf(shop, invoiceId)).toEqual(before);
    const voided = await invoiceOf(shop, invoiceId);
    expect(voided).toMatchObject({ documentType: "void_note", totalCharges: total });
    expect(voided.amendments).toMatchObject([
      { id: note.id, documentType: "void_note", amendsOf: invoiceId, totalCharges: -total },
    ]);
    expect((await shop.call("GET", "/v1/invoices")).body.items).toEqual([voided]);
    expect((await balanceOf(shop)).balanceAmount).toBe(0);
    expect(await booksOf(shop)).toEqual([]);
  });

  test("takes back what earlier credits left", async () => {
    const sale = await sold();
    const { shop, total } = sale;
    await expectStatus(amend(sale, "credit", { amount: "10.01" }), 201);
    const made = await expectStatus(amend(sale, "void"), 201);
    expect(cents(made.body.items[0].totalCharges)).toBe(-(cents(total) - 1001));
    expect((await balanceOf(shop)).balanceAmount).toBe(0);
    expect(await booksOf(shop)).toEqual([]);
  });

  test("leaves an audit record and prints", async () => {
    const sale = await sold();
    const made = await expectStatus(amend(sale, "void"), 201);
    const id = made.body.items[0].id;
    const printed = await sale.shop.call("GET", `/v1/invoices/${id}/documents/statement`);
    expect(printed.status).toBe(200);
    expect(printed.headers["content-type"]).toBe("application/pdf");
    const rows = await server.database.query({
      text: `SELECT operation_type, caller_name FROM audit_record
        WHERE partner_id = $1 AND resource_type = 'invoice' AND resource_id = $2`,
      values: [sale.shop.partnerId, id],
    });
    expect(rows).toMatchObject([{ operation_type: "ready_invoice" }]);
  });
});

describe("rebilling", () => {
  test("bills what is left anew with the tax of now, as often as it is asked for", async () => {
    const sale = await sold();
    const { shop, invoiceId, total } = sale;
    const before = await linesOf(shop, invoiceId);
    await server.database.query({
      text: "UPDATE partner SET tax_rate = 0.2 WHERE partner_id = $1",
      values: [shop.partnerId],
    });
    const made = await expectStatus(amend(sale, "rebill"), 201);
    const [note, bill] = made.body.items;
    expect(note).toMatchObject({ id: "G000000002", documentType: "void_note" });
    expect(note.totalCharges).toBe(-total);
    expect(bill).toMatchObject({ id: "G000000003", documentType: "adjustment_note" });
    const lines = await linesOf(shop, bill.id);
    expect(lines.map(({ subtotal }: { subtotal: number }) => subtotal)).toEqual(
      before.map(({ subtotal }: { subtotal: number }) => subtotal),
    );
    for (const { subtotal, taxTotal } of lines) {
      expect(cents(taxTotal)).toBe(Math.trunc(cents(subtotal) * 0.2 + 1e-9));
    }
    expect((await balanceOf(shop)).balanceAmount).toBe(bill.totalCharges);

    const again = await expectStatus(amend(sale, "rebill", {}, bill.id), 201);
    expect(
      again.body.items.map(({ totalCharges }: { totalCharges: number }) => totalCharges),
    ).toEqual([-bill.totalCharges, bill.totalCharges]);
    expect((await invoiceOf(shop, bill.id)).documentType).toBe("void_note");
    expect((await balanceOf(shop)).balanceAmount).toBe(bill.totalCharges);
    expect(await booksOf(shop)).toEqual([]);
  });

  test("keeps the credits that were given", async () => {
    const sale = await sold();
    const { shop, total } = sale;
    await expectStatus(amend(sale, "credit", { amount: "7.77" }), 201);
    const made = await expectStatus(amend(sale, "rebill"), 201);
    const bill = made.body.items[1];
    expect(cents(bill.totalCharges)).toBeLessThan(cents(total) - 770);
    expect((await balanceOf(shop)).balanceAmount).toBe(bill.totalCharges);
    expect(await booksOf(shop)).toEqual([]);
  });
});

describe("crediting", () => {
  test("spreads an amount over the lines to the cent, and the rest can be credited after it", async () => {
    const sale = await sold();
    const { shop, invoiceId, total } = sale;
    const made = await expectStatus(
      amend(sale, "credit", { amount: "123.45", reason: "Late delivery" }),
      201,
    );
    const [note] = made.body.items;
    expect(note).toMatchObject({
      id: "G000000002",
      documentType: "adjustment_note",
      totalCharges: -123.45,
    });
    const lines = await linesOf(shop, note.id);
    const sum = lines.reduce(
      (all: number, line: { totalForCustomer: number }) => all + cents(line.totalForCustomer),
      0,
    );
    expect(sum).toBe(-12_345);
    expect((await invoiceOf(shop, invoiceId)).documentType).toBe("invoice");
    expect(cents((await balanceOf(shop)).balanceAmount)).toBe(cents(total) - 12_345);
    const rest = await expectStatus(amend(sale, "credit"), 201);
    expect(cents(rest.body.items[0].totalCharges)).toBe(12_345 - cents(total));
    expect((await balanceOf(shop)).balanceAmount).toBe(0);
    expect(await booksOf(shop)).toEqual([]);
  });

  test("gives nothing for a line that has been cancelled, nor does the cancellation for a credit", async () => {
    const shop = await newPartner(server);
    await shop.at("2030-01-30T09:00:00Z");
    const buyer = await newBuyer(shop);
    const customer = `/v1/customers/${buyer.customerId}`;
    const { catalogItemId } = offerOf("perpetual_software");
    const bought: string[] = [];
    for (const quantity of [1, 2]) {
      const lineItems = [{ lineItemNumber: 0, offerId: catalogItemId, quantity }];
      const order = await expectStatus(
        shop.call("POST", `${customer}/orders`, { body: { billingCycle: "one_time", lineItems } }),
        201,
      );
      bought.push(`${customer}/orders/${order.body.id}`);
    }
    await shop.at("2030-02-10T09:00:00Z");
    const [invoice] = (await shop.call("GET", "/v1/invoices")).body.items;
    const sale: Sold = { shop, invoiceId: invoice.id, total: invoice.totalCharges, orders: bought };
    const cancel = (path: string | undefined) =>
      expectStatus(shop.call("PATCH", path ?? "", { body: { status: "cancelled" } }), 200);
    await cancel(bought[1]);
    const lines = await linesOf(shop, invoice.id);
    const most = cents(lines[0].totalForCustomer);

    const above = await amend(sale, "credit", { amount: ((most + 1) / 100).toFixed(2) });
    expect(above.body).toMatchObject({ code: 800002 });
    const note = await expectStatus(amend(sale, "credit", { amount: "5.00" }), 201);
    expect(await linesOf(shop, note.body.items[0].id)).toHaveLength(1);

    await cancel(bought[0]);
    await shop.at("2030-03-10T09:00:00Z");
    const next = (await shop.call("GET", "/v1/invoices")).body.items[1];
    expect(cents(next.totalCharges)).toBe(500 - cents(sale.total));
    expect((await balanceOf(shop)).balanceAmount).toBe(0);
    expect(await booksOf(shop)).toEqual([]);
  });
});

describe("refused, with nothing written:", () => {
  async function expectRefusal(
    sale: Sold,
    call: () => ReturnType<typeof amend>,
    status: number,
    code: number,
  ) {
    const before = await businessRows(server);
    const balance = await balanceOf(sale.shop);
    const answer = await call();
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await businessRows(server)).toEqual(before);
    expect(await balanceOf(sale.shop)).toEqual(balance);
  }

  test.each(["void", "credit", "rebill"] as const)("%s of an unknown invoice", async (change) => {
    const sale = await sold();
    await expectRefusal(sale, () => amend(sale, change, {}, "G000000099"), 404, 1000);
  });

  test.each(["void", "credit", "rebill"] as const)("%s of a foreign invoice", async (change) => {
    const [sale, other] = [await sold(), await sold()];
    await expectStatus(amend(other, "credit", { amount: "1.00" }), 201);
    await expectStatus(amend(other, "rebill"), 201);
    await expectRefusal(sale, () => amend(sale, change, {}, "G000000004"), 404, 1000);
  });

  test.each(["void", "credit", "rebill"] as const)("%s of what is voided", async (change) => {
    const sale = await sold();
    await expectStatus(amend(sale, "void"), 201);
    await expectRefusal(sale, () => amend(sale, change), 400, 900141);
  });

  test.each(["void", "credit", "rebill"] as const)("%s of a note", async (change) => {
    const sale = await sold();
    const note = await expectStatus(amend(sale, "credit", { amount: "1.00" }), 201);
    const id = note.body.items[0].id;
    await expectRefusal(sale, () => amend(sale, change, {}, id), 400, 900141);
  });

  test.each(["void", "rebill"] as const)("%s where all has been credited", async (change) => {
    const sale = await sold();
    await expectStatus(amend(sale, "credit"), 201);
    await expectRefusal(sale, () => amend(sale, change), 400, 900141);
  });

  test("a credit where nothing is left", async () => {
    const sale = await sold();
    await expectStatus(amend(sale, "credit"), 201);
    await expectRefusal(sale, () => amend(sale, "credit"), 400, 800002);
    await expectRefusal(sale, () => amend(sale, "credit", { amount: "0.01" }), 400, 800002);
  });

  test("a credit above what is left, to the cent", async () => {
    const sale = await sold();
    const amount = (cents: number) => ({ amount: (cents / 100).toFixed(2) });
    await expectStatus(amend(sale, "credit", { amount: "1.00" }), 201);
    const left = cents(sale.total) - 100;
    await expectRefusal(sale, () => amend(sale, "credit", amount(left + 1)), 400, 800002);
    await expectStatus(amend(sale, "credit", amount(left)), 201);
  });

  test.each(["0", "0.00", "0.001", "1.005", "-1", "1e3", "x", "9".repeat(20)])(
    "a credit of %s",
    async (amount) => {
      const sale = await sold();
      await expectRefusal(sale, () => amend(sale, "credit", { amount }), 400, 800002);
    },
  );

  test("a void of what was credited in a later month; rebilling it is possible", async () => {
    const sale = await sold();
    const shop = sale.shop;
    for (const path of sale.orders) {
      await shop.call("PATCH", path, { body: { status: "cancelled" } });
    }
    await expectRefusal(sale, () => amend(sale, "void"), 400, 900141);
    await expectStatus(amend(sale, "rebill"), 201);
    expect(await booksOf(shop)).toEqual([]);
  });
});
