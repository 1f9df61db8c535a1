import { setTimeout as delay } from "node:timers/promises";

/** Asks every `everyMs` until the answer is yes; false when `limitMs` have passed before. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  limitMs: number,
  everyMs = 10,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() >= deadline) return false;
    await delay(everyMs);
  }
  return true;
}
