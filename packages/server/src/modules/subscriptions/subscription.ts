/** Subscriptions: their state at an instant, and how the wire shows one. */
import type { Operations, ResultOf } from "@kontor/contract";
import { addMs, wireInstant } from "../../foundation/clock.ts";
import type { Profile } from "../../foundation/config.ts";
import { fidelityOf } from "../../foundation/fidelity.ts";
import { link, uriWith } from "../../foundation/http/links.ts";
import { derivedId } from "../../foundation/ids.ts";

export type SubscriptionKind = "azure_legacy" | "azure_plan" | "term_software" | "online_service";

/** A subscription as it is stored. */
export interface SubscriptionRow {
  subscriptionId: string;
  customerId: string;
  kind: SubscriptionKind;
  /** `MS-AZR-0145P`, or a catalog item id `product:sku:availability`. */
  offerId: string;
  offerName: string;
  publisherName: string;
  friendlyName: string;
  quantity: number;
  billingCycle: "monthly" | "annual" | "none" | "one_time";
  /** `P1M`, `P1Y`, `P3Y`; null without a term. */
  term: string | null;
  autoRenew: boolean;
  /** The term that follows where it is not the same again; null: the same. */
  renewalTerm: string | null;
  status: "active" | "suspended" | "deleted";
  orderId: string;
  orderLine: number | null;
  mpnId: string | null;
  createdAt: Date;
  startsAt: Date;
  /** Null: never ends. */
  endsAt: Date | null;
  /** When registration was asked for. */
  registeredAt: Date | null;
  /** Until when its order line can be cancelled for all of its price; null: not at all. */
  fullRefundUntil: Date | null;
  /** Until when it can be cancelled for a part of its price; null: not at all. */
  partRefundUntil: Date | null;
  version: number;
}

type SubscriptionView = ResultOf<Operations["getSubscription"]>;
type RegistrationState = ResultOf<Operations["getRegistrationStatus"]>["status"];

/** How long the goods of a subscription can be used. */
export interface Tenure {
  endsAt: Date | null;
  /** Another term follows, so that nothing ends. */
  renews: boolean;
}

export function tenureOf({ endsAt, autoRenew, status }: SubscriptionRow): Tenure {
  return { endsAt, renews: autoRenew && status === "active" };
}

/**
 * The status at an instant. One that renews goes on, also in the moment until its renewal is
 * written. One whose term has run out is deleted: clients know no `expired`, and
 * some lose the whole answer over it.
 */
export function subscriptionStatus(row: SubscriptionRow, now: Date): SubscriptionRow["status"] {
  const { endsAt, renews } = tenureOf(row);
  const ended = endsAt !== null && endsAt.getTime() <= now.getTime();
  return ended && !renews ? "deleted" : row.status;
}

/** False while the order that makes it is not fulfilled; where nothing is delayed, nothing waits. */
export function isVisible(row: SubscriptionRow, now: Date, profile: Profile): boolean {
  return fidelityOf[profile].provisioningMs === 0 || row.createdAt.getTime() <= now.getTime();
}

/** Reservations are bought for Azure subscriptions; others cannot be registered. */
export function isAzure(row: SubscriptionRow): boolean {
  return row.kind === "azure_legacy" || row.kind === "azure_plan";
}

/** The state of registration: at once in the instant profile, after some minutes elsewhere. */
export function registrationState(
  row: SubscriptionRow,
  now: Date,
  profile: Profile,
): RegistrationState {
  if (row.registeredAt === null) return "NotRegistered";
  const done = addMs(row.registeredAt, fidelityOf[profile].registrationMs);
  return done.getTime() <= now.getTime() ? "Registered" : "Registering";
}

/** What clients show for a subscription that never ends. */
const never = "9999-12-14T00:00:00Z";

