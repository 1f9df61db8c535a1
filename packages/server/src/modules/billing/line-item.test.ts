import { describe, expect, test } from "vitest";
import { realClock } from "../../foundation/clock.ts";
import type { Partner } from "../../foundation/partner.ts";
import { type LineRow, lineItem } from "./line-item.ts";

const partner: Partner = {
  partnerId: "3b33e682-00c3-41ee-9dd2-a548adf56438",
  name: "Contoso",
  domain: "contoso.onmicrosoft.com",
  country: "US",
  billingCurrency: "USD",
  invoiceCurrency: "price",
  mpnId: "4870137",
  taxRate: "0.1",
  creditLimitMinor: null,
  agreementSigned: true,
  sellsIn: null,
  perpetualSoftware: true,
  entitlementShape: "2021-07",
  clock: realClock,
};

const row: LineRow = {
  chargeId: "0192f0a0-0000-7000-8000-000000000001",
  occurredAt: new Date("2024-10-11T09:14:07.118Z"),
  orderId: "2y6dF_rVgDAXMxypQPPnTquuXhKVK_3N1",
  lineNumber: 0,
  customerId: "c139c4bf-2e8b-4ab5-8bed-d9f50dcca7a2",
  companyName: "Fabrikam Ltd",
  customerDomain: "fabrikam.onmicrosoft.com",
  customerCountry: "US",
  alternateId: "5f9d52bb1408",
  billingCycle: "one_time",
  productId: "DG7GMGF0FKZV",
  skuId: "0003",
  availabilityId: "DG7GMGF0DWMS",
  productTitle: "SQL Server Standard",
  skuTitle: "SQL Server Standard - 2 Core License Pack",
  publisherName: "Microsoft Corporation",
  friendlyName: "Branch licences",
  term: null,
  partnerOnRecord: null,
  reservationOrderId: null,
  subscriptionId: null,
  fulfilledAt: new Date("2024-10-11T09:14:07.118Z"),
  chargeType: "new",
  creditReason: "",
  referenceId: "28b535e0-68f4-40b5-84f7-8ed9241eb149",
  startsAt: new Date("2024-10-11T09:14:07.118Z"),
  endsAt: new Date("2024-10-11T09:14:07.118Z"),
  quantity: 2,
  unitPrice: "3717.00",
  effectiveUnitPrice: "3717.00",
  pricingCurrency: "USD",
  exchangeRate: "1",
  exchangeRateDate: new Date("2024-10-01T00:00:00.000Z"),
  currency: "USD",
  subtotalMinor: 743_400n,
  taxMinor: 74_340n,
};

/** Every field of a one-time line, with the values of a perpetual licence. */
const perpetual = {
  partnerId: "3b33e682-00c3-41ee-9dd2-a548adf56438",
  customerId: "c139c4bf-2e8b-4ab5-8bed-d9f50dcca7a2",
  customerName: "Fabrikam Ltd",
  customerDomainName: "fabrikam.onmicrosoft.com",
  customerCountry: "US",
  invoiceNumber: "G000912345",
  mpnId: "4870137",
  resellerMpnId: 0,
  orderId: "2y6dF_rVgDAXMxypQPPnTquuXhKVK_3N1",
  orderDate: "2024-10-11T09:14:07.1180000Z",
  productId: "DG7GMGF0FKZV",
  skuId: "0003",
  availabilityId: "DG7GMGF0DWMS",
  productName: "SQL Server Standard",
  skuName: "SQL Server Standard - 2 Core License Pack",
  productQualifiers: [],
  chargeType: "new",
  unitPrice: 3717,
  effectiveUnitPrice: 3717,
  unitType: "",
  quantity: 2,
  subtotal: 7434,
  taxTotal: 743.4,
  totalForCustomer: 8177.4,
  currency: "USD",
  publisherName: "Microsoft Corporation",
  publisherId: "",
  subscriptionDescription: "",
  subscriptionId: "",
  chargeStartDate: "2024-10-11T00:00:00Z",
  chargeEndDate: "2024-10-11T00:00:00Z",
  termAndBillingCycle: "",
  alternateId: "5f9d52bb1408",
  referenceId: "28b535e0-68f4-40b5-84f7-8ed9241eb149",
  priceAdjustmentDescription: "",
  discountDetails: "",
  creditReasonCode: "",
  pricingCurrency: "USD",
  pcToBCExchangeRate: 1,
  pcToBCExchangeRateDate: "2024-10-01T00:00:00Z",
  billableQuantity: 2,
  meterDescription: "",
  billingFrequency: "",
  reservationOrderId: "",
  promotionId: "",
  invoiceLineItemType: "billing_line_items",
  billingProvider: "one_time",
  attributes: { objectType: "OneTimeInvoiceLineItem" },
};

