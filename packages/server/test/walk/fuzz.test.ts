/**
 * Hostile calls of every operation: whatever comes, the answer is quick and in the contract's
 * form, nothing fails inside, and only a success has written. KONTOR_FUZZ_CASES sets how many,
 * KONTOR_FUZZ_SEED repeats a run.
 */
import { randomInt } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { errors, type Operation, operations, sharedErrors } from "@kontor/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wellKnownSignIn } from "../../src/modules/identity/index.ts";
import { type CallOptions, type TestAnswer, testServer } from "../harness.ts";
import {
  awkwardJson,
  awkwardSegments,
  awkwardTexts,
  jsonWith,
  placesOf,
  script,
  signInCall,
  signInForm,
  type Twist,
  twistsOf,
} from "./fuzz-input.ts";
import { isRead, type Sample, sampleOf, urlOf, walk } from "./samples.ts";
import { fingerprint } from "./store.ts";
import { newPartner, trade } from "./world.ts";

const cases = Number(process.env.KONTOR_FUZZ_CASES ?? "10000");
const seed = Number(process.env.KONTOR_FUZZ_SEED ?? randomInt(2 ** 31));
const repeat =
  `KONTOR_FUZZ_SEED=${seed} KONTOR_FUZZ_CASES=${cases} ` +
  "npm test -- packages/server/test/walk/fuzz.test.ts";
process.stdout.write(`${cases} hostile calls; the same again: ${repeat}\n`);

/** Longest time that any call may take while nine others run, in milliseconds. */
const patience = 10_000;
const batch = { minLength: 1, maxLength: 9, size: "max" } as const;
const batches = Math.ceil(cases / 5);
const hours = 3_600_000;

const server = await testServer();
const world = await trade(server);
/** Its clock and inventory may be changed: the other's business stays as it is. */
const partner = await newPartner(server);
const elsewhere = await trade(partner);

const worldOf = (operation: Operation) => (operation.area === "sandbox" ? elsewhere : world);

const known = new Map(walk);
const stock = new Map<string, Sample>();
for (const [name, operation] of walk) {
  stock.set(name, await sampleOf(operation, worldOf(operation)));
}

interface Case {
  /** Of the walk. */
  name: string;
  twists: Twist[];
}

function operationOf({ name }: Case): Operation {
  return known.get(name) ?? operations.getClock;
}

/** These take tens of milliseconds each, for hashing secrets and drawing pages. */
const slow: ReadonlySet<string> = new Set(["createPartner", "getInvoiceStatement"]);

const oneCase: fc.Arbitrary<Case> = fc.oneof(
  ...walk.map(([name, operation]) => ({
    weight: slow.has(name) ? 1 : 5,
    arbitrary: fc.record({ name: fc.constant(name), twists: twistsOf(operation) }),
  })),
);

interface Request {
  method: string;
  path: string;
  search: string;
  headers: Record<string, string>;
  payload: string | Buffer | undefined;
  /** True when the call may have reached another operation, or none. */
  astray: boolean;
}

const at = <T>(items: readonly T[], place: number): T | undefined => items[place % items.length];

function requestOf(one: Case, sample: Sample): Request {
  const operation = operationOf(one);
  const [path = "", search = ""] = urlOf(operation, sample).split("?");
  const payload = sample.body === undefined ? undefined : JSON.stringify(sample.body);
  const start = { method: operation.method, path, search, headers: {}, payload, astray: false };
  return one.twists.reduce(
    (made, twist) => spoilt(made, twist, operation, sample),
    start as Request,
  );
}

function spoilt(made: Request, twist: Twist, operation: Operation, sample: Sample): Request {
  switch (twist.kind) {
    case "value": {
      const where = at(placesOf(operation.body ?? {}), twist.place) ?? [];
      return { ...made, payload: jsonWith(sample.body, where, twist.json) };
    }
    case "member": {
      const parent = at(placesOf(operation.body ?? {}), twist.place) ?? [];
      return { ...made, payload: jsonWith(sample.body, [...parent, twist.name], twist.json) };
    }
    case "cut": {
      const text = String(made.payload ?? "");
      return { ...made, payload: text.slice(0, twist.at % (text.length + 1)) + twist.tail };
    }
    case "bytes": {
      const headers = { ...made.headers, "content-type": twist.type };
      return { ...made, payload: Buffer.from(twist.bytes), headers };
    }
    case "query": {
      const names = [...Object.keys(operation.query.properties), "unheard-of"];
      const pair = new URLSearchParams([[at(names, twist.place) ?? "", twist.value]]);
      return { ...made, search: `${made.search}&${pair}` };
    }
    case "search":
      return { ...made, search: `${made.search}&${twist.text}` };
    case "headers":
      return { ...made, headers: { ...made.headers, ...twist.headers } };
    case "param":
    case "path":
      return { ...made, path: strayPath(made.path, twist, operation), astray: true };
  }
}

