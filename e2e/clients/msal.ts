/**
 * Signs in with the vendor's own library in each of its ways and prints what came of it as JSON.
 * A process of its own, since whom it trusts is settled when it starts.
 *
 * Arguments: the ready file's JSON, then `{ certificate, thumbprint, privateKey, … }` of an app.
 */
import {
  ConfidentialClientApplication,
  CryptoProvider,
  PublicClientApplication,
} from "@azure/msal-node";

const ready = JSON.parse(process.argv[2] ?? "{}");
const certified = JSON.parse(process.argv[3] ?? "{}");
const api = "https://api.partnercenter.microsoft.com";
const userScopes = [`${api}/user_impersonation`];
const redirectUri = "http://localhost:9/signed-in";

function authOf(who: { partner: { domain: string }; app: { clientId: string } }) {
  return {
    clientId: who.app.clientId,
    authority: `${ready.url}/${who.partner.domain}`,
    knownAuthorities: [new URL(ready.url).host],
  };
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

/** What a token opens, and whom it names. */
async function outcome(result: { accessToken: string; fromCache?: boolean } | null) {
  if (!result) throw new Error("there is no result");
  const customers = await fetch(`${ready.url}/v1/customers`, {
    headers: { authorization: `Bearer ${result.accessToken}` },
  });
  const { aud, scp, upn, ver } = claimsOf(result.accessToken);
  return { status: customers.status, aud, scp, upn, ver, fromCache: result.fromCache };
}

/** Fills in the sign-in page as a browser without scripts would; answers where it leads. */
async function fillIn(address: string, typed: Record<string, string>): Promise<Response> {
  const html = await (await fetch(address)).text();
  const form = new URLSearchParams();
  for (const [, name = "", value = ""] of html.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)">/g,
  )) {
    form.set(name, value.replaceAll("&amp;", "&"));
  }
  for (const [name, value] of Object.entries(typed)) form.set(name, value);
  const [page = ""] = address.split("?");
  return fetch(page, { method: "POST", body: form, redirect: "manual" });
}

const person = { username: ready.user.name, password: ready.user.password };

const ways: Record<string, () => Promise<unknown>> = {
  async "client secret"() {
    const app = new ConfidentialClientApplication({
      auth: { ...authOf(ready), clientSecret: ready.app.clientSecret },
    });
    const scopes = [`${api}/.default`];
    const first = await outcome(await app.acquireTokenByClientCredential({ scopes }));
    const again = await app.acquireTokenByClientCredential({ scopes });
    return { ...first, cachedAfterwards: again?.fromCache };
  },

  async "client secret for the directory's graph"() {
    const app = new ConfidentialClientApplication({
      auth: { ...authOf(ready), clientSecret: ready.app.clientSecret },
    });
    const scopes = ["https://graph.windows.net/.default"];
    return outcome(await app.acquireTokenByClientCredential({ scopes }));
  },

  async "client certificate"() {
    const { thumbprintSha256, privateKey } = certified;
    const app = new ConfidentialClientApplication({
      auth: { ...authOf(certified), clientCertificate: { thumbprintSha256, privateKey } },
    });
    return outcome(await app.acquireTokenByClientCredential({ scopes: [`${api}/.default`] }));
  },

  async "authorization code with PKCE, then silently"() {
    const app = new PublicClientApplication({ auth: authOf(ready) });
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
    const address = await app.getAuthCodeUrl({
      scopes: userScopes,
      redirectUri,
      state: "a b&c",
      codeChallenge: challenge,
      codeChallengeMethod: "S256",
      responseMode: "query",
    });
    const answer = await fillIn(address, person);
    const back = new URL(answer.headers.get("location") ?? "");
    const code = back.searchParams.get("code") ?? "";
    const request = { code, scopes: userScopes, redirectUri, codeVerifier: verifier };
    const first = await app.acquireTokenByCode(request);
    const { account } = first;
    if (!account) throw new Error("there is no account");
    const cached = await app.acquireTokenSilent({ account, scopes: userScopes });
    const refreshed = await app.acquireTokenSilent({
      account,
      scopes: userScopes,
      forceRefresh: true,
    });
    const reuse = await app.acquireTokenByCode(request).then(
      () => "accepted",
      (error: { errorCode?: string }) => error.errorCode,
    );
    const stored = Object.values(JSON.parse(app.getTokenCache().serialize()).RefreshToken);
    const { secret } = stored[0] as { secret: string };
    const byToken = await app.acquireTokenByRefreshToken({
      refreshToken: secret,
      scopes: userScopes,
    });
    return {
      state: back.searchParams.get("state"),
      back: back.origin + back.pathname,
      userName: account.username,
      tenant: account.tenantId,
      first: await outcome(first),
      cached: await outcome(cached),
      refreshed: await outcome(refreshed),
      byToken: await outcome(byToken),
      renewed: refreshed.accessToken !== first.accessToken,
      reuse,
    };
  },

  async "authorization code with a secret"() {
    const app = new ConfidentialClientApplication({
      auth: { ...authOf(ready), clientSecret: ready.app.clientSecret },
    });
    const address = await app.getAuthCodeUrl({ scopes: userScopes, redirectUri });
    const answer = await fillIn(address, person);
    const location = new URL(answer.headers.get("location") ?? "");
    const params = location.searchParams.size
      ? location.searchParams
      : new URLSearchParams(location.hash.slice(1));
    const code = params.get("code") ?? "";
    return outcome(await app.acquireTokenByCode({ code, scopes: userScopes, redirectUri }));
  },

  async "device code"() {
    const app = new PublicClientApplication({ auth: authOf(ready) });
    let shown = 0;
    const result = await app.acquireTokenByDeviceCode({
      scopes: userScopes,
      deviceCodeCallback: ({ userCode, verificationUri }) => {
        fillIn(verificationUri, { ...person, user_code: userCode.toLowerCase() }).then(
          ({ status }) => {
            shown = status;
          },
        );
      },
    });
    return { ...(await outcome(result)), page: shown, userName: result?.account?.username };
  },
};

const results: Record<string, unknown> = {};
for (const [name, way] of Object.entries(ways)) {
  results[name] = await way().catch((error: unknown) => ({ error: String(error) }));
}
process.stdout.write(`${JSON.stringify(results)}\n`);
