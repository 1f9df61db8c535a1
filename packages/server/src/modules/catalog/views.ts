/** The catalog as the wire shows it: rows in, representations out. */
import type { catalogOperations, ResultOf } from "@kontor/contract";
import { link, uriWith } from "../../foundation/http/links.ts";
import { symbolOf } from "../../foundation/money.ts";
import { type Availability, catalogItemId, type Product, type Sku } from "./catalog-item.ts";
import type { DownloadOption } from "./default-catalog.ts";
import type { BillingPlan, ProductKind, ReservationScope } from "./offer.ts";
import { billingCyclesOf, isRenewable, isTrial, refundOf, requirementsOf } from "./requirements.ts";

export type ProductView = ResultOf<typeof catalogOperations.getProduct>;
export type SkuView = ResultOf<typeof catalogOperations.getSku>;
export type AvailabilityView = ResultOf<typeof catalogOperations.getAvailability>;
export type DownloadOptionView = ResultOf<
  typeof catalogOperations.listDownloadOptions
>["items"][number];

/** Where links lead: a link without the scope would lead to another selection, or to none. */
export interface LinkPlace {
  /** Upper case. */
  country: string;
  scope: ReservationScope;
}

function uriAt(path: string, kind: ProductKind, { country, scope }: LinkPlace): string {
  const scoped = kind === "reservation" && scope === "AzurePlan";
  return uriWith(path, { country, reservationScope: scoped ? scope : undefined });
}

export function productView(product: Product, place: LinkPlace): ProductView {
  const { productId, kind, publisherName } = product;
  const path = `/products/${productId}`;
  return {
    id: productId,
    title: product.title,
    description: product.description,
    productType: productTypeOf(product),
    isMicrosoftProduct: isMicrosoft(publisherName),
    publisherName,
    links: {
      skus: link(uriAt(`${path}/skus`, kind, place)),
      self: link(uriAt(path, kind, place)),
    },
  };
}

function isMicrosoft(publisherName: string): boolean {
  return /^microsoft\b/i.test(publisherName);
}

/** Where the vendor publishes its terms; those of other publishers are not known. */
const termsOfUse = "https://www.microsoft.com/licensing/terms";

function itemType(id: string) {
  return { id, displayName: id };
}

/** Only ids that clients have been seen to receive; there are no others for other reservations. */
function productTypeOf({ kind, reservationType }: Product): ProductView["productType"] {
  switch (kind) {
    case "reservation":
    case "azure_plan": {
      const subType = reservationType === "virtualmachines" ? "VirtualMachines" : "Azure";
      return { ...itemType("Azure"), subType: itemType(subType) };
    }
    case "online_service":
      return itemType("OnlineServices");
    default:
      return itemType("Software");
  }
}

/**
 * `plans`: of the availabilities to speak for, in their order. A SKU that is a trial in some of
 * its offers only is none.
 */
export function skuView(
  product: Product,
  sku: Sku,
  plans: readonly BillingPlan[],
  place: LinkPlace,
): SkuView {
  const { kind, productId } = product;
  const requirements = requirementsOf(kind);
  const path = `/products/${productId}/skus/${sku.skuId}`;
  const downloads = uriWith(`${path}/downloadoptions`, { country: place.country });
  return {
    id: sku.skuId,
    productId,
    title: sku.title,
    description: sku.description,
    minimumQuantity: sku.minimumQuantity,
    maximumQuantity: sku.maximumQuantity,
    isTrial: plans.every(isTrial),
    supportedBillingCycles: [...new Set(plans.flatMap(billingCyclesOf))],
    purchasePrerequisites: [...requirements.purchasePrerequisites],
    inventoryVariables: [...requirements.inventoryVariables],
    provisioningVariables: [...requirements.provisioningVariables],
    actions: refundOf(kind) === undefined ? [] : ["Refund"],
    dynamicAttributes: texts(sku.dynamicAttributes),
    ...(isMicrosoft(product.publisherName) && { termsOfUseUri: termsOfUse }),
    links: {
      availabilities: link(uriAt(`${path}/availabilities`, kind, place)),
      ...(sku.hasDownloads ? { downloadOptions: link(downloads) } : {}),
      self: link(uriAt(path, kind, place)),
    },
  };
}

