import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { nextPeriod, periodOf, systemNow } from "../../foundation/clock.ts";
import { readPdfTexts } from "./statement/testing/read-pdf.ts";
import { type Account, addCustomer, type Sale, sell } from "./test-support/account.ts";
import { billingRows } from "./test-support/store.ts";

const server = await testServer();
const fresh = await testServer();
const account: Account = await addCustomer(server.database, await server.partner());

/** Months ahead of the machine's time: a partner's clock moves forward only. */
const first = nextPeriod(periodOf(systemNow()));
const second = nextPeriod(first);
const third = nextPeriod(second);

/** Two invoices in USD, of which the first is the worked sample, one in EUR, and unbilled lines. */
async function trade(): Promise<void> {
  const sale = (day: string, unitPrice: string, more: Partial<Sale> = {}): Sale => ({
    occurredAt: new Date(`${day}T09:14:07.118Z`),
    unitPrice,
    ...more,
  });
  await sell(server.database, account, [
    sale(`${first}-11`, "3717", { quantity: 2 }),
    sale(`${first}-12`, "1447"),
    sale(`${first}-13`, "501"),
    sale(`${first}-14`, "14.40", {
      quantity: 50,
      currency: "EUR",
      charge: { pricingCurrency: "USD", exchangeRate: "0.92" },
    }),
  ]);
  await server.at(`${second}-20T12:00:00Z`);
  await sell(server.database, account, [sale(`${second}-20`, "100")]);
  await server.at(`${third}-20T12:00:00Z`);
  await sell(server.database, account, [
    sale(`${third}-18`, "10"),
    sale(`${third}-19`, "20"),
    sale(`${third}-20`, "30"),
  ]);
}

await trade();

test("a partner without an invoice owes nothing", async () => {
  const sentinel = "0001-01-01T00:00:00";
  expect((await fresh.call("GET", "/v1/invoices/summary")).body).toEqual({
    balanceAmount: 0,
    currencyCode: "USD",
    currencySymbol: "$",
    accountingDate: sentinel,
    firstInvoiceCreationDate: sentinel,
    lastPaymentDate: sentinel,
    lastPaymentAmount: 0,
    latestInvoiceDate: sentinel,
    details: [],
    links: { self: { uri: "/invoices/summary", method: "GET", headers: [] } },
    attributes: { objectType: "InvoiceSummary" },
  });
  expect((await fresh.call("GET", "/v1/invoices/summaries")).body.items).toEqual([]);
  const invoices = await fresh.call("GET", "/v1/invoices");
  expect(invoices.body).toEqual({
    totalCount: 0,
    items: [],
    links: { self: { uri: "/invoices", method: "GET", headers: [] } },
    attributes: { objectType: "Collection" },
  });
});

const usd = "G000000002";
const eur = "G000000001";
const lineItems = "provider=OneTime&invoicelineitemtype=BillingLineItems";

describe("balances", () => {
  const figures = {
    currencyCode: "USD",
    currencySymbol: "$",
    lastPaymentDate: "0001-01-01T00:00:00",
    lastPaymentAmount: 0,
    attributes: { objectType: "InvoiceSummary" },
  };
  const owed = {
    ...figures,
    balanceAmount: 8177.4 + 1591.7 + 551.1 + 110,
    accountingDate: `${third}-08T00:00:00Z`,
    firstInvoiceCreationDate: `${second}-08T00:00:00Z`,
    latestInvoiceDate: `${third}-08T00:00:00Z`,
  };
  const never = "0001-01-01T00:00:00";
  const nothing = {
    ...figures,
    balanceAmount: 0,
    accountingDate: never,
    firstInvoiceCreationDate: never,
    latestInvoiceDate: never,
  };
  const links = { self: { uri: "/invoices/summary", method: "GET", headers: [] } };

  test("the summary has the billing currency and both types of invoice", async () => {
    const answer = await server.call("GET", "/v1/invoices/summary", { token: "app" });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...owed,
      details: [
        { invoiceType: "Recurring", summary: nothing },
        { invoiceType: "OneTime", summary: owed },
      ],
      links,
    });
  });

  test("the summaries have each currency with the types that it has", async () => {
    const { body } = await server.call("GET", "/v1/invoices/summaries");
    expect(body.totalCount).toBe(2);
    expect(body.items[0]).toMatchObject({ currencyCode: "EUR", balanceAmount: 728.2 });
    expect(body.items[1]).toEqual({
      ...owed,
      details: [{ invoiceType: "OneTime", summary: owed }],
      links,
    });
    expect(body.links.self.uri).toBe("/invoices/summaries");
  });
});