describe("a line item", () => {
  test("a billed perpetual licence has every field of the contract", () => {
    expect(lineItem(row, partner, "G000912345")).toEqual(perpetual);
  });

  test("an unbilled line differs in invoice number, tax and total alone", () => {
    const unbilled = { ...perpetual, invoiceNumber: "", taxTotal: 0, totalForCustomer: 0 };
    expect(lineItem(row, partner, undefined)).toEqual(unbilled);
  });

  test("a reservation names its reservation order and the last day that it covers", () => {
    const reservation = {
      ...row,
      term: "P1Y",
      reservationOrderId: "8fdebb4a-7110-496e-9570-623e4c992797",
      endsAt: new Date("2025-10-11T09:14:07.118Z"),
    };
    expect(lineItem(reservation, partner, "G000912345")).toEqual({
      ...perpetual,
      termAndBillingCycle: "1 Year Subscription",
      reservationOrderId: "8fdebb4a-7110-496e-9570-623e4c992797",
      chargeEndDate: "2025-10-10T00:00:00Z",
    });
  });

  test("a monthly billed term names subscription, month and frequency", () => {
    const month = {
      ...row,
      billingCycle: "monthly",
      term: "P1Y",
      subscriptionId: "9d7d1f3d-c8de-461c-db6d-91debd5129f0",
      fulfilledAt: new Date("2021-05-20T18:48:30.616Z"),
      startsAt: new Date("2021-05-20T18:48:30.616Z"),
      endsAt: new Date("2021-06-20T18:48:30.616Z"),
    };
    expect(lineItem(month, partner, "G000912345")).toEqual({
      ...perpetual,
      subscriptionDescription: "Branch licences",
      subscriptionId: "9d7d1f3d-c8de-461c-db6d-91debd5129f0",
      subscriptionStartDate: "2021-05-20T00:00:00Z",
      subscriptionEndDate: "2022-05-19T00:00:00Z",
      chargeStartDate: "2021-05-20T00:00:00Z",
      chargeEndDate: "2021-06-19T00:00:00Z",
      termAndBillingCycle: "One-Year commitment for monthly billing",
      billingFrequency: "Monthly",
    });
  });

  test.each([
    [null, "one_time", ""],
    ["P1M", "monthly", "One-Month commitment for monthly billing"],
    ["P1M", "none", "One-Month commitment for trial"],
    ["P3Y", "annual", "Three-Year commitment for yearly billing"],
    ["P3Y", "one_time", "3 Year Subscription"],
    ["P5Y", "one_time", "P5Y Subscription"],
  ])("term %s billed %s reads %j", (term, billingCycle, text) => {
    const item = lineItem({ ...row, term, billingCycle }, partner, undefined);
    expect(item.termAndBillingCycle).toBe(text);
  });

  test.each([
    ["4870137", 4_870_137],
    ["2147483647", 2_147_483_647],
    ["2147483648", 0],
    ["12345678901", 0],
    ["MPN-1", 0],
    ["", 0],
  ])("reseller %j is the integer %d", (partnerOnRecord, number) => {
    expect(lineItem({ ...row, partnerOnRecord }, partner, undefined).resellerMpnId).toBe(number);
  });

  test("amounts follow the minor units of the currency", () => {
    const amounts = (currency: string) => {
      const item = lineItem({ ...row, currency }, partner, "G000912345");
      return [item.subtotal, item.taxTotal, item.totalForCustomer];
    };
    expect(amounts("JPY")).toEqual([743_400, 74_340, 817_740]);
    expect(amounts("KWD")).toEqual([743.4, 74.34, 817.74]);
  });
});
