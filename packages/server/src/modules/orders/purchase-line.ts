/**
 * Whether one line can be bought: the same rules for a cart line (which then carries a numeric
 * error) and for an order line (which then fails the call with a fault).
 */
import type { BillingCycleName, ErrorKey, LineErrorName } from "@kontor/contract";
import Big from "big.js";
import { parseDuration } from "../../foundation/clock.ts";
import { limits } from "../../foundation/limits.ts";
import { toMinor, unitAmount } from "../../foundation/money.ts";
import type { Priced } from "../billing/index.ts";
import {
  billingCyclesOf,
  catalogItemId,
  type ItemId,
  isRenewable,
  itemWithTerm,
  type Offer,
  type Restriction,
  requirementsOf,
  type Seller,
  type StockShare,
  saleObstacle,
} from "../catalog/index.ts";
import type { Segment } from "../customers/index.ts";
import type { SubscriptionRow } from "../subscriptions/index.ts";
import { legacyAzureOffer } from "./legacy-offer.ts";
import { type Channel, partnerOnRecord } from "./partner-on-record.ts";

/** What a caller asks for, before anything is known about it. */
export interface Draft {
  catalogItemId: string;
  quantity: number;
  friendlyName?: string | undefined;
  currencyCode?: string | undefined;
  billingCycle?: BillingCycleName | undefined;
  termDuration?: string | undefined;
  renewsTo?: { termDuration: string } | undefined;
  provisioningContext?: Readonly<Record<string, string>> | undefined;
  participants?: readonly { key: string; value: string }[] | undefined;
  /** What an order has in place of participants. */
  partnerIdOnRecord?: string | undefined;
  customTermEndDate?: string | undefined;
}

/** What a customer may still buy where the sandbox's quotas hold. */
export interface Quota {
  subscriptions: number;
  reservations: number;
}

/** What the rules need to know; loaded once for all lines. */
export interface Facts {
  seller: Seller;
  customerCountry: string;
  /** The segments that the customer may buy from. */
  segments: ReadonlySet<Segment>;
  /** By catalog item id, priced at the purchase's instant. */
  offers: ReadonlyMap<string, Offer>;
  /** How a price of a currency is billed; undefined where its exchange rate is not known. */
  priced(currency: string): Priced | undefined;
  /** The customer's subscriptions by id. */
  subscriptions: ReadonlyMap<string, SubscriptionRow>;
  /** True where the subscription's registration has finished. */
  isRegistered(subscription: SubscriptionRow): boolean;
  /** What the inventory check says against an offer for the subscription. */
  restrictionsOf(offer: Offer, subscriptionId: string | undefined): readonly Restriction[];
  /** Whom the partner may name as reseller. */
  channel: Channel;
  /** The catalog items that `renewsTo` of some line leads to, as far as they are sold. */
  renewalItems: ReadonlySet<string>;
  /** What is left of the sandbox's quotas; undefined where none hold. */
  quota: Quota | undefined;
  /** What is left of limited SKUs, held until the purchase is saved; undefined where none is. */
  stock: StockShare | undefined;
}

/** A line that can be bought, with every default filled in. */
export interface PurchaseLine {
  offer: Offer;
  quantity: number;
  friendlyName: string | undefined;
  currency: string;
  billingCycle: BillingCycleName;
  term: string | undefined;
  renewsTo: string | undefined;
  /** MPN id of the reseller. */
  partnerOnRecord: string | undefined;
  provisioningContext: Readonly<Record<string, string>> | undefined;
  /** The Azure subscription that a reservation is bought for. */
  azureSubscriptionId: string | undefined;
}

/** Why a line cannot be bought, for a cart and for an order. */
export interface LineRefusal {
  line: LineErrorName;
  fault: ErrorKey;
  description: string;
}

export type LineCheck =
  | { ok: true; line: PurchaseLine }
  | { ok: false; refusal: LineRefusal; currency: string | undefined };

