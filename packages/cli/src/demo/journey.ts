/** The one-time purchase from end to end, over HTTP, through the client. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allItems, type Client } from "@kontor/client";
import { agreementTemplates } from "@kontor/contract";
import { type Buyer, chooseGoods } from "./shop.ts";
import type { Steps } from "./steps.ts";

export interface JourneyResult {
  customerId: string;
  orders: { id: string; status: string; billingCycle: string }[];
  entitlements: { productId: string; skuId: string; quantity: number; entitlementType: string }[];
  invoice: { id: string; currency: string; total: number };
  lineItemsTotal: number;
  statementPdf: string;
}

/** What did not hold: the demo proves, it does not only show. */
class DemoFailed extends Error {}

export interface Places {
  country: string;
  /** Folder of the statement PDF. */
  outputDir: string;
}

/** People, streets and towns of the countries that the default catalog sells to. */
const addresses: Record<
  string,
  { culture: string; state?: string; city: string; postalCode: string }
> = {
  US: { culture: "en-US", state: "WA", city: "Spokane", postalCode: "99201" },
  DE: { culture: "de-DE", city: "Bremen", postalCode: "28195" },
  JP: { culture: "ja-JP", city: "Sapporo", postalCode: "060-0001" },
  TW: { culture: "zh-TW", city: "Taipei", postalCode: "100" },
};

export async function runJourney(
  client: Client,
  steps: Steps,
  places: Places,
): Promise<JourneyResult> {
  const buyer = await enable(client, steps, places.country);
  const cartId = await fillCart(client, steps, buyer);
  const orders = await order(client, steps, buyer.customerId, cartId);
  const entitlements = await lifecycle(client, steps, buyer.customerId);
  const billed = await invoice(client, steps, places.outputDir, buyer.customerId);
  return { customerId: buyer.customerId, orders, entitlements, ...billed };
}

async function enable(client: Client, steps: Steps, country: string): Promise<Buyer> {
  steps.title("Enable: a customer, its agreement, a registered Azure subscription");
  const place = addresses[country] ?? { culture: "en-US", city: "Capital", postalCode: "10000" };
  const contact = { firstName: "Robin", lastName: "Berg", email: "robin@northwind.example" };
  const customer = await steps.run(
    "create customer",
    () =>
      client.createCustomer({
        body: {
          companyProfile: {
            domain: `northwind-${Math.random().toString(36).slice(2, 10)}.example.com`,
          },
          billingProfile: {
            ...contact,
            culture: place.culture,
            language: place.culture.slice(0, 2),
            companyName: "Northwind Traders",
            defaultAddress: {
              country,
              city: place.city,
              ...(place.state ? { state: place.state } : {}),
              addressLine1: "1 Harbour Road",
              postalCode: place.postalCode,
              firstName: contact.firstName,
              lastName: contact.lastName,
              phoneNumber: "5550100",
            },
          },
        },
      }),
    ({ id, companyProfile }) => `customer ${companyProfile.companyName} is ${id}`,
  );
  const params = { customerId: customer.id };
  await steps.run(
    "confirm agreement",
    () =>
      client.confirmCustomerAgreement({
        params,
        body: {
          primaryContact: contact,
          templateId: agreementTemplates.MicrosoftCustomerAgreement,
          dateAgreed: "2026-01-01T00:00:00Z",
          type: "MicrosoftCustomerAgreement",
        },
      }),
    ({ type }) => `${type} confirmed`,
  );
  const azure = await steps.run(
    "order an Azure subscription",
    () =>
      client.createOrder({
        params,
        body: { billingCycle: "monthly", lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }] },
      }),
    ({ id, status }) => `order ${id} is ${status}`,
  );
  const { items } = await steps.run(
    "list its subscription",
    () => client.listSubscriptions({ params, query: { order_id: azure.id } }),
    (page) => `${page.totalCount} subscription: ${page.items[0]?.id}`,
  );
  const subscriptionId = items[0]?.id;
  if (subscriptionId === undefined) throw new DemoFailed("the order made no subscription");
  const subscription = { ...params, subscriptionId };
  await steps.run(
    "register the subscription",
    () => client.registerSubscription({ params: subscription }),
    () => "accepted",
  );
  const registration = await steps.run(
    "registration status",
    () => client.getRegistrationStatus({ params: subscription }),
    ({ status }) => `the subscription is ${status}`,
  );
  if (registration.status !== "Registered") throw new DemoFailed("registration did not finish");
  return { customerId: customer.id, subscriptionId, country };
}

