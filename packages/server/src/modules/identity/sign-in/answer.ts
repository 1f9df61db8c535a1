/** Answers of the token endpoints. Numbers are strings in v1 and numbers in v2. */
import type { JWTPayload } from "jose";
import { limits } from "../../../foundation/limits.ts";
import type { Subject, TokenVersion } from "../tokens.ts";

export interface Issued {
  subject: Subject;
  audience: string;
  version: TokenVersion;
  /** Of the access token. */
  claims: JWTPayload;
  accessToken: string;
  /** Both are there for a user, and for nobody else. */
  refreshToken: string | undefined;
  idToken: string | undefined;
  /** MSAL asks for it and fails user flows without it. */
  withClientInfo: boolean;
}

export function tokenAnswer(issued: Issued) {
  const { subject, audience, version, claims } = issued;
  const permission = "user_impersonation";
  const life = limits.tokenLifeSeconds;
  const user = subject.user && {
    refresh_token: issued.refreshToken,
    id_token: issued.idToken,
    ...(issued.withClientInfo && { client_info: clientInfo(subject) }),
  };
  if (version === "1.0") {
    return {
      token_type: "Bearer",
      ...(user && { scope: permission }),
      expires_in: String(life),
      ext_expires_in: String(life),
      expires_on: String(claims.exp),
      not_before: String(claims.nbf),
      resource: audience,
      access_token: issued.accessToken,
      ...user,
    };
  }
  return {
    token_type: "Bearer",
    ...(user && { scope: `${audience.replace(/\/$/, "")}/${permission}` }),
    expires_in: life,
    ext_expires_in: life,
    access_token: issued.accessToken,
    ...user,
  };
}

function clientInfo({ objectId, partnerId }: Subject): string {
  return Buffer.from(JSON.stringify({ uid: objectId, utid: partnerId })).toString("base64url");
}
