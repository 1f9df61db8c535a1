/** The page of the states: every diagram and table drawn from the tables that the server runs by. */
import { cartLife } from "../packages/server/src/modules/carts/life.ts";
import { transitions as entitlementLife } from "../packages/server/src/modules/entitlements/state.ts";
import { lineLife, orderLife } from "../packages/server/src/modules/orders/life.ts";
import { transitions as subscriptionLife } from "../packages/server/src/modules/subscriptions/lifecycle.ts";

interface Step {
  from: string;
  event: string;
  to: string;
}

interface Machine {
  title: string;
  about: string;
  start: string;
  steps: readonly Step[];
  /** What each event is; every event of the steps has its words, and no other. */
  events: Readonly<Record<string, string>>;
}

function stepsOf(life: Readonly<Record<string, Readonly<Record<string, string>>>>): Step[] {
  return Object.entries(life).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => ({ from, event, to })),
  );
}

function subscriptionSteps(family: "usage" | "license"): Step[] {
  return subscriptionLife
    .filter((one) => one.family === family)
    .map(({ from, by, to }) => ({ from, event: by, to }));
}

const ended = "the relationship with the customer ends, in a live database";

/** In the order of a purchase. */
export const machines: readonly Machine[] = [
  {
    title: "Cart",
    about:
      "The wire shows `Active` until every group has its order, then `Ordered`; an expired cart is " +
      "not found. A cart has no record of its own: the orders that it becomes have theirs.",
    start: "active",
    steps: stepsOf(cartLife),
    events: {
      update: "`PUT …/carts/{id}`",
      orderSome: "a checkout in which some groups could not be ordered",
      orderRest: "a checkout that leaves no group without an order",
      expire: "its life is over (derived)",
    },
  },
  {
    title: "Order line",
    about: "In the words of the provisioning status. The record stands at the order.",
    start: "prefulfillmentPending",
    steps: stepsOf(lineLife),
    events: {
      fulfil: "the profile's time for provisioning is over (derived)",
      cancel:
        "`PATCH …/orders/{id}` that names it or names no line, or its subscription's `deleted`",
    },
  },
  {
    title: "Order",
    about: "Follows from the lines.",
    start: "pending",
    steps: stepsOf(orderLife),
    events: {
      fulfil: "its lines are fulfilled (derived)",
      cancelSome: "lines are cancelled, and one stands",
      cancelRest: "the last lines that stood are cancelled",
    },
  },
  {
    title: "Entitlement",
    about: "Nothing of it is stored: it follows from the order line and the time.",
    start: "pending",
    steps: stepsOf(entitlementLife),
    events: {
      fulfilled: "the order line is fulfilled (derived)",
      cancelled: "the order line is cancelled (derived)",
      termEnded: "the last day of the term is over, and no other follows (derived)",
    },
  },
  {
    title: "Azure subscription",
    about: "Charged for use, so it rests instead of ending.",
    start: "active",
    steps: subscriptionSteps("usage"),
    events: {
      suspend: "`PATCH …/subscriptions/{id}` with the status `suspended`",
      activate: "the same with the status `active`",
      end_relationship: ended,
    },
  },
  {
    title: "Subscription of software or of a service",
    about: "Paid for its term. One whose term is over shows as `deleted` (derived).",
    start: "active",
    steps: subscriptionSteps("license"),
    events: {
      cancel: "its status `deleted` is asked for, or its order line is cancelled",
      renew: "its term ends and it renews",
      end_relationship: ended,
    },
  },
];

const intro = `# States

Made from the tables in the code by \`node scripts/states.ts --write\`; a test compares them. What is
not drawn does not happen: it is refused, or changes nothing.

Every change of an order, a line or a subscription that is not derived from a row and the time
leaves a record in the audit trail: who asked for it, when, and in which request. What Kontor does
by itself, such as a renewal, it records under its own name. What is derived needs no record: there
is no moment at which anything is written.
`;

export function statesPage(all: readonly Machine[] = machines): string {
  return [intro, ...all.map(section)].join("\n");
}

function section({ title, about, start, steps, events }: Machine): string {
  const named = new Set(steps.map(({ event }) => event));
  const wordless = [...named].filter((event) => events[event] === undefined);
  const unused = Object.keys(events).filter((event) => !named.has(event));
  if (wordless.length > 0) throw new Error(`${title}: say what ${wordless.join(", ")} is`);
  if (unused.length > 0) throw new Error(`${title}: no step is made by ${unused.join(", ")}`);
  return `## ${title}

${about}

\`\`\`mermaid
stateDiagram-v2
  [*] --> ${start}
${steps.map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`).join("\n")}
\`\`\`

| Event | Is |
|---|---|
${Object.entries(events)
  .map(([event, words]) => `| ${event} | ${words} |`)
  .join("\n")}
`;
}
