/** The grants of the token endpoints: who is the client, who is the user, which tokens they get. */

import { isGuid } from "@kontor/contract";
import { addDays } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { derivedId, newSecret } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import { hashSecret, hashToken, matchesSecret } from "../secrets.ts";
import type { SigningKey } from "../signing-key.ts";
import {
  appSecretHash,
  insertRefreshToken,
  refreshTokenByHash,
  type Tenant,
  tenantByClient,
  tenantByDomain,
  tenantById,
  type User,
  userById,
  userByName,
} from "../store.ts";
import { accessClaims, idClaims, type Subject, signToken, type TokenVersion } from "../tokens.ts";
import { type Issued, tokenAnswer } from "./answer.ts";
import { audienceOf, type ClientCredentials, type Fields, readClient, required } from "./form.ts";
import { refuseSignIn } from "./sign-in-error.ts";

interface TokenRequest {
  /** From the path: a partner's id or domain, `common` or `organizations`. */
  tenant: string;
  version: TokenVersion;
  fields: Fields;
  authorization: string | undefined;
  origin: string;
  now: Date;
}

interface Client extends Tenant {
  clientId: string;
  provedSecret: boolean;
}

/** Answers a token request; throws SignInError. */
export async function signIn(db: Db, key: SigningKey, request: TokenRequest) {
  const { fields, version, now } = request;
  const grant = required(fields, "grant_type");
  const credentials = readClient(fields, request.authorization);
  const appOnly = grant === "client_credentials";
  const subjectOf = grants.get(grant);
  if (!subjectOf) return refuseSignIn("grantUnsupported", `The grant '${grant}' is not supported`);
  const client = await requireClient(db, request.tenant, credentials);
  const subject = await subjectOf(db, client, request);
  const audience = audienceOf(fields, version, appOnly);
  const terms = { audience, version, origin: request.origin, issuedAt: now };
  const claims = accessClaims(subject, terms);
  const issued: Issued = {
    subject,
    audience,
    version,
    claims,
    accessToken: await signToken(key, claims),
    idToken: subject.user && (await signToken(key, idClaims(subject, terms))),
    refreshToken: subject.user && (await newRefreshToken(db, client, subject, now)),
    withClientInfo: fields.get("client_info") === "1",
  };
  return tokenAnswer(issued);
}

type Grant = (db: Db, client: Client, request: TokenRequest) => Promise<Subject>;

/** One entry for each supported `grant_type`. */
const grants: ReadonlyMap<string, Grant> = new Map([
  ["client_credentials", appSubject],
  ["password", passwordSubject],
  ["refresh_token", refreshSubject],
]);

/** The partner that a path names; the common endpoints know it by the client. */
export async function findTenant(
  db: Db,
  tenant: string,
  clientId = "",
): Promise<Tenant | undefined> {
  const name = tenant.trim().toLowerCase();
  if (isGuid(name)) return tenantById(db, name);
  if (isCommon(name)) return isGuid(clientId) ? tenantByClient(db, clientId) : undefined;
  return /^[a-z0-9.-]{1,253}$/.test(name) ? tenantByDomain(db, name) : undefined;
}

export function isCommon(tenant: string): boolean {
  return ["common", "organizations"].includes(tenant.trim().toLowerCase());
}

/**
 * The app that asks. A secret that is sent must be right; whether one must be sent is for the
 * grant to say: the password grant is made for public clients, which have none.
 */
async function requireClient(
  db: Db,
  tenantName: string,
  { clientId, secret }: ClientCredentials,
): Promise<Client> {
  const tenant = await findTenant(db, tenantName, clientId);
  if (!tenant && !isCommon(tenantName)) {
    return refuseSignIn("tenantUnknown", `The tenant '${tenantName.slice(0, 200)}' was not found`);
  }
  const secretHash =
    tenant && isGuid(clientId) ? await appSecretHash(db, tenant.partnerId, clientId) : undefined;
  if (!tenant || secretHash === undefined) {
    return refuseSignIn("clientUnknown", `The tenant has no app '${clientId.slice(0, 200)}'`);
  }
  if (secret !== undefined && !(await matchesSecret(secret, secretHash))) {
    refuseSignIn("secretWrong", `The client secret of app '${clientId}' is wrong`);
  }
  return { ...tenant, clientId, provedSecret: secret !== undefined };
}

async function appSubject(_db: Db, client: Client): Promise<Subject> {
  if (!client.provedSecret) {
    refuseSignIn("secretMissing", "The grant client_credentials needs client_secret");
  }
  return {
    partnerId: client.partnerId,
    clientId: client.clientId,
    objectId: derivedId("service-principal", client.partnerId, client.clientId),
    user: undefined,
  };
}

/** Compared with when the user does not exist, so that the time of the answer tells nothing. */
const nobodysHash = hashSecret(newSecret());

async function passwordSubject(db: Db, client: Client, { fields }: TokenRequest): Promise<Subject> {
  const name = required(fields, "username").trim();
  const password = required(fields, "password");
  const user = await userByName(db, client.partnerId, name);
  const matches = await matchesSecret(password, user?.passwordHash ?? (await nobodysHash));
  if (!user || !matches) {
    return refuseSignIn("passwordWrong", "The user name or the password is wrong");
  }
  return userSubject(client, user);
}

async function refreshSubject(
  db: Db,
  client: Client,
  { fields, now }: TokenRequest,
): Promise<Subject> {
  const token = required(fields, "refresh_token");
  const known = await refreshTokenByHash(db, client.partnerId, hashToken(token));
  if (!known || known.clientId !== client.clientId) {
    return refuseSignIn("refreshTokenUnknown", "The refresh token was not issued to this app");
  }
  if (known.expiresAt.getTime() <= now.getTime()) {
    refuseSignIn("refreshTokenExpired", "The refresh token has expired; sign in again");
  }
  if (known.withSecret && !client.provedSecret) {
    refuseSignIn("secretNeeded", "The token was issued for a client secret; send client_secret");
  }
  const user = await userById(db, client.partnerId, known.userId);
  if (!user) return refuseSignIn("refreshTokenUnknown", "The user of the token is gone");
  return userSubject(client, user);
}

function userSubject(client: Client, user: User): Subject {
  return {
    partnerId: client.partnerId,
    clientId: client.clientId,
    objectId: user.userId,
    user,
  };
}

/** A further refresh token; the ones before it hold on until they expire. */
async function newRefreshToken(
  db: Db,
  client: Client,
  subject: Subject,
  now: Date,
): Promise<string> {
  const token = newSecret();
  await insertRefreshToken(db, client.partnerId, {
    tokenHash: hashToken(token),
    userId: subject.objectId,
    clientId: client.clientId,
    withSecret: client.provedSecret,
    issuedAt: now,
    expiresAt: addDays(now, limits.refreshTokenDays),
  });
  return token;
}
