/**
 * Partners do not see one another. Whatever id of the first partner the second one puts into a
 * call, it learns as much as from an id that nobody has.
 */
import { randomInt } from "node:crypto";
import { type Operation, operations, successStatus } from "@kontor/contract";
import { describe, expect, test } from "vitest";
import { randomId } from "../../src/foundation/ids.ts";
import { type TestAnswer, testServer } from "../harness.ts";
import { callSample, isRead, type Sample, sampleOf, samplesOf, urlOf, walk } from "./samples.ts";
import { fingerprint, ownWords, sharedWords } from "./store.ts";
import { newPartner, trade } from "./world.ts";

const server = await testServer();
// One invoice more than the other partner: numbers of invoices are alike by themselves.
const first = await trade(server, 2);
const partner = await newPartner(server);
const second = await trade(partner);

/** Path parameters that name what all partners share, or a place in what is theirs. */
const shared = new Set([
  "productId",
  "skuId",
  "availabilityId",
  "optionKey",
  "lineItemNumber",
  "templateId",
  "countryCode",
  "prefix",
  "provider",
  "invoiceLineItemType",
]);

const common = await sharedWords(server.database);

/** What only the first partner's rows hold: its ids, domains and other words. */
async function secrets(): Promise<string[]> {
  const [own, others] = await Promise.all([
    ownWords(server.database, first.server.partnerId),
    ownWords(server.database, second.server.partnerId),
  ]);
  return [...own].filter((id) => id.length >= 8 && !others.has(id) && !common.has(id));
}

/** An id of the same form that nobody has: GUIDs keep their version, texts their letter case. */
function unlike(id: string): string {
  const pick = (letters: string) => letters[randomInt(letters.length)] ?? "";
  if (/^[0-9a-f-]{36}$/i.test(id)) return randomId();
  return id
    .replace(/[0-9](?!$)/g, () => pick("0123456789"))
    .replace(/[a-z](?=.*\.)|[a-z](?!.*\.)/g, () => pick("abcdefghijklmnopqrstuvwxyz"));
}

function anyCase(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "gi");
}

type Path = readonly (string | number)[];

/** The texts of a sample by their place in it. */
function leaves(value: unknown, at: Path = []): [Path, string][] {
  if (typeof value === "string") return [[at, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

function withLeaf<T>(value: T, at: Path, leaf: string): T {
  const [key, ...rest] = at;
  if (key === undefined) return leaf as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<
    string | number,
    unknown
  >;
  copy[key] = withLeaf(copy[key], rest, leaf);
  return copy as T;
}

interface Place {
  at: Path;
  /** The text with ids of the first partner, and the same with ids that nobody has. */
  foreign: string;
  unknown: string;
}

/** Where a sample of the first partner holds what only it may know. */
function placesOf(sample: Sample, known: readonly string[]): Place[] {
  return leaves(sample).flatMap(([at, foreign]) => {
    const ids = known.filter((id) => foreign.toLowerCase().includes(id));
    if (ids.length === 0) return [];
    const replace = (text: string, id: string) => text.replace(anyCase(id), unlike(id));
    return [{ at, foreign, unknown: ids.reduce(replace, foreign) }];
  });
}

function subsets<T>(items: readonly T[]): T[][] {
  const [first, ...rest] = items;
  if (first === undefined) return [];
  return [[first], ...subsets(rest).flatMap((some) => [some, [first, ...some]])];
}

const volatile = ["ms-requestid", "ms-correlationid", "ms-cv", "date"];

/** An answer without what may differ: the ids that were sent, ids just made, and times. */
function masked(answer: TestAnswer, sent: readonly string[], operation: Operation) {
  const isNew = answer.status < 300 && !isRead(operation);
  const mask = (text: string) => {
    const plain = sent.reduce((rest, id) => rest.replace(anyCase(id), "<sent>"), text);
    const timeless = plain.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, "<time>");
    return isNew ? timeless.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{32}1\b/gi, "<new>") : timeless;
  };
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !volatile.includes(name))
    .map(([name, value]) => `${name}: ${mask(String(value))}`);
  return { status: answer.status, body: mask(answer.text), headers: headers.sort() };
}

