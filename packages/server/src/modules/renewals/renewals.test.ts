import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type TestServer, testServer } from "../../../test/harness.ts";
import { newBuyer, offerOf } from "../../../test/shop.ts";
import { newPartner } from "../../../test/walk/world.ts";
import { sql } from "../../foundation/database/sql.ts";
import { catalogItemIdOf } from "../catalog/index.ts";

const server = await testServer();
const begin = "2030-01-31T10:00:00Z";
const dearer = "2030-03-15T00:00:00.000Z";

type SampleOffer = Parameters<typeof catalogItemIdOf>[0];

const sold: SampleOffer = offerOf("term_software");
const product = { ...sold.product, id: "TESTPRODUCT1" };
const sku = { ...sold.sku, id: "0001" };
/** Sold for 100 until the middle of March 2030, for 110 from then on. */
const monthly: SampleOffer = {
  ...sold,
  product,
  sku,
  termDuration: "P1M",
  billingPlan: "one_time",
  unitPrice: "100",
};
const yearly: SampleOffer = { ...monthly, termDuration: "P1Y" };
const offers = {
  monthly,
  yearly: { ...yearly, unitPrice: "1000" },
  inParts: { ...yearly, billingPlan: "monthly", unitPrice: "240" } satisfies SampleOffer,
  // Sold for a year only, and not after the first.
  withdrawn: {
    ...yearly,
    product: { ...product, id: "TESTPRODUCT2" },
    unitPrice: "50",
    effectiveTo: "2030-06-01T00:00:00.000Z",
  },
};

async function sell(offer: SampleOffer): Promise<void> {
  const [productId, skuId, availabilityId] = catalogItemIdOf(offer).split(":");
  await server.database.query(sql`
    INSERT INTO product (product_id, title, kind, publisher_name)
    VALUES (${productId}, 'Sample', ${offer.product.kind}, 'Sample') ON CONFLICT DO NOTHING`);
  await server.database.query(sql`
    INSERT INTO sku (product_id, sku_id, title, minimum_quantity, maximum_quantity)
    VALUES (${productId}, ${skuId}, 'Sample', 1, 1000) ON CONFLICT DO NOTHING`);
  await server.database.query(sql`
    INSERT INTO availability (product_id, sku_id, availability_id, market, currency, segment, term,
      billing_plan)
    VALUES (${productId}, ${skuId}, ${availabilityId}, ${offer.market}, ${offer.currency},
      ${offer.segment}, ${offer.termDuration}, ${offer.billingPlan}) ON CONFLICT DO NOTHING`);
  await server.database.query(sql`
    INSERT INTO price (product_id, sku_id, availability_id, effective_from, effective_to,
      unit_price)
    VALUES (${productId}, ${skuId}, ${availabilityId}, ${offer.effectiveFrom},
      ${offer.effectiveTo}, ${offer.unitPrice})`);
}

beforeAll(async () => {
  await sell({ ...monthly, effectiveTo: dearer });
  await sell({ ...monthly, effectiveFrom: dearer, unitPrice: "110" });
  await sell(offers.yearly);
  await sell(offers.inParts);
  await sell(offers.withdrawn);
  // Sold for three years until the day on which the first month ends.
  const effectiveTo = "2030-02-28T10:00:00.000Z";
  await sell({ ...monthly, termDuration: "P3Y", unitPrice: "2000", effectiveTo });
});

interface Trader extends TestServer {
  customer: string;
}

/** A partner of its own, whose clock stands at the beginning, with a customer. */
async function newTrader(): Promise<Trader> {
  const partner = await newPartner(server);
  await partner.at(begin);
  const { customerId } = await newBuyer(partner);
  return { ...partner, customer: `/v1/customers/${customerId}` };
}

/** Buys three of an offer; answers the path of the subscription. */
async function buy(trader: Trader, offer: SampleOffer, renewsTo?: string): Promise<string> {
  const order = await trader.call("POST", `${trader.customer}/orders`, {
    body: {
      billingCycle: offer.billingPlan,
      lineItems: [
        {
          offerId: catalogItemIdOf(offer),
          quantity: 3,
          ...(renewsTo ? { renewsTo: { termDuration: renewsTo } } : {}),
        },
      ],
    },
  });
  expect(order.status).toBe(201);
  const path = `${trader.customer}/subscriptions`;
  const list = await trader.call("GET", `${path}?order_id=${order.body.id}`);
  return `${path}/${list.body.items[0].id}`;
}

const read = async (trader: Trader, path: string) => (await trader.call("GET", path)).body;

async function chargesOf(trader: Trader): Promise<string[]> {
  const rows = await server.database.query<{ text: string }>(sql`
    SELECT concat_ws(' ', charge_type, period, to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
      to_char(ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), subtotal_minor) AS text
    FROM charge WHERE partner_id = ${trader.partnerId} ORDER BY starts_at, order_id`);
  return rows.map(({ text }) => text);
}