function strayPath(
  path: string,
  twist: Extract<Twist, { kind: "param" | "path" }>,
  operation: Operation,
): string {
  const parts = path.split("/");
  if (twist.kind === "param") {
    const shift = parts.length - operation.path.split("/").length;
    const places = operation.path
      .split("/")
      .flatMap((part, index) => (part.startsWith("{") ? [index + shift] : []));
    const place = at(places, twist.place) ?? parts.length - 1;
    return parts.with(place, twist.segment).join("/");
  }
  return `${twist.prefix}${parts.join("/".repeat(twist.slashes))}${twist.suffix}`;
}

/** The answer, unpacked, or a failure for one that does not come in time. */
async function answered(...[method, path, options]: [string, string, CallOptions]) {
  const late = Promise.withResolvers<never>();
  const bell = setTimeout(() => late.reject(new Error(`no answer to ${method} ${path}`)), patience);
  try {
    return unpacked(await Promise.race([server.call(method, path, options), late.promise]));
  } finally {
    clearTimeout(bell);
  }
}

/** Long refusals come compressed where a hostile header happens to ask for it. */
function unpacked(answer: TestAnswer): TestAnswer {
  if (answer.headers["content-encoding"] !== "gzip") return answer;
  const text = gunzipSync(answer.raw).toString();
  const isJson = String(answer.headers["content-type"]).includes("json");
  return { ...answer, text, body: isJson ? JSON.parse(text) : undefined };
}

const tokens = new Map([
  [world, "user"],
  [elsewhere, await server.signIn("user", partner.signInAs)],
]);

function expectFault({ headers, body }: TestAnswer): void {
  expect(headers["content-type"]).toMatch(/^application\/json\b/);
  expect(body.code).toBeTypeOf("number");
  expect(body.description).toBeTypeOf("string");
  expect(body.description.length).toBeGreaterThanOrEqual(1);
  expect(body.description.length).toBeLessThanOrEqual(1024);
  expect(Array.isArray(body.data)).toBe(true);
  expect(body.source).toBeTypeOf("string");
}

/** Refusals of the operation itself and of what stands before all of them. */
function declared({ errors: own }: Operation): string[] {
  return [...own, ...sharedErrors].map((key) => `${errors[key].status} ${errors[key].code}`);
}

function check(operation: Operation, request: Request, answer: TestAnswer): void {
  const { status, body } = answer;
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  const silent = operation.method === "HEAD";
  if (status >= 400 && silent) expect(answer.text).toBe("");
  else if (status >= 400) expectFault(answer);
  if (request.astray) return;
  if (status >= 400 && silent) {
    expect(declared(operation).map((one) => Number(one.split(" ")[0]))).toContain(status);
  } else if (status >= 400) expect(declared(operation)).toContain(`${status} ${body.code}`);
  else expect(Object.keys(operation.responses)).toContain(String(status));
}

