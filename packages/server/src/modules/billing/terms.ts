/** On what terms a partner's sales of one moment are charged: rates and taxes. Pure. */
import type { Partner } from "../../foundation/partner.ts";
import { type ChargeBasis, chargeFor, type NewCharge } from "./charge.ts";
import type { Priced, Pricing } from "./rates/rate.ts";

export interface BillingTerms {
  /** The currency and rate at which a price is billed; undefined where there is no rate. */
  priced: Pricing;
  partner: Pick<Partner, "taxRate">;
}

/** What the module that sells says of a charge; rate and billing currency follow from the terms. */
export type Sale = Omit<ChargeBasis, keyof Priced> & Pick<Priced, "pricingCurrency">;

/**
 * The charge of a sale. Whether its price has a rate is asked before the sale is made.
 *
 * @throws Refusal QUANTITY_OUT_OF_RANGE
 */
export function chargeSale(terms: BillingTerms, sale: Sale): NewCharge {
  const priced = terms.priced(sale.pricingCurrency);
  if (!priced) throw new Error(`order ${sale.orderId}: no rate for ${sale.pricingCurrency}`);
  return chargeFor({ ...sale, ...priced }, terms.partner);
}
