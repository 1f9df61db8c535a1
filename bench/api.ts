/** Calls of a running Kontor, signed in as its well-known user. */
import type { Kontor } from "./processes.ts";

export interface Api {
  url: string;
  headers: Record<string, string>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

export async function signedIn({ url, partner, app, user }: Kontor): Promise<Api> {
  const answer = await fetch(`${url}/${partner.domain}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "password",
      resource: "https://api.partnercenter.microsoft.com",
      client_id: app.clientId,
      client_secret: app.clientSecret,
      username: user.name,
      password: user.password,
    }),
  });
  const token = ((await answer.json()) as { access_token?: string }).access_token;
  if (token === undefined) throw new Error(`sign-in failed with ${answer.status}`);
  const headers = { authorization: `Bearer ${token}` };
  async function call<T>(path: string, init: RequestInit): Promise<T> {
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
  return {
    url,
    headers,
    get: (path) => call(path, { method: "GET", headers }),
    post: (path, body) =>
      call(path, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}

/** The ids of a list. */
export async function idsOf(api: Api, path: string): Promise<string[]> {
  const list = await api.get<{ items: { id: string }[] }>(path);
  return list.items.map(({ id }) => id);
}

/** Three items of perpetual software, by their catalog item ids. */
export async function perpetualItems(api: Api): Promise<string[]> {
  const items: string[] = [];
  const view = "/v1/products?country=US&targetView=SoftwarePerpetual";
  for (const product of await idsOf(api, view)) {
    const path = `/v1/products/${product}/skus`;
    for (const sku of await idsOf(api, `${path}?country=US`)) {
      const sold = `${path}/${sku}/availabilities?country=US&targetSegment=commercial`;
      const list = await api.get<{ items: { catalogItemId: string }[] }>(sold);
      items.push(...list.items.map(({ catalogItemId }) => catalogItemId));
    }
  }
  if (items.length < 3) throw new Error("the catalog sells fewer than three perpetual items");
  return items.slice(0, 3);
}
