import { describe, expect, test } from "vitest";
import type { Db } from "./database/sql.ts";
import { gathered } from "./gather.ts";

const database: Db = { query: async () => [] };

/** A load that ends when told, and what it was asked for. */
function controlled() {
  const loads: { group: string; keys: readonly string[]; end(error?: Error): void }[] = [];
  const load = gathered<string, string>(
    (_db, group, keys) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) =>
          error ? reject(error) : resolve(keys.map((key) => `${group}:${key}`));
        loads.push({ group, keys, end });
      }),
  );
  const get = (group: string, key: string) => load(database, group, key);
  return { get, load, loads };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("gathered", () => {
  test("calls of the same moment share one load", async () => {
    const { get, loads } = controlled();
    const calls = [get("p", "a"), get("p", "b"), get("p", "a")];
    await turn();
    expect(loads.map(({ keys }) => keys)).toEqual([["a", "b", "a"]]);
    loads[0]?.end();
    expect(await Promise.all(calls)).toEqual(["p:a", "p:b", "p:a"]);
  });

  test("a call never shares a load that began before it", async () => {
    const { get, loads } = controlled();
    const first = get("p", "a");
    await turn();
    const second = get("p", "a");
    await turn();
    expect(loads.map(({ keys }) => keys)).toEqual([["a"], ["a"]]);
    loads[1]?.end();
    expect(await second).toBe("p:a");
    loads[0]?.end();
    expect(await first).toBe("p:a");
  });

  test("no more than two loads run at once; whoever comes then shares the next", async () => {
    const { get, loads } = controlled();
    const calls: Promise<string>[] = [];
    for (const key of ["a", "b", "c", "d"]) {
      calls.push(get("p", key));
      await turn();
    }
    expect(loads.map(({ keys }) => keys)).toEqual([["a"], ["b"]]);
    loads[1]?.end();
    await calls[1];
    await turn();
    expect(loads.map(({ keys }) => keys)).toEqual([["a"], ["b"], ["c", "d"]]);
    loads[2]?.end();
    loads[0]?.end();
    expect(await Promise.all(calls)).toEqual(["p:a", "p:b", "p:c", "p:d"]);
  });

  test("groups do not wait for one another", async () => {
    const { get, loads } = controlled();
    const slow = get("p", "a");
    await turn();
    const quick = get("q", "a");
    await turn();
    expect(loads.map(({ group }) => group)).toEqual(["p", "q"]);
    loads[1]?.end();
    expect(await quick).toBe("q:a");
    loads[0]?.end();
    await slow;
  });

  test("databases are never mixed", async () => {
    const { load, loads } = controlled();
    const other: Db = { query: async () => [] };
    const calls = [load(database, "p", "a"), load(other, "p", "b")];
    await turn();
    expect(loads.map(({ keys }) => keys)).toEqual([["a"], ["b"]]);
    for (const { end } of loads) end();
    expect(await Promise.all(calls)).toEqual(["p:a", "p:b"]);
  });

  test("a failure reaches those who share it, and nobody after them", async () => {
    const { get, loads } = controlled();
    const calls = Promise.allSettled([get("p", "a"), get("p", "b")]);
    await turn();
    loads[0]?.end(new Error("lost"));
    expect((await calls).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const next = get("p", "c");
    await turn();
    loads[1]?.end();
    expect(await next).toBe("p:c");
  });

  test("an answer that misses a key is a failure", async () => {
    const get = gathered<string, string>(async () => []);
    await expect(get(database, "p", "a")).rejects.toThrow("not every key");
  });
});
