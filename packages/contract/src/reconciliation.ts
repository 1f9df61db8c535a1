/**
 * The columns of a reconciliation file, in their order: the names that the vendor's files carry,
 * and the member of a line item that each one holds.
 */
import type { LineItem } from "./operations/billing.ts";

/** How a column is written: instants and days are ISO 8601 in UTC, decimals are exact. */
export type ColumnKind = "id" | "text" | "integer" | "decimal" | "instant";

export interface ReconciliationColumn {
  name: string;
  of: Exclude<keyof LineItem, "attributes">;
  kind: ColumnKind;
  /** Also in the attribute set `basic`: what is needed to join and to add up. */
  basic: boolean;
}

type Row = readonly [
  name: string,
  of: ReconciliationColumn["of"],
  kind: ColumnKind,
  extent?: "full",
];

const rows: readonly Row[] = [
  ["PartnerId", "partnerId", "id"],
  ["CustomerId", "customerId", "id"],
  ["CustomerName", "customerName", "text"],
  ["CustomerDomainName", "customerDomainName", "text"],
  ["CustomerCountry", "customerCountry", "text", "full"],
  ["InvoiceNumber", "invoiceNumber", "id"],
  ["MpnId", "mpnId", "id"],
  ["Tier2MpnId", "resellerMpnId", "integer"],
  ["OrderId", "orderId", "id"],
  ["OrderDate", "orderDate", "instant"],
  ["ProductId", "productId", "id"],
  ["SkuId", "skuId", "id"],
  ["AvailabilityId", "availabilityId", "id"],
  ["SkuName", "skuName", "text", "full"],
  ["ProductName", "productName", "text"],
  ["ProductQualifiers", "productQualifiers", "text", "full"],
  ["ChargeType", "chargeType", "text"],
  ["UnitPrice", "unitPrice", "decimal"],
  ["Quantity", "quantity", "integer"],
  ["Subtotal", "subtotal", "decimal"],
  ["TaxTotal", "taxTotal", "decimal"],
  ["Total", "totalForCustomer", "decimal"],
  ["Currency", "currency", "text"],
  ["PriceAdjustmentDescription", "priceAdjustmentDescription", "text", "full"],
  ["PublisherName", "publisherName", "text", "full"],
  ["PublisherId", "publisherId", "id", "full"],
  ["SubscriptionDescription", "subscriptionDescription", "text", "full"],
  ["SubscriptionId", "subscriptionId", "id"],
  ["SubscriptionStartDate", "subscriptionStartDate", "instant", "full"],
  ["SubscriptionEndDate", "subscriptionEndDate", "instant", "full"],
  ["ChargeStartDate", "chargeStartDate", "instant"],
  ["ChargeEndDate", "chargeEndDate", "instant"],
  ["TermAndBillingCycle", "termAndBillingCycle", "text"],
  ["EffectiveUnitPrice", "effectiveUnitPrice", "decimal"],
  ["UnitType", "unitType", "text", "full"],
  ["AlternateId", "alternateId", "id", "full"],
  ["ReferenceId", "referenceId", "id", "full"],
  ["BillableQuantity", "billableQuantity", "decimal"],
  ["BillingFrequency", "billingFrequency", "text", "full"],
  ["PricingCurrency", "pricingCurrency", "text"],
  ["PCToBCExchangeRate", "pcToBCExchangeRate", "decimal"],
  ["PCToBCExchangeRateDate", "pcToBCExchangeRateDate", "instant", "full"],
  ["MeterDescription", "meterDescription", "text", "full"],
  ["ReservationOrderId", "reservationOrderId", "id", "full"],
  ["CreditReasonCode", "creditReasonCode", "text", "full"],
  ["PromotionId", "promotionId", "id", "full"],
];

export const reconciliationColumns: readonly ReconciliationColumn[] = rows.map(
  ([name, of, kind, extent]) => ({ name, of, kind, basic: extent !== "full" }),
);

export type AttributeSet = "full" | "basic";

export function columnsOf(attributeSet: AttributeSet): readonly ReconciliationColumn[] {
  return reconciliationColumns.filter(({ basic }) => basic || attributeSet === "full");
}

/** A line of a reconciliation file: a value for each column, null where there is none. */
export type ReconciliationLine = Record<string, string | number | null>;
