/** SQL of identity: the installation, partners, apps, users, refresh tokens, the signing key. */
import type { JWK } from "jose";
import type { PartnerClock } from "../../foundation/clock.ts";
import type { Switches } from "../../foundation/config.ts";
import { type Db, type Sql, sql } from "../../foundation/database/sql.ts";
import type { Installation, Partner } from "../../foundation/partner.ts";
import type { NewPartner } from "./partner.ts";

type StoredInstallation = Omit<Installation, keyof Switches>;

/** Makes the one row of the installation unless another process was first. */
export async function insertInstallation(
  db: Db,
  installation: StoredInstallation,
  at: Date,
): Promise<void> {
  const { mode, serverId, secret } = installation;
  await db.query(sql`
    INSERT INTO installation (mode, server_id, secret, created_at)
    VALUES (${mode}, ${serverId}, ${Buffer.from(secret)}, ${at})
    ON CONFLICT DO NOTHING`);
}

export async function readInstallation(db: Db): Promise<StoredInstallation | undefined> {
  const [row] = await db.query<{
    mode: Installation["mode"];
    server_id: string;
    secret: Buffer;
  }>(sql`SELECT mode, server_id, secret FROM installation`);
  return row && { mode: row.mode, serverId: row.server_id, secret: row.secret };
}

/** Keeps other processes out until the transaction ends. False when there is no installation. */
export async function lockInstallation(tx: Db): Promise<boolean> {
  const rows = await tx.query(sql`SELECT 1 FROM installation FOR UPDATE`);
  return rows.length === 1;
}

export async function readSigningKey(db: Db): Promise<JWK | undefined> {
  const [row] = await db.query<{ private_jwk: JWK }>(sql`
    SELECT private_jwk FROM signing_key ORDER BY created_at DESC, kid LIMIT 1`);
  return row?.private_jwk;
}

export async function insertSigningKey(tx: Db, kid: string, key: JWK, at: Date): Promise<void> {
  await tx.query(sql`
    INSERT INTO signing_key (kid, private_jwk, created_at)
    VALUES (${kid}, ${JSON.stringify(key)}, ${at})`);
}

interface PartnerRow {
  partner_id: string;
  name: string;
  domain: string;
  country: string;
  billing_currency: string;
  invoice_currency: Partner["invoiceCurrency"];
  mpn_id: string;
  tax_rate: string | null;
  credit_limit_minor: bigint | null;
  agreement_signed: boolean;
  sells_in: string[] | null;
  perpetual_software: boolean;
  entitlement_shape: Partner["entitlementShape"];
  clock_offset_ms: bigint;
  clock_frozen_at: Date | null;
}

const partnerColumns = sql`partner_id, name, domain, country, billing_currency,
  invoice_currency, mpn_id, tax_rate, credit_limit_minor, agreement_signed, sells_in, perpetual_software, entitlement_shape,
  clock_offset_ms, clock_frozen_at`;

function partnerFrom(row: PartnerRow): Partner {
  return {
    partnerId: row.partner_id,
    name: row.name,
    domain: row.domain,
    country: row.country,
    billingCurrency: row.billing_currency,
    invoiceCurrency: row.invoice_currency,
    mpnId: row.mpn_id,
    taxRate: row.tax_rate,
    creditLimitMinor: row.credit_limit_minor,
    agreementSigned: row.agreement_signed,
    sellsIn: row.sells_in,
    perpetualSoftware: row.perpetual_software,
    entitlementShape: row.entitlement_shape,
    clock: { offsetMs: Number(row.clock_offset_ms), frozenAt: row.clock_frozen_at },
  };
}

const locks: Record<"share" | "update" | "none", Sql> = {
  share: sql`FOR SHARE`,
  update: sql`FOR UPDATE`,
  none: sql``,
};

