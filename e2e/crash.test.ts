/** What is left of checkouts that run together when Kontor is killed under them. */
import { join } from "node:path";
import { type Client, createClient, signIn } from "@kontor/client";
import { expect, test } from "vitest";
import { type KontorProcess, root, run, startKontor, temporaryFolder } from "./kontor-process.ts";

const cli = join(root, "packages/cli/src/kontor.ts");
const cartsOfRound = 64;
const atOnce = 32;

type Orders = Awaited<ReturnType<Client["checkoutCart"]>>["orders"];

/** Every cart made, with the orders that its checkout was answered with, if it was. */
type Carts = Map<string, Orders | undefined>;

function clientOf({ ready }: KontorProcess): Client {
  const token = signIn(ready.url, { tenant: ready.partner.domain, ...ready.app, user: ready.user });
  // A try that was cut off stays cut off: what became of it is asked after the restart.
  return createClient({ baseUrl: ready.url, token, retries: 0 });
}

async function fabrikam(client: Client): Promise<string> {
  const { items } = await client.listCustomers();
  const found = items.find(({ companyProfile }) => companyProfile.companyName === "Fabrikam");
  if (!found) throw new Error("the seed's customer is missing");
  return found.id;
}

/** Two lines of software, which make one order, and an Azure subscription, which makes another. */
async function lineItems(client: Client) {
  const query = { country: "US" };
  const view = { ...query, targetView: "SoftwarePerpetual" };
  const productId = (await client.listProducts({ query: view })).items[0]?.id ?? "";
  const skuId = (await client.listSkus({ params: { productId }, query })).items[0]?.id ?? "";
  const { items } = await client.listAvailabilities({ params: { productId, skuId }, query });
  const catalogItemId = items[0]?.catalogItemId ?? "";
  return [
    { catalogItemId, quantity: 2 },
    { catalogItemId, quantity: 3 },
    { catalogItemId: "MS-AZR-0145P", quantity: 1 },
  ];
}

async function makeCarts(client: Client, customerId: string, count: number): Promise<string[]> {
  const body = { lineItems: await lineItems(client) };
  const make = () => client.createCart({ params: { customerId }, body });
  return (await Promise.all(Array.from({ length: count }, make))).map(({ id }) => id);
}

/** Checks carts out, so many at a time, until so many answers are there: then Kontor is killed. */
async function checkOutAndKill(
  kontor: KontorProcess,
  customerId: string,
  carts: Carts,
  killAt: number,
): Promise<void> {
  const client = clientOf(kontor);
  const waiting = [...carts].filter(([, orders]) => !orders).map(([cartId]) => cartId);
  let answers = 0;
  const worker = async () => {
    for (let cartId = waiting.pop(); cartId !== undefined; cartId = waiting.pop()) {
      const { orders } = await client.checkoutCart({ params: { customerId, cartId } });
      carts.set(cartId, orders);
      answers += 1;
      if (answers === killAt) kontor.child.kill("SIGKILL");
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  expect(answers).toBeGreaterThanOrEqual(killAt);
  // It died under some of them, or the round has shown nothing.
  expect(ends.filter(({ status }) => status === "rejected")).not.toEqual([]);
}

const linesOf = ({ lineItems: lines }: Orders[number]) => lines.map(({ quantity }) => quantity);
const byText = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b));

/** Everything that was answered is there, each cart has all of its orders or none, books balance. */
async function expectWhole(
  kontor: KontorProcess,
  dataDir: string,
  { customerId, carts, before }: { customerId: string; carts: Carts; before: number },
): Promise<void> {
  const client = clientOf(kontor);
  const params = { customerId };
  const { items } = await client.listOrders({ params });
  const known = new Map(items.map((order) => [order.id, order]));
  const statuses = new Map(
    await Promise.all(
      [...carts.keys()].map(async (cartId) => {
        const { status } = await client.getCart({ params: { customerId, cartId } });
        return [cartId, status] as const;
      }),
    ),
  );
  for (const [cartId, orders] of carts) {
    if (!orders) continue;
    expect(statuses.get(cartId)).toBe("Ordered");
    expect(orders.map(linesOf).toSorted(byText)).toEqual([[1], [2, 3]]);
    for (const order of orders) {
      const stored = known.get(order.id);
      expect(stored && linesOf(stored)).toEqual(linesOf(order));
    }
  }
  const ordered = [...statuses.values()].filter((status) => status === "Ordered").length;
  const made = items.slice(0, items.length - before).map(linesOf);
  expect(made.toSorted(byText)).toEqual([
    ...Array.from({ length: ordered }, () => [1]),
    ...Array.from({ length: ordered }, () => [2, 3]),
  ]);
  const env = { KONTOR_DATA_DIR: dataDir, KONTOR_URL: kontor.ready.url };
  const verified = await run(cli, ["verify", "--json"], { env });
  expect(JSON.parse(verified.stdout)).toMatchObject({ partners: 1, breaches: 0, findings: [] });
}

test("kill -9 under 32 checkouts at a time loses nothing answered and leaves no half", {
  timeout: 180_000,
}, async () => {
  const dataDir = join(await temporaryFolder(), "data");
  const carts: Carts = new Map();
  let kontor = await startKontor(dataDir);
  const customerId = await fabrikam(clientOf(kontor));
  const before = (await clientOf(kontor).listOrders({ params: { customerId } })).items.length;
  for (const killAt of [1, 20, 45]) {
    for (const id of await makeCarts(clientOf(kontor), customerId, cartsOfRound)) {
      carts.set(id, undefined);
    }
    await checkOutAndKill(kontor, customerId, carts, killAt);
    kontor = await startKontor(dataDir);
    await expectWhole(kontor, dataDir, { customerId, carts, before });
  }
  // What was cut off is asked for again: each cart ends with the orders of one checkout.
  const client = clientOf(kontor);
  const again = [...carts].map(async ([cartId, answered]) => {
    const { orders } = await client.checkoutCart({ params: { customerId, cartId } });
    if (answered) expect(orders.map(({ id }) => id)).toEqual(answered.map(({ id }) => id));
    carts.set(cartId, orders);
  });
  await Promise.all(again);
  await expectWhole(kontor, dataDir, { customerId, carts, before });
  await kontor.stop();
});
