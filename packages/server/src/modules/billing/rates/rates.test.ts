/** Purchases in one currency that are billed in another, through the door. */
import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../../test/shop.ts";
import { expectStatus, newPartner } from "../../../../test/walk/world.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { verifyBooks } from "../use-cases/verify-books.ts";
import { importRates } from "./use-cases.ts";

const server = await testServer();
const january = "2031-01-10T09:00:00Z";

type Sold = Pick<ReturnType<typeof offerOf>, "catalogItemId" | "unitPrice"> & {
  billingPlan: string;
};
type Trader = Awaited<ReturnType<typeof newPartner>>;

/** A partner that is invoiced in one currency for all that it sells. */
async function trader(billingCurrency = "USD", country = "DE") {
  const partner = await newPartner(server, { billingCurrency, invoiceCurrency: "partner" });
  await partner.at(january);
  return { partner, ...(await newBuyer(partner, country)) };
}

const software = (market: string): Sold => offerOf("perpetual_software", { market });

function order(partner: Trader, customerId: string, offer = software("DE"), quantity = 3) {
  const lineItems = [{ offerId: offer.catalogItemId, quantity }];
  const body = { lineItems, billingCycle: offer.billingPlan };
  return partner.call("POST", `/v1/customers/${customerId}/orders`, { body });
}

const give = (partner: Trader, ...items: Record<string, string>[]) =>
  partner.call("POST", "/_kontor/rates", { body: { items } });

const unbilled = (currency: string, period = "current") =>
  `/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=${currency}&period=${period}`;

async function lines(partner: Trader, path: string) {
  return (await expectStatus(partner.call("GET", path), 200)).body.items;
}

const cut = (amount: number, digits: number) => Math.floor(amount * 10 ** digits + 1e-6);

const euro = { from: "EUR", to: "USD", month: "2031-01" };

beforeAll(async () => {
  await importRates(
    server.database,
    "from,to,month,rate,date\nEUR,KWD,2030-11,0.33471,2030-10-30\nEUR,JPY,2030-12,161.27,\n",
  );
});

describe("a purchase at a price in another currency", () => {
  test.each([
    ["USD", "1.08417", 2],
    ["JPY", "163.258", 0],
    ["KWD", "0.331459", 3],
  ])("is billed in %s at the month's rate, cut for each unit", async (currency, rate, digits) => {
    const { partner, customerId } = await trader(currency);
    const given = { from: "EUR", to: currency, month: "2031-01", rate, date: "2030-12-30" };
    await expectStatus(give(partner, given), 200);
    const offer = software("DE");
    const made = await expectStatus(order(partner, customerId), 201);
    expect(made.body.currencyCode).toBe("EUR");
    const [line] = await lines(partner, unbilled(currency));
    const unit = cut(Number(offer.unitPrice) * Number(rate), digits);
    expect(line).toMatchObject({
      unitPrice: Number(offer.unitPrice),
      effectiveUnitPrice: Number(offer.unitPrice),
      pricingCurrency: "EUR",
      pcToBCExchangeRate: Number(rate),
      pcToBCExchangeRateDate: "2030-12-30T00:00:00Z",
      currency,
      subtotal: (unit * 3) / 10 ** digits,
    });
    expect(await lines(partner, unbilled("EUR"))).toEqual([]);
  });

  test("without a rate is refused, as a cart line and as an order, and nothing is written", async () => {
    const { partner, customerId } = await trader();
    const { catalogItemId } = software("DE");
    const cart = await partner.call("POST", `/v1/customers/${customerId}/carts`, {
      body: { lineItems: [{ catalogItemId, quantity: 1 }] },
    });
    expect(cart.body.lineItems[0].error).toEqual({
      errorCode: 10_000,
      errorDescription: "There is no exchange rate for prices in EUR.",
    });
    await give(partner, { ...euro, month: "2031-02", rate: "1.1" });
    const before = await businessRows(server);
    const refused = await order(partner, customerId);
    expect([refused.status, refused.body.code]).toEqual([400, 800_002]);
    expect(refused.body.description).toContain("no exchange rate for prices in EUR");
    expect(await businessRows(server)).toEqual(before);
  });

  test("takes the rate of the latest month before, the partner's own first", async () => {
    const { partner, customerId } = await trader("KWD");
    await expectStatus(order(partner, customerId), 201);
    const other = await trader("KWD");
    await give(other.partner, { from: "EUR", to: "KWD", month: "2030-11", rate: "0.5" });
    await expectStatus(order(other.partner, other.customerId), 201);
    const [old] = await lines(partner, unbilled("KWD"));
    expect([old.pcToBCExchangeRate, old.pcToBCExchangeRateDate]).toEqual([
      0.33471,
      "2030-10-30T00:00:00Z",
    ]);
    expect((await lines(other.partner, unbilled("KWD")))[0].pcToBCExchangeRate).toBe(0.5);
  });

  test("needs no rate where price and invoice have one currency", async () => {
    const { partner, customerId } = await trader("EUR");
    await expectStatus(order(partner, customerId), 201);
    const [line] = await lines(partner, unbilled("EUR"));
    expect(line).toMatchObject({
      pcToBCExchangeRate: 1,
      pcToBCExchangeRateDate: "2031-01-01T00:00:00Z",
    });
  });

  test("beyond what a line may carry in the billing currency is refused", async () => {
    const { partner, customerId } = await trader();
    await give(partner, { ...euro, rate: "9999999" });
    const before = await businessRows(server);
    const { status, body } = await order(partner, customerId, software("DE"), 50_000);
    expect([status, body.code]).toEqual([400, 2002]);
    expect(await businessRows(server)).toEqual(before);
  });
});

