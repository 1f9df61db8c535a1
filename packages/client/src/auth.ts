/** Sign-in: tokens of the two grants that automation uses. */

export interface Credentials {
  /** Tenant id or verified domain. */
  tenant: string;
  clientId: string;
  clientSecret: string;
  /** Given: an app+user token by the password grant. Absent: an app-only token. */
  user?: { name: string; password: string };
}

export interface Token {
  accessToken: string;
  /** Milliseconds since 1970, by the machine's clock. */
  expiresAt: number;
}

export type SignIn = () => Promise<string>;

const resource = "https://api.partnercenter.microsoft.com";
/** A token is renewed this long before it expires. */
const renewBeforeMs = 60_000;

async function requestToken(authority: string, who: Credentials): Promise<Token> {
  const form = new URLSearchParams({
    client_id: who.clientId,
    client_secret: who.clientSecret,
    resource,
    ...(who.user
      ? {
          grant_type: "password",
          username: who.user.name,
          password: who.user.password,
          scope: "openid",
        }
      : { grant_type: "client_credentials" }),
  });
  const url = new URL(`/${encodeURIComponent(who.tenant)}/oauth2/token`, authority);
  const answer = await fetch(url, { method: "POST", body: form });
  const body = (await answer.json()) as {
    access_token?: string;
    expires_in?: string | number;
    error_description?: string;
  };
  if (!answer.ok || body.access_token === undefined) {
    throw new Error(`sign-in failed: HTTP ${answer.status}: ${body.error_description ?? ""}`);
  }
  const seconds = Number(body.expires_in ?? 300);
  return {
    accessToken: body.access_token,
    expiresAt: performance.timeOrigin + performance.now() + seconds * 1000,
  };
}

/** A source of tokens that signs in when there is none or it is about to expire. */
export function signIn(authority: string, who: Credentials): SignIn {
  let token: Promise<Token> | undefined;
  return async () => {
    const known = token;
    const current = await known?.catch(() => undefined);
    const now = performance.timeOrigin + performance.now();
    if (current && current.expiresAt - renewBeforeMs > now) return current.accessToken;
    // Calls that come together share one sign-in.
    const asked = token === undefined || token === known ? requestToken(authority, who) : token;
    token = asked;
    return (await asked).accessToken;
  };
}
