/** The documents by which sign-in libraries find their way. */
import type { TokenVersion } from "../tokens.ts";
import { issuerOf } from "../tokens.ts";

/** Answers that this authority is the only one of its network, under the name the client used. */
export function instanceDocument(origin: string) {
  const host = origin.slice(origin.indexOf("//") + 2);
  return {
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/**
 * The OpenID Connect configuration. `tenant` is the name from the path; `partnerId` is undefined
 * for the common endpoints, whose issuer is a template with `{tenantid}`.
 */
export function openidDocument(
  origin: string,
  tenant: string,
  partnerId: string | undefined,
  version: TokenVersion,
) {
  const base = `${origin}/${encodeURIComponent(tenant)}`;
  const oauth = version === "1.0" ? `${base}/oauth2` : `${base}/oauth2/v2.0`;
  const keys = version === "1.0" ? "discovery/keys" : "discovery/v2.0/keys";
  return {
    issuer: issuerOf(origin, partnerId ?? "{tenantid}", version),
    authorization_endpoint: `${oauth}/authorize`,
    token_endpoint: `${oauth}/token`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    jwks_uri: `${base}/${keys}`,
    response_types_supported: ["code", "id_token", "code id_token"],
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    token_endpoint_auth_methods_supported: [
      "client_secret_post",
      "client_secret_basic",
      "private_key_jwt",
    ],
    code_challenge_methods_supported: ["S256", "plain"],
    claims_supported: claims,
    tenant_region_scope: null,
  };
}

const claims = [
  ..."aud exp iat iss nbf sub tid oid ver appid azp idtyp scp roles amr".split(" "),
  ..."name upn unique_name preferred_username".split(" "),
];

/** Every user of a sandbox has a password here: nobody is federated. */
export function realmDocument(user: string) {
  const domain = user.split("@")[1];
  return { ver: "1.0", account_type: "Managed", ...(domain && { domain_name: domain }) };
}
