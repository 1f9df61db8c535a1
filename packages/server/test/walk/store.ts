/** What the walks ask the database: has anything been written, whose is an id, who may what. */
import { randomInt } from "node:crypto";
import type { Role } from "@kontor/contract";
import { periodOf } from "../../src/foundation/clock.ts";
import type { Database } from "../../src/foundation/database/pool.ts";
import { type Sql, sql } from "../../src/foundation/database/sql.ts";
import { randomId } from "../../src/foundation/ids.ts";
import {
  closePeriodHandler,
  closePeriodKind,
  type NewCharge,
  recordCharges,
} from "../../src/modules/billing/index.ts";
import { loadPartner } from "../../src/modules/identity/index.ts";

/** Sign-ins and stored answers are no business of a partner; staged rows are nobody's. */
const passing = ["replay", "refresh_token", "authorization_code", "device_code", "import_row"];

/** Thousands of rows that only the command for imports writes: looking at them takes 3 ms. */
const catalog: ReadonlySet<string> = new Set(["product", "sku", "availability", "price"]);

interface Table {
  name: string;
  /** Its columns that hold ids, names and other words. */
  telling: string[];
  ofPartner: boolean;
}

const tablesOf = new WeakMap<Database, Promise<Table[]>>();

function tables(database: Database): Promise<Table[]> {
  const known = tablesOf.get(database) ?? readTables(database);
  tablesOf.set(database, known);
  return known;
}

async function readTables(database: Database): Promise<Table[]> {
  const rows = await database.query<{ name: string; telling: string[]; ofPartner: boolean }>(sql`
    SELECT table_name::text AS name, bool_or(column_name = 'partner_id') AS "ofPartner",
      coalesce(array_agg(column_name::text) FILTER (WHERE data_type IN ('uuid', 'text')), '{}')
        AS telling
    FROM information_schema.columns
    WHERE table_schema = 'public' AND NOT table_name = ANY(${passing}::text[])
    GROUP BY table_name ORDER BY table_name`);
  return rows;
}

/** A statement made of names of tables and columns that the catalog gave. */
function statement(text: string, values: unknown[] = []): Sql {
  return { text, values };
}

/**
 * Tells whether a row was added, changed or deleted: each version of a row has a place and a
 * transaction of its own, so that two equal fingerprints stand for the same versions of all rows, the catalog's left out.
 */
export async function fingerprint(database: Database, partnerId?: string): Promise<string> {
  const known = await tables(database);
  const counts = known
    .filter(({ name, ofPartner }) => ofPartner || (partnerId === undefined && !catalog.has(name)))
    .map(({ name }) => {
      const where = partnerId === undefined ? "" : "WHERE partner_id = $1";
      return `SELECT '${name}' || ':' || count(*) || ':'
        || coalesce(sum(hashtext(ctid::text || xmin::text)), 0) AS part FROM ${name} ${where}`;
    });
  const rows = await database.query<{ part: string }>(
    statement(counts.join(" UNION ALL "), partnerId === undefined ? [] : [partnerId]),
  );
  return rows.map(({ part }) => part).join("\n");
}

/** The versions of all rows of partners, as `table place transaction`. */
export async function versions(database: Database): Promise<Set<string>> {
  const known = await tables(database);
  const lists = known
    .filter(({ ofPartner }) => ofPartner)
    .map(({ name }) => `SELECT '${name} ' || ctid || ' ' || xmin AS version FROM ${name}`);
  const rows = await database.query<{ version: string }>(statement(lists.join(" UNION ALL ")));
  return new Set(rows.map(({ version }) => version));
}

/** Ids, names and other words in the rows of a partner, in lower case. */
export async function ownWords(database: Database, partnerId: string): Promise<Set<string>> {
  const known = await tables(database);
  const lists = known
    .filter(({ ofPartner }) => ofPartner)
    .flatMap(({ name, telling }) =>
      telling.map(
        (column) => `SELECT lower(${column}::text) AS word FROM ${name}
          WHERE partner_id = $1 AND ${column} IS NOT NULL`,
      ),
    );
  const rows = await database.query<{ word: string }>(
    statement(lists.join(" UNION "), [partnerId]),
  );
  return new Set(rows.map(({ word }) => word));
}

