/** Purchases that are written down otherwise, or sent again, and must come to the same. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomId } from "../../src/foundation/ids.ts";
import { type TestAnswer, testServer } from "../harness.ts";
import { type Buyer, newBuyer, offerOf } from "../shop.ts";
import { fingerprint } from "../walk/store.ts";
import { allRows, type ChargedItem, chargedItems } from "./store.ts";

const server = await testServer();

/** Of three billing cycles, so that a cart becomes up to three orders. */
const goods = [
  offerOf("reservation"),
  offerOf("perpetual_software"),
  offerOf("term_software"),
  offerOf("term_software", { billingPlan: "annual" }),
  offerOf("online_service", { billingPlan: "monthly" }),
].map(({ catalogItemId, product }) => ({ catalogItemId, kind: product.kind }));

interface Wish {
  good: number;
  quantity: number;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  good: fc.nat(goods.length - 1),
  quantity: fc.integer({ min: 1, max: 9 }),
});
const wishes = fc.array(wish, { minLength: 1, maxLength: 6 });

function lineOf({ good, quantity }: Wish, { subscriptionId }: Buyer) {
  const { catalogItemId = "", kind } = goods[good] ?? {};
  const isReservation = kind === "reservation";
  return {
    catalogItemId,
    quantity,
    ...(isReservation && { provisioningContext: { subscriptionId, scope: "shared" } }),
  };
}

const cents = (amount: number) => BigInt(Math.round(amount * 100));
const sorted = (words: readonly string[]) => words.toSorted();

interface Outcome {
  /** For each order its cycle and total, and what it has of each item. */
  orders: string[];
  /** The lines of each order as they stand there, without their order. */
  lines: string[];
  entitled: Record<string, number>;
  charged: ChargedItem[];
}

/** Units by item, as one text. */
function unitsBy(items: readonly { id: string; quantity: number }[]): Record<string, number> {
  const units: Record<string, number> = {};
  for (const { id, quantity } of items) units[id] = (units[id] ?? 0) + quantity;
  return Object.fromEntries(Object.entries(units).sort());
}

/** What comes of it when a new customer buys the lines in one cart. */
async function buy(lines: readonly Wish[]): Promise<Outcome> {
  const buyer = await newBuyer(server);
  const base = `/v1/customers/${buyer.customerId}`;
  const body = { lineItems: lines.map((line) => lineOf(line, buyer)) };
  const cart = await server.call("POST", `${base}/carts`, { body });
  const bought = await server.call("POST", `${base}/carts/${cart.body.id}/checkout`);
  expect([bought.status, bought.body.orderErrors]).toEqual([201, []]);
  const ids = new Set(bought.body.orders.map(({ id }: { id: string }) => id));
  const listed = await server.call("GET", `${base}/orders?include_price=true`);
  const orders = listed.body.items.filter(({ id }: { id: string }) => ids.has(id));
  type Line = { offerId: string; quantity: number; pricing: { extendedPrice: number } };
  const entitlements = await server.call("GET", `${base}/entitlements`);
  type Entitlement = { productId: string; skuId: string; quantity: number };
  return {
    orders: sorted(
      orders.map((order: { billingCycle: string; totalPrice: number; lineItems: Line[] }) => {
        const units = order.lineItems.map(({ offerId, quantity }) => ({ id: offerId, quantity }));
        const total = order.lineItems.reduce(
          (sum, one) => sum + cents(one.pricing.extendedPrice),
          0n,
        );
        expect(cents(order.totalPrice)).toBe(total);
        return JSON.stringify([order.billingCycle, `${total}`, unitsBy(units)]);
      }),
    ),
    lines: sorted(
      orders.map(({ lineItems }: { lineItems: Line[] }) =>
        sorted(
          lineItems.map(({ offerId, quantity, pricing }) =>
            JSON.stringify([offerId, quantity, pricing]),
          ),
        ).join(),
      ),
    ),
    entitled: unitsBy(
      entitlements.body.items.map(({ productId, skuId, quantity }: Entitlement) => ({
        id: `${productId}:${skuId}`,
        quantity,
      })),
    ),
    charged: await chargedItems(server.database, buyer.customerId),
  };
}