async function fillCart(client: Client, steps: Steps, buyer: Buyer): Promise<string> {
  steps.title("Discover: products, SKUs, inventory, availabilities");
  const goods = await steps.run(
    "discover",
    () => chooseGoods(client, buyer),
    (found) => `to buy: ${found.map(({ title }) => title).join(" · ")}`,
  );
  if (goods.length === 0) {
    throw new DemoFailed(
      `the catalog sells nothing in ${buyer.country}; choose another with --country`,
    );
  }
  steps.title("Order: cart, update, checkout");
  const params = { customerId: buyer.customerId };
  const cart = await steps.run(
    "create cart",
    () => client.createCart({ params, body: { lineItems: goods.map(({ line }) => line) } }),
    ({ id, lineItems }) =>
      `cart ${id}: ${lineItems.length} lines in group ${[...new Set(lineItems.map((line) => line.orderGroup))].join(", ")}`,
  );
  const [first, ...rest] = cart.lineItems;
  if (!first) throw new DemoFailed("the cart came back empty");
  const raised = { ...first, quantity: first.quantity + 1 };
  const updated = await steps.run(
    "update cart",
    () =>
      client.updateCart({
        params: { ...params, cartId: cart.id },
        body: { lineItems: [raised, ...rest] },
      }),
    ({ lineItems }) => `one more of line 0: now ${lineItems[0]?.quantity}`,
  );
  const bad = updated.lineItems.find((line) => line.error);
  if (bad) throw new DemoFailed(`line ${bad.id}: ${bad.error?.errorDescription}`);
  return cart.id;
}

async function order(client: Client, steps: Steps, customerId: string, cartId: string) {
  const result = await steps.run(
    "check out",
    () => client.checkoutCart({ params: { customerId, cartId } }),
    ({ orders, orderErrors }) => `${orders.length} order(s), ${orderErrors.length} error(s)`,
  );
  if (result.orderErrors.length > 0) {
    throw new DemoFailed(result.orderErrors.map(({ description }) => description).join("; "));
  }
  const orders: JourneyResult["orders"] = [];
  for (const { id } of result.orders) {
    const read = await steps.run(
      "read order",
      () =>
        client.getOrder({ params: { customerId, orderId: id }, query: { include_price: true } }),
      ({ status, totalPrice, currencyCode, lineItems }) =>
        `order ${id} is ${status}: ${lineItems.length} lines, ${totalPrice} ${currencyCode}`,
    );
    if (read.status !== "completed") throw new DemoFailed(`order ${id} is ${read.status}`);
    orders.push({ id, status: read.status, billingCycle: read.billingCycle });
  }
  const cycle = result.orders[0]?.billingCycle ?? "one_time";
  await steps.run(
    "orders by billing cycle",
    () => client.listOrders({ params: { customerId }, query: { billingType: cycle } }),
    ({ totalCount }) => `${totalCount} order(s) billed ${cycle}`,
  );
  return orders;
}

