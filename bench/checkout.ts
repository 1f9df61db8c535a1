/**
 * Checkouts over HTTP beside the *direct rate*: the same rows written by one database function for
 * each checkout, called through the driver. And reads of an order beside a bare indexed read.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { findRunning } from "../packages/server/src/foundation/database/embedded/join.ts";
import { newId, newOrderId } from "../packages/server/src/foundation/ids.ts";
import { type Api, idsOf, perpetualItems, signedIn } from "./api.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { type Connection, openConnection, requestOf } from "./connection.ts";
import { drive, type Pace } from "./drive.ts";
import { median } from "./figures.ts";
import { type Kontor, startKontor } from "./processes.ts";

const crowd = 32;
const throng = 128;
/** Least parts of the direct rate, at 32 and at 128 connections. */
const crowdLimit = 0.8;
const throngLimit = 1.3;
/** Most times that a lone checkout may take of a direct call's. */
const aloneLimit = 2.5;
/** Least part of the rate of a bare indexed read. */
const readLimit = 0.6;

interface Shop {
  api: Api;
  /** As many connections as the crowd has. */
  pool: pg.Pool;
  partnerId: string;
  customerId: string;
  /** A cart of three lines that the others are copies of. */
  model: string;
  http: Connection[];
}

interface Round {
  direct: Pace;
  directAlone: Pace;
  crowd: Pace;
  throng: Pace;
  alone: Pace;
  bareRead: Pace;
  read: Pace;
}

