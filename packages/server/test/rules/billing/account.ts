/** An account with a past: what was bought, cancelled, invoiced and paid, and how to read it. */
import Big from "big.js";
import { type TestAnswer, type TestServer, testServer } from "../../harness.ts";
import { newBuyer, offerOf, threeLines } from "../../shop.ts";
import { expectStatus } from "../../walk/world.ts";

export type Json = TestAnswer["body"];

export interface Account {
  server: TestServer;
  get(path: string, headers?: Record<string, string>): Promise<Json>;
  /** `/v1/customers/{id}` of each customer that has bought. */
  customers: string[];
  /** Every currency in which something was bought. */
  currencies: string[];
  invoices(): Promise<Json[]>;
  /** The lines of an invoice, from all of its pages. */
  linesOf(invoiceId: string, size?: number): Promise<Json[]>;
  /** The lines that have no invoice yet, of both months and all currencies. */
  unbilled(): Promise<Json[]>;
  pay(amount: string, more?: object): Promise<Json>;
}

/** The lines of a query, page after page as clients go: by the link and its header. */
export async function pagesOf(get: Account["get"], path: string): Promise<Json[]> {
  let page = await get(path);
  const items = [...page.items];
  while (page.links.next) {
    const { uri, headers } = page.links.next;
    const pairs = headers.map(({ key, value }: { key: string; value: string }) => [key, value]);
    page = await get(`/v1${uri}`, Object.fromEntries(pairs));
    items.push(...page.items);
  }
  return items;
}

const billing = "provider=onetime&invoicelineitemtype=billinglineitems";

async function readerOf(): Promise<Account> {
  const server = await testServer();
  const get: Account["get"] = async (path, headers = {}) =>
    (await expectStatus(server.call("GET", path, { headers }), 200)).body;
  const account: Account = {
    server,
    get,
    customers: [],
    currencies: [],
    invoices: async () => (await get("/v1/invoices")).items,
    linesOf: (invoiceId, size = 2) =>
      pagesOf(get, `/v1/invoices/${invoiceId}/lineitems?${billing}&size=${size}`),
    unbilled: async () => {
      const lines = [];
      for (const currency of account.currencies) {
        for (const period of ["current", "previous"]) {
          const query = `${billing}&currencycode=${currency}&period=${period}&size=2`;
          lines.push(...(await pagesOf(get, `/v1/invoices/unbilled/lineitems?${query}`)));
        }
      }
      return lines;
    },
    pay: async (amount, more = {}) => {
      const body = { amount, reference: `${amount} ${JSON.stringify(more)}`, ...more };
      return (await expectStatus(server.call("POST", "/_kontor/payments", { body }), 201)).body;
    },
  };
  return account;
}

/**
 * Three months of trade: reservations, software for ever and for a term, in two markets; a
 * purchase cancelled in its month, and a line cancelled in the next. The clock stands on the day
 * before the second invoice comes out, so that all three places have lines.
 */
export async function tradedAccount(): Promise<Account> {
  const account = await readerOf();
  const { server } = account;
  await server.at("2030-01-10T09:00:00Z");
  const buyer = await newBuyer(server);
  const german = await newBuyer(server, "DE");
  const [customer, other] = [buyer, german].map(({ customerId }) => `/v1/customers/${customerId}`);
  account.customers.push(customer ?? "", other ?? "");
  const software = (quantity: number, market = "US") => ({
    offerId: offerOf("perpetual_software", { market }).catalogItemId,
    quantity,
  });
  const order = async (path: string | undefined, lineItems: object[]) =>
    (await expectStatus(server.call("POST", `${path}/orders`, { body: { lineItems } }), 201)).body;
  const cancel = (orderId: string, lineItems: object[]) =>
    expectStatus(
      server.call("PATCH", `${customer}/orders/${orderId}`, {
        body: { status: "cancelled", lineItems },
      }),
      200,
    );
  const cart = await expectStatus(
    server.call("POST", `${customer}/carts`, { body: { lineItems: threeLines(buyer) } }),
    201,
  );
  await expectStatus(server.call("POST", `${customer}/carts/${cart.body.id}/checkout`), 201);
  account.currencies.push(
    ...new Set(["US", "DE"].map((market) => offerOf("perpetual_software", { market }).currency)),
  );
  await server.at("2030-01-12T09:00:00Z");
  const regretted = await order(customer, [software(2)]);
  await order(other, [software(7, "DE")]);
  await server.at("2030-01-20T09:00:00Z");
  await cancel(regretted.id, []);
  await server.at("2030-01-25T09:00:00Z");
  const halved = await order(customer, [software(4), software(1)]);
  await server.at("2030-02-09T09:00:00Z");
  await cancel(halved.id, [{ lineItemNumber: 0 }]);
  await server.at("2030-02-15T09:00:00Z");
  await order(customer, [{ offerId: offerOf("term_software").catalogItemId, quantity: 1 }]);
  await server.at("2030-03-07T09:00:00Z");
  await order(customer, [software(3)]);
  return account;
}

/** The sum of a member of lines, exact. */
export function sumOf(lines: readonly Json[], member: string): number {
  return lines.reduce((sum, line) => sum.plus(line[member]), new Big(0)).toNumber();
}

/** What names a line: its event, order line and kind. */
export function keyOf(line: Json): string {
  const { orderId, orderDate, chargeType, referenceId, productId, skuId, quantity } = line;
  return [orderId, orderDate, chargeType, referenceId, productId, skuId, quantity].join(" ");
}
