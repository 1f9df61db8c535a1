import { availabilityKeyOf, availabilityKeyText } from "../availability-id.ts";
import type { PricedOffer } from "../offer.ts";

export interface Repeats {
  /** The line that first priced this availability from this instant on, or null: it is new. */
  lineBefore(offer: PricedOffer, line: number): number | null;
}

const firstSlots = 4096;

/**
 * Remembers which prices a file has had, by 64 bits of hash and the line: 12 bytes a slot in
 * place of some 200 for a string in a Map. At most `most` are remembered; what repeats a later
 * one passes. Two different keys of a million share their 64 bits with odds of 1 in 37 million.
 */
export function rememberRepeats(most: number): Repeats {
  let slots = new Uint32Array(firstSlots * 3);
  let used = 0;

  /** The first number of the slot that holds the hash or would take it. */
  function find(table: Uint32Array, low: number, high: number): number {
    const mask = table.length / 3 - 1;
    let slot = low & mask;
    while (table[slot * 3 + 2] !== 0) {
      if (table[slot * 3] === low && table[slot * 3 + 1] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot * 3;
  }

  function grow(): void {
    const larger = new Uint32Array(slots.length * 2);
    for (let at = 0; at < slots.length; at += 3) {
      if (slots[at + 2] === 0) continue;
      larger.set(slots.subarray(at, at + 3), find(larger, slots[at] ?? 0, slots[at + 1] ?? 0));
    }
    slots = larger;
  }

  function lineBefore(offer: PricedOffer, line: number): number | null {
    const [low, high] = hashOf(
      `${availabilityKeyText(availabilityKeyOf(offer))}|${offer.effectiveFrom}`,
    );
    const at = find(slots, low, high);
    const before = slots[at + 2] ?? 0;
    if (before !== 0) return before;
    if (used >= most) return null;
    slots.set([low, high, line], at);
    used++;
    if (used * 2 > slots.length / 3) grow();
    return null;
  }

  return { lineBefore };
}

/** Two multiplicative hashes of 32 bits with unlike factors, mixed at the end. */
function hashOf(text: string): [number, number] {
  let low = 0x9e3779b1;
  let high = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995);
    high = (high << 13) | (high >>> 19);
  }
  low = Math.imul(low ^ (low >>> 16) ^ high, 0xc2b2ae35);
  return [(low ^ (low >>> 13)) >>> 0, high >>> 0];
}
