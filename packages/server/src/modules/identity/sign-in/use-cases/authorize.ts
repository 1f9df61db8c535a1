/** The authorization endpoint: what an app asks for, and what its user's sign-in gives it. */
import { addMs } from "../../../../foundation/clock.ts";
import type { Db } from "../../../../foundation/database/sql.ts";
import { newSecret } from "../../../../foundation/ids.ts";
import { limits } from "../../../../foundation/limits.ts";
import { mayRedirectTo } from "../../registration.ts";
import { hashToken } from "../../secrets.ts";
import type { SigningKey } from "../../signing-key.ts";
import type { User } from "../../store.ts";
import { idClaims, signToken, type TokenVersion } from "../../tokens.ts";
import { audienceOf, clientIdOf, type Fields } from "../form.ts";
import { type Challenge, readChallenge } from "../pkce.ts";
import { refuseSignIn, SignInError, signInErrorBody } from "../sign-in-error.ts";
import { insertAuthorizationCode } from "../store.ts";
import { type Client, findClient } from "./client.ts";
import { userSubject } from "./grants.ts";
import { userByPassword } from "./password.ts";

export type ResponseMode = "query" | "fragment" | "form_post";

/** How the user goes back to the app, with which parameters. */
export interface Return {
  redirectUri: string;
  mode: ResponseMode;
  params: Record<string, string>;
}

/** Either the user is asked for name and password, or goes back at once. */
export type Step =
  | { kind: "ask"; app: string; tenant: string; name: string; wrong: boolean }
  | { kind: "return"; answer: Return };

interface AuthorizeRequest {
  tenant: string;
  version: TokenVersion;
  fields: Fields;
  origin: string;
  now: Date;
}

interface Wanted {
  code: boolean;
  idToken: boolean;
  challenge: Challenge | undefined;
  nonce: string | undefined;
  audience: string;
}

/**
 * Takes a request, with the user's name and password once they have been typed.
 *
 * @throws SignInError when it is not certain where the answer may go: to nobody, then
 */
export async function authorize(db: Db, key: SigningKey, request: AuthorizeRequest): Promise<Step> {
  const { fields, now } = request;
  const client = await findClient(db, request.tenant, clientIdOf(fields));
  const redirectUri = redirectUriOf(fields, client);
  const types = responseTypes(fields);
  const back = (params: Record<string, string>): Step => ({
    kind: "return",
    answer: { redirectUri, mode: modeOf(fields, types), params: { ...params, ...stateOf(fields) } },
  });
  try {
    const wanted = readWanted(request, types);
    const password = fields.get("password");
    const name = fields.get("username") ?? fields.get("login_hint") ?? "";
    const ask = { kind: "ask", app: client.name, tenant: client.domain, name } as const;
    if (password === undefined) return { ...ask, wrong: false };
    const user = await userByPassword(db, client.partnerId, name, password);
    if (!user) return { ...ask, wrong: true };
    return back(await answerOf(db, key, { request, client, user, redirectUri, wanted }));
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const { error: name, error_description } = signInErrorBody(error, now, "");
    return back({ error: name, error_description });
  }
}

function redirectUriOf(fields: Fields, { redirectUris, clientId }: Client): string {
  const [only, ...others] = redirectUris;
  const uri = fields.get("redirect_uri") ?? (others.length === 0 ? only : undefined);
  if (uri !== undefined && mayRedirectTo(uri, redirectUris)) return uri;
  return refuseSignIn(
    "redirectUnknown",
    `The redirect_uri is neither registered for the app '${clientId}' nor on this machine`,
  );
}

function responseTypes(fields: Fields): readonly string[] {
  return (fields.get("response_type") ?? "code").split(/\s+/).filter(Boolean);
}

/** Tokens do not belong into a query, which ends up in logs. */
function modeOf(fields: Fields, types: readonly string[]): ResponseMode {
  const usual = types.includes("id_token") ? "fragment" : "query";
  const given = fields.get("response_mode") ?? usual;
  if (given === "form_post" || given === "fragment") return given;
  return usual;
}

function stateOf(fields: Fields): { state?: string } {
  const state = fields.get("state");
  return state === undefined ? {} : { state };
}

function readWanted({ fields, version }: AuthorizeRequest, types: readonly string[]): Wanted {
  const other = types.find((type) => !["code", "id_token"].includes(type));
  if (other !== undefined || types.length === 0) {
    refuseSignIn("responseTypeUnsupported", "The response_type must be code, id_token or both");
  }
  const mode = fields.get("response_mode");
  const idToken = types.includes("id_token");
  if (mode !== undefined && !["query", "fragment", "form_post"].includes(mode)) {
    refuseSignIn("responseModeUnsupported", "The response_mode is query, fragment or form_post");
  }
  if (mode === "query" && idToken) {
    refuseSignIn("responseModeUnsupported", "An id_token is not sent in a query");
  }
  const nonce = fields.get("nonce");
  if (idToken && nonce === undefined) {
    refuseSignIn("nonceMissing", "An id_token must be asked for with a nonce");
  }
  // Nobody is signed in beforehand: each sign-in asks for name and password.
  if (fields.get("prompt") === "none") {
    refuseSignIn("loginRequired", "Nobody is signed in, and prompt=none forbids to ask");
  }
  return {
    code: types.includes("code"),
    idToken,
    challenge: readChallenge(fields),
    nonce,
    audience: audienceOf(fields, { version, appOnly: false }),
  };
}

interface Approved {
  request: AuthorizeRequest;
  client: Client;
  user: User;
  redirectUri: string;
  wanted: Wanted;
}

async function answerOf(
  db: Db,
  key: SigningKey,
  approved: Approved,
): Promise<Record<string, string>> {
  const { wanted, request, client, user } = approved;
  const code = wanted.code ? await newCode(db, approved) : undefined;
  if (!wanted.idToken) return { ...(code && { code }) };
  const { audience, nonce } = wanted;
  const { version, origin, now } = request;
  const terms = { audience, version, origin, issuedAt: now };
  const claims = idClaims(userSubject(client, user), terms, { nonce, code });
  return { ...(code && { code }), id_token: await signToken(key, claims) };
}

async function newCode(db: Db, approved: Approved): Promise<string> {
  const { client, user, redirectUri, wanted } = approved;
  const { now } = approved.request;
  const code = newSecret();
  const stored = {
    codeHash: hashToken(code),
    clientId: client.clientId,
    userId: user.userId,
    redirectUri,
    challenge: wanted.challenge,
    nonce: wanted.nonce,
    audience: wanted.audience,
    expiresAt: addMs(now, limits.authorizationCodeSeconds * 1000),
  };
  await insertAuthorizationCode(db, client.partnerId, stored, now);
  return code;
}
