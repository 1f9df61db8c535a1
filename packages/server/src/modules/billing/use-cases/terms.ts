/** The terms of charges that are about to be made. */
import type { Db } from "../../../foundation/database/sql.ts";
import type { Partner } from "../../../foundation/partner.ts";
import { fixPricing } from "../rates/use-cases.ts";
import { loadTaxRule } from "../taxes/use-cases.ts";
import type { BillingTerms } from "../terms.ts";

/**
 * Terms for sales at `at`, loaded once for any number of them. The rates are in use from then on.
 * All sales charged by them must lie in the month of `at`.
 */
export async function fixTerms(
  tx: Db,
  partner: Partner,
  at: Date,
  sales: readonly { customerId: string; pricingCurrency: string }[],
): Promise<BillingTerms> {
  const currencies = sales.map(({ pricingCurrency }) => pricingCurrency);
  const customerIds = sales.map(({ customerId }) => customerId);
  const [priced, taxesOf] = await Promise.all([
    fixPricing(tx, partner, at, currencies),
    loadTaxRule(tx, partner, at, customerIds),
  ]);
  return { priced, taxesOf };
}