describe("invoices", () => {
  const ids = async (query: string) => {
    const answer = await server.call("GET", `/v1/invoices${query}`);
    return answer.body.items?.map((invoice: { id: string }) => invoice.id);
  };

  test("an invoice has every field of the contract", async () => {
    expect((await server.call("GET", `/v1/invoices/${usd}`)).body).toEqual({
      id: usd,
      invoiceDate: `${second}-08T00:00:00Z`,
      billingPeriodStartDate: `${first}-01T00:00:00Z`,
      billingPeriodEndDate: expect.stringMatching(`^${first}-(28|29|30|31)T23:59:59Z$`),
      totalCharges: 10_320.2,
      paidAmount: 0,
      currencyCode: "USD",
      currencySymbol: "$",
      pdfDownloadLink: `/invoices/${usd}/documents/statement`,
      taxReceipts: [],
      invoiceDetails: [
        {
          invoiceLineItemType: "billing_line_items",
          billingProvider: "one_time",
          links: {
            self: {
              uri: `/invoices/OneTime-${usd}/lineitems/OneTime/BillingLineItems`,
              method: "GET",
              headers: [],
            },
          },
          attributes: { objectType: "InvoiceDetail" },
        },
      ],
      documentType: "invoice",
      invoiceType: "OneTime",
      links: { self: { uri: `/invoices/OneTime-${usd}`, method: "GET", headers: [] } },
      attributes: { objectType: "Invoice" },
    });
  });

  test.each([`OneTime-${usd}`, `onetime-${usd}`, `Recurring-${usd}`, usd.toLowerCase()])(
    "%s is the same invoice",
    async (id) => {
      const { body } = await server.call("GET", `/v1/invoices/${id}`);
      expect(body.id).toBe(usd);
      expect(body).toEqual((await server.call("GET", "/v1/invoices")).body.items[1]);
    },
  );

  test("the list is oldest first and whole by default", async () => {
    expect(await ids("")).toEqual([eur, usd, "G000000003"]);
    expect(await ids("?size=0")).toEqual([eur, usd, "G000000003"]);
  });

  test("pages link to their neighbours", async () => {
    const page = async (query: string) => {
      const { body } = await server.call("GET", `/v1/invoices?${query}`);
      const { self, next, previous } = body.links;
      return [body.totalCount, self.uri, next?.uri, previous?.uri];
    };
    expect(await page("size=2")).toEqual([
      2,
      "/invoices?size=2&offset=0",
      "/invoices?size=2&offset=2",
      undefined,
    ]);
    expect(await page("size=2&offset=2")).toEqual([
      1,
      "/invoices?size=2&offset=2",
      undefined,
      "/invoices?size=2&offset=0",
    ]);
    expect(await page("size=1&offset=1")).toEqual([
      1,
      "/invoices?size=1&offset=1",
      "/invoices?size=1&offset=2",
      "/invoices?size=1&offset=0",
    ]);
    expect(await page("size=3")).toEqual([3, "/invoices?size=3&offset=0", undefined, undefined]);
    expect(await page("size=2&offset=9")).toEqual([
      0,
      "/invoices?size=2&offset=9",
      undefined,
      "/invoices?size=2&offset=7",
    ]);
  });

  test("a filter chooses by date and stays in the links", async () => {
    const filter = JSON.stringify({
      Field: "InvoiceDate",
      Value: `${third}-01`,
      Operator: "less_than",
    });
    const query = `filter=${encodeURIComponent(filter)}`;
    expect(await ids(`?${query}`)).toEqual([eur, usd]);
    const { body } = await server.call("GET", `/v1/invoices?size=1&${query}`);
    expect(body.links.next.uri).toBe(`/invoices?size=1&offset=1&${query}`);
    const next = await server.call("GET", `/v1${body.links.next.uri}`);
    expect(next.body.items.map((invoice: { id: string }) => invoice.id)).toEqual([usd]);
    expect(next.body.links.next).toBeUndefined();
  });

  test("a filter at the edge of the calendar is answered", async () => {
    for (const [date, operator, count] of [
      ["0000-01-01", "greater_than", 3],
      ["9999-12-31", "greater_than_or_equals", 0],
    ] as const) {
      const filter = JSON.stringify({ Field: "InvoiceDate", Value: date, Operator: operator });
      const found = await ids(`?filter=${encodeURIComponent(filter)}`);
      expect(found).toHaveLength(count);
    }
  });

  test.each(["size=2001", "size=-1", "size=x", "offset=-1", "filter=x", "filter=%7B%7D"])(
    "%s is refused",
    async (query) => {
      const answer = await server.call("GET", `/v1/invoices?${query}`);
      expect([answer.status, answer.body.code]).toEqual([400, 3000]);
    },
  );

  test.each(["/G000000099", "/unbilled", "/G000000099/documents/statement"])(
    "/invoices%s is not found",
    async (path) => {
      const answer = await server.call("GET", `/v1/invoices${path}`);
      expect([answer.status, answer.body.code]).toEqual([404, 1000]);
    },
  );

  test.each([`/${usd}`, "/summaries", `/${usd}/documents/statement`])(
    "/invoices%s needs a user",
    async (path) => {
      const answer = await server.call("GET", `/v1/invoices${path}`, { token: "app" });
      expect(answer.status).toBe(403);
    },
  );
});

