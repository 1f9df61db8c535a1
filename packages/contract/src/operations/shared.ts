import Type from "typebox";
import { guid, Link, oneOf, optional, record, text } from "../schema.ts";

/** Members by their number in the vendor's enumeration; `unknown` means "not given". */
const cycleHints = {
  "x-members": ["unknown", "monthly", "annual", "none", "one_time"],
  "x-absent": ["unknown", ""],
} as const;

/** How often a line is charged. No other member: `triennial` and `biennial` break Java clients. */
export const billingCycles = ["monthly", "annual", "none", "one_time"] as const;
export const BillingCycle = oneOf(billingCycles, cycleHints);
export type BillingCycleName = (typeof billingCycles)[number];

/** A whole number that the server emits: 32 bits, never null. */
export function integerOut() {
  return Type.Integer();
}

/** Where a service of the marketplace is activated: at its publisher. */
export const ActivationLink = record({ lineItemNumber: integerOut(), link: Link });

const ItemSubType = record({ id: text(), displayName: text() });
export const ItemType = record({
  id: text(),
  displayName: text(),
  subType: optional(ItemSubType),
});

/** A customer id everywhere but in the customers area: malformed is 400/900118. */
export const customerParams = record({ customerId: guid({ "x-error": "CUSTOMER_ID_INVALID" }) });

/** A customer id of the customers area: malformed is 400/2000 there. */
export const tenantParams = record({ customerId: guid({ "x-error": "MALFORMED_ARGUMENT" }) });

const filterPart = { max: 1024, "x-error": "MALFORMED_ARGUMENT" } as const;

/** A filter as JSON, or one condition in three parameters, as the published OpenAPI file has it. */
export const filterQuery = {
  filter: optional(text(filterPart)),
  "filter.field": optional(text(filterPart)),
  "filter.value": optional(text(filterPart)),
  "filter.operator": optional(text(filterPart)),
};
