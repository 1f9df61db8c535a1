/** What a charge is made of, for tests. */
import { periodOf, startOfPeriod } from "../../../foundation/clock.ts";
import type { ChargeBasis } from "../charge.ts";

/** One unit at 1 USD, sold and over at `at`, with what a test changes of it. */
export function chargeBasis(at: Date, change: Partial<ChargeBasis> = {}): ChargeBasis {
  return {
    customerId: "c139c4bf-2e8b-4ab5-8bed-d9f50dcca7a2",
    orderId: "2y6dF_rVgDAXMxypQPPnTquuXhKVK_3N1",
    lineNumber: 0,
    chargeType: "new",
    referenceId: "28b535e0-68f4-40b5-84f7-8ed9241eb149",
    occurredAt: at,
    startsAt: at,
    endsAt: at,
    quantity: 1,
    unitPrice: "1",
    effectiveUnitPrice: "1",
    pricingCurrency: "USD",
    exchangeRate: "1",
    exchangeRateDate: startOfPeriod(periodOf(at)),
    currency: "USD",
    ...change,
  };
}
