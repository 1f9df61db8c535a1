/** The grants of the token endpoints: whom a request gets tokens for. */
import type { Db } from "../../../../foundation/database/sql.ts";
import { derivedId } from "../../../../foundation/ids.ts";
import { hashToken } from "../../secrets.ts";
import { refreshTokenByHash, type User, userById } from "../../store.ts";
import type { Subject } from "../../tokens.ts";
import { type Fields, required } from "../form.ts";
import { demandVerifier } from "../pkce.ts";
import { refuseSignIn } from "../sign-in-error.ts";
import { authorizationCodeByHash, redeemAuthorizationCode } from "../store.ts";
import type { AskingClient } from "./client.ts";
import { deviceSubject } from "./device.ts";
import { userByPassword } from "./password.ts";

/** What a grant answers, besides who the tokens are for. */
export interface Granted {
  subject: Subject;
  /** What was asked for when the code was made; the request itself may name another. */
  audience?: string;
  nonce?: string | undefined;
}

export interface GrantRequest {
  fields: Fields;
  now: Date;
}

type Grant = (db: Db, client: AskingClient, request: GrantRequest) => Promise<Granted>;

/** One entry for each supported `grant_type`. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ["client_credentials", appSubject],
  ["password", passwordSubject],
  ["refresh_token", refreshSubject],
  ["authorization_code", codeSubject],
  ["urn:ietf:params:oauth:grant-type:device_code", deviceGrant],
  ["device_code", deviceGrant],
]);

async function appSubject(_db: Db, client: AskingClient): Promise<Granted> {
  if (!client.proved) {
    refuseSignIn("secretMissing", "The grant client_credentials needs client_secret");
  }
  return {
    subject: {
      partnerId: client.partnerId,
      clientId: client.clientId,
      objectId: derivedId("service-principal", client.partnerId, client.clientId),
      user: undefined,
    },
  };
}

async function passwordSubject(
  db: Db,
  client: AskingClient,
  { fields }: GrantRequest,
): Promise<Granted> {
  const name = required(fields, "username");
  const user = await userByPassword(db, client.partnerId, name, required(fields, "password"));
  if (!user) return refuseSignIn("passwordWrong", "The user name or the password is wrong");
  return { subject: userSubject(client, user) };
}

async function refreshSubject(
  db: Db,
  client: AskingClient,
  { fields, now }: GrantRequest,
): Promise<Granted> {
  const token = required(fields, "refresh_token");
  const known = await refreshTokenByHash(db, client.partnerId, hashToken(token));
  if (!known || known.clientId !== client.clientId) {
    return refuseSignIn("refreshTokenUnknown", "The refresh token was not issued to this app");
  }
  if (known.expiresAt.getTime() <= now.getTime()) {
    refuseSignIn("refreshTokenExpired", "The refresh token has expired; sign in again");
  }
  if (known.withSecret && !client.proved) {
    refuseSignIn("secretNeeded", "The token was issued for a client secret; send client_secret");
  }
  return { subject: await subjectOf(db, client, known.userId) };
}

/** A code is bound to its app, its redirect address and its PKCE challenge, and good for one use. */
async function codeSubject(
  db: Db,
  client: AskingClient,
  { fields, now }: GrantRequest,
): Promise<Granted> {
  const codeHash = hashToken(required(fields, "code"));
  const code = await authorizationCodeByHash(db, client.partnerId, codeHash);
  if (!code || code.clientId !== client.clientId) {
    return refuseSignIn("codeUnknown", "The authorization code was not issued to this app");
  }
  if (code.expiresAt.getTime() <= now.getTime()) {
    refuseSignIn("codeExpired", "The authorization code has expired; sign in again");
  }
  demandVerifier(code.challenge, fields.get("code_verifier"));
  if (!client.proved && !code.challenge) {
    refuseSignIn("secretNeeded", "Without PKCE the code needs client_secret or client_assertion");
  }
  // The vendor's own sample leaves it out; secret or PKCE have been proved by then.
  const redirectUri = fields.get("redirect_uri") ?? code.redirectUri;
  if (redirectUri !== code.redirectUri) {
    refuseSignIn("redirectOther", "The redirect_uri is not the one that the code was sent to");
  }
  if (code.redeemed || !(await redeemAuthorizationCode(db, client.partnerId, codeHash, now))) {
    refuseSignIn("codeRedeemed", "The authorization code has been redeemed already");
  }
  const subject = await subjectOf(db, client, code.userId);
  return { subject, audience: code.audience, nonce: code.nonce };
}

async function deviceGrant(
  db: Db,
  client: AskingClient,
  { fields, now }: GrantRequest,
): Promise<Granted> {
  // The first version calls the parameter `code`.
  const code = fields.get("device_code") ?? required(fields, "code");
  const { userId, audience } = await deviceSubject(db, client, hashToken(code), now);
  return { subject: await subjectOf(db, client, userId), audience };
}

async function subjectOf(db: Db, client: AskingClient, userId: string): Promise<Subject> {
  const user = await userById(db, client.partnerId, userId);
  if (!user) return refuseSignIn("refreshTokenUnknown", "The user of the token is gone");
  return userSubject(client, user);
}

export function userSubject(client: { partnerId: string; clientId: string }, user: User): Subject {
  const { partnerId, clientId } = client;
  return { partnerId, clientId, objectId: user.userId, user };
}
