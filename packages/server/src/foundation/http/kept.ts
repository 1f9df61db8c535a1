/** Answers that are kept for equal requests, as long as their stamp holds; the least used go first. */
import { LRUCache } from "lru-cache";
import { limits } from "../limits.ts";

export interface Kept<T> {
  /** What the stamp belongs to. */
  stampKey: string;
  stamp: string;
  answer: T;
}

export interface KeptAnswers<T> {
  /** The answer that was kept last: right only while its stamp is still the one of its key. */
  get(key: string): Kept<T> | undefined;
  put(key: string, kept: Kept<T>, bytes: number): void;
}

export function keptAnswers<T>(): KeptAnswers<T> {
  const cache = new LRUCache<string, Kept<T>>({ maxSize: limits.keptAnswerBytes });
  return {
    get: (key) => cache.get(key),
    put(key, kept, bytes) {
      cache.set(key, kept, { size: bytes + key.length + kept.stamp.length + 500 });
    },
  };
}