/** Leaves the rules of one line at the first that fails; never leaves this file. */
class Refused extends Error {
  readonly refusal: LineRefusal;
  constructor(line: LineErrorName, fault: ErrorKey, description: string) {
    super(description);
    this.refusal = { line, fault, description };
  }
}

/** Splits `product:sku:availability`; undefined for a text of another form. */
export function splitItemId(catalogItemId: string) {
  const [productId, skuId, availabilityId, ...rest] = catalogItemId.toUpperCase().split(":");
  if (!productId || !skuId || !availabilityId || rest.length > 0) return undefined;
  return { productId, skuId, availabilityId };
}

const contextNames = new Map(
  ["scope", "subscriptionId", "azureSubscriptionId", "duration"].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** Names of the provisioning context are matched without regard to case and emitted camelCase. */
function camelKeys(
  context: Readonly<Record<string, string>> | undefined,
): Record<string, string> | undefined {
  if (!context) return undefined;
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [
      contextNames.get(key.toLowerCase()) ?? key.charAt(0).toLowerCase() + key.slice(1),
      value,
    ]),
  );
}

export function checkLine(draft: Draft, facts: Facts): LineCheck {
  const offer = findOffer(draft.catalogItemId, facts);
  try {
    return { ok: true, line: purchaseLine(draft, offer, facts) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, refusal: error.refusal, currency: offer?.currency };
  }
}

/** The refusal of a line whose offer is known. */
export function refusedLine(
  line: LineErrorName,
  fault: ErrorKey,
  description: string,
  offer: Offer,
): LineCheck {
  return { ok: false, refusal: { line, fault, description }, currency: offer.currency };
}

function findOffer(catalogItemId: string, facts: Facts): Offer | undefined {
  return (
    legacyAzureOffer(catalogItemId, facts.customerCountry) ??
    facts.offers.get(catalogItemId.toUpperCase())
  );
}

function purchaseLine(draft: Draft, found: Offer | undefined, facts: Facts): PurchaseLine {
  const offer = sellable(draft, found, facts);
  if (draft.currencyCode && draft.currencyCode.toUpperCase() !== offer.currency) {
    const text = `${draft.currencyCode} is not offered; the item is sold in ${offer.currency}.`;
    throw new Refused("CurrencyIsNotSupported", "INVALID_INPUT", text);
  }
  refuseUnsupported(draft);
  const billingCycle = cycleOf(draft, offer);
  checkQuantity(draft, offer, facts);
  const context = camelKeys(draft.provisioningContext);
  const term = termOf(draft, offer, context);
  const azureSubscriptionId = provisioning(offer, context, facts);
  const [restriction] = facts.restrictionsOf(offer, azureSubscriptionId);
  if (restriction) {
    throw new Refused("InventoryNotAvailable", "NO_INVENTORY", restriction.description);
  }
  return {
    offer,
    quantity: draft.quantity,
    friendlyName: draft.friendlyName,
    currency: offer.currency,
    billingCycle,
    term,
    renewsTo: renewalTerm(draft, offer, facts),
    partnerOnRecord: partnerOnRecord(draft, facts.channel, (line, fault, text) => {
      throw new Refused(line, fault, text);
    }),
    provisioningContext: context,
    azureSubscriptionId,
  };
}

