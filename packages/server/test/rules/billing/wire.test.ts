/** Invoices and their lines: what the server must emit, and what it must accept. */
import { describe, expect, test } from "vitest";
import { membersOf, newWorld, stocked } from "../world.ts";

const world = await newWorld();
const { server } = world;
const { invoiceId } = await stocked(world);
// Unbilled lines too: a purchase after the month was closed.
await server.call("POST", `${world.customer}/orders`, {
  body: { lineItems: [{ offerId: world.software.catalogItemId, quantity: 2 }] },
});
const lineType = "invoicelineitemtype=billinglineitems";
const lines = `/v1/invoices/${invoiceId}/lineitems`;
const oneTime = `${lines}?provider=onetime&${lineType}`;
const unbilled = `/v1/invoices/unbilled/lineitems?provider=onetime&${lineType}&currencycode=USD`;
const get = (path: string, headers: Record<string, string> = {}) =>
  server.call("GET", path, { headers });
const billed = (await get(oneTime)).body;
const invoice = (await get(`/v1/invoices/${invoiceId}`)).body;

describe("what the server must emit", () => {
  test("E1 E2 every line names its class by type and provider, in snake case", () => {
    expect(billed.items.length).toBeGreaterThanOrEqual(3);
    for (const line of billed.items) {
      expect(line).toMatchObject({
        invoiceLineItemType: "billing_line_items",
        billingProvider: "one_time",
        attributes: { objectType: "OneTimeInvoiceLineItem" },
      });
    }
  });

  test("E3 E4 asked for usage or for marketplace lines, no line of another class comes", async () => {
    const usage = await get(`${lines}?provider=onetime&invoicelineitemtype=usagelineitems`);
    expect([usage.status, usage.body.items]).toEqual([200, []]);
    const marketplace = await get(`${lines}?provider=marketplace&${lineType}`);
    expect([marketplace.status, marketplace.body.code]).toEqual([400, 3000]);
  });

  test("E5 E6 E7 document type, provider and invoice type are words that clients know", async () => {
    for (const one of [invoice, ...(await get("/v1/invoices")).body.items]) {
      expect(["none", "invoice", "void_note", "adjustment_note"]).toContain(one.documentType);
      expect(["OneTime", "Recurring"]).toContain(one.invoiceType);
      for (const detail of one.invoiceDetails) {
        expect(["one_time", "office", "azure", "marketplace", "all"]).toContain(
          detail.billingProvider,
        );
      }
    }
  });

  test("E8 no number or date is null or empty", async () => {
    const paths = [oneTime, `${unbilled}&period=current`, "/v1/invoices", "/v1/invoices/summary"];
    for (const path of paths) {
      const members = membersOf((await get(path)).body);
      expect(members.filter(({ value }) => value === null)).toEqual([]);
      const dates = members.filter(({ name }) => /Date$/.test(name));
      for (const { value } of dates) expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    }
  });

  test("E16 no line has tags or further texts to misread: no usage is rated", () => {
    for (const line of billed.items) {
      for (const name of ["tags", "additionalInfo"]) expect(line).not.toHaveProperty(name);
    }
  });

  test("E9 E10 resellerMpnId and quantity are integers", () => {
    for (const line of billed.items) {
      expect(Number.isInteger(line.resellerMpnId)).toBe(true);
      expect(Number.isInteger(line.quantity)).toBe(true);
    }
  });

  test("E11 money and rates are JSON numbers", () => {
    const names = ["unitPrice", "effectiveUnitPrice", "subtotal", "taxTotal", "totalForCustomer"];
    for (const line of billed.items) {
      for (const name of [...names, "pcToBCExchangeRate", "billableQuantity"]) {
        expect([name, typeof line[name]]).toEqual([name, "number"]);
      }
    }
  });

  test("E12 totalCount counts the items of the page", async () => {
    const page = (await get(`${oneTime}&size=2`)).body;
    expect([page.totalCount, page.items.length]).toEqual([2, 2]);
  });

  test("E13 a page with more behind has token and next with the token; the last has neither", async () => {
    let page = (await get(`${oneTime}&size=1`)).body;
    let count = page.items.length;
    while (page.links.next) {
      expect(page.links.next.headers).toEqual([
        { key: "MS-ContinuationToken", value: page.continuationToken },
      ]);
      const token = { "MS-ContinuationToken": page.continuationToken };
      page = (await get(`/v1/${page.links.next.uri}`, token)).body;
      count += page.items.length;
    }
    expect(page).not.toHaveProperty("continuationToken");
    expect(count).toBe(billed.items.length);
  });

  test("E14 E17 next is one well-formed relative reference without /v1", async () => {
    for (const path of [`${oneTime}&size=1`, `${unbilled}&period=current&size=1`]) {
      const page = (await get(path)).body;
      for (const { uri } of Object.values<{ uri: string }>(page.links)) {
        expect(uri).toMatch(/^\/invoices\/[^\s?]+\?[^\s?]+$/);
      }
    }
  });

  test("E15 pdfDownloadLink and the links of details are there on list and invoice", async () => {
    for (const one of [invoice, ...(await get("/v1/invoices")).body.items]) {
      expect(one.pdfDownloadLink).toBe(`/invoices/${one.id}/documents/statement`);
      expect((await get(`/v1/${one.pdfDownloadLink}`)).status).toBe(200);
      for (const detail of one.invoiceDetails) {
        expect((await get(`/v1/${detail.links.self.uri}`)).body.totalCount).toBeGreaterThan(0);
      }
    }
  });
});

