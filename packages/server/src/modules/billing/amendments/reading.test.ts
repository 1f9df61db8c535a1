/** What a client reads once an invoice has been amended: documents, lines, papers and payments. */
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows } from "../../../../test/shop.ts";
import { expectStatus, newPartner } from "../../../../test/walk/world.ts";
import { nextPeriod, periodOf, systemNow } from "../../../foundation/clock.ts";
import { loadPartner } from "../../identity/index.ts";
import { verifyBooks } from "../index.ts";
import { readPdfTexts } from "../statement/testing/read-pdf.ts";
import { addCustomer, sell } from "../test-support/account.ts";

const server = await testServer();
const first = nextPeriod(periodOf(systemNow()));
const second = nextPeriod(first);

type Shop = Awaited<ReturnType<typeof billed>>;

/** A partner with an invoice of two lines, 110.00 and 22.00 with tax, and G000000001 its number. */
async function billed() {
  const shop = await newPartner(server);
  const partner = await loadPartner(server.database, shop.partnerId);
  if (!partner) throw new Error("the partner has just been made");
  const account = await addCustomer(server.database, partner);
  const on = (day: number) => ({ occurredAt: new Date(`${first}-${day}T09:00:00Z`) });
  await sell(server.database, account, [
    { ...on(11), unitPrice: "100" },
    { ...on(12), unitPrice: "10", quantity: 2 },
  ]);
  await shop.at(`${second}-10T00:00:00Z`);
  return shop;
}

const original = "G000000001";
const ask = async (shop: Shop, path: string) => (await shop.call("GET", `/v1${path}`)).body;
const get = (shop: Shop, id: string) => ask(shop, `/invoices/${id}`);

async function amend(shop: Shop, change: "void" | "credit" | "rebill", id: string, body = {}) {
  const path = `/_kontor/invoices/${id}/${change}`;
  const made = await expectStatus(shop.call("POST", path, { body }), 201);
  return made.body.items;
}

const setTax = (shop: Shop, rate: string) =>
  server.database.query({
    text: "UPDATE partner SET tax_rate = $2 WHERE partner_id = $1",
    values: [shop.partnerId, rate],
  });

const pay = (shop: Shop, amount: string, invoiceId?: string) =>
  shop.call("POST", "/_kontor/payments", {
    body: { amount, reference: `${amount} of ${invoiceId}`, ...(invoiceId && { invoiceId }) },
  });

const linesOf = async (shop: Shop, id: string) =>
  (
    await ask(
      shop,
      `/invoices/${id}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`,
    )
  ).items;

const booksOf = (shop: Shop) => verifyBooks(server.database, shop.partnerId);

async function paperOf(shop: Shop, id: string): Promise<string[]> {
  const answer = await shop.call("GET", `/v1/invoices/${id}/documents/statement`);
  return readPdfTexts(answer.raw)[0] ?? [];
}

describe("documents", () => {
  test("stand under the invoice of the month, those of a replacement too", async () => {
    const shop = await billed();
    const [, replacement] = await amend(shop, "rebill", original);
    await amend(shop, "credit", replacement.id, { amount: "1.00" });
    await amend(shop, "rebill", replacement.id);
    const list = await ask(shop, "/invoices");
    expect(list.items).toHaveLength(1);
    const shown = list.items[0].amendments.map((one: Record<string, unknown>) => [
      one.id,
      one.amendsOf,
      one.documentType,
      one.totalCharges,
    ]);
    expect(shown).toEqual([
      ["G000000002", original, "void_note", -132],
      ["G000000003", original, "void_note", 132],
      ["G000000004", "G000000003", "adjustment_note", -1],
      ["G000000005", "G000000003", "void_note", -131],
      ["G000000006", "G000000003", "adjustment_note", 131],
    ]);
    const own = await get(shop, "G000000003");
    expect(own).toMatchObject({ documentType: "void_note", amendsOf: original });
    expect(own.amendments.map(({ id }: { id: string }) => id)).toEqual([
      "G000000004",
      "G000000005",
      "G000000006",
    ]);
    const totals = [list.items[0], ...list.items[0].amendments].map((one) => one.totalCharges);
    const { balanceAmount } = await ask(shop, "/invoices/summary");
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(balanceAmount);
    expect(await booksOf(shop)).toEqual([]);
  });
});

