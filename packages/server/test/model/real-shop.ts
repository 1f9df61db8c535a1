/** The server's side of a run: a partner, a customer and three products that no other run has. */
import { scryptSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomId } from "../../src/foundation/ids.ts";
import { catalogItemIdOf, importFiles } from "../../src/modules/catalog/index.ts";
import { wellKnownSignIn } from "../../src/modules/identity/index.ts";
import type { TestAnswer, TestServer } from "../harness.ts";
import { acceptAgreement, newCustomer, offerOf } from "../shop.ts";
import { type Good, goods, type Line, type Price, type Shop, setPrice } from "./shop-model.ts";
import { copyPartner } from "./store.ts";

/** A write as it was sent, and its answer. */
interface Sent {
  method: string;
  path: string;
  body: unknown;
  requestId: string;
  answer: TestAnswer;
}

export interface RealShop {
  /** As the partner's user sees it. */
  server: TestServer;
  customerId: string;
  /** Catalog item by good. */
  items: Readonly<Record<Good, string>>;
  sent: Sent[];
  read(path: string): Promise<TestAnswer>;
  /** Sends a write under a request id of its own and remembers it. */
  write(method: string, path: string, body?: unknown): Promise<Sent>;
  /** Sends what was sent before once more, as a client does that lost the answer. */
  again(earlier: Sent): Promise<TestAnswer>;
  importPrice(good: Good, price: Price): Promise<void>;
}

/** Near the end of a month whose next is short. */
const opening = Date.UTC(2030, 0, 29, 9);
const hour = 3600 * 1000;
/** One good is sold from the next day on only: carts are made of what is not sold yet. */
const firstPrices: Record<Good, Price> = {
  perpetual: { from: opening, to: null, micros: 49_990_000n },
  term: { from: opening + 24 * hour, to: null, micros: 120_509_999n },
  monthly: { from: opening - hour, to: null, micros: 100_000_001n },
};

let products = 0;

/** Ids of products that no run has had. */
function newProducts(): Record<Good, string> {
  products += 1;
  const id = (letter: string) => `M0DEL${letter}${String(products).padStart(6, "0")}`;
  return { perpetual: id("P"), term: id("T"), monthly: id("M") };
}

const skuId = "0001";

function itemOf(good: Good, productId: string): string {
  const { cycle, months } = goods[good];
  const sample = offerOf("term_software");
  return catalogItemIdOf({
    ...sample,
    product: { ...sample.product, id: productId },
    sku: { ...sample.sku, id: skuId },
    termDuration: months === 0 ? null : "P1Y",
    billingPlan: cycle,
    reservationScope: null,
  });
}

/** Millionths as the decimal text of a price sheet. */
function decimalOf(micros: bigint): string {
  return `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, "0")}`;
}

export const basePath = (real: RealShop) => `/v1/customers/${real.customerId}`;

/** Order lines and cart lines of the goods. */
export const cartLines = (real: RealShop, lines: readonly Line[]) =>
  lines.map(({ good, quantity }) => ({ catalogItemId: real.items[good], quantity }));

const salt = "model";
/** Four hashes of the usual work take longer than a whole run. */
const secretHash = [
  ...["scrypt", 2, 1, 1, Buffer.from(salt).toString("base64url")],
  scryptSync(wellKnownSignIn.user.password, salt, 32, { N: 2, r: 1, p: 1 }).toString("base64url"),
].join("$");

/** The server as the user of a new partner sees it. */
async function newTenant(server: TestServer): Promise<TestServer> {
  const partnerId = randomId();
  const domain = `${partnerId}.onmicrosoft.com`;
  const user = { ...wellKnownSignIn.user, name: `admin@${domain}` };
  await copyPartner(server.database, server.partnerId, {
    ...{ partnerId, domain, secretHash },
    user: user.name,
  });
  const who = { ...wellKnownSignIn, partner: { id: partnerId, domain }, user };
  const token = await server.signIn("user", who);
  const call: TestServer["call"] = (method, path, options = {}) =>
    server.call(method, path, { token, ...options });
  return { ...server, partnerId, call };
}

/** A shop that has just opened, and its model. */
export async function openShop(server: TestServer): Promise<{ model: Shop; real: RealShop }> {
  const own = await newTenant(server);
  const set = { set: new Date(opening).toISOString(), frozen: true };
  const clock = await own.call("POST", "/_kontor/clock", { body: set });
  if (clock.status !== 200) throw new Error(`the clock was not set: ${clock.text}`);
  const customerId = await newCustomer(own);
  await acceptAgreement(own, customerId);
  const ids = newProducts();
  const model: Shop = {
    now: opening,
    prices: { perpetual: [], term: [], monthly: [] },
    carts: [],
    orders: [],
  };
  const first = Object.entries(firstPrices) as [Good, Price][];
  for (const [good, price] of first) setPrice(model, good, price);
  await importPrices(
    server,
    first.map(([good, price]) => sheetRow(good, ids[good], price)),
  );
  return { model, real: realShop(own, customerId, ids) };
}

const header =
  "ProductTitle,ProductId,SkuId,SkuTitle,TermDuration,BillingPlan,Market,Currency,UnitPrice," +
  "EffectiveStartDate,EffectiveEndDate,Tags,Segment";

/** A row of a price sheet. */
function sheetRow(good: Good, productId: string, { from, to, micros }: Price): string {
  const { months, cycle, tag } = goods[good];
  const plan = { one_time: "OneTime", monthly: "Monthly" }[cycle];
  const until = to === null ? "" : new Date(to).toISOString();
  return [
    ...[`Model ${good}`, productId, skuId, `Model ${good}`, months === 0 ? "" : "P1Y", plan],
    ...["US", "USD", decimalOf(micros), new Date(from).toISOString(), until, tag, "Commercial"],
  ].join(",");
}

/** Imports rows as a partner does: from a sheet. */
async function importPrices(server: TestServer, rows: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kontor-test-"));
  try {
    const path = join(folder, "prices.csv");
    await writeFile(path, `${[header, ...rows].join("\n")}\n`);
    const [report] = await importFiles(server.database, [path]);
    if (report?.rejectedCount !== 0) throw new Error(JSON.stringify(report?.rejected));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function realShop(server: TestServer, customerId: string, ids: Record<Good, string>): RealShop {
  const sent: Sent[] = [];
  const send = (request: Omit<Sent, "answer">) =>
    server.call(request.method, request.path, {
      body: request.body,
      headers: { "MS-RequestId": request.requestId },
    });
  return {
    server,
    customerId,
    items: {
      perpetual: itemOf("perpetual", ids.perpetual),
      term: itemOf("term", ids.term),
      monthly: itemOf("monthly", ids.monthly),
    },
    sent,
    read: (path) => server.call("GET", path),
    async write(method, path, body) {
      const request = { method, path, body, requestId: randomId() };
      const whole = { ...request, answer: await send(request) };
      sent.push(whole);
      return whole;
    },
    again: send,
    async importPrice(good, price) {
      await importPrices(server, [sheetRow(good, ids[good], price)]);
    },
  };
}