describe("a month", () => {
  test("has one rate for a partner from its first charge on", async () => {
    const { partner, customerId } = await trader("JPY");
    await expectStatus(order(partner, customerId), 201);
    await importRates(server.database, "from,to,month,rate\nEUR,JPY,2031-01,170\n");
    await expectStatus(order(partner, customerId), 201);
    const refused = await give(partner, { from: "EUR", to: "JPY", month: "2031-01", rate: "171" });
    expect(refused.body.code).toBe(800_002);
    expect(refused.body.description).toContain("EUR to JPY in 2031-01 stays 161.27");
    await partner.at("2031-02-01T00:00:00Z");
    await expectStatus(order(partner, customerId), 201);
    const [first, second] = await lines(partner, unbilled("JPY", "previous"));
    const [third] = await lines(partner, unbilled("JPY"));
    expect([first, second, third].map((line) => line.pcToBCExchangeRate)).toEqual([
      161.27, 161.27, 170,
    ]);
  });

  test("of purchases in several currencies has one invoice, and its books hold", async () => {
    const { partner, customerId } = await trader();
    const { customerId: american } = await newBuyer(partner, "US");
    await give(partner, { ...euro, rate: "1.08417" });
    await expectStatus(order(partner, customerId), 201);
    await expectStatus(order(partner, american, software("US")), 201);
    await partner.at("2031-02-09T00:00:00Z");
    const [invoice, ...more] = await lines(partner, "/v1/invoices");
    expect(more).toEqual([]);
    const billed = await lines(
      partner,
      `/v1/invoices/${invoice.id}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`,
    );
    expect(
      billed.map((line: { pricingCurrency: string }) => line.pricingCurrency).toSorted(),
    ).toEqual(["EUR", "USD"]);
    expect(invoice.currencyCode).toBe("USD");
    expect(await verifyBooks(server.database, partner.partnerId)).toEqual([]);
    const pdf = await partner.call("GET", `/v1/invoices/${invoice.id}/documents/statement`);
    expect(pdf.status).toBe(200);
  });
});

test("a cancellation gives back the charge at its own rate, though there is a new one", async () => {
  const { partner, customerId } = await trader();
  await give(partner, { ...euro, rate: "1.08417" }, { ...euro, month: "2031-02", rate: "1.2" });
  const { body } = await expectStatus(order(partner, customerId), 201);
  await partner.at("2031-02-03T00:00:00Z");
  const path = `/v1/customers/${customerId}/orders/${body.id}`;
  await expectStatus(partner.call("PATCH", path, { body: { status: "cancelled" } }), 200);
  const [charge] = await lines(partner, unbilled("USD", "previous"));
  const [credit] = await lines(partner, unbilled("USD"));
  expect(credit).toMatchObject({
    chargeType: "cancelImmediate",
    subtotal: -charge.subtotal,
    pcToBCExchangeRate: 1.08417,
    pcToBCExchangeRateDate: "2031-01-01T00:00:00Z",
  });
  const order1 = await partner.call("GET", `${path}?include_price=true`);
  expect(order1.body).toMatchObject({ currencyCode: "EUR", totalPrice: 0 });
  expect(await verifyBooks(server.database, partner.partnerId)).toEqual([]);
});

