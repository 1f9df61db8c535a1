/** What the tests of named rules share: a partner with one of everything, and a look at JSON. */
import { type TestAnswer, type TestServer, testServer } from "../harness.ts";
import { type Buyer, newBuyer, offerOf, threeLines } from "../shop.ts";

export interface World {
  server: TestServer;
  buyer: Buyer;
  /** `/v1/customers/{id}` of the buyer. */
  customer: string;
  software: { catalogItemId: string; quantity: number };
  newCart(): Promise<TestAnswer["body"]>;
}

/** A server with a customer that may buy. */
export async function newWorld(): Promise<World> {
  const server = await testServer();
  const buyer = await newBuyer(server);
  const customer = `/v1/customers/${buyer.customerId}`;
  return {
    server,
    buyer,
    customer,
    software: { catalogItemId: offerOf("perpetual_software").catalogItemId, quantity: 1 },
    async newCart() {
      const body = { lineItems: threeLines(buyer) };
      return (await server.call("POST", `${customer}/carts`, { body })).body;
    },
  };
}

export interface Stock {
  cart: string;
  orderId: string;
  invoiceId: string;
  productId: string;
  skuId: string;
  availabilityId: string;
}

/** A checked-out cart and the invoice of its month. */
export async function stocked({ server, customer, newCart }: World): Promise<Stock> {
  const made = await newCart();
  const cart = `${customer}/carts/${made.id}`;
  const checkout = await server.call("POST", `${cart}/checkout`);
  await server.call("POST", "/_kontor/clock", { body: { advance: "P45D" } });
  const invoices = await server.call("GET", "/v1/invoices");
  const [productId = "", skuId = "", availabilityId = ""] = String(
    made.lineItems[0].catalogItemId,
  ).split(":");
  return {
    cart,
    orderId: checkout.body.orders[0].id,
    invoiceId: invoices.body.items.at(-1).id,
    productId,
    skuId,
    availabilityId,
  };
}

/** Paths of one read of each kind of resource that Kontor answers. */
export function readsOf({ customer, buyer }: World, stock: Stock): string[] {
  const { productId, skuId, availabilityId, orderId, invoiceId } = stock;
  const sku = `products/${productId}/skus/${skuId}`;
  const lines = "provider=onetime&invoicelineitemtype=billinglineitems";
  return [
    "/v1/customers",
    customer,
    `${customer}/profiles/company`,
    `${customer}/profiles/billing`,
    "/v1/agreements?agreementType=*",
    `${customer}/agreements?agreementType=*`,
    `${customer}/subscriptions`,
    `${customer}/subscriptions/${buyer.subscriptionId}`,
    `${customer}/subscriptions/${buyer.subscriptionId}/registrationstatus`,
    "/v1/products?country=US&targetView=Azure",
    `/v1/products/${productId}?country=US`,
    `/v1/products/${productId}/skus?country=US`,
    `/v1/${sku}?country=US`,
    `/v1/${sku}/availabilities?country=US`,
    `/v1/${sku}/availabilities/${availabilityId}?country=US`,
    `/v1/${sku}/downloadoptions?country=US`,
    `${customer}/products?targetView=Azure`,
    `${customer}/${sku}/availabilities`,
    stock.cart,
    `${customer}/orders?include_price=true`,
    `${customer}/orders/${orderId}?include_price=true`,
    `${customer}/orders/${orderId}/provisioningstatus`,
    `${customer}/orders/${orderId}/lineitems/0/activationlinks`,
    `${customer}/entitlements?showExpiry=true`,
    "/v1/invoices",
    `/v1/invoices/${invoiceId}`,
    "/v1/invoices/summary",
    "/v1/invoices/summaries",
    `/v1/invoices/${invoiceId}/lineitems?${lines}&size=1`,
    `/v1/invoices/unbilled/lineitems?${lines}&currencycode=USD&period=current`,
    "/v1/invoices/estimates/links?currencycode=USD",
  ];
}

export interface Member {
  /** `items[].links.self.uri`. */
  path: string;
  name: string;
  value: unknown;
}

/** Every member of every object in a JSON value. */
export function membersOf(value: unknown, path = ""): Member[] {
  if (Array.isArray(value)) return value.flatMap((item) => membersOf(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return [{ path: at, name, value: member }, ...membersOf(member, at)];
  });
}
