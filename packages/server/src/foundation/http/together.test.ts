import { expect, test } from "vitest";
import { together } from "./together.ts";

interface Call {
  id: number;
  key?: string;
  fails?: boolean;
}

/** Runs calls that are let go by hand, and tells which ones ran together. */
function gated(most: number, atOnce = 1) {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const run = together<Call, string>(
    async (group, calls) => {
      batches.push(calls.map(({ id }) => id));
      await new Promise<void>((resolve) => gates.push(resolve));
      if (calls.some(({ fails }) => fails)) throw new Error(`broken by ${calls.length}`);
      return calls.map(({ id }) => `${group}${id}`);
    },
    { most, atOnce, keyOf: ({ key }) => key },
  );
  const open = async () => {
    while (gates.length === 0) await new Promise(setImmediate);
    gates.shift()?.();
  };
  return { run, batches, open };
}

test("a lone call runs at once, and what arrives meanwhile is the next batch", async () => {
  const { run, batches, open } = gated(10);
  const first = run("p", { id: 1 });
  await open();
  expect(await first).toBe("p1");
  const second = run("p", { id: 2 });
  while (batches.length < 2) await new Promise(setImmediate);
  const others = [3, 4, 5].map((id) => run("p", { id }));
  await open();
  await open();
  expect(await Promise.all([second, ...others])).toEqual(["p2", "p3", "p4", "p5"]);
  expect(batches).toEqual([[1], [2], [3, 4, 5]]);
});

test("a batch has at most so many calls, and one of one is allowed", async () => {
  for (const most of [1, 2]) {
    const { run, batches, open } = gated(most);
    const calls = [1, 2, 3].map((id) => run("p", { id }));
    for (let batch = 0; batch < 3 / most; batch += 1) await open();
    expect(await Promise.all(calls)).toEqual(["p1", "p2", "p3"]);
    expect(batches).toEqual(most === 1 ? [[1], [2], [3]] : [[1, 2], [3]]);
  }
});

test("groups do not wait for one another", async () => {
  const { run, batches, open } = gated(10);
  const calls = [run("p", { id: 1 }), run("q", { id: 2 })];
  while (batches.length < 2) await new Promise(setImmediate);
  await open();
  await open();
  expect(await Promise.all(calls)).toEqual(["p1", "q2"]);
});

test("calls of one key run one after the other, in their order", async () => {
  const { run, batches, open } = gated(10);
  const calls = [
    run("p", { id: 1, key: "a" }),
    run("p", { id: 2, key: "a" }),
    run("p", { id: 3, key: "b" }),
    run("p", { id: 4 }),
    run("p", { id: 5 }),
  ];
  await open();
  await open();
  await Promise.all(calls);
  expect(batches).toEqual([[1, 3, 4, 5], [2]]);
});

test("of a batch that fails each call fails or succeeds by itself", async () => {
  const { run, batches, open } = gated(10);
  const calls = [{ id: 1 }, { id: 2, fails: true }, { id: 3 }].map((call) => run("p", call));
  const settled = Promise.allSettled(calls);
  for (let batch = 0; batch < 4; batch += 1) await open();
  expect(await settled).toMatchObject([
    { value: "p1" },
    { reason: { message: "broken by 1" } },
    { value: "p3" },
  ]);
  expect(batches).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test("a batch that answers too few calls is an error of each", async () => {
  const run = together<number, number>(async () => [], {
    most: 5,
    atOnce: 1,
    keyOf: () => undefined,
  });
  await expect(run("p", 1)).rejects.toThrow("not every call");
});

test("batches run beside each other, but not two calls of one key", async () => {
  const { run, batches, open } = gated(10, 2);
  const first = run("p", { id: 1, key: "a" });
  while (batches.length < 1) await new Promise(setImmediate);
  const others = [
    run("p", { id: 2, key: "a" }),
    run("p", { id: 3, key: "b" }),
    run("p", { id: 4 }),
  ];
  while (batches.length < 2) await new Promise(setImmediate);
  expect(batches).toEqual([[1], [3, 4]]);
  await open();
  await open();
  await open();
  expect(await Promise.all([first, ...others])).toEqual(["p1", "p2", "p3", "p4"]);
  expect(batches).toEqual([[1], [3, 4], [2]]);
});