function sellable(draft: Draft, offer: Offer | undefined, facts: Facts): Offer {
  const id = draft.catalogItemId;
  if (!offer) {
    const text = `${id} is not in the catalog; availabilities change, so read them again.`;
    throw new Refused("CatalogItemIdIsNotValid", "OFFER_INVALID", text);
  }
  if (offer.market !== facts.customerCountry) {
    const text = `${id} is sold in ${offer.market}; the customer is in ${facts.customerCountry}.`;
    throw new Refused("CatalogItemIdIsNotValid", "NOT_SOLD_IN_COUNTRY", text);
  }
  const obstacle = saleObstacle(facts.seller, offer);
  if (obstacle === "country") {
    const text = `${id} is not sold in ${offer.market}, or not by this partner.`;
    throw new Refused("CatalogItemIdIsNotValid", "NOT_SOLD_IN_COUNTRY", text);
  }
  if (obstacle === "qualification") {
    const text = `${id} is perpetual software, for which the partner is not qualified.`;
    throw new Refused("CatalogItemIdIsNotValid", "NOT_ELIGIBLE", text);
  }
  if (!offer.isPurchasable || offer.unitPrice === null) {
    const text = `${id} cannot be bought at present.`;
    throw new Refused("CatalogItemIdIsNotValid", "NOT_ELIGIBLE", text);
  }
  if (!facts.segments.has(offer.segment)) {
    const text = `${id} is for the segment ${offer.segment}, for which the customer does not qualify.`;
    throw new Refused("CatalogItemIdIsNotValid", "CUSTOMER_NOT_QUALIFIED", text);
  }
  return offer;
}

function refuseUnsupported(draft: Draft): void {
  if (draft.customTermEndDate) {
    const text = "The product takes no custom term end date.";
    throw new Refused("InvalidCustomTermEndDateProduct", "INVALID_INPUT", text);
  }
}

function cycleOf(draft: Draft, offer: Offer): BillingCycleName {
  const supported = billingCyclesOf(offer.billingPlan);
  const [first] = supported;
  const wanted = draft.billingCycle ?? first;
  if (wanted === undefined || !supported.includes(wanted)) {
    const text = `The billing cycle must be ${supported.join(" or ")}, not ${wanted}.`;
    throw new Refused("BillingPlanNotSupported", "INVALID_INPUT", text);
  }
  return wanted;
}

function checkQuantity(draft: Draft, offer: Offer, facts: Facts): void {
  const { minimumQuantity: min, maximumQuantity: max } = offer;
  if (draft.quantity < min || draft.quantity > max) {
    const text = `The quantity ${draft.quantity} is outside ${min} to ${max}.`;
    throw new Refused("InvalidInput", "QUANTITY_OUT_OF_RANGE", text);
  }
  const price = offer.unitPrice ?? "0";
  if (new Big(price).eq(0)) return;
  const total = toMinor(new Big(price).times(draft.quantity), offer.currency);
  const priced = facts.priced(offer.currency);
  if (!priced) {
    const text = `There is no exchange rate for prices in ${offer.currency}.`;
    throw new Refused("CurrencyIsNotSupported", "INVALID_INPUT", text);
  }
  const billed = unitAmount(price, priced.exchangeRate, priced.currency) * BigInt(draft.quantity);
  // Half of the limit, so that the amount with its tax fits too.
  if ((total > billed ? total : billed) * 2n > limits.lineMinor) {
    const text = `The amount of ${draft.quantity} units is beyond what one line may carry.`;
    throw new Refused("InvalidInput", "QUANTITY_OUT_OF_RANGE", text);
  }
}

/** `1Year`, `3Years`, `3Year` in any case say the same as `P1Y`, `P3Y`. */
function termOfDuration(duration: string): string | undefined {
  const years = /^([13])years?$/i.exec(duration.trim())?.[1];
  return years && `P${years}Y`;
}

function termOf(
  draft: Draft,
  offer: Offer,
  context: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const wrong = (text: string) => new Refused("InvalidInput", "INVALID_INPUT", text);
  const stated = draft.termDuration?.trim().toUpperCase() || undefined;
  const duration = context?.duration;
  const meant = duration === undefined ? undefined : termOfDuration(duration);
  if (duration !== undefined && meant === undefined) {
    throw wrong(`The duration must be 1Year or 3Years, not ${duration}.`);
  }
  if (stated && meant && stated !== meant) {
    throw wrong(`termDuration ${stated} and duration ${duration} contradict each other.`);
  }
  const wanted = stated ?? meant ?? offer.term ?? undefined;
  if (wanted !== (offer.term ?? undefined)) {
    throw wrong(
      offer.term === null
        ? `The item has no term; leave termDuration out instead of ${wanted}.`
        : `The term of the item is ${offer.term}, not ${wanted}.`,
    );
  }
  return wanted;
}