/** Without what is rounded for each line, and how many lines there are. */
const amounts = ({ charged }: Outcome) =>
  charged.map(({ tax: _rounded, charges: _count, ...rest }) => rest);

test("a line that is split in two keeps orders, amounts and entitlements", async () => {
  const split = fc.record({ lines: wishes, at: fc.nat(), part: fc.nat(), apart: fc.nat() });
  await fc.assert(
    fc.asyncProperty(split, async ({ lines, at, part, apart }) => {
      const position = at % lines.length;
      const whole = lines[position] as Wish;
      const first = { ...whole, quantity: 1 + (part % whole.quantity) };
      const rest = { ...whole, quantity: whole.quantity - first.quantity };
      const pieces = lines.with(position, first);
      if (rest.quantity > 0) pieces.splice(apart % (pieces.length + 1), 0, rest);
      const [one, two] = await Promise.all([buy(lines), buy(pieces)]);
      expect(two.orders).toEqual(one.orders);
      expect(two.entitled).toEqual(one.entitled);
      // To the cent: an amount is that of a unit, rounded, times the quantity.
      expect(amounts(two)).toEqual(amounts(one));
      for (const [index, { tax, charges }] of two.charged.entries()) {
        const before = one.charged[index];
        // Tax is rounded once for each charge: half a cent up or down.
        const difference = Number(tax - (before?.tax ?? 0n));
        expect(Math.abs(difference)).toBeLessThanOrEqual((charges + (before?.charges ?? 0)) / 2);
      }
    }),
    { numRuns: 15 },
  );
});

test("lines in another order keep groups, amounts, tax and entitlements", async () => {
  const shuffled = wishes.chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      other: fc.shuffledSubarray(lines, { minLength: lines.length }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ lines, other }) => {
      const [one, two] = await Promise.all([buy(lines), buy(other)]);
      expect(two).toEqual(one);
    }),
    { numRuns: 15 },
  );
});

describe("requests sent again", () => {
  const seen = ({ status, text }: TestAnswer) => ({ status, text });
  /** How often each of five requests is sent again, and whether at once. */
  const repeats = fc.array(fc.record({ times: fc.nat(4), atOnce: fc.boolean() }), {
    minLength: 5,
    maxLength: 5,
  });

  test("any number of times change nothing, and are answered byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(wishes, repeats, async (lines, plan) => {
        const buyer = await newBuyer(server);
        const base = `/v1/customers/${buyer.customerId}`;
        const body = { lineItems: lines.map((line) => lineOf(line, buyer)) };
        const sent: { again(): Promise<TestAnswer>; answer: TestAnswer }[] = [];
        const send = async (method: string, path: string, given?: unknown) => {
          const headers = { "ms-requestid": randomId() };
          const again = () => server.call(method, path, { headers, body: given });
          const answer = await again();
          expect(answer.status, answer.text).toBeLessThan(300);
          sent.push({ again, answer });
          return answer;
        };
        const cart = await send("POST", `${base}/carts`, body);
        const path = `${base}/carts/${cart.body.id}`;
        await send("PUT", path, { lineItems: body.lineItems.toReversed() });
        const bought = await send("POST", `${path}/checkout`);
        const [offer] = goods.filter(({ kind }) => kind === "perpetual_software");
        await send("POST", `${base}/orders`, {
          lineItems: [{ offerId: offer?.catalogItemId, quantity: 2 }],
        });
        await send("PATCH", `${base}/orders/${bought.body.orders[0].id}`, { status: "cancelled" });
        const before = [await allRows(server.database), await fingerprint(server.database)];
        for (const [index, { times, atOnce }] of plan.entries()) {
          const { again, answer } = sent[index] as (typeof sent)[number];
          const calls = Array.from({ length: times }, () => again);
          const answers: TestAnswer[] = [];
          if (atOnce) answers.push(...(await Promise.all(calls.map((call) => call()))));
          else for (const call of calls) answers.push(await call());
          expect(answers.map(seen)).toEqual(answers.map(() => seen(answer)));
          expect(answers.map(({ headers }) => headers["kontor-replayed"])).toEqual(
            answers.map(() => "true"),
          );
        }
        expect([await allRows(server.database), await fingerprint(server.database)]).toEqual(
          before,
        );
      }),
      { numRuns: 10 },
    );
  });
});
