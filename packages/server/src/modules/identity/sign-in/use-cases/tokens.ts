/** The token endpoints: who is the client, who is the user, which tokens they get. */
import { addDays } from "../../../../foundation/clock.ts";
import type { Db } from "../../../../foundation/database/sql.ts";
import { newSecret } from "../../../../foundation/ids.ts";
import { limits } from "../../../../foundation/limits.ts";
import { hashToken } from "../../secrets.ts";
import type { SigningKey } from "../../signing-key.ts";
import { insertRefreshToken } from "../../store.ts";
import {
  accessClaims,
  idClaims,
  type Subject,
  signToken,
  type TokenVersion,
} from "../../tokens.ts";
import { type Issued, tokenAnswer } from "../answer.ts";
import { audienceOf, type Fields, readClient, required } from "../form.ts";
import { refuseSignIn } from "../sign-in-error.ts";
import { type AskingClient, requireClient } from "./client.ts";
import { grants } from "./grants.ts";

interface TokenRequest {
  /** From the path: a partner's id or domain, `common` or `organizations`. */
  tenant: string;
  version: TokenVersion;
  fields: Fields;
  authorization: string | undefined;
  origin: string;
  now: Date;
}

/** Answers a token request; throws SignInError. */
export async function signIn(db: Db, key: SigningKey, request: TokenRequest) {
  const { fields, version, origin, now } = request;
  const grantType = required(fields, "grant_type");
  const credentials = readClient(fields, request.authorization);
  const appOnly = grantType === "client_credentials";
  const grant = grants.get(grantType);
  if (!grant) {
    return refuseSignIn("grantUnsupported", `The grant '${grantType.slice(0, 100)}' is unknown`);
  }
  const host = new URL(origin).host;
  const client = await requireClient(db, request.tenant, credentials, { host, now });
  const granted = await grant(db, client, request);
  const { subject } = granted;
  const audience = audienceOf(fields, { version, appOnly, usual: granted.audience });
  const terms = { audience, version, origin, issuedAt: now };
  const claims = accessClaims(subject, terms);
  const issued: Issued = {
    subject,
    audience,
    version,
    claims,
    accessToken: await signToken(key, claims),
    idToken: subject.user && (await signToken(key, idClaims(subject, terms, granted))),
    refreshToken: subject.user && (await newRefreshToken(db, client, subject, now)),
    withClientInfo: fields.get("client_info") === "1",
  };
  return tokenAnswer(issued);
}

/** A further refresh token; the ones before it hold on until they expire. */
async function newRefreshToken(
  db: Db,
  client: AskingClient,
  subject: Subject,
  now: Date,
): Promise<string> {
  const token = newSecret();
  await insertRefreshToken(db, client.partnerId, {
    tokenHash: hashToken(token),
    userId: subject.objectId,
    clientId: client.clientId,
    withSecret: client.proved,
    issuedAt: now,
    expiresAt: addDays(now, limits.refreshTokenDays),
  });
  return token;
}
