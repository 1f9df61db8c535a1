/** A bounded memory of verified tokens: the least recently used one is forgotten first. */
import { LRUCache } from "lru-cache";
import type { VerifiedToken } from "./tokens.ts";

interface TokenCache {
  /** The token as it was verified; undefined when it is unknown or has expired. */
  get(token: string, now: Date): VerifiedToken | undefined;
  put(token: string, verified: VerifiedToken): void;
}

export function createTokenCache(limit: number): TokenCache {
  const known = new LRUCache<string, VerifiedToken>({ max: limit });
  return {
    get(token, now) {
      const found = known.get(token);
      if (!found || found.expiresAt.getTime() > now.getTime()) return found;
      known.delete(token);
      return undefined;
    },
    put(token, verified) {
      known.set(token, verified);
    },
  };
}