async function lifecycle(client: Client, steps: Steps, customerId: string) {
  steps.title("Lifecycle: entitlements, reservation, subscription");
  const { items } = await steps.run(
    "entitlements",
    () => client.listEntitlements({ params: { customerId }, query: { showExpiry: true } }),
    (page) =>
      page.items
        .map((one) => `${one.quantity} × ${one.entitlementType} ${one.productId}`)
        .join(", "),
  );
  const link = items.flatMap((one) => one.entitledArtifacts)[0]?.link.uri;
  if (link) {
    await steps.run(
      "reservation details",
      () => client.getReservedInstanceArtifact({ params: artifactParams(link) }),
      ({ reservations }) =>
        reservations
          .map((one) => `${one.quantity} × ${one.displayName} until ${one.expiryDateTime}`)
          .join(", "),
    );
  }
  await steps.run(
    "subscriptions",
    () => client.listSubscriptions({ params: { customerId } }),
    (page) => page.items.map((one) => `${one.friendlyName} (${one.status})`).join(", "),
  );
  return items.map(({ productId, skuId, quantity, entitlementType }) => ({
    productId,
    skuId,
    quantity,
    entitlementType,
  }));
}

/** The parameters in an artifact link of an entitlement. */
function artifactParams(uri: string) {
  const form =
    /\/customers\/([^/]+)\/artifacts\/[^/]+\/groups\/([^/]+)\/lineitems\/([^/]+)\/resource\/([^/]+)$/;
  const [, customerId = "", groupId = "", lineItemId = "", resourceId = ""] = form.exec(uri) ?? [];
  return { customerId, groupId, lineItemId, resourceId };
}

async function invoice(client: Client, steps: Steps, outputDir: string, customerId: string) {
  steps.title("Invoice and reconcile: the month closes, lines and total must agree");
  await steps.run(
    "advance the clock",
    () => client.setClock({ body: { advance: "P45D" } }),
    ({ now, ran }) => `it is ${now}; ran ${ran.map(({ kind }) => kind).join(", ") || "nothing"}`,
  );
  await steps.run(
    "account balance",
    () => client.getInvoiceSummary(),
    ({ balanceAmount, currencyCode }) => `${balanceAmount} ${currencyCode} open`,
  );
  const { items } = await steps.run(
    "invoices",
    () => client.listInvoices(),
    (page) =>
      page.items.map((one) => `${one.id} ${one.totalCharges} ${one.currencyCode}`).join(", "),
  );
  const latest = items.at(-1);
  if (!latest) throw new DemoFailed("closing the month made no invoice");
  const params = { invoiceId: latest.id };
  const lines = await steps.run(
    "line items",
    async () => {
      const query = { provider: "onetime", invoiceLineItemType: "billinglineitems" } as const;
      return Array.fromAsync(
        allItems((next) => client.listInvoiceLineItems({ params, query: { ...query, ...next } })),
      );
    },
    (found) => `${found.length} lines`,
  );
  const lineItemsTotal = sum(lines.map((line) => line.totalForCustomer));
  if (lineItemsTotal !== latest.totalCharges) {
    throw new DemoFailed(`the lines add up to ${lineItemsTotal}, not ${latest.totalCharges}`);
  }
  if (!lines.some((line) => line.customerId === customerId)) {
    throw new DemoFailed("the purchase is not on the invoice");
  }
  const pdf = await steps.run(
    "statement",
    () => client.getInvoiceStatement({ params }),
    (bytes) => `${bytes.length} bytes of PDF; lines and invoice agree: ${lineItemsTotal}`,
  );
  const statementPdf = join(outputDir, `statement-${latest.id}.pdf`);
  await writeFile(statementPdf, pdf, { mode: 0o600 });
  return {
    invoice: { id: latest.id, currency: latest.currencyCode, total: latest.totalCharges },
    lineItemsTotal,
    statementPdf,
  };
}

/** Adds JSON amounts exactly, as whole numbers of their smallest digit. */
function sum(amounts: number[]): number {
  const digits = Math.max(0, ...amounts.map((amount) => `${amount}`.split(".")[1]?.length ?? 0));
  const scale = 10 ** digits;
  const total = amounts.reduce((whole, amount) => whole + BigInt(Math.round(amount * scale)), 0n);
  return Number(total) / scale;
}
