/**
 * One valid call of every operation, in a world made for it. What a write uses up is made anew
 * each time, so that every sample succeeds however often it is asked for.
 */
import {
  agreementTemplates,
  allOperations,
  type Operation,
  type OperationId,
} from "@kontor/contract";
import { randomId } from "../../src/foundation/ids.ts";
import { catalogItemIdOf, defaultCatalog } from "../../src/modules/catalog/index.ts";
import type { CallOptions, TestAnswer, TestServer } from "../harness.ts";
import { newCustomer } from "../shop.ts";
import { addInvoice } from "./store.ts";
import {
  expectStatus,
  newCart,
  newReseller,
  resellerBody,
  reservation,
  software,
  type World,
} from "./world.ts";

export interface Sample {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

type Make = (world: World) => Sample | Promise<Sample>;

const { downloads, offers } = defaultCatalog();
const country = { country: "US" };
const product = { productId: software.product.id };
const sku = { ...product, skuId: software.sku.id };
const availability = { ...sku, availabilityId: catalogItemIdOf(software).split(":")[2] ?? "" };
const [download] = downloads;
const downloadable = { productId: download?.productId ?? "", skuId: download?.skuId ?? "" };

const none: Make = () => ({});
const customer = ({ customerId }: World) => ({ customerId });
const ofCustomer: Make = (world) => ({ params: customer(world) });
const ofCart = ({ customerId, cartId }: World) => ({ customerId, cartId });
const ofOrder = ({ customerId, orderId }: World) => ({ customerId, orderId });
const ofSubscription = ({ customerId, subscriptionId }: World) => ({ customerId, subscriptionId });
const ofArtifact = ({ customerId, artifact }: World) => ({ customerId, ...artifact });
const invoice = ({ invoiceId }: World) => ({ invoiceId });

/** Of an older month with each call. */
const ofNewInvoice = async ({ server }: World) => ({
  invoiceId: await addInvoice(server.database, server.partnerId),
});

/** One line that names the customer's subscription. */
const lineItems = ({ subscriptionId }: World) => [
  {
    catalogItemId: catalogItemIdOf(reservation),
    quantity: 1,
    provisioningContext: { subscriptionId, scope: "shared" },
  },
];

const address = {
  country: "US",
  city: "Seattle",
  state: "WA",
  postalCode: "98101",
  addressLine1: "1 Test Street",
  firstName: "T",
  lastName: "C",
  phoneNumber: "5550100",
};

const billingProfile = {
  culture: "en-US",
  language: "en",
  email: "a@b.example",
  companyName: "Walked customer",
  defaultAddress: address,
};

const newCustomerBody = () => ({
  companyProfile: { domain: `t${randomId()}.example.com` },
  billingProfile,
});

const contact = { firstName: "T", lastName: "C", email: "a@b.example" };
const supportBody = { email: "a@b.example", telephone: "5550100", website: "www.example.com" };
const profileBody = { companyName: "Walked partner", address, primaryContact: contact };
const ofNewCustomer = async ({ server }: World) => ({ customerId: await newCustomer(server) });

const agreementBody = {
  primaryContact: contact,
  templateId: agreementTemplates.MicrosoftCustomerAgreement,
  dateAgreed: "2029-01-01",
  type: "MicrosoftCustomerAgreement",
};

/** Of a product that no other sample names. */
const unwanted = offers.find(
  (offer) => offer.product.kind === "reservation" && offer.product.id !== reservation.product.id,
);
const restriction = ({ customerId, subscriptionId }: World) => ({
  productId: unwanted?.product.id,
  customerId,
  subscriptionId,
});

const lineQuery = { provider: "onetime", invoiceLineItemType: "billinglineitems" };

const paymentOf = ({ invoiceId }: World) => ({
  amount: "1.50",
  reference: randomId(),
  invoiceId,
});
/** The id of a new export of the invoice. */
async function newExport({ server, invoiceId }: World): Promise<string> {
  const path = "/v1/reports/partners/billing/reconciliation/billed/export";
  const started = await expectStatus(server.call("POST", path, { body: { invoiceId } }), 202);
  return String(started.headers.location).split("/").at(-1) ?? "";
}

const samples: Record<OperationId, Make> = {
  // Customers
  listCustomers: () => ({
    query: { size: "5", filter: '{"Field":"CompanyName","Value":"T","Operator":"starts_with"}' },
  }),
  createCustomer: () => ({ body: newCustomerBody() }),
  getCustomer: ofCustomer,
  getCustomerCompanyProfile: ofCustomer,
  getCustomerBillingProfile: ofCustomer,
  listAgreementMetaData: () => ({ query: { agreementType: "MicrosoftCustomerAgreement" } }),
  listCustomerAgreements: (world) => ({
    params: customer(world),
    query: { agreementType: "MicrosoftCustomerAgreement" },
  }),
  confirmCustomerAgreement: async (world) => ({
    params: await ofNewCustomer(world),
    body: agreementBody,
  }),
  deleteCustomer: async (world) => ({ params: await ofNewCustomer(world) }),
  updateCustomer: async (world) => ({
    params: await ofNewCustomer(world),
    body: { relationshipToPartner: "none" },
  }),
  updateCustomerBillingProfile: (world) => ({ params: customer(world), body: billingProfile }),
  getCustomerValidationStatus: (world) => ({
    params: customer(world),
    query: { type: "account" },
  }),
  getAgreementDocument: () => ({
    params: { templateId: agreementTemplates.MicrosoftCustomerAgreement },
    query: { language: "en-US", country: "US" },
  }),
  getDirectSignStatus: ofCustomer,
  listCustomerQualifications: ofCustomer,
  requestCustomerQualification: async (world) => ({
    params: await ofNewCustomer(world),
    body: { qualification: "Education", educationSegment: "K12", website: "www.example.com" },
  }),
  getCustomerQualification: ofCustomer,
  setCustomerQualification: async (world) => ({
    params: await ofNewCustomer(world),
    body: "Education",
  }),
  listValidationCodes: none,
  setCustomerStanding: (world) => ({ params: customer(world), body: { directSignature: true } }),

  // Relationships
  getRelationshipRequest: none,
  listCustomerRelationships: ofCustomer,
  listRelationships: () => ({
    query: { relationship_type: "is_indirect_cloud_solution_provider_of" },
  }),
  getAgreementStatus: ({ reseller }) => ({ query: { mpnId: reseller.mpnId } }),
  createIndirectReseller: () => ({ body: resellerBody() }),
  deleteIndirectReseller: async ({ server }) => ({
    params: { resellerId: (await newReseller(server)).id },
  }),

  // The partner's own profiles
  getOrganizationProfile: none,
  updateOrganizationProfile: () => ({
    body: {
      companyName: "Walked partner",
      defaultAddress: address,
      email: "a@b.example",
      language: "en",
      culture: "en-US",
    },
  }),
  getLegalBusinessProfile: () => ({ query: { vettingVersion: "Current" } }),
  updateLegalBusinessProfile: () => ({ body: profileBody }),
  getMpnProfile: none,
  getSupportProfile: none,
  updateSupportProfile: () => ({ body: supportBody }),
  updateSupportProfileAsDocumented: () => ({ body: supportBody }),
  getBillingProfile: none,
  updateBillingProfile: () => ({ body: { ...profileBody, billingDay: 5 } }),

  // Look-ups
  validateAddress: () => ({ body: address }),
  getCountryRules: () => ({ params: { countryCode: "US" } }),
  domainExists: ({ domain }) => ({ params: { domain } }),
  checkDomainAvailability: () => ({ params: { prefix: "walked" } }),

  // Catalog
  listProducts: () => ({
    query: { ...country, targetView: "Azure", targetSegment: "commercial" },
  }),
  getProduct: () => ({ params: product, query: country }),
  listSkus: () => ({ params: product, query: { ...country, targetSegment: "commercial" } }),
  getSku: () => ({ params: sku, query: country }),
  listDownloadOptions: () => ({ params: downloadable, query: country }),
  getDownloadLink: () => ({
    params: { ...downloadable, optionKey: download?.optionKey ?? "" },
    query: country,
  }),
  listAvailabilities: () => ({ params: sku, query: { ...country, targetSegment: "commercial" } }),
  getAvailability: () => ({ params: availability, query: country }),
  listCustomerProducts: (world) => ({
    params: customer(world),
    query: { targetView: "Software", targetSegment: "commercial" },
  }),
  getCustomerProduct: (world) => ({ params: { ...customer(world), ...product } }),
  listCustomerSkus: (world) => ({ params: { ...customer(world), ...product } }),
  getCustomerSku: (world) => ({ params: { ...customer(world), ...sku } }),
  listCustomerAvailabilities: (world) => ({ params: { ...customer(world), ...sku } }),
  getCustomerAvailability: (world) => ({ params: { ...customer(world), ...availability } }),
  listCustomerDownloadOptions: (world) => ({ params: { ...customer(world), ...downloadable } }),
  checkInventory: ({ customerId, subscriptionId }) => ({
    query: country,
    body: {
      targetItems: [{ productId: reservation.product.id, skuId: reservation.sku.id }],
      inventoryContext: {
        customerId,
        azureSubscriptionId: subscriptionId,
        armRegionName: "eastus",
      },
    },
  }),

  // Restrictions of the inventory that a test sets up
  listRestrictions: none,
  addRestriction: (world) => ({ body: restriction(world) }),
  clearRestrictions: none,
  removeRestriction: async (world) => {
    const body = restriction(world);
    const made = await expectStatus(world.server.call("POST", "/_kontor/inventory", { body }), 201);
    return { params: { restrictionId: made.body.id } };
  },

  // Subscriptions
  listSubscriptions: (world) => ({
    params: customer(world),
    query: { order_id: world.orderId },
  }),
  getSubscription: (world) => ({ params: ofSubscription(world) }),
  updateSubscription: (world) => ({
    params: ofSubscription(world),
    body: { friendlyName: `Renamed ${randomId()}`, status: "active", quantity: 1 },
  }),
  registerSubscription: (world) => ({ params: ofSubscription(world) }),
  getRegistrationStatus: (world) => ({ params: ofSubscription(world) }),
  getSubscriptionProvisioningStatus: (world) => ({ params: ofSubscription(world) }),
  listSubscriptionActivationLinks: (world) => ({ params: ofSubscription(world) }),

  // Carts and orders
  createCart: (world) => ({ params: customer(world), body: { lineItems: lineItems(world) } }),
  getCart: (world) => ({ params: ofCart(world) }),
  updateCart: (world) => ({ params: ofCart(world), body: { lineItems: lineItems(world) } }),
  checkoutCart: async (world) => ({
    params: { ...customer(world), cartId: await newCart(world.server, world) },
    body: "success",
  }),
  createOrder: (world) => ({
    params: customer(world),
    body: {
      referenceCustomerId: world.customerId,
      lineItems: [
        {
          offerId: catalogItemIdOf(reservation),
          quantity: 1,
          provisioningContext: { subscriptionId: world.subscriptionId, scope: "shared" },
        },
      ],
    },
  }),
  getOrder: (world) => ({ params: ofOrder(world), query: { include_price: "true" } }),
  listOrders: (world) => ({ params: customer(world), query: { billingType: "one_time" } }),
  updateOrder: async ({ server, customerId }) => {
    const lineItems = [{ offerId: catalogItemIdOf(software), quantity: 1 }];
    const path = `/v1/customers/${customerId}/orders`;
    const made = await expectStatus(server.call("POST", path, { body: { lineItems } }), 201);
    return { params: { customerId, orderId: made.body.id }, body: { status: "cancelled" } };
  },
  getOrderProvisioningStatus: (world) => ({ params: ofOrder(world) }),
  listOrderLineActivationLinks: (world) => ({
    params: { ...ofOrder(world), lineItemNumber: "0" },
  }),
  listOrderActivationLinks: (world) => ({ params: ofOrder(world) }),

  // Entitlements
  listEntitlements: (world) => ({ params: customer(world), query: { showExpiry: "true" } }),
  getReservedInstanceArtifact: (world) => ({ params: ofArtifact(world) }),
  getVirtualMachineReservedInstanceArtifact: (world) => ({ params: ofArtifact(world) }),
  getProductKeyArtifact: ({ customerId, productKey }) => ({
    params: { customerId, ...productKey },
  }),

  // Billing
  getInvoiceSummary: none,
  listInvoiceSummaries: none,
  listInvoices: () => ({ query: { size: "10" } }),
  getInvoice: (world) => ({ params: invoice(world) }),
  listInvoiceLineItems: (world) => ({
    params: invoice(world),
    query: { ...lineQuery, size: "1" },
  }),
  listInvoiceLineItemsByPath: (world) => ({
    params: { ...invoice(world), ...lineQuery },
    query: { size: "1" },
  }),
  listEstimateLinks: () => ({ query: { currencyCode: "USD" } }),
  getInvoiceStatement: (world) => ({ params: invoice(world) }),
  getReceiptStatement: (world) => ({
    params: { ...invoice(world), receiptId: world.invoiceId },
  }),

  // Payments
  listPayments: none,
  recordPayment: (world) => ({ body: paymentOf(world) }),
  reversePayment: async (world) => {
    const body = paymentOf(world);
    const made = await expectStatus(world.server.call("POST", "/_kontor/payments", { body }), 201);
    return { params: { paymentId: made.body.id }, body: { reference: randomId() } };
  },

  // Export of line items
  exportBilledLines: ({ invoiceId }) => ({ body: { invoiceId, attributeSet: "basic" } }),
  exportUnbilledLines: () => ({ body: { currencyCode: "USD", billingPeriod: "last" } }),
  exportBilledUsage: ({ invoiceId }) => ({ body: { invoiceId } }),
  exportUnbilledUsage: () => ({ body: { currencyCode: "USD", billingPeriod: "current" } }),
  getExportOperation: async (world) => ({ params: { operationId: await newExport(world) } }),
  getExportManifest: async (world) => ({ params: { manifestId: await newExport(world) } }),

  voidInvoice: async (world) => ({ params: await ofNewInvoice(world), body: { reason: "Test" } }),
  creditInvoice: async (world) => ({ params: await ofNewInvoice(world), body: { amount: "0.01" } }),
  rebillInvoice: async (world) => ({ params: await ofNewInvoice(world) }),

  // The control plane
  getClock: none,
  setClock: () => ({ body: { frozen: true } }),
  createPartner: () => ({ body: { name: "Walked partner" } }),
  setTaxExemption: async (world) => ({
    params: await ofNewCustomer(world),
    body: { exempt: true },
  }),
  setExchangeRates: () => ({
    body: { items: [{ from: "EUR", to: "USD", month: "2031-01", rate: "1.0841" }] },
  }),
};

/** Further valid calls, with ids that the plain samples leave out. */
const furtherSamples: Partial<Record<OperationId, Make>> = {
  createCustomer: ({ reseller }) => ({
    body: { ...newCustomerBody(), associatedPartnerId: reseller.id },
  }),
  getAgreementStatus: ({ reseller }) => ({ query: { tenantId: reseller.id } }),
  getMpnProfile: ({ reseller }) => ({ query: { mpnId: reseller.mpnId } }),
};

/** Every operation, and once more for each further method under which it is served. */
export const walk: [string, Operation][] = allOperations.flatMap((operation) => [
  [operation.id, operation],
  ...(operation.alsoMethods ?? []).map((method): [string, Operation] => [
    `${operation.id} by ${method}`,
    { ...operation, method, readOnly: isRead(operation) },
  ]),
]);

/** The sample of an operation; the compiler sees to it that there is one. */
export async function sampleOf({ id }: Operation, world: World): Promise<Sample> {
  const make = samples[id as OperationId] as Make | undefined;
  if (!make) throw new Error(`the operation ${id} has no sample`);
  return make(world);
}

/** All samples of an operation, the plain one first. */
export async function samplesOf(operation: Operation, world: World): Promise<Sample[]> {
  const further = furtherSamples[operation.id as OperationId];
  const plain = await sampleOf(operation, world);
  return further ? [plain, await further(world)] : [plain];
}

/** True for an operation that changes nothing, so that it has nothing to replay. */
export function isRead({ method, readOnly }: Operation): boolean {
  return method === "GET" || method === "HEAD" || readOnly === true;
}

/** The path of a call, with `/v1` where the operation belongs to the contract. */
export function urlOf(operation: Operation, { params = {}, query = {} }: Sample): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const search = new URLSearchParams(query).toString();
  const base = operation.area === "sandbox" ? "" : "/v1";
  return `${base}${path}${search === "" ? "" : `?${search}`}`;
}

/** Calls an operation as a sample says. */
export function callSample(
  server: Pick<TestServer, "call">,
  operation: Operation,
  sample: Sample,
  options: CallOptions = {},
): Promise<TestAnswer> {
  return server.call(operation.method, urlOf(operation, sample), {
    ...(sample.body === undefined ? {} : { body: sample.body }),
    ...options,
  });
}