/** The term of `renewsTo`: one that the goods are sold for too, where they renew at all. */
function renewalTerm(draft: Draft, offer: Offer, facts: Facts): string | undefined {
  const given = draft.renewsTo?.termDuration;
  if (given === undefined) return undefined;
  const term = given.trim().toUpperCase();
  if (!parseDuration(term)) {
    const text = `renewsTo.termDuration must be a term such as P1Y, not ${given}.`;
    throw new Refused("InvalidInput", "INVALID_INPUT", text);
  }
  const item = renewalItem(offer, term);
  if (item && !facts.renewalItems.has(catalogItemId(item))) {
    const text = `The item does not renew to ${term}: it is not sold for that term.`;
    throw new Refused("InvalidInput", "INVALID_INPUT", text);
  }
  return term;
}

/** The item of the next term where it is another one; undefined where it is not, or none comes. */
export function renewalItem(offer: Offer, term: string): ItemId | undefined {
  const { kind, billingPlan } = offer;
  if (offer.term === term || !isRenewable(kind, offer.term, billingPlan)) return undefined;
  return itemWithTerm(offer, term);
}

/** Checks the provisioning context of goods that need one; answers the subscription's id. */
function provisioning(
  offer: Offer,
  context: Readonly<Record<string, string>> | undefined,
  facts: Facts,
): string | undefined {
  const { provisioningVariables, purchasePrerequisites } = requirementsOf(offer.kind);
  if (provisioningVariables.length === 0) return undefined;
  // The documents of June 2018 call the variable AzureSubscriptionId.
  const subscriptionId = context?.subscriptionId ?? context?.azureSubscriptionId;
  for (const [name, value] of [
    ["Scope", context?.scope],
    ["SubscriptionId", subscriptionId],
  ] as const) {
    if (value === undefined || value.trim() === "") {
      const text = `provisioningContext needs ${name}.`;
      throw new Refused("InvalidInput", "INVALID_INPUT", text);
    }
  }
  if (!/^(single|shared)$/i.test(context?.scope ?? "")) {
    const text = `The scope must be Single or Shared, not ${context?.scope}.`;
    throw new Refused("InvalidInput", "INVALID_INPUT", text);
  }
  const id = (subscriptionId ?? "").replace(/[{}]/g, "").toLowerCase();
  const subscription = azureSubscription(id, offer, facts);
  const registers = purchasePrerequisites.includes("AzureSubscriptionRegistration");
  if (registers && !facts.isRegistered(subscription)) {
    const text = `The subscription ${id} is not registered for reservations.`;
    throw new Refused("SubscriptionNotRegistered", "SUBSCRIPTION_NOT_REGISTERED", text);
  }
  return id;
}

function azureSubscription(id: string, offer: Offer, facts: Facts): SubscriptionRow {
  const invalid = (fault: ErrorKey, text: string) =>
    new Refused("SubscriptionIsNotValid", fault, text);
  const subscription = facts.subscriptions.get(id);
  if (!subscription) {
    throw invalid("SUBSCRIPTION_NOT_FOUND", `The customer has no subscription ${id}.`);
  }
  const scope = { azure_legacy: "Azure", azure_plan: "AzurePlan" }[subscription.kind as string];
  if (!scope) {
    throw invalid("SUBSCRIPTION_NOT_AZURE", `The subscription ${id} is not an Azure one.`);
  }
  if (subscription.status !== "active") {
    throw invalid("SUBSCRIPTION_NOT_ACTIVE", `The subscription ${id} is ${subscription.status}.`);
  }
  if (offer.reservationScope !== null && offer.reservationScope !== scope) {
    const text = `The item is for ${offer.reservationScope} subscriptions; ${id} is ${scope}.`;
    throw invalid("SUBSCRIPTION_NOT_AZURE", text);
  }
  return subscription;
}