/** Scalars as texts; anything else would make strict clients lose the whole answer. */
function texts(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const scalars = Object.entries(attributes).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  return Object.fromEntries(scalars.map(([key, value]) => [key, String(value)]));
}

/**
 * The SKU inside speaks of this availability alone: clients take the billing cycle of a cart line
 * from there, and another availability's would be refused.
 */
export function availabilityView(
  product: Product,
  sku: Sku,
  availability: Availability,
  place: LinkPlace,
): AvailabilityView {
  const { availabilityId, currency, market, term, billingPlan } = availability;
  const { productId } = product;
  const { skuId } = sku;
  const path = `/products/${productId}/skus/${skuId}/availabilities/${availabilityId}`;
  const renews = isRenewable(product.kind, term, billingPlan);
  const terms = term === null ? [] : [termView(product.kind, availability, term, renews)];
  return {
    id: availabilityId,
    productId,
    skuId,
    catalogItemId: catalogItemId({ productId, skuId, availabilityId }),
    defaultCurrency: { code: currency, symbol: symbolOf(currency) },
    segment: availability.segment,
    country: market,
    isPurchasable: availability.isPurchasable,
    isRenewable: renews,
    terms,
    includedQuantityOptions: [],
    ...(renews && {
      renewalInstructions: [
        {
          applicableTermIds: terms.map(({ id }) => id),
          renewalOptions: [{ renewToId: `${productId}:${skuId}`, isAutoRenewable: true }],
        },
      ],
    }),
    product: productView(product, place),
    sku: skuView(product, sku, [billingPlan], place),
    links: { self: link(uriWith(path, { country: market })) },
  };
}

/** An availability has one term at most, so that its own id tells terms apart. */
function termView(
  kind: ProductKind,
  { availabilityId, billingPlan }: Availability,
  duration: string,
  renews: boolean,
): AvailabilityView["terms"][number] {
  const [billingCycle] = billingCyclesOf(billingPlan);
  const description = describeTerm(duration, billingPlan);
  const refund = refundOf(kind);
  return {
    id: availabilityId.toLowerCase(),
    duration,
    description,
    ...(billingCycle !== undefined && { billingCycle }),
    ...(renews && { renewalOptions: [{ termDuration: duration, description }] }),
    ...(refund && { cancellationPolicies: [{ refundOptions: [{ sequenceId: 0, ...refund }] }] }),
  };
}

const lengths: Readonly<Record<string, string>> = {
  P1M: "One month",
  P1Y: "One year",
  P3Y: "Three years",
};
const payments: Readonly<Record<BillingPlan, string>> = {
  one_time: "paid up front",
  monthly: "billed monthly",
  annual: "billed annually",
  none: "free of charge",
};

/** A sentence for people, e.g. `Three years, paid up front`. */
function describeTerm(term: string, billingPlan: BillingPlan): string {
  return `${lengths[term] ?? term}, ${payments[billingPlan]}`;
}

export function downloadOptionView(
  option: DownloadOption,
  country: string,
  locale: string,
): DownloadOptionView {
  const path = `/products/${option.productId}/skus/${option.skuId}/downloadoptions`;
  return {
    optionKey: option.optionKey,
    optionTitle: option.optionTitle,
    displayRank: option.displayRank,
    cpUandFileType: option.cpuAndFileType,
    languageCode: option.languageCode,
    languageName: languageName(option, locale),
    fileSize: option.fileSize,
    downloadLink: link(uriWith(`${path}/${option.optionKey}/downloadlink`, { country })),
  };
}

/** A language's name in the reader's own, e.g. `Deutsch (Deutschland)`. */
function languageName({ languageCode, languageName: own }: DownloadOption, locale: string): string {
  if (locale === "en-US") return own;
  const names = new Intl.DisplayNames([locale], { type: "language", languageDisplay: "standard" });
  return names.of(languageCode) ?? own;
}
