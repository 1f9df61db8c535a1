/**
 * The life of a subscription as data: every change of status that there is, by the goods that it
 * is for. A change that is not in the table is refused. That a term has run out is no change: it is
 * derived from the row and the time.
 */
import type { SubscriptionRow } from "./subscription.ts";

type Status = SubscriptionRow["status"];

/** Azure subscriptions are charged for use and may rest; licences are paid for their term. */
export type Family = "usage" | "license";

export interface Transition {
  family: Family;
  from: Status;
  to: Status;
  /** What makes the change: who sells asks for it, or the relationship or the term ends. */
  by: "suspend" | "activate" | "cancel" | "renew" | "end_relationship";
}

export const transitions: readonly Transition[] = [
  { family: "usage", from: "active", to: "suspended", by: "suspend" },
  { family: "usage", from: "suspended", to: "active", by: "activate" },
  { family: "usage", from: "active", to: "suspended", by: "end_relationship" },
  { family: "license", from: "active", to: "deleted", by: "cancel" },
  { family: "license", from: "suspended", to: "deleted", by: "cancel" },
  { family: "license", from: "active", to: "active", by: "renew" },
  { family: "license", from: "active", to: "suspended", by: "end_relationship" },
];

/** What a caller may ask for by naming the status that it wants. */
const asked: ReadonlySet<Transition["by"]> = new Set(["suspend", "activate", "cancel"]);

const familyOfKind = {
  azure_legacy: "usage",
  azure_plan: "usage",
  term_software: "license",
  online_service: "license",
} as const satisfies Record<SubscriptionRow["kind"], Family>;

export function familyOf({ kind }: Pick<SubscriptionRow, "kind">): Family {
  return familyOfKind[kind];
}

/** The change from one status to another that a caller may ask for; undefined where it may not. */
export function askedTransition(family: Family, from: Status, to: Status): Transition | undefined {
  return transitions.find(
    (one) => one.family === family && one.from === from && one.to === to && asked.has(one.by),
  );
}