describe("billed line items", () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    server.call("GET", `/v1/invoices/${path}`, { token: "app", headers });

  test("the lines of an invoice add up to it", async () => {
    const { body } = await get(`${usd}/lineitems?${lineItems}`);
    const totals = body.items.map((line: { totalForCustomer: number }) => line.totalForCustomer);
    expect(totals).toEqual([8177.4, 1591.7, 551.1]);
    expect(body.totalCount).toBe(3);
    expect(body.items[0].invoiceNumber).toBe(usd);
    expect(body.links).toEqual({
      self: { uri: `/invoices/${usd}/lineitems?${lineItems}`, method: "GET", headers: [] },
    });
    expect(body).not.toHaveProperty("continuationToken");
  });

  test("14.40 at 0.92 for 50 seats is 662.00 on the line", async () => {
    const { body } = await get(`${eur}/lineitems?${lineItems}`);
    expect(body.items[0]).toMatchObject({
      unitPrice: 14.4,
      pricingCurrency: "USD",
      pcToBCExchangeRate: 0.92,
      pcToBCExchangeRateDate: `${first}-01T00:00:00Z`,
      quantity: 50,
      subtotal: 662,
      taxTotal: 66.2,
      totalForCustomer: 728.2,
      currency: "EUR",
    });
  });

  test("a page that is followed by another has token and link, the last has neither", async () => {
    const one = (await get(`${usd}/lineitems?${lineItems}&size=2`)).body;
    const headers = [{ key: "MS-ContinuationToken", value: one.continuationToken }];
    expect(one.links.next).toEqual({
      uri: `/invoices/${usd}/lineitems?${lineItems}&size=2&seekOperation=Next`,
      method: "GET",
      headers,
    });
    const token = { "MS-ContinuationToken": one.continuationToken };
    const two = (await get(one.links.next.uri.replace("/invoices/", ""), token)).body;
    expect(two.items.map((line: { subtotal: number }) => line.subtotal)).toEqual([501]);
    expect(two).not.toHaveProperty("continuationToken");
    expect(two.links).toEqual({ self: one.links.next });
  });

  const providers = ["OneTime", "onetime", "ONETIME", "one_time", "all", "All"];
  const types = ["BillingLineItems", "BILLINGLINEITEMS", "billing_line_items", "billinglineitems"];
  test.each(providers.flatMap((provider) => types.map((type) => [provider, type])))(
    "%s and %s are read in the query and in the path",
    async (provider, type) => {
      const inQuery = await get(
        `${usd}/lineitems?provider=${provider}&INVOICELINEITEMTYPE=${type}`,
      );
      const inPath = await get(`OneTime-${usd}/lineitems/${provider}/${type}`);
      expect(inQuery.status).toBe(200);
      expect(inQuery.body.items).toHaveLength(3);
      expect(inPath.body).toEqual(inQuery.body);
    },
  );

  test("the path form pages by the link of the query form", async () => {
    const one = (await get(`${usd}/lineitems/onetime/BILLINGLINEITEMS?size=2`)).body;
    const two = await server.call("GET", `/v1/${one.links.next.uri}`, {
      headers: { "MS-ContinuationToken": one.continuationToken },
    });
    expect(two.body.items).toHaveLength(1);
  });

  test("the misprinted name of the type is read", async () => {
    const answer = await get(
      `${usd}/lineitems?provider=onetime&nvoicelineitemtype=billinglineitems`,
    );
    expect(answer.body.items).toHaveLength(3);
  });

  test.each([
    ["office", "billinglineitems"],
    ["azure", "billinglineitems"],
    ["azure", "usagelineitems"],
    ["onetime", "usagelineitems"],
    ["all", "usagelineitems"],
    ["marketplace", "usagelineitems"],
  ])("%s has no %s here", async (provider, type) => {
    for (const path of [
      `lineitems?provider=${provider}&invoicelineitemtype=${type}`,
      `lineitems/${provider}/${type}`,
    ]) {
      const answer = await get(`${usd}/${path}`);
      expect([answer.status, answer.body.items, answer.body.totalCount]).toEqual([200, [], 0]);
    }
  });

  test.each([
    ["office", "usagelineitems"],
    ["marketplace", "billinglineitems"],
    ["azuredatamarket", "billinglineitems"],
    ["onetime", "everything"],
  ])("%s with %s is refused", async (provider, type) => {
    const before = await billingRows(server.database, server.partnerId);
    for (const path of [
      `lineitems?provider=${provider}&invoicelineitemtype=${type}`,
      `lineitems/${provider}/${type}`,
    ]) {
      const answer = await get(`${usd}/${path}`);
      expect([answer.status, answer.body.code]).toEqual([400, 3000]);
    }
    expect(await billingRows(server.database, server.partnerId)).toBe(before);
  });

  test.each([
    ["", 3],
    ["&currencyCode=&period=", 3],
    ["&currencycode=usd&period=current", 3],
    ["&currencycode=EUR", 0],
    ["&size=0", 3],
    ["&size=2000", 3],
    ["&size=5000", 3],
    ["&offset=2", 3],
    ["&hasPartnerEarnedCredit=true", 3],
  ])("with %j an invoice of three lines answers %d", async (query, count) => {
    const { body } = await get(`${usd}/lineitems?${lineItems}${query}`);
    expect(body.items).toHaveLength(count);
  });

  test.each([
    ["size=-1", 3000],
    ["size=all", 3000],
    ["hasPartnerEarnedCredit=maybe", 3000],
    ["seekOperation=Next", 800_002],
    ["seekOperation=Previous", 800_002],
  ])("%s is refused with its code", async (query, code) => {
    const answer = await get(`${usd}/lineitems?${lineItems}&${query}`);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  test("a token that was not given out is refused", async () => {
    const answer = await get(`${usd}/lineitems?${lineItems}&seekOperation=Next`, {
      "MS-ContinuationToken": "eyJvIjoxLCJzIjoiRzAwMDkxMjM0NSJ9",
    });
    expect([answer.status, answer.body.code]).toEqual([400, 800_002]);
  });

  test("the lines of an unknown invoice are not found", async () => {
    const answer = await get(`G000000099/lineitems?${lineItems}`);
    expect([answer.status, answer.body.code]).toEqual([404, 1000]);
  });
});

describe("unbilled line items", () => {
  const get = (document: string, query: string) =>
    server.call("GET", `/v1/invoices/${document}/lineitems?${lineItems}&${query}`);

  test.each(["unbilled", "Unbilled", "UNBILLED"])("%s lists what has no invoice", async (word) => {
    const { body } = await get(word, "currencycode=usd&period=current");
    expect(body.items.map((line: { subtotal: number }) => line.subtotal)).toEqual([10, 20, 30]);
    expect(body.items[0]).toMatchObject({ invoiceNumber: "", taxTotal: 0, totalForCustomer: 0 });
    expect(body.links.self.uri).toBe(
      `/invoices/unbilled/lineitems?${lineItems}&currencycode=USD&period=current`,
    );
  });

  test("links to further pages are well formed and carry the whole query", async () => {
    const { body } = await get("unbilled", "currencycode=usd&period=current&size=2");
    expect(body.links.next.uri).toBe(
      `/invoices/unbilled/lineitems?${lineItems}&currencycode=USD&period=current&size=2` +
        "&seekOperation=Next",
    );
    const next = await server.call("GET", `/v1${body.links.next.uri}`, {
      headers: { [body.links.next.headers[0].key]: body.links.next.headers[0].value },
    });
    expect(next.body.items.map((line: { subtotal: number }) => line.subtotal)).toEqual([30]);
  });

  test("a month that has its invoice is empty, as is another currency", async () => {
    expect((await get("unbilled", "currencycode=USD&period=previous")).body.items).toEqual([]);
    expect((await get("unbilled", "currencycode=EUR&period=current")).body.items).toEqual([]);
  });

  test.each(["onetime/billinglineitems", "ALL/BillingLineItems"])(
    "the path form %s lists them too",
    async (path) => {
      const uri = `/v1/invoices/unbilled/lineitems/${path}?currencyCode=USD&period=Current`;
      expect((await server.call("GET", uri)).body.items).toHaveLength(3);
    },
  );

  test.each([
    "period=current",
    "currencycode=&period=current",
    "currencycode=XYZ&period=current",
    "currencycode=USD",
    "currencycode=USD&period=",
    "currencycode=USD&period=last",
    "currencycode=USD&period=2024-10",
  ])("%s is refused", async (query) => {
    const answer = await get("unbilled", query);
    expect([answer.status, answer.body.code]).toEqual([400, 3000]);
  });
});

describe("estimate links", () => {
  test("the four links name month, kind and currency", async () => {
    const { body } = await server.call("GET", "/v1/invoices/estimates/links?currencycode=eur");
    const uri = (type: string, period: string) =>
      `/invoices/unbilled/lineitems?provider=OneTime&invoicelineitemtype=${type}` +
      `&currencycode=EUR&period=${period}&size=2000`;
    const links = body.items.map((item: { type: string; period: string; link: object }) => [
      item.type,
      item.period,
      item.link,
    ]);
    const link = (target: string) => ({ uri: target, method: "GET", headers: [] });
    expect(links).toEqual([
      ["daily_rated_usage", "Current", link(uri("UsageLineItems", "current"))],
      ["daily_rated_usage", "Previous", link(uri("UsageLineItems", "previous"))],
      ["non_consumption", "Current", link(uri("BillingLineItems", "current"))],
      ["non_consumption", "Previous", link(uri("BillingLineItems", "previous"))],
    ]);
    expect(Object.keys(body)).toEqual(["totalCount", "items", "attributes"]);
  });

  test("each link can be followed", async () => {
    const { body } = await server.call("GET", "/v1/invoices/estimates/links");
    const counts = [];
    for (const { link } of body.items) {
      counts.push((await server.call(link.method, `/v1${link.uri}`)).body.totalCount);
    }
    expect(counts).toEqual([0, 0, 3, 0]);
  });

  test("a currency that does not exist is refused", async () => {
    const answer = await server.call("GET", "/v1/invoices/estimates/links?currencycode=XYZ");
    expect([answer.status, answer.body.code]).toEqual([400, 3000]);
  });
});

describe("the statement", () => {
  test.each([usd, `OneTime-${usd}`])("of %s is a PDF to save under its number", async (id) => {
    const answer = await server.call("GET", `/v1/invoices/${id}/documents/statement`, {
      headers: { accept: "application/json" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/pdf");
    expect(answer.headers["content-disposition"]).toBe(`attachment; filename=Invoice_${usd}.pdf`);
    expect(answer.headers["content-length"]).toBe(`${answer.raw.length}`);
    expect(answer.raw.subarray(0, 5).toString()).toBe("%PDF-");
  });

  test("is addressed by the profiles of its date, and stays as it was when they change", async () => {
    const pdf = (id: string) => server.call("GET", `/v1/invoices/${id}/documents/statement`);
    const before = await pdf(usd);
    const address = { country: "JP", city: "Tokyo", addressLine1: "1 Chome Marunouchi" };
    const primaryContact = { firstName: "Aiko", lastName: "Sato", email: "aiko@contoso.example" };
    const billing = { companyName: "株式会社コントソ", address, primaryContact };
    const order = { purchaseOrderNumber: "PO-77", taxId: "T1234567890123" };
    for (const [path, body] of [
      ["billing", { ...billing, ...order }],
      ["legalbusiness", { ...billing, companyName: "Contoso Services KK" }],
    ] as const) {
      expect((await server.call("PUT", `/v1/profiles/${path}`, { body })).status).toBe(200);
    }
    expect((await pdf(usd)).raw.equals(before.raw)).toBe(true);
    await server.at(`${nextPeriod(third)}-20T12:00:00Z`);
    const { raw } = await pdf((await server.call("GET", "/v1/invoices")).body.items.at(-1).id);
    const words = readPdfTexts(raw).flat().join("|");
    for (const word of ["株式会社", "PO-77", "Tax ID T1234567890123", "Contoso Services KK"]) {
      expect(words).toContain(word);
    }
    expect(words).toContain("1 Chome Marunouchi|Tokyo|Japan");
    expect(words).toContain("Aiko Sato|aiko@contoso.example");
  });
});
