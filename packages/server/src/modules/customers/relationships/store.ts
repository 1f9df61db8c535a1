/** SQL of indirect resellers. */
import { type Db, type Sql, sql } from "../../../foundation/database/sql.ts";
import type { AgreementHolder, Reseller } from "./relationship.ts";

async function select(db: Db, partnerId: string, condition: Sql): Promise<Reseller[]> {
  return db.query<Reseller>(sql`
    SELECT reseller_tenant_id AS "resellerId", domain, name, mpn_id AS "mpnId", location,
      signed_at AS "signedAt", created_at AS "createdAt"
    FROM indirect_reseller WHERE partner_id = ${partnerId} ${condition}
    ORDER BY created_at, reseller_tenant_id`);
}

/** All of the partner's resellers, oldest first. */
export async function loadResellers(db: Db, partnerId: string): Promise<Reseller[]> {
  return select(db, partnerId, sql``);
}

export async function loadReseller(
  db: Db,
  partnerId: string,
  resellerId: string,
): Promise<Reseller | undefined> {
  const [reseller] = await select(db, partnerId, sql`AND reseller_tenant_id = ${resellerId}`);
  return reseller;
}

/** The reseller of an MPN id or tenant; several may share an MPN id: one that has signed first. */
export async function loadHolder(
  db: Db,
  partnerId: string,
  holder: AgreementHolder,
): Promise<Reseller | undefined> {
  const found =
    "mpnId" in holder
      ? await select(db, partnerId, sql`AND mpn_id = ${holder.mpnId}`)
      : await select(db, partnerId, sql`AND reseller_tenant_id = ${holder.tenantId}`);
  return found.find((reseller) => reseller.signedAt !== null) ?? found[0];
}

/** Those of the resellers whom the partner has, by their tenant. */
export async function loadResellersById(
  db: Db,
  partnerId: string,
  resellerIds: readonly string[],
): Promise<ReadonlyMap<string, Reseller>> {
  if (resellerIds.length === 0) return new Map();
  const found = await select(
    db,
    partnerId,
    sql`AND reseller_tenant_id = ANY(${resellerIds}::uuid[])`,
  );
  return new Map(found.map((reseller) => [reseller.resellerId, reseller]));
}

export async function insertReseller(tx: Db, partnerId: string, reseller: Reseller): Promise<void> {
  await tx.query(sql`
    INSERT INTO indirect_reseller (partner_id, reseller_tenant_id, domain, name, mpn_id, location,
      signed_at, created_at)
    VALUES (${partnerId}, ${reseller.resellerId}, ${reseller.domain}, ${reseller.name},
      ${reseller.mpnId}, ${reseller.location}, ${reseller.signedAt}, ${reseller.createdAt})`);
}

/** How many customers the partner has through the reseller. */
export async function countCustomersOf(
  db: Db,
  partnerId: string,
  resellerId: string,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM customer
    WHERE partner_id = ${partnerId} AND associated_partner_id = ${resellerId}
      AND removed_at IS NULL`);
  return row?.count ?? 0;
}

export async function deleteReseller(tx: Db, partnerId: string, resellerId: string): Promise<void> {
  await tx.query(sql`
    DELETE FROM indirect_reseller
    WHERE partner_id = ${partnerId} AND reseller_tenant_id = ${resellerId}`);
}