export async function checkoutBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rounds = countFlag(flags, "rounds", 5);
  const carts = countFlag(flags, "rows", 3_000);
  const folder = await mkdtemp(join(tmpdir(), "kontor-bench-"));
  let kontor: Kontor | undefined;
  let shop: Shop | undefined;
  try {
    kontor = await startKontor(folder);
    shop = await openShop(kontor, join(folder, "data"));
    const measured: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const one = await runRound(shop, carts);
      say(`Round ${round}${round === 0 ? ", to warm up" : ""}: ${summary(one)}`);
      if (round > 0) measured.push(one);
      else await analysed(shop.pool);
    }
    const same = await writesTheSame(shop);
    return results(measured, same);
  } finally {
    for (const connection of shop?.http ?? []) connection.close();
    await shop?.pool.end();
    await kontor?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function openShop(kontor: Kontor, dataDir: string): Promise<Shop> {
  const api = await signedIn(kontor);
  const connection = await findRunning(dataDir);
  if (!connection) throw new Error("the database of the Kontor under test is not there");
  const pool = new pg.Pool({ ...connection, max: crowd });
  // At the end the server goes before the last connection is closed on both sides.
  pool.on("error", () => undefined);
  await pool.query(await readFile(join(import.meta.dirname, "direct-checkout.sql"), "utf8"));
  const [customerId = ""] = await idsOf(api, "/v1/customers");
  const lineItems = (await perpetualItems(api)).map((catalogItemId) => ({
    catalogItemId,
    quantity: 2,
  }));
  const cart = await api.post<{ id: string }>(`/v1/customers/${customerId}/carts`, { lineItems });
  const http = await Promise.all(Array.from({ length: throng }, () => openConnection(api.url)));
  return { api, pool, partnerId: kontor.partner.id, customerId, model: cart.id, http };
}

/**
 * Waits until autovacuum has looked at what a checkout writes, as it does within seconds: plans
 * made for empty tables read all of them.
 */
async function analysed(pool: pg.Pool): Promise<void> {
  const deadline = performance.now() + 60_000;
  const text = `
    SELECT count(*)::int AS done FROM pg_stat_user_tables
    WHERE last_autoanalyze IS NOT NULL
      AND relname IN ('cart', 'cart_line', 'purchase_order', 'order_line', 'charge', 'posting')`;
  while ((await pool.query(text)).rows[0]?.done < 6) {
    if (performance.now() > deadline) throw new Error("autovacuum has not looked for a minute");
    await delay(200);
  }
}

/** Copies of the model cart, by their ids. */
async function makeCarts({ pool, partnerId, model }: Shop, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await pool.query(
    `INSERT INTO cart (partner_id, customer_id, cart_id, created_at, expires_at, modified_at,
       modified_by)
     SELECT partner_id, customer_id, id, created_at, expires_at, modified_at, modified_by
     FROM cart CROSS JOIN unnest($3::uuid[]) AS id WHERE partner_id = $1 AND cart_id = $2`,
    [partnerId, model, ids],
  );
  await pool.query(
    `INSERT INTO cart_line (partner_id, cart_id, position, line_id, catalog_item_id, quantity,
       currency, billing_cycle, order_group)
     SELECT partner_id, id, position, line_id, catalog_item_id, quantity, currency, billing_cycle,
       order_group
     FROM cart_line CROSS JOIN unnest($3::uuid[]) AS id WHERE partner_id = $1 AND cart_id = $2`,
    [partnerId, model, ids],
  );
  return ids;
}

/** The kinds alternate, so that a busy moment of the machine meets all of them. */
async function runRound(shop: Shop, carts: number): Promise<Round> {
  const few = Math.ceil(carts / 10);
  return {
    direct: await directCheckouts(shop, carts, crowd),
    crowd: await checkouts(shop, carts, crowd),
    throng: await checkouts(shop, carts, throng),
    directAlone: await directCheckouts(shop, few, 1),
    alone: await checkouts(shop, few, 1),
    bareRead: await bareReads(shop, carts * 2),
    read: await reads(shop, carts * 2),
  };
}

async function directCheckouts(shop: Shop, count: number, connections: number): Promise<Pace> {
  const { pool, partnerId, customerId } = shop;
  const carts = await makeCarts(shop, count);
  await pool.query("CHECKPOINT");
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  const text = "SELECT direct_checkout($1, $2, $3, clock_timestamp(), $4, $5)";
  const pace = await drive(
    carts,
    clients.map((client) => async (cart: string) => {
      const values = [partnerId, customerId, cart, newId(), newOrderId()];
      await client.query({ name: "direct", text, values });
    }),
  );
  for (const client of clients) client.release();
  return pace;
}

async function checkouts(shop: Shop, count: number, connections: number): Promise<Pace> {
  const { api, pool, customerId, http } = shop;
  const carts = await makeCarts(shop, count);
  await pool.query("CHECKPOINT");
  const requests = carts.map((cart) =>
    requestOf("POST", api.url, `/v1/customers/${customerId}/carts/${cart}/checkout`, {
      ...api.headers,
      "ms-requestid": newId(),
    }),
  );
  return drive(requests, http.slice(0, connections).map(sender(201)));
}

function sender(expected: number) {
  return ({ send }: Connection) =>
    async (request: Buffer) => {
      const status = await send(request);
      if (status !== expected) throw new Error(`answered ${status} in place of ${expected}`);
    };
}

async function someOrders({ pool, partnerId }: Shop): Promise<string[]> {
  const { rows } = await pool.query<{ order_id: string }>(
    "SELECT order_id FROM purchase_order WHERE partner_id = $1 AND cart_id IS NOT NULL LIMIT 100",
    [partnerId],
  );
  return rows.map(({ order_id }) => order_id);
}

/** One row by its key: the least that a read of the database can be. */
async function bareReads(shop: Shop, count: number): Promise<Pace> {
  const { pool, partnerId } = shop;
  const orders = await someOrders(shop);
  const clients = await Promise.all(Array.from({ length: crowd }, () => pool.connect()));
  const text = "SELECT * FROM purchase_order WHERE partner_id = $1 AND order_id = $2";
  const pace = await drive(
    Array.from({ length: count }, (_none, index) => orders[index % orders.length]),
    clients.map((client) => async (order) => {
      await client.query({ name: "bare", text, values: [partnerId, order] });
    }),
  );
  for (const client of clients) client.release();
  return pace;
}

async function reads(shop: Shop, count: number): Promise<Pace> {
  const { api, customerId, http } = shop;
  const requests = (await someOrders(shop)).map((order) =>
    requestOf("GET", api.url, `/v1/customers/${customerId}/orders/${order}`, api.headers),
  );
  const jobs = Array.from({ length: count }, (_none, at) => requests[at % requests.length]);
  const send = sender(200);
  return drive(
    jobs.filter((request) => request !== undefined),
    http.slice(0, crowd).map(send),
  );
}

/** Whether a direct checkout and one over HTTP write as many rows into each table. */
async function writesTheSame(shop: Shop): Promise<boolean> {
  const tables =
    "purchase_order order_line product_key charge posting subscription audit_record replay " +
    "due_work";
  const counts = tables
    .split(" ")
    .map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`)
    .join(", ");
  const rows = async () => (await shop.pool.query(`SELECT ${counts}`)).rows[0] ?? {};
  const before = await rows();
  await directCheckouts(shop, 1, 1);
  const between = await rows();
  await checkouts(shop, 1, 1);
  const after = await rows();
  const differing = Object.keys(before).filter(
    (table) => between[table] - before[table] !== after[table] - between[table],
  );
  for (const table of differing) say(`A checkout writes other rows of ${table}`);
  return differing.length === 0;
}

function figures({ perSecond, p50, p99 }: Pace): string {
  return `${Math.round(perSecond)}/s (p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)} ms)`;
}

function summary(round: Round): string {
  return [
    `direct ${figures(round.direct)}`,
    `over HTTP, ${crowd} connections ${figures(round.crowd)}`,
    `${throng} connections ${figures(round.throng)}`,
    `alone, direct ${figures(round.directAlone)}, over HTTP ${figures(round.alone)}`,
    `reads, bare ${figures(round.bareRead)}, over HTTP ${figures(round.read)}`,
  ].join("; ");
}

function results(rounds: readonly Round[], same: boolean): BenchResult[] {
  const of = (figure: (round: Round) => number) => median(rounds.map(figure));
  const rate = (name: string, pace: (round: Round) => Pace): BenchResult[] => [
    { name, figure: of((round) => pace(round).perSecond), unit: "/s", ok: same },
    { name: `${name}, p50`, figure: of((round) => pace(round).p50), unit: "ms", ok: true },
    { name: `${name}, p99`, figure: of((round) => pace(round).p99), unit: "ms", ok: true },
  ];
  const atLeast = (name: string, limit: number, ratio: (round: Round) => number): BenchResult => {
    const figure = of(ratio);
    const ok = figure >= limit && same;
    return { name, figure, unit: "×", limit, atLeast: true, ok };
  };
  const alone = of((round) => round.alone.p50 / round.directAlone.p50);
  return [
    ...rate("direct", (round) => round.direct),
    ...rate(`${crowd} connections`, (round) => round.crowd),
    ...rate(`${throng} connections`, (round) => round.throng),
    ...rate("direct, alone", (round) => round.directAlone),
    ...rate("alone", (round) => round.alone),
    ...rate("bare indexed read", (round) => round.bareRead),
    ...rate("order by id", (round) => round.read),
    atLeast(`${crowd} connections to direct`, crowdLimit, ({ crowd: c, direct }) => {
      return c.perSecond / direct.perSecond;
    }),
    atLeast(`${throng} connections to direct`, throngLimit, ({ throng: t, direct }) => {
      return t.perSecond / direct.perSecond;
    }),
    {
      name: "alone to direct, p50",
      figure: alone,
      unit: "×",
      limit: aloneLimit,
      ok: alone <= aloneLimit && same,
    },
    atLeast("order by id to bare read", readLimit, ({ read, bareRead }) => {
      return read.perSecond / bareRead.perSecond;
    }),
  ];
}