/** `country` is the customer's: the links to the catalog name it. */
export function subscriptionView(
  row: SubscriptionRow,
  country: string,
  now: Date,
): SubscriptionView {
  const status = subscriptionStatus(row, now);
  const end = row.endsAt === null ? undefined : wireInstant(row.endsAt);
  return {
    id: row.subscriptionId,
    offerId: row.offerId,
    // The Azure subscription itself; a plan holds several, which are not its own.
    ...(row.kind === "azure_legacy" && { entitlementId: row.subscriptionId }),
    offerName: row.offerName,
    friendlyName: row.friendlyName,
    productType: productTypes[row.kind],
    quantity: row.quantity,
    unitType: isAzure(row) ? "Usage-based" : "Licenses",
    hasPurchasableAddons: false,
    creationDate: wireInstant(row.createdAt),
    effectiveStartDate: wireInstant(row.startsAt),
    commitmentEndDate: end ?? never,
    ...(row.partRefundUntil && {
      cancellationAllowedUntilDate: wireInstant(row.partRefundUntil),
    }),
    ...(end !== undefined && { billingCycleEndDate: end }),
    status,
    autoRenewEnabled: row.autoRenew,
    isTrial: false,
    billingType: isAzure(row) ? "usage" : "license",
    billingCycle: row.billingCycle,
    ...(row.term !== null && { termDuration: row.term }),
    ...(row.term !== null && row.autoRenew && { renewalTermDuration: row.renewalTerm ?? row.term }),
    isMicrosoftProduct: /^microsoft\b/i.test(row.publisherName),
    publisherName: row.publisherName,
    ...(row.mpnId !== null && { partnerId: row.mpnId }),
    actions: status === "deleted" ? [] : ["Cancel", "Edit"],
    // Nobody else suspends here.
    ...(status === "suspended" && { suspensionReasons: ["CustomerCancellation"] }),
    contractType: "subscription",
    ...(status !== "deleted" && refundOptions(row, now)),
    orderId: row.orderId,
    links: {
      ...goodsLinks(row.offerId, country),
      self: link(`/customers/${row.customerId}/subscriptions/${row.subscriptionId}`),
    },
    attributes: { etag: subscriptionEtag(row), objectType: "Subscription" },
  };
}

/** The refunds that a cancellation can still bring; nothing where there is none. */
function refundOptions(row: SubscriptionRow, now: Date) {
  const options = [
    { type: "Full", until: row.fullRefundUntil },
    { type: "Partial", until: row.partRefundUntil },
  ].flatMap(({ type, until }) =>
    until !== null && now.getTime() <= until.getTime()
      ? [{ type, expiresAt: wireInstant(until) }]
      : [],
  );
  return options.length > 0 ? { refundOptions: options } : {};
}

const productTypes = {
  azure_legacy: { id: "Azure", displayName: "Azure" },
  azure_plan: {
    id: "Azure",
    displayName: "Azure",
    subType: { id: "AzurePlan", displayName: "Azure plan" },
  },
  term_software: { id: "Software", displayName: "Software" },
  online_service: { id: "OnlineServices", displayName: "Online Services" },
} as const satisfies Record<SubscriptionKind, NonNullable<SubscriptionView["productType"]>>;

type ProvisioningView = ResultOf<Operations["getSubscriptionProvisioningStatus"]>;

/** What can be seen is provisioned: nothing that takes time can be changed about it. */
export function provisioningView(row: SubscriptionRow): ProvisioningView {
  // Without the availability: another term or price of a SKU is the same SKU.
  const [product = "", sku = ""] = row.offerId.toUpperCase().split(":");
  return {
    skuId: derivedId("sku", product, sku),
    status: "success",
    quantity: row.quantity,
    endDate: row.endsAt === null ? never : wireInstant(row.endsAt),
    attributes: { objectType: "SubscriptionProvisioningStatus" },
  };
}

/** Modern goods link to the catalog, legacy ones to their offer. */
function goodsLinks(offerId: string, country: string): Omit<SubscriptionView["links"], "self"> {
  const [product, sku, availability] = offerId.split(":").map(encodeURIComponent);
  const to = (path: string) => link(uriWith(path, { country }));
  if (!sku || !availability) return { offer: to(`/offers/${product}`) };
  return {
    product: to(`/products/${product}`),
    sku: to(`/products/${product}/skus/${sku}`),
    availability: to(`/products/${product}/skus/${sku}/availabilities/${availability}`),
  };
}

/** Base64 of id and version, the form that clients have seen. */
export function subscriptionEtag({ subscriptionId, version }: SubscriptionRow): string {
  return Buffer.from(JSON.stringify({ id: subscriptionId, version })).toString("base64");
}
