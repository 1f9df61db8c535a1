/** Carts: building their lines from what a caller sends, their state, and their wire form. */
import {
  type BillingCycleName,
  type cartOperations,
  lineErrors,
  type NewCart,
  type NewCartLine,
  type ResultOf,
} from "@kontor/contract";
import { wireInstant } from "../../foundation/clock.ts";
import { link } from "../../foundation/http/links.ts";
import {
  checkLines,
  type Draft,
  type Facts,
  groupable,
  groupLines,
  type LineCheck,
  type PurchaseLine,
} from "../orders/index.ts";
import { withAddonChecks } from "./addons.ts";

export interface CartLineRow {
  /** Place in the cart; an add-on stands after its parent. */
  position: number;
  parentPosition: number | null;
  /** The id that the caller knows the line by. */
  lineId: number;
  catalogItemId: string;
  friendlyName: string | null;
  quantity: number;
  currency: string | null;
  billingCycle: BillingCycleName | null;
  term: string | null;
  renewsTo: string | null;
  provisioningContext: Readonly<Record<string, string>> | null;
  participants: readonly { key: string; value: string }[] | null;
  customTermEnd: string | null;
  attestationAccepted: boolean | null;
  promotionId: string | null;
  /** Set when the line has no error. */
  orderGroup: string | null;
  errorCode: number | null;
  errorDescription: string | null;
}

export interface CartRow {
  cartId: string;
  customerId: string;
  createdAt: Date;
  expiresAt: Date;
  modifiedAt: Date;
  modifiedBy: string;
  /** Set when every group has its order. */
  orderedAt: Date | null;
  attestationAccepted: boolean | null;
  lines: CartLineRow[];
}

type AddonLine = NonNullable<NewCartLine["addonItems"]>[number];
interface Placed {
  wanted: AddonLine;
  parentPosition: number | null;
}

/** The lines of a request in cart order: each parent, then its add-ons. */
export function flatten(lineItems: NewCart["lineItems"]): Placed[] {
  const placed: Placed[] = [];
  for (const line of lineItems) {
    const parentPosition = placed.length;
    placed.push({ wanted: line, parentPosition: null });
    for (const addon of line.addonItems ?? []) placed.push({ wanted: addon, parentPosition });
  }
  return placed;
}

export function draftOf(wanted: AddonLine): Draft {
  return {
    catalogItemId: wanted.catalogItemId,
    quantity: wanted.quantity,
    friendlyName: wanted.friendlyName,
    currencyCode: wanted.currencyCode,
    billingCycle: wanted.billingCycle,
    termDuration: wanted.termDuration,
    renewsTo: wanted.renewsTo,
    provisioningContext: wanted.provisioningContext,
    participants: wanted.participants,
    customTermEndDate: wanted.customTermEndDate,
  };
}

/** What a stored line asked for: for checking it again at checkout. */
export function draftOfRow(row: CartLineRow): Draft {
  return {
    catalogItemId: row.catalogItemId,
    quantity: row.quantity,
    friendlyName: row.friendlyName ?? undefined,
    currencyCode: row.currency ?? undefined,
    billingCycle: row.billingCycle ?? undefined,
    termDuration: row.term ?? undefined,
    renewsTo: row.renewsTo === null ? undefined : { termDuration: row.renewsTo },
    provisioningContext: row.provisioningContext ?? undefined,
    participants: row.participants ?? undefined,
    customTermEndDate: row.customTermEnd ?? undefined,
  };
}

/**
 * The cart's lines with defaults filled in, errors set and groups assigned. The caller's ids stay
 * when all of them are given and distinct; else the lines are numbered from 0.
 */
export function buildLines(lineItems: NewCart["lineItems"], facts: Facts): CartLineRow[] {
  const placed = flatten(lineItems);
  const given = placed.map(({ wanted }) => wanted.id);
  const distinct = !given.includes(undefined) && new Set(given).size === given.length;
  const drafts = placed.map(({ wanted }) => draftOf(wanted));
  const parents = placed.map(({ parentPosition }) => parentPosition);
  const checks = withAddonChecks(checkLines(drafts, facts), parents);
  const groups = groupLines(
    checks.map((check) => (check.ok ? groupable(check.line) : undefined)),
    parents.map((parent) => parent ?? undefined),
  );
  return placed.map(({ wanted, parentPosition }, position) => ({
    position,
    parentPosition,
    lineId: distinct ? (given[position] ?? position) : position,
    catalogItemId: wanted.catalogItemId,
    friendlyName: wanted.friendlyName ?? null,
    quantity: wanted.quantity,
    participants: wanted.participants ?? null,
    customTermEnd: wanted.customTermEndDate ?? null,
    attestationAccepted: wanted.attestationAccepted ?? null,
    promotionId: wanted.promotionId ?? null,
    ...checked(wanted, checks[position] as LineCheck, groups[position]),
  }));
}