/** Words of what belongs to nobody, such as products and SKUs. */
export async function sharedWords(database: Database): Promise<Set<string>> {
  const known = await tables(database);
  const lists = known
    .filter(({ ofPartner }) => !ofPartner)
    .flatMap(({ name, telling }) =>
      telling.map((column) => `SELECT lower(${column}::text) AS word FROM ${name}`),
    );
  const rows = await database.query<{ word: string }>(statement(lists.join(" UNION ")));
  return new Set(rows.map(({ word }) => word));
}

/** The parts of a product key's path. */
export interface KeyPath extends Record<string, string> {
  groupId: string;
  lineItemId: string;
  itemId: string;
}

/** Of the software in an order: a partner learns it from the older form of its lists alone. */
export async function keyPathOf(database: Database, orderId: string): Promise<KeyPath> {
  const [path] = await database.query<KeyPath>(sql`
    SELECT artifact_group AS "groupId", artifact_line::text AS "lineItemId",
      product_id || ':' || sku_id || ':' || artifact_item AS "itemId"
    FROM order_line WHERE order_id = ${orderId} AND artifact_item IS NOT NULL
    ORDER BY line_number LIMIT 1`);
  if (!path) throw new Error(`order ${orderId} has no software`);
  return path;
}

/** A user of a partner with these roles and the password of the partner's first user. */
export async function addUser(
  database: Database,
  partnerId: string,
  name: string,
  roles: readonly Role[],
): Promise<void> {
  await database.query(sql`
    INSERT INTO app_user
      (partner_id, user_id, name, display_name, password_hash, roles, mfa, created_at)
    SELECT partner_id, ${randomId()}, ${name}, ${name}, password_hash, ${roles}::text[], true,
      created_at
    FROM app_user WHERE partner_id = ${partnerId} ORDER BY created_at LIMIT 1`);
}

/** Makes a partner one of Taiwan, where invoices have receipts of their tax. */
export async function moveToTaiwan(database: Database, partnerId: string): Promise<void> {
  await database.query(sql`UPDATE partner SET country = 'TW' WHERE partner_id = ${partnerId}`);
}

/** A further invoice of a partner that has one: a month earlier, of one charge like its first. */
export async function addInvoice(database: Database, partnerId: string): Promise<string> {
  return database.transaction(async (tx) => {
    const partner = await loadPartner(tx, partnerId, "update");
    const [like] = await tx.query<NewCharge & { earlier: Date }>(sql`
      SELECT customer_id AS "customerId", order_id AS "orderId", line_number AS "lineNumber",
        charge_type AS "chargeType", reference_id AS "referenceId", starts_at AS "startsAt",
        ends_at AS "endsAt", quantity, unit_price AS "unitPrice",
        effective_unit_price AS "effectiveUnitPrice", pricing_currency AS "pricingCurrency",
        exchange_rate AS "exchangeRate", exchange_rate_date AS "exchangeRateDate", currency,
        subtotal_minor AS "subtotalMinor", tax_minor AS "taxMinor", tax_lines AS "taxLines",
        (period || '-01T00:00:00Z')::timestamptz - interval '1 day' AS earlier
      FROM charge WHERE partner_id = ${partnerId} AND subtotal_minor > 0
      ORDER BY period, occurred_at, charge_id LIMIT 1`);
    if (!partner || !like) throw new Error(`partner ${partnerId} has no charge`);
    // A number that no other partner has: they count alike.
    await tx.query(sql`
      UPDATE number_series SET last_number = last_number + ${randomInt(1, 1_000_000)}
      WHERE partner_id = ${partnerId} AND series = 'G'`);
    const { earlier, ...charge } = like;
    const period = periodOf(earlier);
    await recordCharges(tx, partner, [{ ...charge, occurredAt: earlier, period }]);
    const subject = `${charge.currency}:${period}`;
    await closePeriodHandler(tx, partner, { kind: closePeriodKind, subject, dueAt: earlier });
    const [made] = await tx.query<{ invoice_id: string }>(sql`
      SELECT invoice_id FROM invoice WHERE partner_id = ${partnerId}
      ORDER BY number DESC LIMIT 1`);
    return made?.invoice_id ?? "";
  });
}
