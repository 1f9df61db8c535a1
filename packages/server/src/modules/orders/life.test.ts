import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMs } from "../../foundation/clock.ts";
import { after, type Life, lineLife, type OrderEvent, orderLife } from "./life.ts";
import { lineState, orderStatus } from "./order.ts";

/** Every pair of state and event of a table, with where it leads. */
function stepsOf<State extends string, Event extends string>(
  life: Life<State, Event>,
  events: readonly Event[],
) {
  return (Object.keys(life) as State[]).flatMap((state) =>
    events.map((event) => ({ state, event, to: after(life, state, event) })),
  );
}

const lineSteps = stepsOf(lineLife, ["fulfil", "cancel"]);
const orderSteps = stepsOf(orderLife, ["fulfil", "cancelSome", "cancelRest"]);

const fulfilledAt = new Date("2030-01-10T00:00:00Z");
const times = { before: addMs(fulfilledAt, -1), from: fulfilledAt };
/** A line in each state, and the instant at which it is in it. */
const lines = {
  prefulfillmentPending: { now: times.before, cancelledAt: null },
  fulfilled: { now: times.from, cancelledAt: null },
  unfulfilled: { now: times.from, cancelledAt: times.before },
} as const;

describe("a line", () => {
  test.each(lineSteps.filter(({ to }) => to))("$state, $event: $to", ({ state, event, to }) => {
    const { now, cancelledAt } = lines[state];
    const order = { fulfilledAt };
    expect(lineState(order, { cancelledAt }, now)).toBe(state);
    const then =
      event === "cancel"
        ? lineState(order, { cancelledAt: now }, now)
        : lineState(order, { cancelledAt }, times.from);
    expect(then).toBe(to);
  });

  test.each(lineSteps.filter(({ to }) => !to))("$state stays so, there is no $event", (step) => {
    const { now, cancelledAt } = lines[step.state];
    // Neither time nor a further cancellation brings it anywhere.
    expect(lineState({ fulfilledAt }, { cancelledAt }, addMs(now, 1e9))).toBe(step.state);
    expect(step.state === "prefulfillmentPending").toBe(false);
  });
});

test("an order has every step that the sources draw, and no other", () => {
  const drawn = orderSteps.filter(({ to }) => to).map(({ state, to }) => `${state} ${to}`);
  expect(new Set(drawn)).toEqual(
    new Set([
      "pending completed",
      "pending pending",
      "pending cancelled",
      "completed completed",
      "completed cancelled",
    ]),
  );
  for (const { state, to } of orderSteps) if (state === "cancelled") expect(to).toBeUndefined();
});

test("whatever happens to its lines, an order's status takes legal steps alone", () => {
  const someEvents = fc.array(fc.nat({ max: 5 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), someEvents, (count, events) => {
      const order = {
        fulfilledAt,
        lines: Array.from({ length: count }, () => ({ cancelledAt: null as Date | null })),
      };
      let now: Date = times.before;
      for (const event of events) {
        const before = orderStatus(order, now);
        const line = order.lines[event];
        let happened: OrderEvent | undefined;
        if (line && after(lineLife, lineState(order, line, now), "cancel")) {
          line.cancelledAt = now;
          const isRest = order.lines.every(({ cancelledAt }) => cancelledAt !== null);
          happened = isRest ? "cancelRest" : "cancelSome";
        } else if (!line && now < fulfilledAt && before !== "cancelled") {
          now = times.from;
          happened = "fulfil";
        }
        const status = orderStatus(order, now);
        expect(status).toBe(happened ? after(orderLife, before, happened) : before);
      }
    }),
  );
});
