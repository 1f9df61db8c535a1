/**
 * Reads beside a bare `node:http` server that sends the same bytes: at 32 connections by the
 * requests that are answered in a second, and at one connection by the middle time of an answer.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { type Api, idsOf, perpetualItems, signedIn } from "./api.ts";
import type { SentAnswer } from "./bare-child.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { median } from "./figures.ts";
import { type Kontor, startChild, startKontor } from "./processes.ts";

const timesLimit = 2.5;
const crowd = 32;

interface Target {
  name: string;
  paths: readonly string[];
}

export async function readsBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rounds = countFlag(flags, "rounds", 5);
  const seconds = countFlag(flags, "seconds", 2);
  const folder = await mkdtemp(join(tmpdir(), "kontor-bench-"));
  let kontor: Kontor | undefined;
  let bare: { url: string; stop(): Promise<void> } | undefined;
  try {
    kontor = await startKontor(folder);
    const api = await signedIn(kontor);
    const targets = await findTargets(api);
    const file = join(folder, "answers.json");
    await writeFile(file, JSON.stringify(await answersOf(api, targets)));
    bare = await startChild<{ url: string }>(join(import.meta.dirname, "bare-child.ts"), [file]);
    const results: BenchResult[] = [];
    for (const target of targets) {
      say(`Reading the ${target.name}`);
      results.push(...(await compare(api, bare.url, target, { rounds, seconds })));
    }
    return results;
  } finally {
    await bare?.stop();
    await kontor?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Several of each kind, since clients do not ask for one thing only. */
async function findTargets(api: Api): Promise<Target[]> {
  const markets = ["US", "DE", "JP"].map((country) => `country=${country}`);
  const views = ["Azure", "Software", "SoftwarePerpetual", "AzureReservationsVM"];
  const lists = markets.flatMap((market) =>
    views.map((view) => `/v1/products?${market}&targetView=${view}`),
  );
  const skus: string[] = [];
  const availabilities: string[] = [];
  for (const product of await idsOf(api, lists[0] ?? "")) {
    const path = `/v1/products/${product}/skus`;
    for (const sku of await idsOf(api, `${path}?country=US`)) {
      skus.push(`${path}/${sku}?country=US`);
      const sold = `${path}/${sku}/availabilities`;
      for (const id of await idsOf(api, `${sold}?country=US`)) {
        availabilities.push(`${sold}/${id}?country=US`);
      }
    }
  }
  return [
    { name: "product list", paths: lists },
    { name: "SKU", paths: skus },
    { name: "availability", paths: availabilities },
    { name: "order", paths: await makeOrders(api) },
  ];
}

const ordersMade = 100;

/** Orders of three lines of perpetual software, made by the seeded customer. */
async function makeOrders(api: Api): Promise<string[]> {
  const [customer] = await idsOf(api, "/v1/customers");
  const items = await perpetualItems(api);
  const orders: string[] = [];
  for (let made = 0; made < ordersMade; made += 1) {
    const order = await api.post<{ id: string }>(`/v1/customers/${customer}/orders`, {
      billingCycle: "one_time",
      lineItems: items.map((offerId, lineItemNumber) => ({ lineItemNumber, offerId, quantity: 2 })),
    });
    orders.push(`/v1/customers/${customer}/orders/${order.id}`);
  }
  return orders;
}

async function answersOf(api: Api, targets: readonly Target[]): Promise<SentAnswer[]> {
  return Promise.all(
    targets
      .flatMap(({ paths }) => paths)
      .map(async (path) => {
        const answer = await fetch(`${api.url}${path}`, {
          headers: { ...api.headers, "accept-encoding": "identity" },
        });
        const own = ["date", "connection", "keep-alive"];
        const headers = [...answer.headers].filter(([name]) => !own.includes(name));
        return { path, headers: Object.fromEntries(headers), body: await answer.text() };
      }),
  );
}

interface Effort {
  rounds: number;
  seconds: number;
}

/** Rounds alternate between the two, so that a busy moment of the machine meets both. */
async function compare(
  api: Api,
  bareUrl: string,
  target: Target,
  { rounds, seconds }: Effort,
): Promise<BenchResult[]> {
  const crowded: number[] = [];
  const alone: number[] = [];
  let figures = "";
  for (let round = 0; round <= rounds; round += 1) {
    const bareCrowd = await load(bareUrl, target.paths, api.headers, crowd, seconds);
    const ownCrowd = await load(api.url, target.paths, api.headers, crowd, seconds);
    const bareAlone = await load(bareUrl, target.paths, api.headers, 1, seconds);
    const ownAlone = await load(api.url, target.paths, api.headers, 1, seconds);
    // The first round warms up both.
    if (round === 0) continue;
    crowded.push(bareCrowd.perSecond / ownCrowd.perSecond);
    alone.push(bareAlone.perSecond / ownAlone.perSecond);
    figures =
      `${Math.round(ownCrowd.perSecond)}/s beside ${Math.round(bareCrowd.perSecond)}/s, ` +
      `p99 ${ownCrowd.p99} ms; alone ${Math.round(ownAlone.perSecond)}/s beside ` +
      `${Math.round(bareAlone.perSecond)}/s`;
  }
  say(`  ${figures}`);
  return [
    result(`${target.name}, ${crowd} connections`, crowded),
    // Told without a limit: a lone read waits for PostgreSQL, which the bare server never asks.
    { name: `${target.name}, 1 connection`, figure: median(alone), unit: "× bare", ok: true },
  ];
}

function result(name: string, ratios: readonly number[]): BenchResult {
  const figure = median(ratios);
  return { name, figure, unit: "× bare", limit: timesLimit, ok: figure <= timesLimit };
}

async function load(
  url: string,
  paths: readonly string[],
  headers: Record<string, string>,
  connections: number,
  seconds: number,
): Promise<{ perSecond: number; p99: number }> {
  const requests = paths.map((path) => ({ method: "GET" as const, path, headers }));
  const run = await autocannon({ url, connections, duration: seconds, requests });
  if (run.non2xx > 0 || run.errors > 0) {
    throw new Error(`${paths[0]}: ${run.non2xx} refusals, ${run.errors} errors`);
  }
  return { perSecond: run.requests.total / run.duration, p99: run.latency.p99 };
}
