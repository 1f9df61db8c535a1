/**
 * What a new sandbox starts with: the well-known partner, the default catalog, three customers
 * with an Azure subscription each, and one published invoice. Made by the same use cases that
 * serve requests, at earlier instants of the partner's clock.
 */
import {
  agreementOperations,
  agreementTemplates,
  cartOperations,
  customerOperations,
  type Operation,
  orderOperations,
  subscriptionOperations,
} from "@kontor/contract";
import { addDays, nextPeriod, periodOf, startOfPeriod } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { randomId } from "../../../foundation/ids.ts";
import type { Context, Installation, Partner } from "../../../foundation/partner.ts";
import { checkoutCart, createCart } from "../../carts/index.ts";
import { catalogItemIdOf, defaultCatalog, seedCatalog } from "../../catalog/index.ts";
import { confirmAgreement, createCustomer } from "../../customers/index.ts";
import { type DueHandlers, runDueWork } from "../../due/index.ts";
import {
  ensureWellKnownPartner,
  loadPartner,
  wellKnownSignIn,
  wellKnownUser,
} from "../../identity/index.ts";
import { createOrder } from "../../orders/index.ts";
import { loadCustomerSubscriptions, registerSubscription } from "../../subscriptions/index.ts";

export interface SeedOptions {
  /** `partner` stops after partner and catalog: an empty account to begin with. */
  extent: "full" | "partner";
  /** `none` leaves the catalog to an import; `full` needs the default one. */
  catalog: "default" | "none";
}

export async function seedSandbox(
  database: Database,
  installation: Installation,
  dueHandlers: DueHandlers,
  { extent, catalog }: SeedOptions,
  system: Date,
): Promise<void> {
  if (await loadPartner(database, wellKnownSignIn.partner.id)) return;
  if (catalog === "default") await seedCatalog(database);
  await database.transaction(async (tx) => {
    // Of two processes that start at once, the second finds the partner made and stops here.
    const partnerId = await ensureWellKnownPartner(tx, firstDay(system));
    if (partnerId === undefined || extent === "partner") return;
    const partner = await loadPartner(tx, partnerId, "update");
    if (!partner) throw new Error("the well-known partner was not stored");
    const made = await seedCustomers(tx, installation, partner, system);
    await seedPurchase(tx, installation, partner, made, system);
    await runDueWork(tx, partner, system, dueHandlers);
  });
}

/** The first day of the latest month whose invoice is out: they are published on the eighth. */
function firstDay(system: Date): Date {
  const months = system.getUTCDate() >= 8 ? -1 : -2;
  return startOfPeriod(nextPeriod(periodOf(system), months));
}

function at(system: Date, day: number): Date {
  return addDays(firstDay(system), day - 1);
}

function contextOf(
  tx: Db,
  installation: Installation,
  partner: Partner,
  now: Date,
  operation: Operation,
): Context {
  return {
    db: tx,
    now,
    partner,
    caller: {
      partnerId: partner.partnerId,
      kind: "user",
      objectId: wellKnownUser.userId,
      applicationId: wellKnownUser.clientId,
      userName: wellKnownUser.name,
      roles: wellKnownUser.roles,
    },
    operation,
    installation,
    locale: "en-US",
    requestId: randomId(),
    correlationId: randomId(),
    origin: "",
    header: () => undefined,
  };
}

const customers = [
  {
    domain: "fabrikam.onmicrosoft.com",
    companyName: "Fabrikam",
    culture: "en-US",
    language: "en",
    firstName: "Ada",
    lastName: "Coleman",
    email: "ada@fabrikam.example",
    address: {
      country: "US",
      city: "Seattle",
      state: "WA",
      addressLine1: "400 Pine Street",
      postalCode: "98101",
      phoneNumber: "2065550100",
    },
  },
  {
    domain: "wingtiptoys.onmicrosoft.com",
    companyName: "Wingtip Toys",
    culture: "de-DE",
    language: "de",
    firstName: "Jonas",
    lastName: "Weber",
    email: "jonas@wingtiptoys.example",
    address: {
      country: "DE",
      city: "Hamburg",
      addressLine1: "Speicherstrasse 12",
      postalCode: "20457",
    },
  },
  {
    domain: "tailspintoys.onmicrosoft.com",
    companyName: "Tailspin Toys",
    culture: "ja-JP",
    language: "ja",
    firstName: "Haruka",
    lastName: "Mori",
    email: "haruka@tailspintoys.example",
    address: {
      country: "JP",
      city: "Yokohama",
      addressLine1: "2-3-1 Minatomirai",
      postalCode: "220-0012",
    },
  },
] as const;

