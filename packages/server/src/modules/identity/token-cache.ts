/** A bounded memory of verified tokens: the least recently used one is forgotten first. */
import type { VerifiedToken } from "./tokens.ts";

interface TokenCache {
  /** The token as it was verified; undefined when it is unknown or has expired. */
  get(token: string, now: Date): VerifiedToken | undefined;
  put(token: string, verified: VerifiedToken): void;
}

export function createTokenCache(limit: number): TokenCache {
  // A Map keeps the order of insertion: its first key is the one unused for longest.
  const known = new Map<string, VerifiedToken>();
  return {
    get(token, now) {
      const found = known.get(token);
      if (!found) return undefined;
      known.delete(token);
      if (found.expiresAt.getTime() <= now.getTime()) return undefined;
      known.set(token, found);
      return found;
    },
    put(token, verified) {
      known.delete(token);
      known.set(token, verified);
      const [oldest] = known.keys();
      if (known.size > limit && oldest !== undefined) known.delete(oldest);
    },
  };
}