async function run(one: Case): Promise<TestAnswer> {
  const operation = operationOf(one);
  const request = requestOf(one, stock.get(one.name) ?? {});
  const { method, path, search, headers, payload } = request;
  const url = search === "" ? path : `${path}?${search.replace(/^&/, "")}`;
  const answer = await answered(method, url, {
    token: tokens.get(worldOf(operation)) ?? "none",
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  try {
    check(operation, request, answer);
  } catch (error) {
    const shown = `${method} ${url.slice(0, 500)} ${JSON.stringify(headers).slice(0, 500)}
${String(payload).slice(0, 500)}
-> ${answer.status} ${answer.text.slice(0, 500)}`;
    throw new Error(`${(error as Error).message}\n${shown}`);
  }
  return answer;
}

function settings<T>(numRuns: number): fc.Parameters<T> {
  return {
    seed,
    numRuns,
    // fast-check's own report names the smallest failing calls; ours the command that repeats them.
    reporter: (details) => {
      if (!details.failed) return;
      const cause = details.errorInstance instanceof Error ? details.errorInstance.message : "";
      throw new Error(`${cause}\n\n${fc.defaultReportMessage(details)}\n\nAgain: ${repeat}`);
    },
  };
}

/** What the whole database looked like after the calls so far. */
let seen = await fingerprint(server.database);
let judged = 0;

/** Sends calls at the same moment; unless one of them was a write that succeeded, none wrote. */
async function runAtOnce(hostile: readonly Case[]): Promise<void> {
  // All of them, also when one fails: the next batch must not meet stragglers.
  const outcomes = await Promise.allSettled(hostile.map(run));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  const before = seen;
  seen = await fingerprint(server.database);
  if (failed) throw failed.reason;
  const written = hostile.filter((one, index) => {
    const outcome = outcomes[index];
    const succeeded = outcome?.status === "fulfilled" && outcome.value.status < 300;
    return succeeded && !isRead(operationOf(one));
  });
  if (written.length === 0) {
    judged += hostile.length;
    if (seen !== before) throw new Error("a call that was refused, or a read, has written");
    return;
  }
  // What a success used up is made anew.
  for (const one of written) {
    stock.set(one.name, await sampleOf(operationOf(one), worldOf(operationOf(one))));
  }
  seen = await fingerprint(server.database);
}

function eachTwist(operation: Operation): Twist[] {
  const { params, query, body } = operation;
  const inPath = [...Object.keys(params.properties).keys()].flatMap((place) =>
    awkwardSegments.map((segment): Twist => ({ kind: "param", place, segment })),
  );
  const inQuery = [...Object.keys(query.properties).keys()].flatMap((place) =>
    awkwardTexts.map((value): Twist => ({ kind: "query", place, value })),
  );
  const inBody = [...placesOf(body ?? {}).keys()].flatMap((place) =>
    awkwardJson.map((json): Twist => ({ kind: "value", place, json })),
  );
  return [...inPath, ...inQuery, ...(body ? inBody : [])];
}

describe("hostile calls", () => {
  const limit = { timeout: hours };

  test("of every operation are answered in form, and only successes write", limit, async () => {
    await fc.assert(fc.asyncProperty(fc.array(oneCase, batch), runAtOnce), settings(batches));
    // Batches with a success in them prove nothing about their refusals.
    expect(judged / cases).toBeGreaterThan(0.2);
  });

  test(
    "with each awkward text in each parameter and body are answered likewise",
    limit,
    async () => {
      const sweep = walk.flatMap(([name, operation]) =>
        eachTwist(operation).map((twist): Case => ({ name, twists: [twist] })),
      );
      expect(sweep.length).toBeGreaterThan(5_000);
      for (let at = 0; at < sweep.length; at += 10) await runAtOnce(sweep.slice(at, at + 10));
    },
  );

  test("of the sign-in are answered as OAuth, a page or the contract has it", limit, async () => {
    const { app, partner: first } = wellKnownSignIn;
    const attempt = fc.record({ call: signInCall, form: signInForm, ofApp: fc.boolean() });
    const before = await fingerprint(server.database);
    const property = fc.asyncProperty(attempt, async ({ call, form, ofApp }) => {
      const given = { ...form, ...(ofApp ? { client_id: app.clientId } : {}) };
      const fields = new URLSearchParams(given).toString();
      const [method, path] = call;
      const url = path.replace("TENANT", first.domain);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const answer =
        method === "GET"
          ? await answered(method, `${url}?${fields}`, { token: "none" })
          : await answered(method, url, { token: "none", headers, payload: fields });
      expect(answer.status).toBeLessThan(500);
      if (/^text\/html\b/.test(String(answer.headers["content-type"]))) {
        expect(answer.text).not.toContain(script);
        return;
      }
      if (answer.status < 400) return;
      if (typeof answer.body.error !== "string") return expectFault(answer);
      expect(answer.headers["content-type"]).toMatch(/^application\/json\b/);
      expect(answer.body.error_description).toBeTypeOf("string");
    });
    await fc.assert(property, settings(Math.ceil(cases / 10)));
    expect(await fingerprint(server.database)).toBe(before);
  });
});