function place(sample: Sample, places: readonly Place[], which: "foreign" | "unknown"): Sample {
  return places.reduce((made, { at, [which]: text }) => withLeaf(made, at, text), sample);
}

/** The second partner's answers to ids of the first one and to ids of nobody in the same places. */
async function compare(operation: Operation, variant: number, places: readonly Place[]) {
  const answers = [];
  for (const which of ["foreign", "unknown"] as const) {
    const own = (await samplesOf(operation, second))[variant] ?? {};
    const answer = await callSample(second.server, operation, place(own, places, which));
    const sent = places.flatMap(({ [which]: text }) => [text, encodeURIComponent(text)]);
    answers.push({
      places: places.map(({ at }) => at.join(".")),
      ...masked(answer, sent, operation),
    });
  }
  return answers;
}

describe.each(walk)("%s", (_name, operation) => {
  test("answers ids of another partner as it answers ids of nobody", async () => {
    const variants = await samplesOf(operation, first);
    const known = await secrets();
    const before = await fingerprint(server.database, first.server.partnerId);
    for (const [variant, sample] of variants.entries()) {
      const places = placesOf(sample, known);
      const covered = new Set(places.map(({ at }) => (at[0] === "params" ? at[1] : undefined)));
      const own = Object.keys(operation.params.properties).filter((name) => !shared.has(name));
      expect(own.filter((name) => !covered.has(name))).toEqual([]);
      for (const some of subsets(places)) {
        const [foreign, unknown] = await compare(operation, variant, some);
        expect(foreign).toEqual(unknown);
      }
    }
    expect(await fingerprint(server.database, first.server.partnerId)).toBe(before);
  });

  test("tells a partner nothing of another one in its own business", async () => {
    const known = await secrets();
    const answer = await callSample(second.server, operation, await sampleOf(operation, second));
    expect(answer.status).toBe(successStatus(operation));
    const told = `${JSON.stringify(answer.headers)}${answer.text}`.toLowerCase();
    expect(known.filter((secret) => told.includes(secret))).toEqual([]);
  });
});

describe.each(walk.filter(([, operation]) => !isRead(operation)))("%s", (_name, operation) => {
  test("replays no answer that another partner got", async () => {
    const headers = { "MS-RequestId": randomId() };
    const sample = await sampleOf(operation, first);
    const known = await secrets();
    const own = await callSample(first.server, operation, sample, { headers });
    const before = await fingerprint(server.database, first.server.partnerId);
    const foreign = await callSample(second.server, operation, sample, { headers });
    expect(foreign.headers).not.toHaveProperty("kontor-replayed");
    expect(own.status).toBe(successStatus(operation));
    const sent = `${urlOf(operation, sample)}${JSON.stringify(sample.body)}`.toLowerCase();
    const told = foreign.text.toLowerCase();
    expect(known.filter((secret) => told.includes(secret) && !sent.includes(secret))).toEqual([]);
    expect(await fingerprint(server.database, first.server.partnerId)).toBe(before);
  });
});

test("a continuation token of another partner opens no page", async () => {
  const operation = operations.listInvoiceLineItems;
  const sample = await sampleOf(operation, first);
  const page = await callSample(first.server, operation, sample);
  expect(page.body.continuationToken).toBeTypeOf("string");
  const onward = {
    ...sample,
    query: { ...sample.query, seekOperation: "Next" },
  };
  const headers = { "MS-ContinuationToken": page.body.continuationToken };
  expect((await callSample(first.server, operation, onward, { headers })).status).toBe(200);
  for (const params of [sample.params ?? {}, { invoiceId: second.invoiceId }]) {
    const foreign = await callSample(second.server, operation, { ...onward, params }, { headers });
    expect([400, 404]).toContain(foreign.status);
  }
});
