/** Recording charges, and what is left of a credit limit. */
import type { Db } from "../../../foundation/database/sql.ts";
import { newId } from "../../../foundation/ids.ts";
import type { Partner } from "../../../foundation/partner.ts";
import { schedule } from "../../due/index.ts";
import type { NewCharge } from "../charge.ts";
import { closingOf } from "../closing.ts";
import { chargePostings } from "../ledger.ts";
import { appendCharges, appendPostings, loadOwed, takeCreditTurn } from "../store.ts";

/**
 * Appends charges and their postings and puts the close of their periods on the list of due work:
 * three statements, however many charges. A charge of a month that has its invoice fails. The transaction must hold the partner's row, at least
 * shared, as every write does: then no period closes meanwhile.
 */
export async function recordCharges(
  tx: Db,
  partner: Partner,
  charges: readonly NewCharge[],
): Promise<void> {
  if (charges.length === 0) return;
  const { partnerId } = partner;
  const rows = charges.map((charge) => ({ ...charge, chargeId: newId() }));
  const closings = charges.map(({ currency, period }) => closingOf(currency, period));
  const once = new Map(closings.map((work) => [work.subject, work]));
  await Promise.all([
    appendCharges(tx, partnerId, rows),
    appendPostings(tx, partnerId, rows.flatMap(chargePostings)),
    schedule(tx, partnerId, [...once.values()]),
  ]);
}

/**
 * Minor units that the partner may still spend: the limit less invoices and unbilled charges; null
 * when there is no limit. A limit is an amount of the billing currency and holds for that one.
 * It stays true until the transaction ends: other purchases under a limit wait.
 */
export async function remainingCredit(
  tx: Db,
  partner: Partner,
  currency: string,
): Promise<bigint | null> {
  const { partnerId, billingCurrency, creditLimitMinor } = partner;
  if (creditLimitMinor === null || currency !== billingCurrency) return null;
  await takeCreditTurn(tx, partnerId);
  return creditLimitMinor - (await loadOwed(tx, partnerId, currency));
}
