/** The route table of billing, the way of a charge through it, and the partner's two profiles. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../harness.ts";
import { businessRows, newBuyer, offerOf } from "../../shop.ts";

const server = await testServer();
await server.at("2030-01-10T09:00:00Z");
const { customerId } = await newBuyer(server);
const { catalogItemId } = offerOf("perpetual_software");
const bought = await server.call("POST", `/v1/customers/${customerId}/orders`, {
  body: { lineItems: [{ offerId: catalogItemId, quantity: 2 }] },
});
const own = `${bought.body.id}`;
const call = (path: string, token = "user") => server.call("GET", `/v1${path}`, { token });
const billing = "provider=onetime&invoicelineitemtype=billinglineitems";

async function placesOf(): Promise<Record<string, object>> {
  const listed = (await call("/invoices")).body.items;
  const paths = [
    ...["current", "previous"].map((period) => ({
      name: period,
      path: `/invoices/unbilled/lineitems?${billing}&currencycode=USD&period=${period}`,
    })),
    ...listed.map(({ id }: { id: string }) => ({
      name: "invoice",
      path: `/invoices/${id}/lineitems?${billing}`,
    })),
  ];
  const places: Record<string, object> = {};
  for (const { name, path } of paths) {
    const { items } = (await call(path)).body;
    const line = items.find(({ orderId }: { orderId: string }) => orderId === own);
    if (line) places[name] = line;
  }
  return places;
}

describe("the states of a charge", () => {
  const estimate = { invoiceNumber: "", taxTotal: 0, totalForCustomer: 0 };

  test("at checkout it is unbilled in the current month, without tax and total", async () => {
    expect(await placesOf()).toEqual({ current: expect.objectContaining(estimate) });
  });

  test("from the end of the month it is unbilled in the previous one", async () => {
    await server.at("2030-02-01T00:00:00Z");
    expect(await placesOf()).toEqual({ previous: expect.objectContaining(estimate) });
    await server.at("2030-02-07T23:59:59Z");
    expect(await placesOf()).toEqual({ previous: expect.objectContaining(estimate) });
  });

  test("from the eighth it is on the invoice alone, with number, tax and total", async () => {
    await server.at("2030-02-08T00:00:00Z");
    const [{ id }] = (await call("/invoices")).body.items;
    const places = await placesOf();
    expect(Object.keys(places)).toEqual(["invoice"]);
    const { subtotal, taxTotal, totalForCustomer, invoiceNumber } = places.invoice as {
      [member: string]: number;
    };
    expect(invoiceNumber).toBe(id);
    expect(taxTotal).toBeGreaterThan(0);
    expect(totalForCustomer).toBeCloseTo(Number(subtotal) + Number(taxTotal), 2);
  });

  test("with its payment the balance falls and the invoice is paid", async () => {
    const [invoice] = (await call("/invoices")).body.items;
    const body = { amount: invoice.totalCharges, reference: "all of it", invoiceId: invoice.id };
    expect((await server.call("POST", "/_kontor/payments", { body })).status).toBe(201);
    expect((await call("/invoices/summary")).body).toMatchObject({
      balanceAmount: 0,
      lastPaymentAmount: invoice.totalCharges,
      lastPaymentDate: "2030-02-08T00:00:00Z",
    });
    expect((await call(`/invoices/${invoice.id}`)).body.paidAmount).toBe(invoice.totalCharges);
  });
});

describe("the route table", () => {
  const invoice = "/invoices/G000000001";
  test.each([
    ["R1", "/invoices/summary", 200],
    ["R2", "/invoices/summaries", 403],
    ["R3", "/invoices", 200],
    ["R4", invoice, 403],
    ["R5", `${invoice}/lineitems?${billing}`, 200],
    ["R6", `${invoice}/lineitems/OneTime/BillingLineItems`, 200],
    ["R7", `/invoices/unbilled/lineitems?${billing}&currencycode=USD&period=current`, 200],
    ["R8", "/invoices/estimates/links?currencycode=USD", 200],
    ["R9", `${invoice}/documents/statement`, 403],
    ["R11", "/profiles/billing", 403],
    ["R12", "/profiles/legalbusiness", 200],
  ])("%s %s is there for a user, and for an app as documented", async (_row, path, app) => {
    const answer = await call(path);
    expect(answer.status).toBe(200);
    expect(answer.headers).toHaveProperty("ms-requestid");
    expect(answer.headers).toHaveProperty("ms-correlationid");
    expect((await call(path, "app")).status).toBe(app);
    expect((await call(path.replaceAll("/", "//"))).status).toBe(200);
  });

  test("R10 a receipt that does not exist is not found, whoever asks", async () => {
    const path = `${invoice}/receipts/8602768/documents/statement`;
    expect((await call(path)).body.code).toBe(1000);
    expect((await call(path, "app")).status).toBe(403);
  });

  test.each(["Summary", "SUMMARIES", "Unbilled/LineItems", "Estimates/Links"])(
    "%s is no id of an invoice",
    async (word) => {
      const path = `/invoices/${word}?${billing}&currencycode=USD&period=current`;
      expect((await call(path)).status).toBe(200);
    },
  );
});

describe("profiles", () => {
  const put = (path: string, body: object) => server.call("PUT", `/v1${path}`, { body });

  test("R11 a profile in Pascal case, as the .NET client sends it, is replaced", async () => {
    const { body } = await call("/profiles/billing");
    const sent = {
      CompanyName: "Contoso Ltd",
      Address: { Country: "us", City: "Seattle", State: "WA", AddressLine1: "1 Way" },
      PrimaryContact: { FirstName: "Ada", LastName: "Coleman", Email: "ada@contoso.example" },
      PurchaseOrderNumber: "PO 4711",
      TaxId: "US123",
      BillingDay: null,
      BillingCurrency: body.billingCurrency,
      ProfileType: "BillingProfile",
      Attributes: { Etag: body.attributes.etag, ObjectType: "BillingProfile" },
      Unknown: [1],
    };
    const changed = await put("/profiles/billing", sent);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      companyName: "Contoso Ltd",
      address: { country: "US", addressLine1: "1 Way" },
      primaryContact: { firstName: "Ada", email: "ada@contoso.example" },
      purchaseOrderNumber: "PO 4711",
      taxId: "US123",
      profileType: "BillingProfile",
      links: { self: { uri: "/profiles/billing" } },
      attributes: { objectType: "BillingProfile" },
    });
    expect(changed.body).not.toHaveProperty("billingDay");
    expect((await call("/profiles/billing")).body).toEqual(changed.body);
  });

  test("R11 a day of 0, as the Java client sends it, is none; a stale etag is refused", async () => {
    const { body } = await call("/profiles/billing");
    const changed = await put("/profiles/billing", { ...body, billingDay: 0 });
    expect([changed.status, changed.body.billingDay]).toEqual([200, undefined]);
    const before = [await businessRows(server), (await call("/profiles/billing")).text];
    const stale = await put("/profiles/billing", { ...body, companyName: "Late" });
    expect([stale.status, stale.body.code]).toEqual([400, 2055]);
    expect([await businessRows(server), (await call("/profiles/billing")).text]).toEqual(before);
  });

  test("R12 the legal profile is replaced and read in each version", async () => {
    const { body } = await call("/profiles/legalbusiness");
    const changed = await put("/profiles/legalbusiness", { ...body, CompanyName: "Contoso plc" });
    expect(changed.body).toMatchObject({
      vettingStatus: "authorized",
      vettingSubStatus: "none",
      profileType: "LegalBusinessProfile",
      links: { self: { uri: "/profiles/legalbusiness" } },
    });
    for (const version of ["", "?vettingVersion=Current", "?vettingversion=lastfinalized"]) {
      expect((await call(`/profiles/legalbusiness${version}`)).body).toEqual(changed.body);
    }
  });
});
