/** What may happen in the shop, as fast-check's commands: the call, and what it must answer. */
import fc from "fast-check";
import { expect } from "vitest";
import {
  expectAgreement,
  expectEntitlements,
  expectInvoices,
  expectUnbilled,
  seenCart,
  seenOrder,
  wire,
} from "./agreement.ts";
import { basePath, cartLines, type RealShop } from "./real-shop.ts";
import {
  type Cart,
  cancel,
  cartState,
  checkedLines,
  type Good,
  goods,
  groupsOf,
  isSold,
  type Line,
  place,
  type Shop,
  setPrice,
} from "./shop-model.ts";

type Command = fc.AsyncCommand<Shop, RealShop>;

/** A command whose name tells how to do it by hand; afterwards everything is compared. */
function command(
  name: string,
  run: (model: Shop, real: RealShop) => Promise<void>,
  isPossible: (model: Shop) => boolean = () => true,
): Command {
  return {
    toString: () => name,
    check: isPossible,
    async run(model, real) {
      await run(model, real);
      await expectAgreement(model, real);
    },
  };
}

const told = (lines: readonly Line[]) =>
  lines.map(({ good, quantity }) => `${quantity} ${good}`).join(" + ");

/** The one that a number drawn from a wide range stands for. */
const chosen = <T>(from: readonly T[], number: number): T => from[number % from.length] as T;

const createCart = (lines: Line[]) =>
  command(`create a cart of ${told(lines)}`, async (model, real) => {
    const { answer } = await real.write("POST", `${basePath(real)}/carts`, {
      lineItems: cartLines(real, lines),
    });
    expect(answer.status).toBe(201);
    const cart: Cart = {
      id: answer.body.id,
      createdAt: model.now,
      modifiedAt: model.now,
      lines: checkedLines(model, lines),
      orders: undefined,
    };
    model.carts.push(cart);
    expect(answer.body).toMatchObject(seenCart(real, cart));
    expect(answer.body.expirationTimestamp).toBe(wire(model.now + 7 * 24 * 3600 * 1000));
  });

const hasCarts = ({ carts }: Shop) => carts.length > 0;
const hasOrders = ({ orders }: Shop) => orders.length > 0;

const updateCart = (which: number, lines: Line[]) =>
  command(
    `make cart ${which} one of ${told(lines)}`,
    async (model, real) => {
      const cart = chosen(model.carts, which);
      const { answer } = await real.write("PUT", `${basePath(real)}/carts/${cart.id}`, {
        lineItems: cartLines(real, lines),
      });
      const state = cartState(cart, model.now);
      if (state === "gone") expect([answer.status, answer.body.code]).toEqual([404, 800008]);
      if (state === "Ordered") expect(answer.status).toBe(400);
      if (state !== "Active") return;
      cart.lines = checkedLines(model, lines);
      cart.modifiedAt = model.now;
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject(seenCart(real, cart));
    },
    hasCarts,
  );

const checkout = (which: number) =>
  command(
    `check cart ${which} out`,
    async (model, real) => {
      const cart = chosen(model.carts, which);
      const { answer, requestId } = await real.write(
        "POST",
        `${basePath(real)}/carts/${cart.id}/checkout`,
      );
      const { status, body } = answer;
      if (cartState(cart, model.now) === "gone") {
        expect([status, body.code]).toEqual([404, 800008]);
      } else if (cart.orders) {
        expect(status).toBe(201);
        expect(body.orders).toMatchObject(cart.orders.map((order) => seenOrder(real, order)));
      } else if (!isSold(model, cart.lines)) {
        expect([status, body.code]).toEqual([400, 800009]);
      } else {
        expect(status).toBe(201);
        const groups = groupsOf(cart.lines);
        expect(body.orders).toHaveLength(groups.length);
        cart.lines = checkedLines(model, cart.lines);
        cart.orders = groups.map((lines, index) =>
          place(model, body.orders[index].id, lines, requestId),
        );
        const fresh = cart.orders.map((order) => seenOrder(real, order, "pending"));
        expect(body.orders).toMatchObject(fresh);
      }
      if (status === 201) expect(body.orderErrors ?? []).toEqual([]);
    },
    hasCarts,
  );

const orderDirectly = (lines: Line[]) =>
  command(`order ${told(lines)}`, async (model, real) => {
    const { answer, requestId } = await real.write("POST", `${basePath(real)}/orders`, {
      billingCycle: goods[lines[0]?.good ?? "perpetual"].cycle,
      lineItems: lines.map(({ good, quantity }, lineItemNumber) => ({
        lineItemNumber,
        offerId: real.items[good],
        quantity,
      })),
    });
    const faults = [
      ...(isSold(model, lines) ? [] : [800020]),
      ...(groupsOf(lines).length > 1 ? [800002] : []),
    ];
    // Of two faults either may be told.
    if (faults.length > 0) {
      expect(faults).toContain(answer.body.code);
      return;
    }
    expect(answer.status).toBe(201);
    const order = place(model, answer.body.id, lines, requestId);
    expect(answer.body).toMatchObject(seenOrder(real, order, "pending"));
  });

