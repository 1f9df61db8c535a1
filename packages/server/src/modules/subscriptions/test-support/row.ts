/** A subscription for tests. */
import type { SubscriptionRow } from "../subscription.ts";

/** A legacy Azure subscription that began at `at`, with what a test changes of it. */
export function subscriptionRow(at: Date, change: Partial<SubscriptionRow> = {}): SubscriptionRow {
  return {
    subscriptionId: "11111111-1111-4111-8111-111111111111",
    customerId: "22222222-2222-4222-8222-222222222222",
    kind: "azure_legacy",
    offerId: "MS-AZR-0145P",
    offerName: "Microsoft Azure",
    publisherName: "Microsoft",
    friendlyName: "Production",
    quantity: 1,
    billingCycle: "monthly",
    term: null,
    autoRenew: false,
    renewalTerm: null,
    status: "active",
    orderId: "order",
    orderLine: 0,
    mpnId: null,
    createdAt: at,
    startsAt: at,
    endsAt: null,
    registeredAt: null,
    fullRefundUntil: null,
    partRefundUntil: null,
    version: 1,
    ...change,
  };
}