describe("what the server must accept", () => {
  const count = billed.items.length;
  const counts = async (path: string) => {
    const answer = await get(path);
    return [answer.status, answer.body?.items?.length];
  };

  test("A1 repeated slashes", async () => {
    expect(await counts(oneTime.replace("/v1/", "/v1//"))).toEqual([200, count]);
    expect(await counts("/v1//invoices/summaries")).toEqual([200, 1]);
  });

  test.each([
    "Provider=OneTime&InvoiceLineItemType=BillingLineItems&CurrencyCode=USD",
    "provider=onetime&invoiceLineItemType=billinglineitems&currencycode=usd",
    "provider=onetime&nvoicelineitemtype=billinglineitems",
  ])("A2 query names: %s", async (query) => {
    expect(await counts(`${lines}?${query}`)).toEqual([200, count]);
  });

  test.each(["OneTime", "onetime", "ONETIME", "one_time", "all"])(
    "A3 provider %s with each spelling of the type",
    async (provider) => {
      for (const type of ["BillingLineItems", "BILLINGLINEITEMS", "billing_line_items"]) {
        const query = `${lines}?provider=${provider}&invoicelineitemtype=${type}`;
        expect(await counts(query)).toEqual([200, count]);
        expect(await counts(`${lines}/${provider}/${type}`)).toEqual([200, count]);
      }
    },
  );

  test.each(["unbilled", "Unbilled", "UNBILLED"])("A4 the invoice %s", async (id) => {
    const path = `${unbilled}&period=current`.replace("unbilled", id);
    expect((await counts(path))[0]).toBe(200);
  });

  test.each(["OneTime-", "Recurring-", "onetime-"])("A5 the prefix %s", async (prefix) => {
    const read = await get(`/v1/invoices/${prefix}${invoiceId}`);
    expect(read.body.id).toBe(invoiceId);
    expect(await counts(oneTime.replace(invoiceId, prefix + invoiceId))).toEqual([200, count]);
  });

  test.each(["", "&currencyCode=USD&period=current", "&currencyCode=&period=", "&period=previous"])(
    "A6 a billed invoice with %j",
    async (more) => {
      expect(await counts(oneTime + more)).toEqual([200, count]);
    },
  );

  test("A7 estimate links without a currency are in the billing currency", async () => {
    const { body } = await get("/v1/invoices/estimates/links");
    expect(body.totalCount).toBe(4);
    for (const { link } of body.items) {
      expect(link.uri).toContain("currencycode=USD");
      expect((await get(`/v1/${link.uri}`)).status).toBe(200);
    }
  });

  test.each(["application/pdf", "application/json", "*/*"])(
    "A8 a statement asked for as %s is a PDF",
    async (accept) => {
      const answer = await get(`/v1/invoices/${invoiceId}/documents/statement`, { accept });
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/pdf"]);
    },
  );

  test("A9 an offset on one-time lines is ignored", async () => {
    expect(await counts(`${oneTime}&offset=1`)).toEqual([200, count]);
  });

  test.each(["2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00%2B00:00", "2020-01-01"])(
    "A10 the date %s in a filter",
    async (value) => {
      const filter = `{"Field":"InvoiceDate","Value":"${value}","Operator":"greater_than"}`;
      expect((await counts(`/v1/invoices?filter=${filter}`))[0]).toBe(200);
    },
  );

  test.each([
    [".NET", { Field: "InvoiceDate", Value: "2020-01-01", Operator: "greater_than_or_equals" }],
    ["Java", { operator: "GreaterThanOrEquals", field: "invoice_date", value: "2020-01-01" }],
    [
      ".NET, compound",
      {
        LeftFilter: { Field: "InvoiceDate", Value: "2020-01-01", Operator: "greater_than" },
        RightFilter: { Field: "InvoiceDate", Value: "2999-01-01", Operator: "less_than" },
        Operator: "and",
      },
    ],
  ])("the invoice filter of %s", async (_client, filter) => {
    const text = encodeURIComponent(JSON.stringify(filter));
    const all = (await get("/v1/invoices")).body.totalCount;
    expect(await counts(`/v1/invoices?size=200&offset=0&filter=${text}`)).toEqual([200, all]);
  });
});

describe("refusals", () => {
  test.each([
    ["an unknown invoice", "/v1/invoices/G999999999", 404, 1000],
    ["unbilled without lineitems", "/v1/invoices/unbilled", 404, 1000],
    ["a provider that is none", `${lines}?provider=amazon&${lineType}`, 400, 3000],
    ["no provider", `${lines}?${lineType}`, 400, 3000],
    ["unbilled without currency", unbilled.replace("&currencycode=USD", ""), 400, 3000],
    ["unbilled with an empty currency", unbilled.replace("=USD", "="), 400, 3000],
    ["a period that is none", `${unbilled}&period=future`, 400, 3000],
    ["Next without a token", `${oneTime}&seekOperation=Next`, 400, 800002],
    ["a filter of another field", '/v1/invoices?filter={"Field":"Id","Value":"G"}', 400, 3000],
    ["a size that is no number", "/v1/invoices?size=many", 400, 3000],
    ["a size beyond the limit", "/v1/invoices?size=2001", 400, 3000],
  ])("%s", async (_case, path, status, code) => {
    const answer = await get(path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
