/** Amendments of invoices and receipts of their tax, as the wire shows them. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows } from "../../../test/shop.ts";
import { moveToTaiwan } from "../../../test/walk/store.ts";
import { nextPeriod, periodOf, systemNow } from "../../foundation/clock.ts";
import { readPdfTexts } from "./statement/testing/read-pdf.ts";
import { addCustomer, sell } from "./test-support/account.ts";
import { insertAmendment } from "./test-support/store.ts";

const server = await testServer();
const account = await addCustomer(server.database, await server.partner());
const first = nextPeriod(periodOf(systemNow()));
const second = nextPeriod(first);
const third = nextPeriod(second);

const sale = (day: string) => ({ occurredAt: new Date(`${day}T09:00:00Z`), unitPrice: "100" });
await sell(server.database, account, [sale(`${first}-11`)]);
await server.at(`${second}-10T00:00:00Z`);
await sell(server.database, account, [
  sale(`${second}-10`),
  { ...sale(`${second}-10`), unitPrice: "14.40", quantity: 50 },
  { ...sale(`${second}-10`), unitPrice: "1234.56" },
]);
await server.at(`${third}-10T00:00:00Z`);
const [older, newer] = ["G000000001", "G000000002"];

const amend = (invoiceId: string, amends: string, documentType: string, totalMinor: bigint) =>
  insertAmendment(server.database, server.partnerId, {
    invoiceId,
    amends,
    documentType,
    totalMinor,
    issuedAt: new Date(`${third}-09T00:00:00Z`),
  });
const get = (path: string) => server.call("GET", `/v1/invoices${path}`);

test("I2 the sums of the lines are the statement's pretax and tax figures", async () => {
  const query = "provider=onetime&invoicelineitemtype=billinglineitems";
  const lines = (await get(`/${newer}/lineitems?${query}`)).body.items;
  const sum = (member: string) =>
    lines.reduce((all: number, line: Record<string, number>) => all + Number(line[member]), 0);
  const pdf = await get(`/${newer}/documents/statement`);
  const figures = readPdfTexts(pdf.raw)
    .flat()
    .map((text) => text.replace(/[^\d.-]/g, ""));
  expect(lines).toHaveLength(3);
  expect(figures).toContain(sum("subtotal").toFixed(2));
  expect(figures).toContain(sum("taxTotal").toFixed(2));
});

describe("amendments", () => {
  test("an invoice without any names none", async () => {
    const { body } = await get(`/${older}`);
    expect(body).not.toHaveProperty("amendments");
    expect(body).not.toHaveProperty("amendsOf");
  });

  test("stand inside their invoice without links, and not in the list beside it", async () => {
    await amend("G000000003", older, "adjustment_note", -1000n);
    const { body } = await get(`/${older}`);
    expect(body).toMatchObject({ documentType: "invoice", totalCharges: 110 });
    expect(body.amendments).toEqual([
      {
        id: "G000000003",
        invoiceDate: `${third}-09T00:00:00Z`,
        billingPeriodStartDate: body.billingPeriodStartDate,
        billingPeriodEndDate: body.billingPeriodEndDate,
        totalCharges: -10,
        paidAmount: 0,
        currencyCode: "USD",
        currencySymbol: "$",
        taxReceipts: [],
        invoiceDetails: [
          {
            invoiceLineItemType: "billing_line_items",
            billingProvider: "one_time",
            attributes: { objectType: "InvoiceDetail" },
          },
        ],
        documentType: "adjustment_note",
        amendsOf: older,
        invoiceType: "OneTime",
        attributes: { objectType: "Invoice" },
      },
    ]);
    const list = (await get("")).body;
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([older, newer]);
    expect(list.items[0]).toEqual(body);
    expect(list.items[1]).not.toHaveProperty("amendments");
  });

  test("are read by their own ids, with links, and name what they amend", async () => {
    expect((await get("/OneTime-G000000003")).body).toMatchObject({
      id: "G000000003",
      documentType: "adjustment_note",
      amendsOf: older,
      pdfDownloadLink: "/invoices/G000000003/documents/statement",
      links: { self: { uri: "/invoices/OneTime-G000000003" } },
    });
    expect((await get("/G000000003/documents/statement")).status).toBe(200);
  });

  test("that void an invoice make it say so, its figures unchanged", async () => {
    const before = (await get(`/${newer}`)).body;
    await amend("G000000004", newer, "void_note", -11_000n);
    const { amendments, ...after } = (await get(`/${newer}`)).body;
    expect(after).toEqual({ ...before, documentType: "void_note" });
    expect(amendments.map(({ id }: { id: string }) => id)).toEqual(["G000000004"]);
  });
});

describe("receipts of tax", () => {
  const receipt = `/${older}/receipts/${older}/documents/statement`;

  test("are for partners of Taiwan and Korea, two weeks after the invoice", async () => {
    expect((await get(`/${older}`)).body.taxReceipts).toEqual([]);
    await moveToTaiwan(server.database, server.partnerId);
    const link = { id: older, taxReceiptPdfDownloadLink: `/invoices${receipt}` };
    const list = (await get("")).body.items;
    expect(list[0].taxReceipts).toEqual([link]);
    expect(list[1].taxReceipts).toEqual([]);
  });

  test.each([receipt, receipt.replace(older, `OneTime-${older}`)])(
    "are a PDF at %s with the tax, under their own title",
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toBe("application/pdf");
      expect(answer.headers["content-disposition"]).toBe(`attachment; filename=E-Tax-${older}.pdf`);
      const [page] = readPdfTexts(answer.raw);
      expect(page).toContain("Tax receipt");
      expect(page).toContain("Receipt of invoice");
      expect(page).toContain(`Charged by invoice ${older}.`);
      expect(page?.join("\n")).toMatch(/10\.00/);
      expect(page).not.toContain("Due date");
    },
  );

  test.each([
    ["an unknown invoice", `/G000000099/receipts/${older}`],
    ["an unknown receipt", `/${older}/receipts/G000000099`],
    ["a receipt of another invoice", `/${newer}/receipts/${older}`],
    ["a receipt that is not there yet", `/${newer}/receipts/${newer}`],
    ["a receipt of an amendment", "/G000000003/receipts/G000000003"],
  ])("%s is not found", async (_case, path) => {
    const before = await businessRows(server);
    const answer = await get(`${path}/documents/statement`);
    expect([answer.status, answer.body.code]).toEqual([404, 1000]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("an app does not get them", async () => {
    const answer = await server.call("GET", `/v1/invoices${receipt}`, { token: "app" });
    expect([answer.status, answer.body.code]).toEqual([403, 900329]);
  });
});