/** A partner, locked for the rest of the transaction where asked. */
export async function loadPartner(
  db: Db,
  partnerId: string,
  lock?: "share" | "update",
): Promise<Partner | undefined> {
  const [row] = await db.query<PartnerRow>(sql`
    SELECT ${partnerColumns} FROM partner
    WHERE partner_id = ${partnerId} ${locks[lock ?? "none"]}`);
  return row && partnerFrom(row);
}

/** A partner together with an expression of type text, as of one moment. */
export async function loadPartnerWith(
  db: Db,
  partnerId: string,
  expression: Sql,
): Promise<{ partner: Partner; text: string } | undefined> {
  const [row] = await db.query<PartnerRow & { text: string | null }>(sql`
    SELECT ${partnerColumns}, ${expression} AS text FROM partner WHERE partner_id = ${partnerId}`);
  return row && { partner: partnerFrom(row), text: row.text ?? "" };
}

/** Every partner, oldest first. */
export async function listPartnerIds(db: Db): Promise<string[]> {
  const rows = await db.query<{ partner_id: string }>(sql`
    SELECT partner_id FROM partner ORDER BY created_at, partner_id`);
  return rows.map((row) => row.partner_id);
}

export async function setPartnerClock(
  tx: Db,
  partnerId: string,
  clock: PartnerClock,
): Promise<void> {
  await tx.query(sql`
    UPDATE partner SET clock_offset_ms = ${clock.offsetMs}, clock_frozen_at = ${clock.frozenAt}
    WHERE partner_id = ${partnerId}`);
}

/** Adds the partner alone; false when its id or domain is taken, and then nothing was written. */
export async function insertPartner(tx: Db, planned: NewPartner, at: Date): Promise<boolean> {
  const rows = await tx.query(sql`
    INSERT INTO partner
      (partner_id, name, domain, country, billing_currency, invoice_currency, mpn_id, tax_rate,
        credit_limit_minor, agreement_signed, sells_in, perpetual_software, entitlement_shape,
        created_at)
    VALUES (${planned.partner.id}, ${planned.name}, ${planned.partner.domain}, ${planned.country},
      ${planned.billingCurrency}, ${planned.invoiceCurrency}, ${planned.mpnId}, ${planned.taxRate},
      ${planned.creditLimitMinor}, ${planned.agreementSigned}, ${planned.sellsIn}::text[],
      ${planned.perpetualSoftware}, ${planned.entitlementShape}, ${at})
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length === 1;
}

export async function insertApp(
  tx: Db,
  planned: NewPartner,
  secretHash: string,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    INSERT INTO app
      (partner_id, client_id, name, secret_hash, redirect_uris, certificates, created_at)
    VALUES (${planned.partner.id}, ${planned.app.clientId}, 'First app', ${secretHash},
      ${planned.redirectUris}::text[], ${planned.certificates}::text[], ${at})`);
}

