/** Taxes of charges, from the table of countries to the invoice, through the door. */
import { beforeAll, describe, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { businessRows, newBuyer, offerOf } from "../../../../test/shop.ts";
import { expectStatus, newPartner } from "../../../../test/walk/world.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { verifyBooks } from "../use-cases/verify-books.ts";
import { importTaxes } from "./use-cases.ts";

const server = await testServer();
type Trader = Awaited<ReturnType<typeof newPartner>>;

beforeAll(async () => {
  const table = `country,name,rate,included,from
DE,VAT,0.19,,2007-01-01
DE,VAT,0.16,,2031-07-01
JP,Consumption tax,0.08,true,2014-04-01
JP,Local,0.02,true,2014-04-01
JP,Levy,0.01,,2014-04-01
`;
  expect(await importTaxes(server.database, table)).toMatchObject({ made: 5 });
  expect(await importTaxes(server.database, table)).toMatchObject({ unchanged: 5 });
});

async function trader(spec: Record<string, string>, market: string) {
  const partner = await newPartner(server, spec);
  await partner.at("2031-06-10T09:00:00Z");
  return { partner, customerId: (await newBuyer(partner, market)).customerId };
}

async function buy(
  partner: Trader,
  customerId: string,
  market: string,
  kind = "perpetual_software",
) {
  const { catalogItemId, billingPlan } = offerOf(kind, { market });
  const body = { billingCycle: billingPlan, lineItems: [{ offerId: catalogItemId, quantity: 3 }] };
  const made = await expectStatus(
    partner.call("POST", `/v1/customers/${customerId}/orders`, { body }),
    201,
  );
  return String(made.body.id);
}

interface Row {
  subtotal: number;
  tax: number;
  lines: { name: string; rate: string; minor: string }[];
  price: string;
  gross: string;
}

const charges = (orderId: string) =>
  server.database.query<Row>(sql`
    SELECT subtotal_minor::int AS subtotal, tax_minor::int AS tax, tax_lines AS lines,
      effective_unit_price::text AS price, unit_price::text AS gross
    FROM charge WHERE order_id = ${orderId} ORDER BY occurred_at, charge_id`);

const booksHold = async ({ partnerId }: Trader) =>
  expect(await verifyBooks(server.database, partnerId)).toEqual([]);

describe("a partner taxed by its country", () => {
  test("has the rate of the day, and the credit has that of its charge", async () => {
    const { partner, customerId } = await trader({ tax: "country", country: "DE" }, "DE");
    const early = await buy(partner, customerId, "DE");
    await partner.at("2031-07-01T00:00:00Z");
    const late = await buy(partner, customerId, "DE");
    const [before] = await charges(early);
    const [after] = await charges(late);
    expect(before?.lines).toEqual([
      { name: "VAT", rate: "0.19", included: false, minor: `${before?.tax}` },
    ]);
    expect(after?.lines).toEqual([
      { name: "VAT", rate: "0.16", included: false, minor: `${after?.tax}` },
    ]);
    expect(before?.tax).toBe(Math.floor(((before?.subtotal ?? 0) * 19) / 100));
    const path = `/v1/customers/${customerId}/orders/${early}`;
    await expectStatus(partner.call("PATCH", path, { body: { status: "cancelled" } }), 200);
    const [, credit] = await charges(early);
    expect(credit).toMatchObject({
      subtotal: -(before?.subtotal ?? 0),
      lines: [{ name: "VAT", rate: "0.19", included: false, minor: `-${before?.tax}` }],
    });
    await booksHold(partner);
  });

  test("pays what the list says where the price contains tax, and the invoice adds up", async () => {
    const { partner, customerId } = await trader({ tax: "country", country: "JP" }, "JP");
    const [charge] = await charges(await buy(partner, customerId, "JP"));
    if (!charge) throw new Error("nothing was charged");
    expect(charge.lines.map(({ name }) => name)).toEqual(["Consumption tax", "Local", "Levy"]);
    const [inside, local, levy] = charge.lines.map(({ minor }) => Number(minor));
    expect(charge.subtotal + (inside ?? 0) + (local ?? 0)).toBe(Number(charge.gross) * 3);
    expect(levy).toBe(Math.floor(charge.subtotal / 100));
    expect(Number(charge.price)).toBeLessThan(Number(charge.gross));
    await partner.at("2031-07-09T00:00:00Z");
    const { items } = (await partner.call("GET", "/v1/invoices")).body;
    expect(items[0].totalCharges).toBe(charge.subtotal + charge.tax);
    const lines = await partner.call(
      "GET",
      `/v1/invoices/${items[0].id}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`,
    );
    expect(lines.body.items[0]).toMatchObject({
      unitPrice: Number(charge.gross),
      effectiveUnitPrice: Number(charge.price),
      subtotal: charge.subtotal,
      taxTotal: charge.tax,
    });
    await booksHold(partner);
  });

  test("adds the tax to prices of other countries' lists", async () => {
    const { partner, customerId } = await trader({ tax: "country", country: "JP" }, "US");
    const [charge] = await charges(await buy(partner, customerId, "US"));
    expect(charge?.price).toBe(charge?.gross);
    expect(charge?.lines).toHaveLength(3);
  });

  test("has no tax where the table knows none of its country", async () => {
    const { partner, customerId } = await trader({ tax: "country", country: "US" }, "US");
    const [charge] = await charges(await buy(partner, customerId, "US"));
    expect([charge?.tax, charge?.lines]).toEqual([0, []]);
  });
});

test.each([
  ["none", []],
  ["0.075", ["0.075"]],
])("a partner made with tax %s has that on every charge", async (tax, rates) => {
  const { partner, customerId } = await trader({ tax }, "US");
  const [charge] = await charges(await buy(partner, customerId, "US"));
  expect(charge?.lines.map(({ rate }) => rate)).toEqual(rates);
});

test("a partner with a tax that is none is not made", async () => {
  const count = () => server.database.query(sql`SELECT 1 FROM partner`);
  const before = (await count()).length;
  for (const tax of ["much", "1.1", "-0.1", "0.1234567"]) {
    const made = await server.call("POST", "/_kontor/partners", { body: { tax } });
    expect([made.status, made.body.code]).toEqual([400, 800_002]);
  }
  expect((await count()).length).toBe(before);
});

describe("an exempt customer", () => {
  test("pays no tax from then on, until it is said to again", async () => {
    const { partner, customerId } = await trader({}, "US");
    const path = `/_kontor/customers/${customerId}/tax`;
    const first = await buy(partner, customerId, "US");
    for (const exempt of [true, true]) {
      const set = await expectStatus(partner.call("POST", path, { body: { exempt } }), 200);
      expect(set.body).toEqual({ exempt });
    }
    const { customerId: other } = await newBuyer(partner, "US");
    const second = await buy(partner, customerId, "US");
    const third = await buy(partner, other, "US");
    await expectStatus(partner.call("POST", path, { body: { exempt: false } }), 200);
    const fourth = await buy(partner, customerId, "US");
    const taxes = await Promise.all([first, second, third, fourth].map(charges));
    expect(taxes.map(([charge]) => charge?.lines.length)).toEqual([1, 0, 1, 1]);
    await booksHold(partner);
  });

  test.each([
    ["of another partner", {}, { exempt: true }, 404, 60_003],
    ["whose id is none", { id: "x" }, { exempt: true }, 400, 2000],
    ["without a word of exemption", { own: true }, {}, 400, 800_002],
  ])(
    "%s is refused and nothing is written",
    async (_which, { id, own }: { id?: string; own?: boolean }, body, status, code) => {
      const { partner, customerId } = await trader({}, "US");
      const { partner: stranger } = await trader({}, "US");
      const before = await businessRows(server);
      const caller = own ? partner : stranger;
      const path = `/_kontor/customers/${id ?? customerId}/tax`;
      const answer = await caller.call("POST", path, { body });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      const page = await partner.call("POST", `/_kontor/customers/${customerId}/tax`, {
        body: { exempt: true },
        headers: { origin: "https://example.com" },
      });
      expect(page.status).toBe(403);
      expect(await businessRows(server)).toEqual(before);
    },
  );
});