/** What the check decides of a line: its defaults and group, or its error. */
function checked(wanted: AddonLine, check: LineCheck, group: string | undefined) {
  if (check.ok) return sound(check.line, group);
  return {
    currency: wanted.currencyCode ?? check.currency ?? null,
    billingCycle: wanted.billingCycle ?? null,
    term: wanted.termDuration ?? null,
    renewsTo: wanted.renewsTo?.termDuration ?? null,
    provisioningContext: wanted.provisioningContext ?? null,
    orderGroup: null,
    errorCode: lineErrors[check.refusal.line],
    errorDescription: check.refusal.description,
  };
}

/** The members of a line that can be bought. */
function sound(line: PurchaseLine, group: string | undefined) {
  return {
    currency: line.currency,
    billingCycle: line.billingCycle,
    term: line.term ?? null,
    renewsTo: line.renewsTo ?? null,
    provisioningContext: line.provisioningContext ?? null,
    orderGroup: group ?? null,
    errorCode: null,
    errorDescription: null,
  };
}

/**
 * The cart after all of its lines were found fine: one that was in error when it was written has no
 * group, and would be left out of the orders. The same cart where none was.
 */
export function recovered(cart: CartRow, checks: readonly LineCheck[]): CartRow {
  if (cart.lines.every(({ errorCode }) => errorCode === null)) return cart;
  const lines = checks.map((check) => (check.ok ? check.line : undefined));
  const groups = groupLines(
    lines.map((line) => line && groupable(line)),
    cart.lines.map(({ parentPosition }) => parentPosition ?? undefined),
  );
  return {
    ...cart,
    lines: cart.lines.map((row, position) => {
      const line = lines[position];
      return line ? { ...row, ...sound(line, groups[position]) } : row;
    }),
  };
}

export type CartView = ResultOf<typeof cartOperations.getCart>;
type LineView = CartView["lineItems"][number];

export function cartView(cart: CartRow): CartView {
  const parents = cart.lines.filter((line) => line.parentPosition === null);
  return {
    id: cart.cartId,
    creationTimestamp: wireInstant(cart.createdAt),
    lastModifiedTimestamp: wireInstant(cart.modifiedAt),
    expirationTimestamp: wireInstant(cart.expiresAt),
    lastModifiedUser: cart.modifiedBy,
    status: cart.orderedAt === null ? "Active" : "Ordered",
    lineItems: parents.map((line) => {
      const addons = cart.lines.filter((addon) => addon.parentPosition === line.position);
      return {
        ...lineView(line),
        ...(addons.length > 0 ? { addonItems: addons.map(lineView) } : {}),
      };
    }),
    ...(cart.attestationAccepted === null
      ? {}
      : { partnerOnRecordAttestationAccepted: cart.attestationAccepted }),
    links: { self: link(`/customers/${cart.customerId}/carts/${cart.cartId}`) },
    attributes: { objectType: "Cart" },
  };
}

function lineView(line: CartLineRow): Omit<LineView, "addonItems"> {
  return defined({
    id: line.lineId,
    catalogItemId: line.catalogItemId,
    friendlyName: line.friendlyName,
    quantity: line.quantity,
    currencyCode: line.currency,
    billingCycle: line.billingCycle,
    termDuration: line.term,
    participants: line.participants,
    provisioningContext: line.provisioningContext,
    renewsTo: line.renewsTo === null ? null : { termDuration: line.renewsTo },
    customTermEndDate: line.customTermEnd,
    attestationAccepted: line.attestationAccepted,
    promotionId: line.promotionId,
    orderGroup: line.orderGroup,
    error:
      line.errorCode === null
        ? null
        : { errorCode: line.errorCode, errorDescription: line.errorDescription ?? "" },
  }) as Omit<LineView, "addonItems">;
}

/** Without the members that are null: clients fail on a null enum, number or date. */
function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