export async function insertUser(
  tx: Db,
  planned: NewPartner,
  passwordHash: string,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    INSERT INTO app_user
      (partner_id, user_id, name, display_name, password_hash, roles, mfa, created_at)
    VALUES (${planned.partner.id}, ${planned.userId}, ${planned.user.name}, 'Admin',
      ${passwordHash}, ${planned.userRoles}::text[], ${planned.userMfa}, ${at})`);
}

/** What sign-in needs of a partner. */
export interface Tenant {
  partnerId: string;
  domain: string;
}

export async function tenantById(db: Db, partnerId: string): Promise<Tenant | undefined> {
  return tenantWhere(db, sql`partner_id = ${partnerId}`);
}

/** `domain` in lower case. */
export async function tenantByDomain(db: Db, domain: string): Promise<Tenant | undefined> {
  return tenantWhere(db, sql`lower(domain) = ${domain}`);
}

/** The partner that an app belongs to: client ids are random, so there is at most one. */
export async function tenantByClient(db: Db, clientId: string): Promise<Tenant | undefined> {
  return tenantWhere(
    db,
    sql`partner_id = (SELECT app.partner_id FROM app WHERE client_id = ${clientId} LIMIT 1)`,
  );
}

async function tenantWhere(db: Db, condition: Sql): Promise<Tenant | undefined> {
  const [row] = await db.query<{ partner_id: string; domain: string }>(sql`
    SELECT partner_id, domain FROM partner WHERE ${condition}`);
  return row && { partnerId: row.partner_id, domain: row.domain };
}

/** What sign-in needs of an app. */
export interface App {
  name: string;
  secretHash: string;
  redirectUris: readonly string[];
  /** PEM. */
  certificates: readonly string[];
}

export async function appById(
  db: Db,
  partnerId: string,
  clientId: string,
): Promise<App | undefined> {
  const [row] = await db.query<{
    name: string;
    secret_hash: string;
    redirect_uris: string[];
    certificates: string[];
  }>(sql`
    SELECT name, secret_hash, redirect_uris, certificates FROM app
    WHERE partner_id = ${partnerId} AND client_id = ${clientId}`);
  return (
    row && {
      name: row.name,
      secretHash: row.secret_hash,
      redirectUris: row.redirect_uris,
      certificates: row.certificates,
    }
  );
}

export interface User {
  userId: string;
  name: string;
  displayName: string;
  passwordHash: string;
  roles: string[];
  mfa: boolean;
}

interface UserRow {
  user_id: string;
  name: string;
  display_name: string;
  password_hash: string;
  roles: string[];
  mfa: boolean;
}

const userColumns = sql`user_id, name, display_name, password_hash, roles, mfa`;

function userFrom(row: UserRow): User {
  return {
    userId: row.user_id,
    name: row.name,
    displayName: row.display_name,
    passwordHash: row.password_hash,
    roles: row.roles,
    mfa: row.mfa,
  };
}

export async function userByName(
  db: Db,
  partnerId: string,
  name: string,
): Promise<User | undefined> {
  const [row] = await db.query<UserRow>(sql`
    SELECT ${userColumns} FROM app_user
    WHERE partner_id = ${partnerId} AND lower(name) = lower(${name})`);
  return row && userFrom(row);
}

export async function userById(
  db: Db,
  partnerId: string,
  userId: string,
): Promise<User | undefined> {
  const [row] = await db.query<UserRow>(sql`
    SELECT ${userColumns} FROM app_user
    WHERE partner_id = ${partnerId} AND user_id = ${userId}`);
  return row && userFrom(row);
}

interface RefreshToken {
  tokenHash: string;
  userId: string;
  clientId: string;
  /** The client proved its secret when it got the token, so it must when it uses it. */
  withSecret: boolean;
  issuedAt: Date;
  expiresAt: Date;
}

/** Stores a refresh token, and forgets those of the partner that have expired. */
export async function insertRefreshToken(
  db: Db,
  partnerId: string,
  token: RefreshToken,
): Promise<void> {
  await db.query(sql`
    DELETE FROM refresh_token
    WHERE partner_id = ${partnerId} AND expires_at < ${token.issuedAt}`);
  await db.query(sql`
    INSERT INTO refresh_token
      (partner_id, token_hash, user_id, client_id, with_secret, issued_at, expires_at)
    VALUES (${partnerId}, ${token.tokenHash}, ${token.userId}, ${token.clientId},
      ${token.withSecret}, ${token.issuedAt}, ${token.expiresAt})`);
}

export async function refreshTokenByHash(
  db: Db,
  partnerId: string,
  tokenHash: string,
): Promise<RefreshToken | undefined> {
  const [row] = await db.query<{
    user_id: string;
    client_id: string;
    with_secret: boolean;
    issued_at: Date;
    expires_at: Date;
  }>(sql`
    SELECT user_id, client_id, with_secret, issued_at, expires_at FROM refresh_token
    WHERE partner_id = ${partnerId} AND token_hash = ${tokenHash}`);
  return (
    row && {
      tokenHash,
      userId: row.user_id,
      clientId: row.client_id,
      withSecret: row.with_secret,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
    }
  );
}
