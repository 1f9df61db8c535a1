/** Which taxes charges carry, and where they come from. */
import type { Database } from "../../../foundation/database/pool.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import type { Context, Partner } from "../../../foundation/partner.ts";
import { requireCustomer } from "../../customers/index.ts";
import type { Saved } from "../tables/saved.ts";
import { loadExempt, loadTaxes, saveExemption, saveTaxes } from "./store.ts";
import { flatTax, type TaxRule } from "./tax.ts";
import { readTaxes } from "./tax-table.ts";

/**
 * The rule for sales at `at`: the partner's one rate, or the taxes of its country. A price contains
 * tax on the list of that country only. Costs one statement, and another one for a country.
 */
export async function loadTaxRule(
  db: Db,
  partner: Partner,
  at: Date,
  customerIds: readonly string[],
): Promise<TaxRule> {
  const { partnerId, country, taxRate } = partner;
  const taxes = taxRate === null ? await loadTaxes(db, country, at) : flatTax(taxRate);
  if (taxes.length === 0) return () => [];
  const exempt = await loadExempt(db, partnerId, [...new Set(customerIds)]);
  const abroad = taxes.map((tax) => ({ ...tax, included: false }));
  return (customerId, market) => {
    if (exempt.has(customerId)) return [];
    return market === country ? taxes : abroad;
  };
}

/**
 * Takes a file of taxes for the whole installation, all of it or nothing. What was charged stays.
 *
 * @throws TableError with the place and the cause
 */
export function importTaxes(database: Database, text: string): Promise<Saved> {
  const taxes = readTaxes(text);
  return database.transaction((tx) => saveTaxes(tx, taxes));
}

/** Says whether a customer pays tax on later charges. @throws Refusal TENANT_NOT_FOUND */
export async function setTaxExemption(
  context: Context,
  customerId: string,
  { exempt }: { exempt: boolean },
): Promise<{ exempt: boolean }> {
  const customer = await requireCustomer(context, customerId);
  await saveExemption(context.db, context.partner.partnerId, customer.customerId, exempt);
  return { exempt };
}
