/** SQL of the sign-in: codes of the authorization endpoint and of devices. */
import { type Db, sql } from "../../../foundation/database/sql.ts";

export type ChallengeMethod = "S256" | "plain";

export interface AuthorizationCode {
  codeHash: string;
  clientId: string;
  userId: string;
  redirectUri: string;
  /** PKCE: undefined when the app sent none. */
  challenge: { value: string; method: ChallengeMethod } | undefined;
  nonce: string | undefined;
  audience: string;
  expiresAt: Date;
}

/** Stores a code, and forgets those of the partner that have expired. */
export async function insertAuthorizationCode(
  db: Db,
  partnerId: string,
  code: AuthorizationCode,
  now: Date,
): Promise<void> {
  await db.query(sql`
    DELETE FROM authorization_code WHERE partner_id = ${partnerId} AND expires_at < ${now}`);
  await db.query(sql`
    INSERT INTO authorization_code
      (partner_id, code_hash, client_id, user_id, redirect_uri, challenge, challenge_method,
        nonce, audience, expires_at)
    VALUES (${partnerId}, ${code.codeHash}, ${code.clientId}, ${code.userId},
      ${code.redirectUri}, ${code.challenge?.value ?? null}, ${code.challenge?.method ?? null},
      ${code.nonce ?? null}, ${code.audience}, ${code.expiresAt})`);
}

interface CodeRow {
  client_id: string;
  user_id: string;
  redirect_uri: string;
  challenge: string | null;
  challenge_method: ChallengeMethod | null;
  nonce: string | null;
  audience: string;
  expires_at: Date;
  redeemed_at: Date | null;
}

export async function authorizationCodeByHash(
  db: Db,
  partnerId: string,
  codeHash: string,
): Promise<(AuthorizationCode & { redeemed: boolean }) | undefined> {
  const [row] = await db.query<CodeRow>(sql`
    SELECT client_id, user_id, redirect_uri, challenge, challenge_method, nonce, audience,
      expires_at, redeemed_at
    FROM authorization_code WHERE partner_id = ${partnerId} AND code_hash = ${codeHash}`);
  return (
    row && {
      codeHash,
      clientId: row.client_id,
      userId: row.user_id,
      redirectUri: row.redirect_uri,
      challenge:
        row.challenge === null
          ? undefined
          : { value: row.challenge, method: row.challenge_method ?? "plain" },
      nonce: row.nonce ?? undefined,
      audience: row.audience,
      expiresAt: row.expires_at,
      redeemed: row.redeemed_at !== null,
    }
  );
}

/** Of several who redeem a code at the same moment, one alone gets true. */
export async function redeemAuthorizationCode(
  db: Db,
  partnerId: string,
  codeHash: string,
  now: Date,
): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE authorization_code SET redeemed_at = ${now}
    WHERE partner_id = ${partnerId} AND code_hash = ${codeHash} AND redeemed_at IS NULL
    RETURNING 1`);
  return rows.length === 1;
}

export interface DeviceCode {
  partnerId: string;
  codeHash: string;
  userCode: string;
  clientId: string;
  audience: string;
  /** Who signed in for the device; undefined as long as nobody has. */
  userId: string | undefined;
  polledAt: Date | undefined;
  expiresAt: Date;
}

/** Stores a device's code, and forgets those of the partner that have expired long ago. */
export async function insertDeviceCode(db: Db, code: DeviceCode, forget: Date): Promise<void> {
  await db.query(sql`
    DELETE FROM device_code WHERE partner_id = ${code.partnerId} AND expires_at < ${forget}`);
  await db.query(sql`
    INSERT INTO device_code
      (partner_id, code_hash, user_code, client_id, audience, expires_at)
    VALUES (${code.partnerId}, ${code.codeHash}, ${code.userCode}, ${code.clientId},
      ${code.audience}, ${code.expiresAt})`);
}

interface DeviceRow {
  partner_id: string;
  code_hash: string;
  user_code: string;
  client_id: string;
  audience: string;
  user_id: string | null;
  polled_at: Date | null;
  expires_at: Date;
}

const deviceColumns = sql`partner_id, code_hash, user_code, client_id, audience, user_id,
  polled_at, expires_at`;

function deviceFrom(row: DeviceRow): DeviceCode {
  return {
    partnerId: row.partner_id,
    codeHash: row.code_hash,
    userCode: row.user_code,
    clientId: row.client_id,
    audience: row.audience,
    userId: row.user_id ?? undefined,
    polledAt: row.polled_at ?? undefined,
    expiresAt: row.expires_at,
  };
}

/** The device that still waits under a code; whoever types it need not say for which partner. */
export async function waitingDevice(
  db: Db,
  userCode: string,
  now: Date,
): Promise<DeviceCode | undefined> {
  const [row] = await db.query<DeviceRow>(sql`
    SELECT ${deviceColumns} FROM device_code
    WHERE user_code = ${userCode} AND user_id IS NULL AND expires_at > ${now}`);
  return row && deviceFrom(row);
}

export async function deviceByHash(
  db: Db,
  partnerId: string,
  codeHash: string,
): Promise<DeviceCode | undefined> {
  const [row] = await db.query<DeviceRow>(sql`
    SELECT ${deviceColumns} FROM device_code
    WHERE partner_id = ${partnerId} AND code_hash = ${codeHash}`);
  return row && deviceFrom(row);
}

/** Gives a waiting device its user. False when another sign-in was first. */
export async function approveDevice(
  db: Db,
  { partnerId, codeHash }: DeviceCode,
  userId: string,
): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE device_code SET user_id = ${userId}
    WHERE partner_id = ${partnerId} AND code_hash = ${codeHash} AND user_id IS NULL
    RETURNING 1`);
  return rows.length === 1;
}

export async function notePoll(
  db: Db,
  { partnerId, codeHash }: DeviceCode,
  now: Date,
): Promise<void> {
  await db.query(sql`
    UPDATE device_code SET polled_at = ${now}
    WHERE partner_id = ${partnerId} AND code_hash = ${codeHash}`);
}

/** Of several who redeem a device's code at the same moment, one alone gets true. */
export async function redeemDevice(db: Db, { partnerId, codeHash }: DeviceCode): Promise<boolean> {
  const rows = await db.query(sql`
    DELETE FROM device_code
    WHERE partner_id = ${partnerId} AND code_hash = ${codeHash} AND user_id IS NOT NULL
    RETURNING 1`);
  return rows.length === 1;
}
