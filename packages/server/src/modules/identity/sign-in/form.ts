/** Reads token requests: form fields, the client's id and secret, the resource asked for. */

import { isGuid } from "@kontor/contract";
import { apiAudience, type TokenVersion } from "../tokens.ts";
import { refuseSignIn } from "./sign-in-error.ts";

/** The fields of a form by lower-case name; of duplicates the first. An empty value is none. */
export type Fields = ReadonlyMap<string, string>;

export function readForm(body: unknown): Fields {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const key = name.toLowerCase();
    if (value !== "" && !fields.has(key)) fields.set(key, value);
  }
  return fields;
}

/** The parameters of a query, read as those of a form. */
export function readQueryForm(url: string): Fields {
  const at = url.indexOf("?");
  return readTokenForm(new TextEncoder().encode(at < 0 ? "" : url.slice(at + 1)));
}

/** The fields of a token request: PostgreSQL has no text with NUL, so no name or secret has one. */
export function readTokenForm(body: unknown): Fields {
  const fields = readForm(body);
  if ([...fields.values()].some((value) => value.includes("\u0000"))) {
    refuseSignIn("requestMalformed", "The request contains a NUL character");
  }
  return fields;
}

export function required(fields: Fields, name: string): string {
  const value = fields.get(name);
  return value ?? refuseSignIn("parameterMissing", `The request body must contain '${name}'`);
}

export interface ClientCredentials {
  clientId: string;
  secret: string | undefined;
  /** A JWT in place of the secret. */
  assertion: string | undefined;
}

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** The client, from the form or from HTTP Basic; what stands in the header wins. */
export function readClient(fields: Fields, authorization: string | undefined): ClientCredentials {
  const basic = /^Basic +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (basic !== undefined) return readBasic(basic);
  const assertion = fields.get("client_assertion");
  if (assertion !== undefined && required(fields, "client_assertion_type") !== jwtBearer) {
    refuseSignIn("assertionWrong", `The client_assertion_type must be ${jwtBearer}`);
  }
  return { clientId: clientIdOf(fields), secret: fields.get("client_secret"), assertion };
}

export function clientIdOf(fields: Fields): string {
  return required(fields, "client_id").trim().toLowerCase();
}

/** RFC 6749, 2.3.1: both parts are form-encoded before they are joined. */
function readBasic(encoded: string): ClientCredentials {
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const secret = formDecode(rest.join(":"));
  const clientId = formDecode(id).trim().toLowerCase();
  if (`${clientId}${secret}`.includes("\u0000")) {
    refuseSignIn("requestMalformed", "The request contains a NUL character");
  }
  return { clientId, secret: secret === "" ? undefined : secret, assertion: undefined };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return refuseSignIn("requestMalformed", "The Basic credentials are not form-encoded");
  }
}

/** Scopes about the sign-in itself: they name no resource. */
const signInScopes: ReadonlySet<string> = new Set(["openid", "profile", "email", "offline_access"]);

/** What v1 gives when no resource is named, as the vendor does. */
const defaultResource = "https://graph.windows.net";

/** The audience of a v1 request: its `resource`, as written. */
export function resourceOf(fields: Fields, usual = defaultResource): string {
  const resource = fields.get("resource")?.trim() ?? usual;
  if (!isResource(resource)) {
    refuseSignIn("resourceInvalid", `The resource ${resource.slice(0, 200)} is no URI and no GUID`);
  }
  return resource;
}

/**
 * The audience of a v2 request: the part of its `scope` before the permission,
 * `https://graph.windows.net/.default` or `{resource}/user_impersonation`.
 */
export function audienceOfScope(fields: Fields, appOnly: boolean, usual = apiAudience): string {
  const scope = appOnly ? required(fields, "scope") : (fields.get("scope") ?? "");
  const named = scope.split(/\s+/).filter((part) => part && !signInScopes.has(part.toLowerCase()));
  if (appOnly && named.some((part) => !part.endsWith("/.default"))) {
    refuseSignIn("scopeNotDefault", "An app-only scope must be a resource followed by /.default");
  }
  const [audience, ...others] = new Set(named.map(resourceOfScope));
  if (others.length > 0) refuseSignIn("scopeInvalid", "The scope names more than one resource");
  if (audience !== undefined) return audience;
  return appOnly ? refuseSignIn("scopeInvalid", "The scope names no resource") : usual;
}

function resourceOfScope(scope: string): string {
  const resource = scope.slice(0, Math.max(0, scope.lastIndexOf("/")));
  if (isResource(resource)) return resource;
  return refuseSignIn("scopeInvalid", `The scope ${scope.slice(0, 200)} names no resource`);
}

const resourceLimit = 256;

function isResource(text: string): boolean {
  if (text.length > resourceLimit) return false;
  return isGuid(text) || /^[a-z][a-z0-9+.-]*:\/\/[^/\s]/i.test(text);
}

interface AudienceTerms {
  version: TokenVersion;
  appOnly: boolean;
  /** When the request names none: that of the code which it redeems. */
  usual?: string | undefined;
}

export function audienceOf(fields: Fields, { version, appOnly, usual }: AudienceTerms): string {
  return version === "1.0" ? resourceOf(fields, usual) : audienceOfScope(fields, appOnly, usual);
}
