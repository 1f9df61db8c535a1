/** Which rates charges are made at, and where they come from. */
import { type Period, periodOf } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { refuse } from "../../../foundation/errors.ts";
import type { Context, Partner } from "../../../foundation/partner.ts";
import type { Saved } from "../tables/saved.ts";
import { foreignCurrencies, type Pricing, pricingOf } from "./rate.ts";
import { type GivenRate, keyOf, rateOf, readRates } from "./rate-table.ts";
import { loadContradicted, loadRates, savePartnerRates, saveRates, useRates } from "./store.ts";

/**
 * How prices of these currencies would be billed at `at`. Costs one statement where one of them
 * is not the billing currency, and none elsewhere.
 */
export async function quotePricing(
  db: Db,
  partner: Partner,
  at: Date,
  pricingCurrencies: readonly string[],
): Promise<Pricing> {
  const month = periodOf(at);
  const wanted = wantedOf(partner, month, pricingCurrencies);
  return pricingOf(partner, month, wanted ? await loadRates(db, partner.partnerId, wanted) : []);
}

/**
 * The same for charges that are made now: the rates are in use from then on, so that a whole month
 * is billed at one rate, whatever is imported meanwhile. Loads them once for any number of charges.
 */
export async function fixPricing(
  tx: Db,
  partner: Partner,
  at: Date,
  pricingCurrencies: readonly string[],
): Promise<Pricing> {
  const { partnerId } = partner;
  const month = periodOf(at);
  const wanted = wantedOf(partner, month, pricingCurrencies);
  if (!wanted) return pricingOf(partner, month, []);
  const found = await loadRates(tx, partnerId, wanted);
  if (found.every(({ inUse }) => inUse)) return pricingOf(partner, month, found);
  await useRates(tx, partnerId, found);
  // Read again: another purchase may have been first, with a rate from before an import.
  return pricingOf(partner, month, await loadRates(tx, partnerId, wanted));
}

function wantedOf(partner: Partner, month: Period, pricingCurrencies: readonly string[]) {
  const from = foreignCurrencies(partner, pricingCurrencies);
  return from.length === 0 ? undefined : { from, to: partner.billingCurrency, month };
}

/**
 * Takes a file of rates for the whole installation, all of it or nothing. Done twice, it changes
 * nothing; what was charged before stays at its rate, and so does the rest of that month.
 *
 * @throws TableError with the line and the cause
 */
export function importRates(database: Database, text: string): Promise<Saved> {
  const rates = readRates(text);
  return database.transaction((tx) => saveRates(tx, rates));
}

/**
 * Gives rates to the partner alone, all of them or none.
 *
 * @throws Refusal INVALID_INPUT for what is no rate, and for a month with charges at another one
 */
export async function setRates(
  { db, partner }: Context,
  { items }: { items: readonly GivenRate[] },
): Promise<Saved> {
  const rates = items.map((item, index) => {
    const rate = rateOf(item);
    return typeof rate === "string" ? refuse("INVALID_INPUT", `items[${index}]: ${rate}`) : rate;
  });
  if (new Set(rates.map(keyOf)).size < rates.length) {
    refuse("INVALID_INPUT", "a pair of currencies has one rate in a month");
  }
  const [used] = await loadContradicted(db, partner.partnerId, rates);
  if (used) {
    refuse("INVALID_INPUT", `${keyOf(used)} stays ${used.rate}: charges were made at that rate`);
  }
  return savePartnerRates(db, partner.partnerId, rates);
}