const cancelLines = (which: number, numbers: number[] | undefined) =>
  command(
    `cancel ${numbers ? `lines ${numbers.join(", ")} of ` : ""}order ${which}`,
    async (model, real) => {
      const order = chosen(model.orders, which);
      const named = numbers?.map((number) => number % order.lines.length);
      const { answer, requestId } = await real.write(
        "PATCH",
        `${basePath(real)}/orders/${order.id}`,
        {
          status: "cancelled",
          ...(named && { lineItems: named.map((lineItemNumber) => ({ lineItemNumber })) }),
        },
      );
      const effect = cancel(model, order, named ?? [...order.lines.keys()], requestId);
      if (effect === "too late") {
        expect([answer.status, answer.body.code]).toEqual([400, 900117]);
        return;
      }
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject(seenOrder(real, order));
    },
    hasOrders,
  );

const hour = 3600 * 1000;

const advanceClock = (hours: number) =>
  command(`let ${hours} hours pass`, async (model, real) => {
    // Not through `write`: its repeat is no repeat of an effect on the shop.
    model.now += hours * hour;
    const moved = await real.server.call("POST", "/_kontor/clock", {
      body: { set: new Date(model.now).toISOString() },
    });
    expect(moved.status).toBe(200);
  });

const importPrice = (good: Good, micros: bigint, inHours: number, forHours: number | null) =>
  command(
    `price ${good} at ${micros} in ${inHours} hours${forHours ? ` for ${forHours}` : ""}`,
    async (model, real) => {
      const from = model.now + inHours * hour;
      const price = { from, to: forHours === null ? null : from + forHours * hour, micros };
      await real.importPrice(good, price);
      setPrice(model, good, price);
    },
  );

const repeat = (which: number) =>
  command(
    `send write ${which} again`,
    async (_model, real) => {
      if (real.sent.length === 0) return;
      const earlier = chosen(real.sent, which);
      const answer = await real.again(earlier);
      expect([answer.status, answer.text]).toEqual([earlier.answer.status, earlier.answer.text]);
      expect(answer.headers["kontor-replayed"]).toBe("true");
    },
    hasCarts,
  );

const readRest = command("look at what is entitled, unbilled and invoiced", async (model, real) => {
  await expectEntitlements(model, real);
  await expectUnbilled(model, real);
  await expectInvoices(model, real);
});

const good = fc.constantFrom(...(Object.keys(goods) as Good[]));
const line = fc.record({ good, quantity: fc.integer({ min: 1, max: 9 }) });
const lines = fc.array(line, { minLength: 1, maxLength: 4 });
const ordered = fc.oneof(
  // Of one cycle, which is what an order takes, and now and then of several, which it refuses.
  {
    weight: 4,
    arbitrary: fc.array(
      line.map((one) => ({ ...one, good: "term" as const })),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { weight: 1, arbitrary: lines },
);
const which = fc.nat({ max: 11 });
/** Cents and parts of them, so that every cut of the rounding rule has something to cut. */
const micros = fc.bigInt({ min: 10_000n, max: 999_999_999n });
const span = fc.constantFrom(1, 24, 5 * 24, 7 * 24, 8 * 24, 20 * 24, 31 * 24, 61 * 24);

/** Sequences of commands, weighted towards what makes and changes orders. */
export const commands = (settings: fc.CommandsContraints) =>
  fc.commands<Shop, RealShop, false>(
    [
      lines.map(createCart),
      lines.map(createCart),
      fc.tuple(which, lines).map(([cart, wanted]) => updateCart(cart, wanted)),
      which.map(checkout),
      which.map(checkout),
      which.map(checkout),
      ordered.map(orderDirectly),
      which.map((order) => cancelLines(order, undefined)),
      fc
        .tuple(which, fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 2 }))
        .map(([order, numbers]) => cancelLines(order, numbers)),
      span.map(advanceClock),
      span.map(advanceClock),
      fc
        .tuple(good, micros, fc.constantFrom(0, 24, 8 * 24), fc.constantFrom(null, null, 48))
        .map(([which_, price, inHours, forHours]) => importPrice(which_, price, inHours, forHours)),
      which.map(repeat),
      fc.constant(readRest),
    ],
    settings,
  );
