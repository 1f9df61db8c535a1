/** Compares the server with the model: what it answers, and what its database holds. */
import { expect } from "vitest";
import { verifyBooks } from "../../src/modules/billing/index.ts";
import { basePath, type RealShop } from "./real-shop.ts";
import {
  type Cart,
  type Charge,
  cartState,
  chargesOf,
  entitledTo,
  goods,
  invoicesOf,
  type Order,
  orderState,
  owedFor,
  type Shop,
  unbilledOf,
} from "./shop-model.ts";
import { readBooks, recordsOfOrders, storedCharges, storedInvoices } from "./store.ts";

/** An instant as the wire has it. */
export const wire = (at: number) => `${new Date(at).toISOString().slice(0, -1)}0000Z`;

/** Cents of an amount on the wire, which has no more digits than that. */
const cents = (amount: number) => BigInt(Math.round(amount * 100));

/** A cart as the wire shows it, in what the model tells of it. */
export function seenCart(real: RealShop, cart: Cart) {
  return {
    id: cart.id,
    status: cart.orders ? "Ordered" : "Active",
    creationTimestamp: wire(cart.createdAt),
    lastModifiedTimestamp: wire(cart.modifiedAt),
    lineItems: cart.lines.map(({ good, quantity, inError }) => ({
      catalogItemId: real.items[good],
      quantity,
      ...(inError ? { error: { errorCode: 10001 } } : { currencyCode: "USD" }),
    })),
  };
}

/** An order as the wire shows it; `status` where it is not the one of now. */
export function seenOrder(real: RealShop, order: Order, status: string = orderState(order)) {
  return {
    id: order.id,
    status,
    creationDate: wire(order.placedAt),
    currencyCode: "USD",
    billingCycle: goods[order.lines[0]?.good ?? "perpetual"].cycle,
    lineItems: order.lines.map(({ good, quantity, cancelledAt }, lineItemNumber) => ({
      lineItemNumber,
      offerId: real.items[good],
      quantity: cancelledAt !== null && status !== "cancelled" ? 0 : quantity,
    })),
  };
}

/** Everything that can be seen at this moment is what the model says. */
export async function expectAgreement(model: Shop, real: RealShop): Promise<void> {
  await Promise.all([
    ...model.carts.map((cart) => expectCart(model, real, cart)),
    expectOrders(model, real),
    expectFacts(model, real),
  ]);
}

async function expectCart(model: Shop, real: RealShop, cart: Cart): Promise<void> {
  const { status, body } = await real.read(`${basePath(real)}/carts/${cart.id}`);
  if (cartState(cart, model.now) === "gone") {
    expect([status, body.code]).toEqual([404, 800008]);
  } else {
    expect(status).toBe(200);
    expect(body).toMatchObject(seenCart(real, cart));
  }
}

async function expectOrders(model: Shop, real: RealShop): Promise<void> {
  const { status, body } = await real.read(`${basePath(real)}/orders?include_price=true`);
  expect(status).toBe(200);
  const byId = new Map(body.items.map((order: { id: string }) => [order.id, order]));
  expect(body.totalCount).toBe(model.orders.length);
  for (const order of model.orders) {
    const found = byId.get(order.id) as ReturnType<typeof JSON.parse>;
    expect(found).toMatchObject(seenOrder(real, order));
    const owed = order.lines.map((_line, number) => owedFor(order, number, model.now));
    const shown = found.lineItems.map((line: { pricing: { extendedPrice: number } }) =>
      cents(line.pricing.extendedPrice),
    );
    expect(shown).toEqual(owed);
    expect(cents(found.totalPrice)).toBe(owed.reduce((sum, one) => sum + one, 0n));
    const units = found.lineItems.map((line: { pricing: { price: number } }) =>
      cents(line.pricing.price),
    );
    expect(units).toEqual(order.lines.map(({ micros }) => micros / 10_000n));
  }
}

/** A charge as one text, so that two lists of them can be sorted and compared. */
const word = (charge: Omit<Charge, "at" | "type"> & { at: Date | number; type: string }) => {
  const { orderId, lineNumber, type, at, cents: amount } = charge;
  return `${orderId}:${lineNumber} ${type} ${new Date(at).toISOString()} ${amount}`;
};

async function expectFacts(model: Shop, real: RealShop): Promise<void> {
  const { database, partnerId } = real.server;
  const charges = chargesOf(model);
  const [stored, invoices, books, told] = await Promise.all([
    storedCharges(database, partnerId),
    storedInvoices(database, partnerId),
    readBooks(database, partnerId),
    recordsOfOrders(database, partnerId),
  ]);
  expect(stored.map(word).toSorted()).toEqual(charges.map(word).toSorted());
  expect(invoices).toEqual(invoicesOf(model));
  expect(books).toEqual({
    carts: BigInt(model.carts.length),
    orders: BigInt(model.orders.length),
    charges: BigInt(charges.length),
    chargesPosted: BigInt(charges.filter((charge) => charge.cents !== 0n).length),
    sum: 0n,
    unbalanced: 0n,
  });
  const records = model.orders.map(({ id, requests }) => ({
    orderId: id,
    requests,
    operations: requests.map((_one, index) => (index === 0 ? "create_order" : "update_order")),
  }));
  const byOrder = (a: { orderId: string }, b: { orderId: string }) =>
    a.orderId < b.orderId ? -1 : 1;
  expect(told.toSorted(byOrder)).toEqual(records.toSorted(byOrder));
}

export async function expectEntitlements(model: Shop, real: RealShop): Promise<void> {
  const { status, body } = await real.read(`${basePath(real)}/entitlements`);
  expect(status).toBe(200);
  const seen = body.items.map(
    (one: { quantity: number; referenceOrder: { id: string; lineItemId: string } }) => [
      `${one.referenceOrder.id}:${one.referenceOrder.lineItemId}`,
      one.quantity,
    ],
  );
  expect(new Map(seen)).toEqual(entitledTo(model));
  expect(seen).toHaveLength(entitledTo(model).size);
}

export async function expectUnbilled(model: Shop, real: RealShop): Promise<void> {
  for (const month of ["current", "previous"] as const) {
    const query = `provider=onetime&invoicelineitemtype=billinglineitems&currencycode=usd`;
    const { status, body } = await real.read(
      `/v1/invoices/unbilled/lineitems?${query}&period=${month}`,
    );
    expect(status).toBe(200);
    const seen = body.items.map((line: Record<string, never>) =>
      [line.orderId, line.chargeType, line.orderDate, cents(line.subtotal ?? 0)].join(" "),
    );
    const due = unbilledOf(model, month).map(({ orderId, type, at, cents: amount }) =>
      [orderId, type, wire(at), amount].join(" "),
    );
    expect(seen.toSorted()).toEqual(due.toSorted());
  }
}

export async function expectInvoices(model: Shop, real: RealShop): Promise<void> {
  const { status, body } = await real.read("/v1/invoices");
  expect(status).toBe(200);
  const due = invoicesOf(model);
  expect(body.totalCount).toBe(due.length);
  expect(await verifyBooks(real.server.database, real.server.partnerId)).toEqual([]);
}