/** Makes the customers; answers the first one with its registered subscription. */
async function seedCustomers(tx: Db, installation: Installation, partner: Partner, system: Date) {
  const made: { customerId: string; subscriptionId: string }[] = [];
  for (const [index, wanted] of customers.entries()) {
    const context = (operation: Operation) =>
      contextOf(tx, installation, partner, at(system, 2), operation);
    const { firstName, lastName, email, address } = wanted;
    const customer = await createCustomer(context(customerOperations.createCustomer), {
      companyProfile: { domain: wanted.domain },
      billingProfile: {
        email,
        culture: wanted.culture,
        language: wanted.language,
        companyName: wanted.companyName,
        firstName,
        lastName,
        defaultAddress: { ...address, firstName, lastName },
      },
    });
    await confirmAgreement(context(agreementOperations.confirmCustomerAgreement), customer.id, {
      primaryContact: { firstName, lastName, email },
      templateId: agreementTemplates.MicrosoftCustomerAgreement,
      dateAgreed: at(system, 2).toISOString(),
      type: "MicrosoftCustomerAgreement",
    });
    await createOrder(context(orderOperations.createOrder), customer.id, {
      billingCycle: "monthly",
      lineItems: [{ offerId: "MS-AZR-0145P", quantity: 1 }],
    });
    const [azure] = await loadCustomerSubscriptions(tx, partner.partnerId, customer.id);
    if (!azure) throw new Error(`customer ${index} has no subscription`);
    made.push({ customerId: customer.id, subscriptionId: azure.subscriptionId });
  }
  const [first] = made;
  if (!first) throw new Error("no customer was made");
  const context = contextOf(
    tx,
    installation,
    partner,
    at(system, 3),
    subscriptionOperations.registerSubscription,
  );
  await registerSubscription(context, first.customerId, first.subscriptionId);
  return first;
}

/** One reservation, one perpetual and one term software, bought in the middle of the month. */
async function seedPurchase(
  tx: Db,
  installation: Installation,
  partner: Partner,
  buyer: { customerId: string; subscriptionId: string },
  system: Date,
): Promise<void> {
  const context = (operation: Operation) =>
    contextOf(tx, installation, partner, at(system, 15), operation);
  const { offers, restrictions } = defaultCatalog();
  const restricted = new Set(restrictions.map(({ productId, skuId }) => `${productId}:${skuId}`));
  const itemOf = (kind: string) => {
    const offer = offers.find(
      (candidate) =>
        candidate.product.kind === kind &&
        candidate.market === "US" &&
        candidate.segment === "commercial" &&
        candidate.reservationScope !== "AzurePlan" &&
        !restricted.has(`${candidate.product.id}:${candidate.sku.id}`),
    );
    if (!offer) throw new Error(`the default catalog sells no ${kind} in the US`);
    return catalogItemIdOf(offer);
  };
  const cart = await createCart(context(cartOperations.createCart), buyer.customerId, {
    lineItems: [
      {
        catalogItemId: itemOf("reservation"),
        quantity: 2,
        provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" },
      },
      { catalogItemId: itemOf("perpetual_software"), quantity: 5 },
      { catalogItemId: itemOf("term_software"), quantity: 3 },
    ],
  });
  const result = await checkoutCart(
    context(cartOperations.checkoutCart),
    buyer.customerId,
    cart.id,
  );
  if (result.orders.length !== 1) throw new Error("the seed's purchase made no order");
}
