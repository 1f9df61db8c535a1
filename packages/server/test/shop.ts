/** What purchase tests need: a customer that may buy, and items of the default catalog. */
import { agreementTemplates } from "@kontor/contract";
import { randomId } from "../src/foundation/ids.ts";
import { catalogItemIdOf, defaultCatalog } from "../src/modules/catalog/index.ts";
import type { TestServer } from "./harness.ts";

export interface Buyer {
  customerId: string;
  /** Registered Azure subscription of the legacy kind. */
  subscriptionId: string;
}

const places: Record<
  string,
  { culture: string; state?: string; city: string; postalCode: string }
> = {
  US: { culture: "en-US", state: "WA", city: "Seattle", postalCode: "98101" },
  DE: { culture: "de-DE", city: "Hamburg", postalCode: "20457" },
  JP: { culture: "ja-JP", city: "Yokohama", postalCode: "220-0012" },
};

/** A customer without agreement and subscription. */
export async function newCustomer(server: TestServer, country = "US"): Promise<string> {
  const place = places[country];
  if (!place) throw new Error(`no sample address in ${country}`);
  const { culture, ...address } = place;
  const made = await server.call("POST", "/v1/customers", {
    body: {
      companyProfile: { domain: `t${randomId().slice(0, 8)}.example.com` },
      billingProfile: {
        culture,
        language: culture.slice(0, 2),
        email: "a@b.example",
        companyName: "Test customer",
        defaultAddress: {
          ...address,
          country,
          addressLine1: "1 Test Street",
          firstName: "T",
          lastName: "C",
          phoneNumber: "5550100",
        },
      },
    },
  });
  if (made.status !== 201) throw new Error(`no customer: ${made.text}`);
  return made.body.id;
}

export async function acceptAgreement(server: TestServer, customerId: string): Promise<void> {
  const made = await server.call("POST", `/v1/customers/${customerId}/agreements`, {
    body: {
      primaryContact: { firstName: "T", lastName: "C", email: "a@b.example" },
      templateId: agreementTemplates.MicrosoftCustomerAgreement,
      dateAgreed: "2026-01-01",
      type: "MicrosoftCustomerAgreement",
    },
  });
  if (made.status !== 201) throw new Error(`no agreement: ${made.text}`);
}

/** An Azure subscription, not yet registered. */
export async function azureSubscription(server: TestServer, customerId: string): Promise<string> {
  const order = await server.call("POST", `/v1/customers/${customerId}/orders`, {
    body: { lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }] },
  });
  if (order.status !== 201) throw new Error(`no order: ${order.text}`);
  const list = await server.call(
    "GET",
    `/v1/customers/${customerId}/subscriptions?order_id=${order.body.id}`,
  );
  return list.body.items[0].id;
}

/** A customer with everything that a purchase of reservations needs. */
export async function newBuyer(server: TestServer, country = "US"): Promise<Buyer> {
  const customerId = await newCustomer(server, country);
  await acceptAgreement(server, customerId);
  const subscriptionId = await azureSubscription(server, customerId);
  const path = `/v1/customers/${customerId}/subscriptions/${subscriptionId}/registrations`;
  const registered = await server.call("POST", path);
  if (registered.status !== 202) throw new Error(`not registered: ${registered.text}`);
  return { customerId, subscriptionId };
}

interface Wanted {
  market?: string;
  segment?: string;
  scope?: "Azure" | "AzurePlan" | null;
  billingPlan?: string;
  term?: string;
  restricted?: boolean;
}

const catalog = defaultCatalog();
const restrictedSkus = new Set(catalog.restrictions.map((one) => `${one.productId}:${one.skuId}`));

/** The first offer of the default catalog of a kind. */
export function offerOf(kind: string, wanted: Wanted = {}) {
  const { market = "US", segment = "commercial", restricted = false } = wanted;
  const found = catalog.offers.find(
    (offer) =>
      offer.product.kind === kind &&
      offer.market === market &&
      offer.segment === segment &&
      (wanted.billingPlan === undefined || offer.billingPlan === wanted.billingPlan) &&
      (wanted.term === undefined || offer.termDuration === wanted.term) &&
      (kind !== "reservation" || offer.reservationScope === (wanted.scope ?? "Azure")) &&
      restrictedSkus.has(`${offer.product.id}:${offer.sku.id}`) === restricted,
  );
  if (!found) throw new Error(`the default catalog has no ${kind} ${JSON.stringify(wanted)}`);
  return { ...found, catalogItemId: catalogItemIdOf(found) };
}

/** Cart lines of one reservation, one perpetual and one term software. */
export function threeLines(buyer: Buyer, market = "US") {
  return [
    {
      catalogItemId: offerOf("reservation", { market }).catalogItemId,
      quantity: 2,
      provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
    },
    { catalogItemId: offerOf("perpetual_software", { market }).catalogItemId, quantity: 5 },
    { catalogItemId: offerOf("term_software", { market }).catalogItemId, quantity: 3 },
  ];
}

/** Rows of a partner's business tables, to prove that a refusal wrote nothing. */
export async function businessRows(server: TestServer): Promise<Record<string, number>> {
  const tables = [
    "customer",
    "indirect_reseller",
    "agreement",
    "qualification",
    "validation_code_use",
    "partner_profile",
    "partner_profile_version",
    "subscription",
    "subscription_term",
    "cart",
    "cart_line",
    "purchase_order",
    "order_line",
    "product_key",
    "partner_rate",
    "rate_in_use",
    "tax_exemption",
    "charge",
    "posting",
    "invoice",
    "amendment_line",
    "payment",
    "due_work",
    "audit_record",
  ];
  const counts = tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
  const [row] = await server.database.query<Record<string, number>>({
    text: `SELECT ${counts.join(", ")}`,
    values: [],
  });
  return row ?? {};
}
