/** SQL of exchange rates: those of the installation, a partner's own, and those in use. */
import type { Period } from "../../../foundation/clock.ts";
import { type Db, jsonRows, sql } from "../../../foundation/database/sql.ts";
import { type Saved, tally } from "../tables/saved.ts";
import type { Rate } from "./rate.ts";

const rateRow = sql`("from" text, "to" text, month text, rate numeric, "rateDate" timestamptz)`;

/** A rate that is there with other figures gets the new ones; an equal one is left alone. */
const replaced = sql`DO UPDATE SET rate = excluded.rate, rate_date = excluded.rate_date
  WHERE (r.rate, r.rate_date) IS DISTINCT FROM (excluded.rate, excluded.rate_date)
  RETURNING xmax = 0 AS made`;

/** Saves the rates of the installation; a rate that is there with the same figures stays. */
export async function saveRates(tx: Db, rates: readonly Rate[]): Promise<Saved> {
  const rows = await tx.query<{ made: boolean }>(sql`
    INSERT INTO exchange_rate AS r (from_currency, to_currency, month, rate, rate_date)
    SELECT "from", "to", month, rate, "rateDate"
    FROM jsonb_to_recordset(${jsonRows(rates)}::jsonb) AS g ${rateRow}
    ON CONFLICT (from_currency, to_currency, month)
    ${replaced}`);
  return tally(rows, rates.length);
}

/** Saves rates that hold for one partner, before those of the installation. */
export async function savePartnerRates(
  tx: Db,
  partnerId: string,
  rates: readonly Rate[],
): Promise<Saved> {
  const rows = await tx.query<{ made: boolean }>(sql`
    INSERT INTO partner_rate AS r (partner_id, from_currency, to_currency, month, rate, rate_date)
    SELECT ${partnerId}::uuid, "from", "to", month, rate, "rateDate"
    FROM jsonb_to_recordset(${jsonRows(rates)}::jsonb) AS g ${rateRow}
    ON CONFLICT (partner_id, from_currency, to_currency, month)
    ${replaced}`);
  return tally(rows, rates.length);
}

/** Of the rates given those whose month has charges at another one. */
export async function loadContradicted(
  db: Db,
  partnerId: string,
  rates: readonly Rate[],
): Promise<Rate[]> {
  return db.query<Rate>(sql`
    SELECT u.from_currency AS "from", u.to_currency AS "to", u.month, u.rate,
      u.rate_date AS "rateDate"
    FROM jsonb_to_recordset(${jsonRows(rates)}::jsonb) AS g ${rateRow}
    JOIN rate_in_use u ON u.partner_id = ${partnerId} AND u.from_currency = g."from"
      AND u.to_currency = g."to" AND u.month = g.month
    WHERE (u.rate, u.rate_date) IS DISTINCT FROM (g.rate, g."rateDate")
    ORDER BY u.from_currency, u.to_currency, u.month`);
}

interface Wanted {
  from: readonly string[];
  to: string;
  month: Period;
}

/**
 * The rates of a month: the one in use where charges were made at it, else that of the latest
 * month until then, the partner's own before that of the installation.
 */
export function loadRates(
  db: Db,
  partnerId: string,
  { from, to, month }: Wanted,
): Promise<(Rate & { inUse: boolean })[]> {
  return db.query<Rate & { inUse: boolean }>(sql`
    SELECT w.from_currency AS "from", ${to}::text AS "to", ${month}::text AS month, r.rate,
      r.rate_date AS "rateDate", r.place = 0 AS "inUse"
    FROM unnest(${from}::text[]) AS w (from_currency)
    CROSS JOIN LATERAL (
      SELECT rate, rate_date, month, 0 AS place FROM rate_in_use u
      WHERE u.partner_id = ${partnerId} AND u.from_currency = w.from_currency
        AND u.to_currency = ${to} AND u.month = ${month}
      UNION ALL
      (SELECT rate, rate_date, month, 1 FROM partner_rate p
      WHERE p.partner_id = ${partnerId} AND p.from_currency = w.from_currency
        AND p.to_currency = ${to} AND p.month <= ${month}
      ORDER BY p.month DESC LIMIT 1)
      UNION ALL
      (SELECT rate, rate_date, month, 2 FROM exchange_rate e
      WHERE e.from_currency = w.from_currency AND e.to_currency = ${to} AND e.month <= ${month}
      ORDER BY e.month DESC LIMIT 1)
      ORDER BY month DESC, place LIMIT 1
    ) AS r
    ORDER BY w.from_currency`);
}

/** Puts rates in use for a partner; one that is in use for the month already stays. */
export async function useRates(tx: Db, partnerId: string, rates: readonly Rate[]): Promise<void> {
  await tx.query(sql`
    INSERT INTO rate_in_use (partner_id, from_currency, to_currency, month, rate, rate_date)
    SELECT ${partnerId}::uuid, "from", "to", month, rate, "rateDate"
    FROM jsonb_to_recordset(${jsonRows(rates)}::jsonb) AS g ${rateRow}
    ON CONFLICT (partner_id, from_currency, to_currency, month) DO NOTHING`);
}
