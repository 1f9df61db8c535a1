/** One MS-RequestId, one effect: every write, sent five times at the same moment. */
import type { Operation } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { randomId } from "../../src/foundation/ids.ts";
import { type CallOptions, type TestAnswer, testServer } from "../harness.ts";
import { callSample, isRead, type Sample, sampleOf, urlOf, walk } from "./samples.ts";
import { fingerprint, versions } from "./store.ts";
import { trade } from "./world.ts";

const server = await testServer();
const world = await trade(server);
const copies = 5;
const writes = walk.filter(([, operation]) => !isRead(operation));

/** A call of a sample under a request id; `payload` stands in place of the sample's body. */
function send(operation: Operation, sample: Sample, requestId: string, options: CallOptions = {}) {
  const headers = { ...options.headers, "MS-RequestId": requestId };
  return callSample(server, operation, sample, { ...options, headers });
}

function burst(...call: Parameters<typeof send>): Promise<TestAnswer[]> {
  return Promise.all(Array.from({ length: copies }, () => send(...call)));
}

/** What a piece of work did to the rows of partners: how many came and went, by table. */
async function effectOf<T>(work: () => Promise<T>): Promise<[T, Record<string, number>]> {
  const before = await versions(server.database);
  const result = await work();
  const after = await versions(server.database);
  const changes = [
    ...[...after.difference(before)].map((row) => `added to ${row.split(" ")[0]}`),
    ...[...before.difference(after)].map((row) => `gone from ${row.split(" ")[0]}`),
  ];
  const byTable = Map.groupBy(changes.sort(), (change) => change);
  return [result, Object.fromEntries([...byTable].map(([change, rows]) => [change, rows.length]))];
}

const isReplay = ({ headers }: TestAnswer) => headers["kontor-replayed"] === "true";
const seen = ({ status, text }: TestAnswer) => ({ status, text });

function expectOneAnswer(answers: TestAnswer[]): void {
  expect(new Set(answers.map((answer) => JSON.stringify(seen(answer)))).size).toBe(1);
  expect(answers.filter(isReplay)).toHaveLength(copies - 1);
}

/** The sample with ids that nothing has; undefined where its path has none. */
function elsewhere(operation: Operation, sample: Sample): Sample | undefined {
  const names = Object.keys(operation.params.properties);
  if (names.length === 0) return undefined;
  return { ...sample, params: Object.fromEntries(names.map((name) => [name, randomId()])) };
}

/** The body of a sample with a space behind it: the same to a reader, another one to a hash. */
const otherBody = ({ body }: Sample) => `${body === undefined ? "" : JSON.stringify(body)} `;

describe.each(writes)("%s", (_name, operation) => {
  test("sent five times at once has the effect of one call, and one answer", async () => {
    // The first call of all may leave more behind: a month's due work, the former lines of a cart.
    await send(operation, await sampleOf(operation, world), randomId());
    const [one, five] = [await sampleOf(operation, world), await sampleOf(operation, world)];
    const [once, effect] = await effectOf(() => send(operation, one, randomId()));
    expect(once.status).toBeLessThan(300);
    const requestId = randomId();
    const [answers, effectOfFive] = await effectOf(() => burst(operation, five, requestId));
    expectOneAnswer(answers);
    expect(answers[0]?.status).toBe(once.status);
    expect(effectOfFive).toEqual(effect);
    const later = await send(operation, five, requestId);
    expect([isReplay(later), later.text]).toEqual([true, answers[0]?.text]);
  });

  test("refused five times at once has no effect, and one answer", async () => {
    const sample = await sampleOf(operation, world);
    const nowhere = elsewhere(operation, sample);
    const before = await fingerprint(server.database);
    if (nowhere) {
      const answers = await burst(operation, nowhere, randomId());
      expectOneAnswer(answers);
      expect([400, 403, 404]).toContain(answers[0]?.status);
    }
    if (operation.body && "type" in operation.body) {
      const answers = await burst(operation, sample, randomId(), { payload: '{"broken' });
      expectOneAnswer(answers);
      expect(answers[0]?.status).toBe(400);
    }
    expect(await fingerprint(server.database)).toBe(before);
  });

  test("with another body or on another path under the same id is another call", async () => {
    const sample = await sampleOf(operation, world);
    const requestId = randomId();
    const first = await send(operation, sample, requestId);
    const payload = otherBody(sample);
    const second = await send(operation, sample, requestId, { payload });
    expect([isReplay(first), isReplay(second)]).toEqual([false, false]);
    expect(isReplay(await send(operation, sample, requestId, { payload }))).toBe(true);
    const nowhere = elsewhere(operation, sample);
    if (nowhere) expect(isReplay(await send(operation, nowhere, requestId))).toBe(false);
  });

  test("in another spelling of its path is the same call", async () => {
    const sample = await sampleOf(operation, world);
    const headers = { "MS-RequestId": randomId() };
    const [path = "", query = ""] = urlOf(operation, sample).split("?");
    const search = query === "" ? "" : `?${query}`;
    const body = sample.body === undefined ? {} : { body: sample.body };
    const upper = path.split("/").map((part) => (part.includes("-") ? part : part.toUpperCase()));
    const spellings = [path, `${path}/`, path.replace(/^\/v1/, "/"), upper.join("/")];
    const answers = [];
    for (const spelling of spellings) {
      answers.push(
        await server.call(operation.method, `${spelling}${search}`, { headers, ...body }),
      );
    }
    expect(answers.map(isReplay)).toEqual([false, true, true, true]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test("refused for its token is not remembered", async () => {
    const sample = await sampleOf(operation, world);
    const requestId = randomId();
    const refused = await burst(operation, sample, requestId, { token: "not.a.token" });
    expect(refused.map(({ status }) => status)).toEqual(Array(copies).fill(401));
    expect(refused.filter(isReplay)).toEqual([]);
    const answer = await send(operation, sample, requestId);
    expect([isReplay(answer), answer.status < 300]).toEqual([false, true]);
  });
});
