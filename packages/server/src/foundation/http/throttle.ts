/**
 * Throttling: requests of a resource are counted in windows of a minute, per partner or per
 * customer, in the machine's time. A refused request counts too.
 */
import type { Operation } from "@kontor/contract";
import { limits } from "../limits.ts";

export interface Throttle {
  /** Counts a request; answers the seconds to wait when it is one too many. */
  admit(
    operation: Operation,
    partnerId: string,
    customerId: string | undefined,
    at: Date,
  ): number | undefined;
}

interface Window {
  endsAt: number;
  count: number;
}

/** Undefined limit: nothing is counted. */
export function createThrottle(perMinute: number | undefined): Throttle {
  if (perMinute === undefined) return { admit: () => undefined };
  // A Map keeps the order of insertion: the first window is the oldest one.
  const windows = new Map<string, Window>();
  return {
    admit({ throttle }, partnerId, customerId, at) {
      if (!throttle) return undefined;
      const owner = throttle.per === "customer" ? `${partnerId}/${customerId}` : partnerId;
      const key = `${throttle.resource}/${owner}`;
      const now = at.getTime();
      let window = windows.get(key);
      if (!window || window.endsAt <= now) {
        windows.delete(key);
        window = { endsAt: now + limits.throttleWindowMs, count: 0 };
        windows.set(key, window);
        const [oldest] = windows.keys();
        if (windows.size > limits.throttleWindows && oldest) windows.delete(oldest);
      }
      window.count += 1;
      if (window.count <= perMinute) return undefined;
      return Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    },
  };
}

/**
 * The body of a refusal: a gateway's, without the members of a fault. The .NET client looks for
 * `Retry-After` only when it finds none of them.
 */
export function throttledBody(seconds: number): { statusCode: number; message: string } {
  return {
    statusCode: 429,
    message: `Too many requests. Send the next one in ${seconds} seconds.`,
  };
}