describe("lines of a credit note", () => {
  test("are credits with their reason, whole and in part", async () => {
    const shop = await billed();
    await amend(shop, "credit", original, { amount: "13.20", reason: "Late delivery" });
    const part = await linesOf(shop, "G000000002");
    expect(part).toMatchObject([
      { chargeType: "customerCredit", creditReasonCode: "Late delivery", quantity: 1 },
      { chargeType: "customerCredit", creditReasonCode: "Late delivery", quantity: 2 },
    ]);
    const figures = ({ subtotal, taxTotal }: Record<string, number>) => [subtotal, taxTotal];
    expect(part.map(figures).toSorted()).toEqual([
      [-10, -1],
      [-2, -0.2],
    ]);
    await amend(shop, "rebill", original, { reason: "Wrong address" });
    const [whole, anew] = [await linesOf(shop, "G000000003"), await linesOf(shop, "G000000004")];
    expect(whole).toMatchObject([
      { chargeType: "new", creditReasonCode: "Wrong address" },
      { chargeType: "new", creditReasonCode: "Wrong address" },
    ]);
    expect(anew.map(figures)).toEqual(
      whole.map(figures).map((both: number[]) => both.map((n) => -n)),
    );
    expect(anew[0]).toMatchObject({ chargeType: "new", creditReasonCode: "" });
  });

  test("are what its export holds", async () => {
    const shop = await billed();
    await amend(shop, "credit", original, { amount: "13.20", reason: "Late delivery" });
    const started = await shop.call(
      "POST",
      "/v1.0/reports/partners/billing/reconciliation/billed/export",
      { body: { invoiceId: "G000000002" } },
    );
    const operation = await shop.call("GET", new URL(String(started.headers.location)).pathname);
    const { rootDirectory, sasToken, blobs } = operation.body.resourceLocation;
    const url = `${new URL(rootDirectory).pathname}/${blobs[0].name}?${sasToken}`;
    const file = await shop.call("GET", url, { token: "none" });
    const rows = gunzipSync(file.raw).toString().trim().split("\n");
    const told = rows.map((row) => JSON.parse(row));
    const lines = await linesOf(shop, "G000000002");
    expect(
      told.map(({ InvoiceNumber, ChargeType, Total }) => [InvoiceNumber, ChargeType, Total]),
    ).toEqual(
      lines.map((line: Record<string, unknown>) => [
        "G000000002",
        "customerCredit",
        line.totalForCustomer,
      ]),
    );
    expect(lines).toHaveLength(2);
  });
});

describe("papers", () => {
  test("say what they are, what they change and what each tax came to", async () => {
    const shop = await billed();
    await setTax(shop, "0.2");
    await amend(shop, "rebill", original, { reason: "Wrong rate" });
    const [invoice, note, replacement] = [
      await paperOf(shop, original),
      await paperOf(shop, "G000000002"),
      await paperOf(shop, "G000000003"),
    ];
    expect(invoice).toEqual(expect.arrayContaining(["Void invoice", "Replaced by", "G000000003"]));
    expect(invoice).toContain("Tax 10% on 120.00");
    expect(note).toEqual(
      expect.arrayContaining(["Credit note", "Changes invoice", original, "Wrong rate"]),
    );
    expect(note).toContain("Tax 10% on -120.00");
    expect(note).not.toContain("Due date");
    expect(replacement).toEqual(expect.arrayContaining(["Invoice", "Replaces", original]));
    expect(replacement).toContain("Tax 20% on 120.00");
    expect(replacement).toContain("Due date");
  });
});

describe("payments", () => {
  test("of a rebilled invoice are those of its replacement", async () => {
    const shop = await billed();
    await expectStatus(pay(shop, "50.00", original), 201);
    const [note, replacement] = await amend(shop, "rebill", original);
    expect([note.paidAmount, replacement.paidAmount]).toEqual([0, 50]);
    await expectStatus(pay(shop, "82.00", replacement.id), 201);
    expect((await get(shop, replacement.id)).paidAmount).toBe(132);
    const voided = await get(shop, original);
    expect(voided.paidAmount).toBe(0);
    expect(voided.amendments.map(({ paidAmount }: { paidAmount: number }) => paidAmount)).toEqual([
      0, 132,
    ]);
    expect((await ask(shop, "/invoices/summary")).balanceAmount).toBe(0);
    expect(await booksOf(shop)).toEqual([]);
  });

  test("of what is voided are free, and the balance is below zero", async () => {
    const shop = await billed();
    await expectStatus(pay(shop, "132.00", original), 201);
    await amend(shop, "void", original);
    expect((await get(shop, original)).paidAmount).toBe(0);
    expect((await ask(shop, "/invoices/summary")).balanceAmount).toBe(-132);
  });

  test("of a note are refused, with nothing written", async () => {
    const shop = await billed();
    await amend(shop, "credit", original, { amount: "1.00" });
    const before = await businessRows(server);
    const answer = await pay(shop, "1.00", "G000000002");
    expect([answer.status, answer.body.code]).toEqual([400, 800002]);
    expect(await businessRows(server)).toEqual(before);
  });
});