/** All rows that time makes, without the ids that chance makes. */
async function rowsOf({ partnerId }: Trader): Promise<unknown> {
  const own = sql`partner_id = ${partnerId}`;
  return Promise.all([
    server.database.query(sql`
      SELECT offer_id, term, auto_renew, status, starts_at, ends_at, version FROM subscription
      WHERE ${own} ORDER BY offer_id, ends_at, version`),
    server.database.query(sql`
      SELECT period, term, starts_at, ends_at, unit_price, pricing_currency
      FROM subscription_term WHERE ${own} ORDER BY period, term, ends_at, unit_price`),
    server.database.query(sql`
      SELECT charge_type, occurred_at, period, starts_at, ends_at, quantity, unit_price,
        effective_unit_price, subtotal_minor, tax_minor
      FROM charge WHERE ${own} ORDER BY occurred_at, ends_at, subtotal_minor`),
    server.database.query(sql`
      SELECT period, issued_at, number, total_minor, line_count FROM invoice WHERE ${own}
      ORDER BY number`),
    server.database.query(sql`
      SELECT kind, due_at, done_at FROM due_work WHERE ${own} ORDER BY kind, due_at, done_at`),
    server.database.query(sql`
      SELECT occurred_at, new_value ->> 'commitmentEndDate' AS ends FROM audit_record
      WHERE ${own} AND operation_type = 'update_subscription'
        AND new_value ? 'commitmentEndDate' ORDER BY occurred_at, ends`),
  ]);
}

test("a term of a month is renewed from its anchor, at the price of each renewal", async () => {
  const trader = await newTrader();
  const path = await buy(trader, offers.monthly, "P1M");
  expect(await read(trader, path)).toMatchObject({
    autoRenewEnabled: true,
    renewalTermDuration: "P1M",
    commitmentEndDate: "2030-02-28T10:00:00.0000000Z",
  });
  const { etag } = (await read(trader, path)).attributes;
  await trader.at("2030-05-01T00:00:00Z");
  expect(await chargesOf(trader)).toEqual([
    "new 2030-01 2030-01-31 2030-02-28 30000",
    "renew 2030-02 2030-02-28 2030-03-31 30000",
    "renew 2030-03 2030-03-31 2030-04-30 33000",
    "renew 2030-04 2030-04-30 2030-05-31 33000",
  ]);
  const after = await read(trader, path);
  expect(after).toMatchObject({
    status: "active",
    effectiveStartDate: "2030-01-31T10:00:00.0000000Z",
    commitmentEndDate: "2030-05-31T10:00:00.0000000Z",
  });
  expect(after.attributes.etag).not.toBe(etag);
  const records = await server.database.query(sql`
    SELECT occurred_at, caller_name, new_value FROM audit_record
    WHERE resource_id = ${after.id} ORDER BY occurred_at DESC`);
  expect(records).toHaveLength(3);
  expect(records[0]).toEqual({
    occurred_at: new Date("2030-04-30T10:00:00Z"),
    caller_name: null,
    new_value: after,
  });
});

test("goods that renew can be used without a gap, and as long as the last term", async () => {
  const trader = await newTrader();
  const path = await buy(trader, offers.monthly, "P1M");
  const expiries = async () => {
    const { items } = await read(trader, `${trader.customer}/entitlements?showExpiry=true`);
    return items.map(({ expiryDate }: { expiryDate: string }) => expiryDate);
  };
  expect(await expiries()).toEqual(["2030-02-28T00:00:00Z"]);
  await trader.at("2030-02-28T09:59:59.999Z");
  expect(await expiries()).toEqual(["2030-02-28T00:00:00Z"]);
  await trader.at("2030-02-28T10:00:00Z");
  expect(await expiries()).toEqual(["2030-03-31T00:00:00Z"]);
  await trader.call("PATCH", path, { body: { autoRenewEnabled: false } });
  await trader.at("2030-03-30T23:59:59Z");
  expect(await expiries()).toEqual(["2030-03-31T00:00:00Z"]);
  await trader.at("2030-03-31T10:00:00Z");
  expect(await expiries()).toEqual([]);
  expect(await read(trader, path)).toMatchObject({ status: "deleted", autoRenewEnabled: false });
  expect(await chargesOf(trader)).toHaveLength(2);
});

test("a term that is not to be renewed ends, and one that is let renew in time goes on", async () => {
  const trader = await newTrader();
  const [left, chosen] = [await buy(trader, offers.monthly), await buy(trader, offers.monthly)];
  expect(await read(trader, left)).toMatchObject({ autoRenewEnabled: false });
  const change = (autoRenewEnabled: boolean) =>
    trader.call("PATCH", chosen, { body: { autoRenewEnabled } });
  for (const renews of [true, false, true]) expect((await change(renews)).status).toBe(200);
  await trader.at("2030-03-01T00:00:00Z");
  expect((await read(trader, left)).status).toBe("deleted");
  expect(await read(trader, chosen)).toMatchObject({
    status: "active",
    commitmentEndDate: "2030-03-31T10:00:00.0000000Z",
  });
  expect(await chargesOf(trader)).toHaveLength(3);
});

