/** Cancelling in a term after the first: a window of its own, and the credit of its charges. */
import Big from "big.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { newBuyer, offerOf } from "../../../test/shop.ts";
import { newPartner } from "../../../test/walk/world.ts";
import { addTerm } from "../../foundation/clock.ts";
import { sql } from "../../foundation/database/sql.ts";
import { verifyBooks } from "../billing/index.ts";

const server = await testServer();
const begin = new Date("2030-01-31T10:00:00Z");
const day = 24 * 3600 * 1000;
const quantity = 3;

/** A partner of its own, whose customer has bought three of an offer that renews. */
async function renewing(wanted: Parameters<typeof offerOf>[1], renewsTo = wanted?.term) {
  const partner = await newPartner(server);
  await partner.at(begin.toISOString());
  const { customerId } = await newBuyer(partner);
  const base = `/v1/customers/${customerId}`;
  const offer = offerOf("online_service", wanted);
  const made = await partner.call("POST", `${base}/orders`, {
    body: {
      billingCycle: offer.billingPlan,
      lineItems: [{ offerId: offer.catalogItemId, quantity, renewsTo: { termDuration: renewsTo } }],
    },
  });
  expect(made.status).toBe(201);
  const order = `${base}/orders/${made.body.id}`;
  const list = await partner.call("GET", `${base}/subscriptions?order_id=${made.body.id}`);
  const subscription = `${base}/subscriptions/${list.body.items[0].id}`;
  const charges = () =>
    server.database.query<{ type: string; startsAt: Date; endsAt: Date; subtotal: bigint }>(sql`
      SELECT charge_type AS type, starts_at AS "startsAt", ends_at AS "endsAt",
        subtotal_minor AS subtotal
      FROM charge WHERE partner_id = ${partner.partnerId} ORDER BY occurred_at, charge_id`);
  const cancel = (path: string) =>
    partner.call("PATCH", path, { body: { status: path === order ? "cancelled" : "deleted" } });
  const read = async (path: string) => (await partner.call("GET", path)).body;
  return { partner, offer, order, subscription, charges, cancel, read };
}

test("a renewed month gives back its own charge and leaves the month before it", async () => {
  const shop = await renewing({ billingPlan: "monthly", term: "P1M" });
  await shop.partner.at("2030-03-04T12:00:00Z");
  const before = await shop.charges();
  expect(before.map(({ type }) => type)).toEqual(["new", "renew"]);
  expect((await shop.cancel(shop.subscription)).body.status).toBe("deleted");
  const [first, second, credit, ...rest] = await shop.charges();
  expect(rest).toEqual([]);
  // Renewed on the 28th of February at ten: four of 31 days are over.
  const unit = new Big(shop.offer.unitPrice).times(27).div(31).round(6, Big.roundDown);
  const cents = BigInt(unit.times(100).round(0, Big.roundDown).toFixed()) * BigInt(quantity);
  expect(credit).toMatchObject({ type: "cancelImmediate", subtotal: -cents });
  const kept = (first?.subtotal ?? 0n) + (second?.subtotal ?? 0n) - cents;
  const order = await shop.read(`${shop.order}?include_price=true`);
  expect([order.status, order.totalPrice]).toEqual(["cancelled", Number(kept) / 100]);
  // Nothing is renewed and nothing charged after it.
  await shop.partner.at("2030-09-01T00:00:00Z");
  expect(await shop.charges()).toHaveLength(3);
  expect(await verifyBooks(server.database, shop.partner.partnerId)).toEqual([]);
});

test("within a day of its renewal all of a term comes back, whichever way is taken", async () => {
  for (const way of ["order", "subscription"] as const) {
    const shop = await renewing({ billingPlan: "annual", term: "P1Y" });
    await shop.partner.at("2031-02-01T09:59:59.999Z");
    expect((await shop.cancel(shop[way])).status).toBe(200);
    const [first, second, credit] = await shop.charges();
    expect(credit?.subtotal).toBe(-(second?.subtotal ?? 0n));
    const { totalPrice } = await shop.read(`${shop.order}?include_price=true`);
    expect(totalPrice).toBe(Number(first?.subtotal) / 100);
  }
});

test("a renewed year paid by the month gives back what is left of its month", async () => {
  const shop = await renewing({ billingPlan: "monthly", term: "P1Y" });
  await shop.partner.at("2031-03-05T10:00:00Z");
  await shop.cancel(shop.order);
  const charges = await shop.charges();
  expect(charges).toHaveLength(15);
  expect(charges.at(-1)).toMatchObject({
    type: "cancelImmediate",
    startsAt: new Date("2031-03-05T10:00:00Z"),
    endsAt: new Date("2031-03-31T10:00:00Z"),
  });
  await shop.partner.at("2032-06-01T00:00:00Z");
  expect(await shop.charges()).toHaveLength(15);
});

test("the window opens anew with each term, and tells so", async () => {
  const shop = await renewing({ billingPlan: "annual", term: "P1Y" });
  expect(await shop.read(shop.subscription)).toMatchObject({
    cancellationAllowedUntilDate: "2030-04-01T10:00:00.0000000Z",
  });
  await shop.partner.at("2031-01-31T09:59:59Z");
  const late = await shop.cancel(shop.order);
  expect([late.status, late.body.code]).toEqual([400, 900117]);
  await shop.partner.at("2031-04-01T10:00:00Z");
  expect(await shop.read(shop.subscription)).toMatchObject({
    cancellationAllowedUntilDate: "2031-04-01T10:00:00.0000000Z",
    refundOptions: [{ type: "Partial", expiresAt: "2031-04-01T10:00:00.0000000Z" }],
  });
  await shop.partner.at("2031-04-01T10:00:00.001Z");
  const before = await shop.charges();
  for (const path of [shop.order, shop.subscription]) {
    const answer = await shop.cancel(path);
    expect([answer.status, answer.body.code]).toEqual([400, 900117]);
  }
  expect(await shop.charges()).toEqual(before);
  expect(await shop.read(shop.subscription)).toMatchObject({ status: "active" });
});

test("whenever it is cancelled, the credit is what the days left of the term cost", async () => {
  const instants = fc.integer({ min: 0, max: 170 * day });
  const ways = fc.constantFrom("order" as const, "subscription" as const);
  await fc.assert(
    fc.asyncProperty(instants, ways, async (after, way) => {
      const shop = await renewing({ billingPlan: "monthly", term: "P1M" });
      const at = new Date(begin.getTime() + after);
      await shop.partner.at(at.toISOString());
      const before = await shop.charges();
      expect((await shop.cancel(shop[way])).status).toBe(200);
      const credits = (await shop.charges()).slice(before.length);
      let months = 0;
      while (addTerm(begin, `P${months + 1}M`) <= at) months += 1;
      const start = months === 0 ? begin : addTerm(begin, `P${months}M`);
      const total = Math.round((addTerm(begin, `P${months + 1}M`).getTime() - +start) / day);
      const left = total - Math.floor((+at - +start) / day);
      const unit = new Big(shop.offer.unitPrice).times(left).div(total).round(6, Big.roundDown);
      const cents = BigInt(unit.times(100).round(0, Big.roundDown).toFixed()) * BigInt(quantity);
      expect(before).toHaveLength(months + 1);
      expect(credits.map(({ subtotal }) => subtotal)).toEqual([-cents]);
    }),
    { numRuns: 8 },
  );
});
