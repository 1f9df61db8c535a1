/** Links and envelopes as the contract writes them. */

export interface Link {
  uri: string;
  method: string;
  headers: { key: string; value: string }[];
}

/** A link of the contract: relative, begins with `/`, and has no `/v1`: clients add that. */
export function link(uri: string, method = "GET", headers: Link["headers"] = []): Link {
  return { uri, method, headers };
}

/** A collection that is answered whole. */
export function collectionOf<T>(items: T[], self: string) {
  return {
    totalCount: items.length,
    items,
    links: { self: link(self) },
    attributes: { objectType: "Collection" },
  };
}

/** A relative uri with a well-formed query; absent parameters are left out. */
export function uriWith(path: string, query: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}
