/** Exchange rates: of one pair of currencies, for one month. Pure. */
import { type Period, startOfPeriod } from "../../../foundation/clock.ts";
import type { Decimal } from "../../../foundation/money.ts";
import type { Partner } from "../../../foundation/partner.ts";

/** What one unit of `from` is worth in `to`, for all purchases of a month. */
export interface Rate {
  from: string;
  to: string;
  month: Period;
  rate: Decimal;
  /** When the rate was fixed. */
  rateDate: Date;
}

/** The money side of a charge: the members of `ChargeBasis` that the rates decide. */
export interface Priced {
  pricingCurrency: string;
  currency: string;
  exchangeRate: Decimal;
  exchangeRateDate: Date;
}

/** The currency that goods are invoiced in: that of their price, or the partner's own. */
function billingCurrencyOf(
  { invoiceCurrency, billingCurrency }: Pick<Partner, "invoiceCurrency" | "billingCurrency">,
  pricingCurrency: string,
): string {
  return invoiceCurrency === "partner" ? billingCurrency : pricingCurrency;
}

/** How prices of a currency are billed in a month; undefined where the rate is not known. */
export type Pricing = (pricingCurrency: string) => Priced | undefined;

/** `rates` are of the month: those that hold then, whichever month they were given for. */
export function pricingOf(
  partner: Pick<Partner, "invoiceCurrency" | "billingCurrency">,
  month: Period,
  rates: readonly Pick<Rate, "from" | "rate" | "rateDate">[],
): Pricing {
  const known = new Map(rates.map((rate) => [rate.from, rate]));
  return (pricingCurrency) => {
    const currency = billingCurrencyOf(partner, pricingCurrency);
    if (currency === pricingCurrency) {
      const exchangeRateDate = startOfPeriod(month);
      return { pricingCurrency, currency, exchangeRate: "1", exchangeRateDate };
    }
    const found = known.get(pricingCurrency);
    if (!found) return undefined;
    const { rate: exchangeRate, rateDate: exchangeRateDate } = found;
    return { pricingCurrency, currency, exchangeRate, exchangeRateDate };
  };
}

/** The currencies whose prices need a rate to be billed. */
export function foreignCurrencies(
  partner: Pick<Partner, "invoiceCurrency" | "billingCurrency">,
  pricingCurrencies: readonly string[],
): string[] {
  const foreign = pricingCurrencies.filter((code) => billingCurrencyOf(partner, code) !== code);
  return [...new Set(foreign)];
}
