/**
 * Shares loads among calls that wait at the same moment. A statement costs the driver about 50 µs
 * of the one thread that also serves requests, so many small loads become few larger ones; a lone
 * call waits for nobody.
 */
import type { Db } from "./database/sql.ts";

interface Group<Key, Value> {
  waiting: { key: Key; resolve(value: Value): void; reject(error: unknown): void }[];
  /** Loads that are under way or about to begin. */
  running: number;
}

/** While one load waits for the database, the answers of the other are sent: 20 % more a second. */
const loadsAtOnce = 2;

/**
 * Makes a loader of `load`, which answers a value for each key, in their order. Keys of one group
 * (a partner) of one database are loaded together. A call never shares a load that began before
 * it, since that one may have missed what the caller knows to be written.
 */
export function gathered<Key, Value>(
  load: (db: Db, group: string, keys: readonly Key[]) => Promise<readonly Value[]>,
): (db: Db, group: string, key: Key) => Promise<Value> {
  const byDatabase = new WeakMap<Db, Map<string, Group<Key, Value>>>();

  async function run(db: Db, name: string, group: Group<Key, Value>): Promise<void> {
    while (group.waiting.length > 0) {
      const calls = group.waiting;
      group.waiting = [];
      try {
        const keys = calls.map(({ key }) => key);
        const values = await load(db, name, keys);
        if (values.length !== calls.length) throw new Error("a load answered not every key");
        for (const [index, { resolve }] of calls.entries()) resolve(values[index] as Value);
      } catch (error) {
        for (const { reject } of calls) reject(error);
      }
    }
    group.running -= 1;
    if (group.running === 0) byDatabase.get(db)?.delete(name);
  }

  return (db, name, key) =>
    new Promise((resolve, reject) => {
      const groups = byDatabase.get(db) ?? new Map<string, Group<Key, Value>>();
      byDatabase.set(db, groups);
      const group = groups.get(name) ?? { waiting: [], running: 0 };
      groups.set(name, group);
      group.waiting.push({ key, resolve, reject });
      if (group.waiting.length > 1 || group.running === loadsAtOnce) return;
      group.running += 1;
      // After the requests that have arrived by now: they may join at no cost.
      setImmediate(run, db, name, group);
    });
}
