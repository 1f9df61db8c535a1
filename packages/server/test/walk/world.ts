/** A partner in the middle of its business, made through the API: what a valid call can refer to. */
import { randomInt } from "node:crypto";
import { randomId } from "../../src/foundation/ids.ts";
import type { wellKnownSignIn } from "../../src/modules/identity/index.ts";
import type { TestServer } from "../harness.ts";
import { type Buyer, newBuyer, offerOf, threeLines } from "../shop.ts";
import { type KeyPath, keyPathOf, moveToTaiwan } from "./store.ts";

export interface World {
  /** Calls as this partner: `user` is its first user, `app` its app. */
  server: TestServer;
  /** An indirect reseller, through whom the partner sells. */
  reseller: { id: string; mpnId: string };
  customerId: string;
  /** The customer's. */
  domain: string;
  /** Azure subscription of the customer, registered. */
  subscriptionId: string;
  cartId: string;
  orderId: string;
  /** Path of the details of a reservation that the customer owns. */
  artifact: { groupId: string; lineItemId: string; resourceId: string };
  /** Path of the product key of software that the customer owns. */
  productKey: KeyPath;
  /** The newest invoice. */
  invoiceId: string;
}

type SignIn = typeof wellKnownSignIn;

/** The server as another partner sees it. */
async function asPartner(server: TestServer, who: SignIn): Promise<TestServer> {
  const tokens = new Map([
    ["user", await server.signIn("user", who)],
    ["app", await server.signIn("app", who)],
  ]);
  const call: TestServer["call"] = (method, path, { token = "user", ...options } = {}) =>
    server.call(method, path, { ...options, token: tokens.get(token) ?? token });
  return {
    ...server,
    partnerId: who.partner.id,
    call,
    async at(instant) {
      await expectStatus(
        call("POST", "/_kontor/clock", { body: { set: instant, frozen: true } }),
        200,
      );
    },
  };
}

/** A further partner with nothing in it, as the body of its making says. */
export async function newPartner(
  server: TestServer,
  body: Readonly<Record<string, unknown>> = {},
): Promise<TestServer & { signInAs: SignIn }> {
  const made = await expectStatus(server.call("POST", "/_kontor/partners", { body }), 201);
  return { ...(await asPartner(server, made.body)), signInAs: made.body };
}

export async function expectStatus<T extends { status: number; text: string }>(
  answer: Promise<T>,
  status: number,
): Promise<T> {
  const got = await answer;
  if (got.status !== status) throw new Error(`${got.status} in place of ${status}: ${got.text}`);
  return got;
}

/** After the invoice of the month before, and two weeks more, when its receipt of tax is there. */
const months = ["2030-01-10T09:00:00Z", "2030-02-25T09:00:00Z", "2030-03-25T09:00:00Z"];

/**
 * Trades for a number of months, one invoice each, and begins a further one, in which the clock
 * stands still.
 */
export async function trade(server: TestServer, invoices = 1): Promise<World> {
  await server.at(months[0] ?? "");
  const buyer = await newBuyer(server);
  const customer = `/v1/customers/${buyer.customerId}`;
  let orderId = "";
  for (const month of months.slice(1, invoices + 1)) {
    orderId = await buy(server, buyer);
    await server.at(month);
  }
  const entitlements = await expectStatus(
    server.call("GET", `${customer}/entitlements?entitlementType=reservedinstance`),
    200,
  );
  const artifact = String(entitlements.body.items[0].entitledArtifacts[0].link.uri);
  const [, groupId = "", lineItemId = "", resourceId = ""] =
    /groups\/([^/]+)\/lineitems\/([^/]+)\/resource\/([^/]+)$/.exec(artifact) ?? [];
  const listed = await expectStatus(server.call("GET", "/v1/invoices"), 200);
  const found = await expectStatus(server.call("GET", customer), 200);
  await moveToTaiwan(server.database, server.partnerId);
  return {
    server,
    reseller: await newReseller(server),
    ...buyer,
    domain: found.body.companyProfile.domain,
    cartId: await newCart(server, buyer),
    orderId,
    artifact: { groupId, lineItemId, resourceId },
    productKey: await keyPathOf(server.database, orderId),
    invoiceId: listed.body.items.at(-1).id,
  };
}

async function buy(server: TestServer, buyer: Buyer): Promise<string> {
  const cartId = await newCart(server, buyer);
  const path = `/v1/customers/${buyer.customerId}/carts/${cartId}/checkout`;
  const done = await expectStatus(server.call("POST", path), 201);
  return done.body.orders[0].id;
}

/** A cart that can be checked out. */
export async function newCart(server: TestServer, buyer: Buyer): Promise<string> {
  const made = await expectStatus(
    server.call("POST", `/v1/customers/${buyer.customerId}/carts`, {
      body: { lineItems: threeLines(buyer) },
    }),
    201,
  );
  return made.body.id;
}

/** What makes an indirect reseller with a domain and an MPN id of its own. */
export function resellerBody() {
  return {
    mpnId: String(randomInt(1_000_000, 1_000_000_000)),
    tenant: { domainPrefix: `r${randomId().slice(0, 13)}`, displayName: "Reseller", country: "US" },
    legalBusinessProfile: { companyName: "Walked reseller" },
  };
}

export async function newReseller(server: TestServer): Promise<World["reseller"]> {
  const body = resellerBody();
  const made = await expectStatus(
    server.call("POST", "/v1/sandboxIndirectReseller", { body }),
    200,
  );
  return { id: made.body.accountId, mpnId: body.mpnId };
}

/** An item of the catalog that anybody may buy, by its parts. */
export const software = offerOf("perpetual_software");
export const reservation = offerOf("reservation");