test("later cycles are billed at the rates of their months, and credited in the order's money", async () => {
  const { partner, customerId } = await trader();
  const yearly = offerOf("term_software", { market: "DE", term: "P1Y" });
  const offer = { ...yearly, billingPlan: "monthly" };
  await server.database.query(sql`
    UPDATE availability SET billing_plan = 'monthly'
    WHERE (product_id, sku_id, availability_id) = (
      ${yearly.product.id}, ${yearly.sku.id}, ${yearly.catalogItemId.split(":")[2]})`);
  await give(partner, { ...euro, rate: "1.1" }, { ...euro, month: "2031-02", rate: "1.2" });
  const { body } = await expectStatus(order(partner, customerId, offer, 2), 201);
  await partner.at("2031-03-10T12:00:00Z");
  const rates = await server.database.query(sql`
    SELECT exchange_rate::float AS rate, period FROM charge
    WHERE partner_id = ${partner.partnerId} ORDER BY period`);
  expect(rates).toEqual([
    { rate: 1.1, period: "2031-01" },
    { rate: 1.2, period: "2031-02" },
    { rate: 1.2, period: "2031-03" },
  ]);
  const path = `/v1/customers/${customerId}/orders/${body.id}`;
  await expectStatus(partner.call("PATCH", path, { body: { status: "cancelled" } }), 200);
  const { totalPrice } = (await partner.call("GET", `${path}?include_price=true`)).body;
  const month = cut(Number(offer.unitPrice) / 12, 2) * 2;
  // Of three months the third is given back, which has just begun.
  expect(Math.round(totalPrice * 100)).toBe(2 * month);
  expect(await verifyBooks(server.database, partner.partnerId)).toEqual([]);
});

describe("rates of the partner's own", () => {
  test("are counted as made, changed and unchanged, and are no one else's", async () => {
    const { partner } = await trader();
    const { partner: other, customerId } = await trader();
    const february = { ...euro, month: "2031-02" };
    expect((await give(partner, { ...euro, rate: "1.1" })).body).toEqual({
      made: 1,
      changed: 0,
      unchanged: 0,
    });
    const again = await give(partner, { ...euro, rate: "1.10" }, { ...february, rate: "1.2" });
    expect(again.body).toEqual({ made: 1, changed: 0, unchanged: 1 });
    expect((await give(partner, { ...february, rate: "1.3" })).body.changed).toBe(1);
    expect((await order(other, customerId)).status).toBe(400);
  });

  test.each([
    [[{ ...euro, rate: "0" }]],
    [[{ ...euro, rate: "1.1", to: "EUR" }]],
    [[{ ...euro, rate: "1.1", to: "XXY" }]],
    [[{ ...euro, rate: "1.1", month: "2031" }]],
    [[{ ...euro, rate: "1.1", date: "soon" }]],
    [
      [
        { ...euro, rate: "1.1" },
        { ...euro, rate: "1.2", from: "eur" },
      ],
    ],
  ])("are refused whole: %j", async (items) => {
    const { partner } = await trader();
    const { status, body } = await give(
      partner,
      { ...euro, month: "2031-03", rate: "1" },
      ...items,
    );
    expect([status, body.code]).toEqual([400, 800_002]);
    const kept = await server.database.query(sql`
      SELECT 1 FROM partner_rate WHERE partner_id = ${partner.partnerId}`);
    expect(kept).toEqual([]);
  });

  test("are not taken from a web page", async () => {
    const { partner } = await trader();
    const page = await partner.call("POST", "/_kontor/rates", {
      body: { items: [{ ...euro, rate: "1.1" }] },
      headers: { origin: "https://example.com" },
    });
    expect(page.status).toBe(403);
  });
});

test("an import that has a bad line takes nothing of the file", async () => {
  const rows = () =>
    server.database.query(sql`SELECT exchange_rate::text AS row FROM exchange_rate ORDER BY 1`);
  const before = await rows();
  const file = "from,to,month,rate\nGBP,USD,2031-01,1.25\nGBP,USD,2031-02,none\n";
  await expect(async () => importRates(server.database, file)).rejects.toThrow("line 3: the rate");
  expect(await rows()).toEqual(before);
  const good = file.replace("none", "1.26");
  expect(await importRates(server.database, good)).toEqual({ made: 2, changed: 0, unchanged: 0 });
  expect(await importRates(server.database, good)).toEqual({ made: 0, changed: 0, unchanged: 2 });
});
