/** What commands do on the database in the name of one partner, beside a running server or alone. */
import { isGuid, read, type Static, type TSchema } from "@kontor/contract";
import { commerceNow, systemNow } from "./foundation/clock.ts";
import type { Database } from "./foundation/database/pool.ts";
import { refuse } from "./foundation/errors.ts";
import type { Context } from "./foundation/partner.ts";
import { ownDoing } from "./modules/audit/index.ts";
import { changeInvoice, type InvoiceChange, type InvoiceView } from "./modules/billing/index.ts";
import { listPartnerIds, loadPartner, tenantByDomain } from "./modules/identity/index.ts";

/**
 * Works in one transaction for the partner of an id or a domain, at its commerce time; without a
 * name, for the only one there is. No period closes and no clock moves meanwhile; under the lock
 * `update` nothing else is written for the partner either.
 *
 * @throws Refusal INVALID_INPUT where the name is nobody's, or is needed
 */
export async function asPartner<T>(
  database: Database,
  name: string | undefined,
  work: (context: Pick<Context, "db" | "partner" | "now">) => Promise<T>,
  lock: "share" | "update" = "share",
): Promise<T> {
  const partnerId = name === undefined ? await onlyPartner(database) : await find(database, name);
  return database.transaction(async (db) => {
    const partner = partnerId && (await loadPartner(db, partnerId, lock));
    if (!partner) return refuse("INVALID_INPUT", `there is no partner ${name ?? "yet"}`);
    return work({ db, partner, now: commerceNow(partner.clock, systemNow()) });
  });
}

/** Amends an invoice for an operator; answers the documents made. A refusal changes nothing. */
export function amendInvoice(
  database: Database,
  partnerName: string | undefined,
  invoiceId: string,
  change: InvoiceChange,
): Promise<InvoiceView[]> {
  return asPartner(
    database,
    partnerName,
    ({ db, partner, now }) => changeInvoice({ db, ...ownDoing(partner, now) }, invoiceId, change),
    "update",
  );
}

async function onlyPartner(database: Database): Promise<string | undefined> {
  const [first, ...others] = await listPartnerIds(database);
  if (others.length === 0) return first;
  return refuse("INVALID_INPUT", "the database has several partners; name one by id or domain");
}

async function find(database: Database, name: string): Promise<string | undefined> {
  const given = name.trim().toLowerCase();
  return isGuid(given) ? given : (await tenantByDomain(database, given))?.partnerId;
}

/** What a command was given, checked as a call's input is. @throws Refusal INVALID_INPUT */
export function readAs<S extends TSchema>(schema: S, given: unknown): Static<S> {
  const reading = read(schema, given);
  if (reading.ok) return reading.value;
  const problems = reading.problems.map(({ path, message }) => `${path} ${message}`);
  return refuse("INVALID_INPUT", problems.join("; "));
}
