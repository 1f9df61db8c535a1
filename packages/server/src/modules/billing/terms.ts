/** On what terms a partner's sales of one moment are charged: rates and taxes. Pure. */
import { type ChargeBasis, chargeFor, type NewCharge } from "./charge.ts";
import type { Priced, Pricing } from "./rates/rate.ts";
import type { TaxRule } from "./taxes/tax.ts";

export interface BillingTerms {
  /** The currency and rate at which a price is billed; undefined where there is no rate. */
  priced: Pricing;
  taxesOf: TaxRule;
}

/**
 * What the module that sells says of a charge; rate, billing currency and taxes follow from the
 * terms. `market` is the country whose list the price is from.
 */
export type Sale = Omit<ChargeBasis, keyof Priced> &
  Pick<Priced, "pricingCurrency"> & { market: string };

/**
 * The charge of a sale. Whether its price has a rate is asked before the sale is made.
 *
 * @throws Refusal QUANTITY_OUT_OF_RANGE
 */
export function chargeSale(terms: BillingTerms, { market, ...sale }: Sale): NewCharge {
  const priced = terms.priced(sale.pricingCurrency);
  if (!priced) throw new Error(`order ${sale.orderId}: no rate for ${sale.pricingCurrency}`);
  return chargeFor({ ...sale, ...priced }, terms.taxesOf(sale.customerId, market));
}