test("a year is followed by months where the line says so", async () => {
  const trader = await newTrader();
  const path = await buy(trader, offers.yearly, "P1M");
  await trader.at("2031-03-01T00:00:00Z");
  expect(await read(trader, path)).toMatchObject({
    offerId: catalogItemIdOf(offers.monthly),
    termDuration: "P1M",
    commitmentEndDate: "2031-03-31T10:00:00.0000000Z",
  });
  expect(await chargesOf(trader)).toEqual([
    "new 2030-01 2030-01-31 2031-01-31 300000",
    "renew 2031-01 2031-01-31 2031-02-28 33000",
    "renew 2031-02 2031-02-28 2031-03-31 33000",
  ]);
});

test("a renewed year is charged month by month at the price with which it began", async () => {
  const trader = await newTrader();
  await buy(trader, offers.inParts, "P1Y");
  await trader.at("2031-02-01T00:00:00Z");
  await server.database.query(sql`
    UPDATE price SET unit_price = 480 WHERE unit_price = 240 AND product_id = 'TESTPRODUCT1'`);
  await trader.at("2032-02-01T00:00:00Z");
  await server.database.query(sql`
    UPDATE price SET unit_price = 240 WHERE unit_price = 480 AND product_id = 'TESTPRODUCT1'`);
  const charges = await chargesOf(trader);
  expect(charges).toHaveLength(25);
  expect(charges.slice(11, 15)).toEqual([
    "renew 2030-12 2030-12-31 2031-01-31 6000",
    "renew 2031-01 2031-01-31 2031-02-28 6000",
    "renew 2031-02 2031-02-28 2031-03-31 6000",
    "renew 2031-03 2031-03-31 2031-04-30 6000",
  ]);
  expect(charges.at(-1)).toBe("renew 2032-01 2032-01-31 2032-02-29 12000");
});

test("what has no price any more ends with its term", async () => {
  const trader = await newTrader();
  const path = await buy(trader, offers.withdrawn, "P1Y");
  const lost = await buy(trader, offers.monthly, "P3Y");
  await trader.at("2031-02-01T00:00:00Z");
  for (const one of [path, lost]) {
    expect(await read(trader, one)).toMatchObject({ status: "deleted", autoRenewEnabled: false });
  }
  expect(await chargesOf(trader)).toHaveLength(2);
});

describe("nothing is renewed", () => {
  test.each([
    ["of a customer that is gone", sql`UPDATE customer SET removed_at = ${new Date(begin)} WHERE`],
    ["of what is deleted", sql`UPDATE subscription SET status = 'deleted' WHERE`],
    ["of what rests", sql`UPDATE subscription SET status = 'suspended' WHERE`],
    ["of what was purged", sql`DELETE FROM subscription WHERE`],
  ])("%s", async (_name, statement) => {
    const trader = await newTrader();
    await buy(trader, offers.monthly, "P1M");
    await server.database.query(sql`${statement} partner_id = ${trader.partnerId}`);
    await trader.at("2030-06-01T00:00:00Z");
    expect(await chargesOf(trader)).toHaveLength(1);
  });

  test("of a year whose subscription is deleted in it: its cycles are charged no more", async () => {
    const trader = await newTrader();
    await buy(trader, offers.inParts, "P1Y");
    await trader.at("2031-03-01T00:00:00Z");
    const before = await chargesOf(trader);
    await server.database.query(sql`
      UPDATE subscription SET status = 'deleted' WHERE partner_id = ${trader.partnerId}`);
    await trader.at("2031-12-01T00:00:00Z");
    expect(await chargesOf(trader)).toEqual(before);
  });
});

test("one step of the clock leaves the same rows as any number of steps", async () => {
  const end = new Date("2032-03-05T00:00:00Z").getTime();
  const start = new Date(begin).getTime();
  const tradeAll = async (steps: readonly number[]) => {
    const trader = await newTrader();
    await buy(trader, offers.monthly, "P1M");
    await buy(trader, offers.yearly, "P1M");
    await buy(trader, offers.inParts, "P1Y");
    await buy(trader, offers.withdrawn, "P1Y");
    for (const at of [...steps].sort((a, b) => a - b)) await trader.at(new Date(at).toISOString());
    await trader.at(new Date(end).toISOString());
    return rowsOf(trader);
  };
  const atOnce = await tradeAll([]);
  expect((atOnce as unknown[][])[1]?.length).toBeGreaterThan(30);
  const steps = fc.array(fc.integer({ min: start, max: end }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, async (chosen) => {
      expect(await tradeAll(chosen)).toEqual(atOnce);
    }),
    { numRuns: 4 },
  );
});
