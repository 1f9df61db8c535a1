/** Answers that are kept for equal requests, as long as their stamp holds; the least used go first. */
import { LRUCache } from "lru-cache";
import { limits } from "../limits.ts";

interface Kept<T> {
  stamp: string;
  answer: T;
}

export interface KeptAnswers<T> {
  get(key: string, stamp: string): T | undefined;
  put(key: string, stamp: string, answer: T, bytes: number): void;
}

export function keptAnswers<T>(): KeptAnswers<T> {
  const cache = new LRUCache<string, Kept<T>>({ maxSize: limits.keptAnswerBytes });
  return {
    get(key, stamp) {
      const found = cache.get(key);
      return found?.stamp === stamp ? found.answer : undefined;
    },
    put(key, stamp, answer, bytes) {
      cache.set(key, { stamp, answer }, { size: bytes + key.length + stamp.length + 500 });
    },
  };
}
