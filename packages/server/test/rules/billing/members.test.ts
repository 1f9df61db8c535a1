/** The members of every resource of billing: these names, these types, and no others. */
import { describe, expect, test } from "vitest";
import { tradedAccount } from "./account.ts";

type Members = Readonly<Record<string, string>>;

const account = await tradedAccount();
const { get } = account;
await account.pay("5.00");
const invoice = (await account.invoices()).at(-1);
const query = "provider=onetime&invoicelineitemtype=billinglineitems";
const lines = await get(`/v1/invoices/${invoice.id}/lineitems?${query}&size=1`);

/** What a value is on the wire: text, number, date, list, or its members. */
function formOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? "date" : "text";
  return typeof value;
}

function membersOf(value: object): Members {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, formOf(one)]));
}

const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "text"]));
const numbers = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "number"]));
const dates = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "date"]));
const resource = { attributes: "object" };

const figures: Members = {
  ...numbers("balanceAmount", "lastPaymentAmount"),
  ...texts("currencyCode", "currencySymbol"),
  ...dates("accountingDate", "firstInvoiceCreationDate", "lastPaymentDate", "latestInvoiceDate"),
  ...resource,
};

const invoiceMembers: Members = {
  ...texts("id", "currencyCode", "currencySymbol", "pdfDownloadLink", "documentType"),
  ...texts("invoiceType"),
  ...dates("invoiceDate", "billingPeriodStartDate", "billingPeriodEndDate"),
  ...numbers("totalCharges", "paidAmount"),
  taxReceipts: "list",
  invoiceDetails: "list",
  links: "object",
  ...resource,
};

/** Two dates more where the line has a subscription. */
const lineMembers: Members = {
  ...texts("partnerId", "customerId", "customerName", "customerDomainName", "customerCountry"),
  ...texts("invoiceNumber", "mpnId", "orderId", "productId", "skuId", "availabilityId"),
  ...texts("productName", "skuName", "chargeType", "unitType", "currency", "publisherName"),
  ...texts("publisherId", "subscriptionDescription", "subscriptionId", "termAndBillingCycle"),
  ...texts("alternateId", "referenceId", "priceAdjustmentDescription", "discountDetails"),
  ...texts("creditReasonCode", "pricingCurrency", "meterDescription", "billingFrequency"),
  ...texts("reservationOrderId", "promotionId", "invoiceLineItemType", "billingProvider"),
  ...numbers("resellerMpnId", "unitPrice", "effectiveUnitPrice", "quantity", "subtotal"),
  ...numbers("taxTotal", "totalForCustomer", "pcToBCExchangeRate", "billableQuantity"),
  ...dates("orderDate", "chargeStartDate", "chargeEndDate", "pcToBCExchangeRateDate"),
  productQualifiers: "list",
  ...resource,
};

const linkMembers: Members = { ...texts("uri", "method"), headers: "list" };

describe("the members of", () => {
  test("the account's summary and of its parts", async () => {
    const summary = await get("/v1/invoices/summary");
    expect(membersOf(summary)).toEqual({ ...figures, details: "list", links: "object" });
    expect(summary.details.length).toBe(2);
    for (const detail of summary.details) {
      expect(membersOf(detail)).toEqual({ invoiceType: "text", summary: "object" });
      expect(membersOf(detail.summary)).toEqual(figures);
      expect(detail.summary.attributes).toEqual({ objectType: "InvoiceSummary" });
    }
    expect(membersOf(summary.links.self)).toEqual(linkMembers);
  });

  test("the collections, which count their items", async () => {
    const whole = { totalCount: "number", items: "list", links: "object", ...resource };
    for (const path of ["/v1/invoices", "/v1/invoices/summaries"]) {
      const collection = await get(path);
      expect(membersOf(collection)).toEqual(whole);
      expect(collection.totalCount).toBe(collection.items.length);
      expect(collection.attributes).toEqual({ objectType: "Collection" });
    }
    expect(membersOf(lines)).toEqual({ ...whole, continuationToken: "text" });
    expect(Object.keys(lines.links)).toEqual(["self", "next"]);
    expect(membersOf(lines.links.next)).toEqual(linkMembers);
    expect(membersOf(lines.links.next.headers[0])).toEqual(texts("key", "value"));
  });

  test("an invoice, by itself and in the list, and of its details", async () => {
    expect(membersOf(invoice)).toEqual(invoiceMembers);
    expect(await get(`/v1/invoices/${invoice.id}`)).toEqual(invoice);
    expect(invoice.attributes).toEqual({ objectType: "Invoice" });
    for (const detail of invoice.invoiceDetails) {
      expect(membersOf(detail)).toEqual({
        ...texts("invoiceLineItemType", "billingProvider"),
        links: "object",
        ...resource,
      });
    }
  });

  test("a line, billed and unbilled", async () => {
    const dated = { ...lineMembers, ...dates("subscriptionStartDate", "subscriptionEndDate") };
    for (const line of [...(await account.linesOf(invoice.id)), ...(await account.unbilled())]) {
      expect(membersOf(line)).toEqual(line.subscriptionId === "" ? lineMembers : dated);
      expect(line.attributes).toEqual({ objectType: "OneTimeInvoiceLineItem" });
    }
  });

  test("the estimate links, which have no links of their own", async () => {
    const estimates = await get("/v1/invoices/estimates/links");
    expect(membersOf(estimates)).toEqual({ totalCount: "number", items: "list", ...resource });
    for (const item of estimates.items) {
      expect(membersOf(item)).toEqual({
        ...texts("type", "title", "description", "period"),
        link: "object",
      });
      expect(membersOf(item.link)).toEqual(linkMembers);
    }
  });
});
